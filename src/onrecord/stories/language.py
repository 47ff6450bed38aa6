"""Which language is a text in?"""

from functools import cache
from typing import Any

_LOOK = 2000  # characters: enough to be sure, and the time stays bounded
_LEAST = 40  # letters: below, a guess is a coin toss


def of(text: str) -> str | None:
    """ISO 639-1 code of the text's language, or None where it has under 40 letters."""
    head = text[:_LOOK]
    letters = list(filter(str.isalpha, head))
    if len(letters) < _LEAST:
        return None
    if sum(map(str.isupper, letters)) > 0.6 * len(letters):
        # The model was trained on ordinary case
        head = head.lower()
    code, _ = _identifier().classify(head)
    return str(code) if len(code) == 2 else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)
