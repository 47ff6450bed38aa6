"""Reads texts of our own with marks: who says what, and whether what is told has happened.

A mark is `[TAG words]`, and marks nest:

    [1s:named_body The ministry] [1c said] [1t that two boats [!happened/drone_strike were hit]].

`1s`, `1c`, `1t`: source, cue and content of attribution 1 of the passage. Behind a source's colon stands its kind, behind
a cue's its stance where it is not "asserts". `[!STATUS/KIND words]` is a mention of an event. Passages are parted by a line
that begins with `== `; a line that begins with `# ` is the passage's headline.
"""

import re
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

_TWO_WORDS = "calls for|claims responsibility|declines to comment"
_TAG = re.compile(rf"\[(?:(\d+)([sct])(?::({_TWO_WORDS}|[a-z_]+))?|!([a-z]+)/([a-z_]+)) (?=\S)")
_ROLES = {"s": "source", "c": "cue", "t": "content"}
_VOCABULARY = Path(__file__).parents[1] / "src/onrecord/wording/tables/vocabulary.toml"


class BadMark(Exception):
    """A passage whose marks cannot be read. Says where."""


@dataclass
class Attribution:
    """Who says what: lists of [start, end) in the passage's text."""

    source: list[tuple[int, int]] = field(default_factory=list)
    cue: list[tuple[int, int]] = field(default_factory=list)
    content: list[tuple[int, int]] = field(default_factory=list)
    kind: str | None = None
    stance: str = "asserts"


@dataclass
class Passage:
    """A passage without its marks. events: start, end, status, kind of each mention."""

    name: str
    headline: str
    text: str
    attributions: list[Attribution]
    events: list[tuple[int, int, str, str]]


def passages(path: Path) -> list[Passage]:
    """The passages of a file in their order."""
    words = tomllib.loads(_VOCABULARY.read_text(encoding="utf-8"))
    found = []
    for part in re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name, _, body = part.partition("\n")
        headline = ""
        if body.lstrip().startswith("# "):
            headline, _, body = body.lstrip()[2:].partition("\n")
        found.append(_read(f"{path.name}: {name.strip()}", headline.strip(), body.strip(), words))
    return found


def _read(name: str, headline: str, marked: str, words: dict) -> Passage:
    out: list[str] = []
    length, at = 0, 0
    opened: list[tuple[re.Match, int]] = []
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    attributions: dict[str, Attribution] = {}
    events: list[tuple[int, int, str, str]] = []
    while at < len(marked):
        tag = _TAG.match(marked, at)
        if tag:
            opened.append((tag, length))
            at = tag.end()
        elif marked[at] == "]":
            if not opened:
                raise BadMark(f"{name}: a mark ends that was never opened, before {marked[at : at + 40]!r}")
            tag, start = opened.pop()
            number, role, value, status, kind = tag.groups()
            if role:
                it = attributions.setdefault(number, Attribution())
                spans.setdefault((number, role), []).append((start, length))
                if value and role == "s":
                    it.kind = _one_of(value, words["source_kind"], name)
                elif value and role == "c":
                    it.stance = _one_of(value, words["stance"], name)
                elif value:
                    raise BadMark(f"{name}: a content has no {value!r}")
            else:
                events.append(
                    (start, length, _one_of(status, words["status"], name), _one_of(kind, words["event_kind"], name))
                )
            at += 1
        elif marked[at] == "[":
            raise BadMark(f"{name}: no mark: {marked[at : at + 40]!r}")
        else:
            out.append(marked[at])
            length += 1
            at += 1
    if opened:
        raise BadMark(f"{name}: a mark never ends: {opened[-1][0].group()!r}")
    for (number, role), found in spans.items():
        setattr(attributions[number], _ROLES[role], sorted(found))
    for number, it in attributions.items():
        if len(it.cue) != 1 or not it.content:
            raise BadMark(f"{name}: attribution {number} needs one cue and a content")
        if it.source and it.kind is None:
            raise BadMark(f"{name}: the source of attribution {number} has no kind")
    return Passage(name, headline, "".join(out), list(attributions.values()), sorted(events))


def _one_of(word: str, words: dict, name: str) -> str:
    if word not in words:
        raise BadMark(f"{name}: {word!r} is not one of {', '.join(words)}")
    return word


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        kept = passages(Path(argument))
        print(
            f"{argument}: {len(kept)} passages, {sum(len(p.text.split()) for p in kept)} words, "
            f"{sum(len(p.attributions) for p in kept)} attributions, {sum(len(p.events) for p in kept)} events"
        )
