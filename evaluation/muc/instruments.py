"""What an act was done with."""

import re
from collections.abc import Sequence
from functools import cache

from evaluation.muc import words
from evaluation.muc.acts import Act
from evaluation.muc.phrases import Message

_OF_BOMBS = frozenset(
    {"VEHICLE BOMB", "DYNAMITE", "BOMB", "EXPLOSIVE", "GRENADE", "MORTAR", "MINE", "MOLOTOV COCKTAIL"}
)
_DEFAULT = {"BOMBING": "BOMB"}
_MOST = 2


def instruments(message: Message, act: Act) -> Sequence[tuple[str | None, str]]:
    """Words (None where only the kind of the act tells it) and type."""
    found: dict[str, str] = {}
    for sentence in act.sentences:
        for match in _pattern().finditer(message.words(sentence.start, sentence.end)):
            code = _code(match.group().lower())
            if (act.kind == "BOMBING") == (code in _OF_BOMBS) or act.kind == "ATTACK":
                found.setdefault(code, match.group())
    if act.kind == "KIDNAPPING":
        return []
    if found:
        return [(said, code) for code, said in found.items()][:_MOST]
    if act.kind == "ATTACK":
        text = " ".join(" ".join(sentence.text.split()) for sentence in act.sentences)
        return [(None, code) for code in ("MACHINE GUN", "GUN") if words.pattern("untold", code).search(text)][:1]
    return [(None, _DEFAULT[act.kind])] if act.kind in _DEFAULT else []


def _code(said: str) -> str:
    codes = words.codes("instruments")
    return codes.get(said) or codes[said.removesuffix("s")]


@cache
def _pattern() -> re.Pattern[str]:
    listed = sorted(words.codes("instruments"), key=lambda word: (-len(word), word))
    return re.compile(r"\b(?:" + "|".join(re.escape(word.upper()) for word in listed) + r")S?\b")
