"""What a later version of a text says otherwise than the one before."""

import difflib
import re
from collections.abc import Iterator

from onrecord.records import Story

_SENTENCE = re.compile(r"[^\n.!?]*[.!?]+[\"'”’)]*|[^\n.!?]+")


def differences(before: Story, after: Story) -> Iterator[tuple[str, str]]:
    """The sentences that went ("-") and came ("+"), in the order of the text, the headline first."""
    for was, now in ((before.headline, after.headline), (before.text, after.text)):
        for line in difflib.ndiff(_sentences(was), _sentences(now)):
            if line[:1] in "-+":
                yield line[0], line[2:]


def _sentences(words: str) -> list[str]:
    return [found.strip() for found in _SENTENCE.findall(words) if found.strip()]
