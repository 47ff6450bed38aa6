"""Reads texts of our own with marks: who says what, and whether what is told has happened.

A mark is `[TAG words]`, and marks nest:

    [1s:named_body The ministry] [1c said] [1t that two boats [!happened/drone_strike were hit]].

`1s`, `1c`, `1t`: source, cue and content of attribution 1 of the passage. Behind a source's colon stands its kind, behind
a cue's its stance where it is not "asserts". `[!STATUS/KIND words]` is a mention of an event: the word that names the act or
what came of it. `[=KIND words]` only names one again and says nothing of it ("after the [=shelling attack]"). Behind a kind may
stand `#2`: which occurrence of the passage it is. Passages are parted by a line that begins with `== `; a line that begins with
`# ` is the passage's headline, in which events may be marked.
"""

import re
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

_TWO_WORDS = "calls for|claims responsibility|declines to comment"
_TAG = re.compile(rf"\[(?:(\d+)([sct])(?::({_TWO_WORDS}|[a-z_]+))?|(?:!([a-z]+)/|=)([a-z_]+)(?:#(\d+))?) (?=\S)")
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


@dataclass(frozen=True, order=True)
class Told:
    """Words that tell of an event, or only name it: then it has no status. number: which occurrence of the passage."""

    headline: bool
    start: int
    end: int
    status: str | None
    kind: str
    number: int | None


@dataclass
class Passage:
    """A passage without its marks."""

    name: str
    headline: str
    text: str
    attributions: list[Attribution]
    events: list[Told]


def passages(path: Path) -> list[Passage]:
    """The passages of a file in their order."""
    words = tomllib.loads(_VOCABULARY.read_text(encoding="utf-8"))
    found = []
    for part in re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name, _, body = part.partition("\n")
        headline = ""
        if body.lstrip().startswith("# "):
            headline, _, body = body.lstrip()[2:].partition("\n")
        which = f"{path.name}: {name.strip()}"
        over, _, above = _read(which, headline.strip(), words, headline=True)
        text, attributions, events = _read(which, body.strip(), words, headline=False)
        found.append(Passage(which, over, text, attributions, sorted(above, key=_place) + sorted(events, key=_place)))
    return found


def _place(told: Told) -> tuple[int, int]:
    return told.start, told.end


def _read(name: str, marked: str, words: dict, *, headline: bool) -> tuple[str, list[Attribution], list[Told]]:
    out: list[str] = []
    length, at = 0, 0
    opened: list[tuple[re.Match, int]] = []
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    attributions: dict[str, Attribution] = {}
    events: list[Told] = []
    while at < len(marked):
        tag = _TAG.match(marked, at)
        if tag:
            opened.append((tag, length))
            at = tag.end()
        elif marked[at] == "]":
            if not opened:
                raise BadMark(f"{name}: a mark ends that was never opened, before {marked[at : at + 40]!r}")
            tag, start = opened.pop()
            number, role, value, status, kind, which = tag.groups()
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
                known = _one_of(status, words["status"], name) if status else None
                kind = _one_of(kind, words["event_kind"], name)
                events.append(Told(headline, start, length, known, kind, int(which) if which else None))
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
    if headline and attributions:
        raise BadMark(f"{name}: a headline's attributions are not marked")
    return "".join(out), list(attributions.values()), events


def _one_of(word: str, words: dict, name: str) -> str:
    if word not in words:
        raise BadMark(f"{name}: {word!r} is not one of {', '.join(words)}")
    return word


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        kept = passages(Path(argument))
        print(
            f"{argument}: {len(kept)} passages, {sum(len(p.text.split()) for p in kept)} words, "
            f"{sum(len(p.attributions) for p in kept)} attributions, {sum(e.status is not None for p in kept for e in p.events)} events"
        )
