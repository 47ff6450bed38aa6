"""Reports that go through several acts item by item ("VELLIN. A bomb ...", "12 May, Vellin. Two shells ..."): what each
item's heading says of the acts under it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from onrecord.events import where as whereabouts
from onrecord.events.arguments import Told
from onrecord.language.annotated import Annotated, Sentence
from onrecord.records import Mention, When, Where
from onrecord.wording import places, times

_LONGEST = 48
_MOST_WORDS = 7
_FEWEST = 3
"""So many headed paragraphs make a report one of items."""
_DAYS = frozenset({"day", "days"})
_SMALL = frozenset({"of", "the", "and", "in", "at", "on", "to", "de", "del", "la"})


@dataclass(frozen=True, slots=True)
class Item:
    """One item. start: offset of its heading in the text; end: of the end of its paragraph; when, where: what the heading
    says, None where nothing.
    """

    start: int
    end: int
    when: When | None
    where: Where | None


def find(annotated: Annotated, names: whereabouts.Names | None = None) -> tuple[Item, ...]:
    """The items of a story in the order of its text; none where it is no report of items. Places are told only where the
    story's names are given.
    """
    heads: list[tuple[Sentence, str, bool]] = []
    seen: set[int] = set()
    for sentence in annotated.body():
        if sentence.paragraph in seen:
            continue
        seen.add(sentence.paragraph)
        heading = _heading(annotated, sentence)
        if heading is not None:
            heads.append((sentence, heading, _is_headed(annotated, heading)))
    if sum(headed for _, _, headed in heads) < _FEWEST:
        return ()
    return tuple(_item(annotated, sentence, heading, names) for sentence, heading, _ in heads)


def lend(told: Sequence[Told], items: Sequence[Item]) -> tuple[Told, ...]:
    """The mentions with the day and place of the heading they stand under, where their own words tell none."""
    return tuple(_lent(one, of(one.mention, items), items) for one in told)


def of(mention: Mention, items: Sequence[Item]) -> int | None:
    """The number of the item that a mention stands in, None outside of all."""
    if mention.span.part != "text":
        return None
    return next((n for n, item in enumerate(items) if item.start <= mention.span.start < item.end), None)


def _lent(one: Told, number: int | None, items: Sequence[Item]) -> Told:
    if number is None or one.mention.background:
        return one
    item, mention = items[number], one.mention
    undated = mention.when is None or mention.when.start is None
    when = item.when if undated and item.when is not None else mention.when
    where = mention.where if mention.where is not None else item.where
    return replace(one, mention=replace(mention, when=when, where=where))


def _heading(annotated: Annotated, sentence: Sentence) -> str | None:
    """The words up to the first full stop of a paragraph, if they are few and no verb is among them."""
    paragraph = annotated.story.text[sentence.start : sentence.start + _LONGEST + 2].split("\n", 1)[0]
    heading, stop, rest = paragraph.partition(". ")
    if not stop or not rest or len(heading) > _LONGEST or len(heading.split()) > _MOST_WORDS:
        return None
    tokens = [t for t in sentence.syntax if sentence.offset(t) < sentence.start + len(heading)]
    capitals = heading.upper() == heading
    if not heading[:1].isalnum() or (not capitals and any(t.pos_ in {"VERB", "AUX"} for t in tokens)):
        return None
    return heading


def _is_headed(annotated: Annotated, heading: str) -> bool:
    """Whether the words are a heading beyond doubt: in capitals, with a day, or a name alone."""
    words = [word for word in heading.replace(",", " ").split() if word.lower() not in _SMALL]
    if any(c.isalpha() for c in heading) and heading.upper() == heading:
        return True
    if _day(annotated, heading) is not None:
        return True
    return bool(words) and len(words) <= 3 and all(word[:1].isupper() for word in words)


def _day(annotated: Annotated, heading: str) -> times.Timex | None:
    found = times.find(heading, annotated.story.published.day)
    return next((t for t in found if t.first is not None and t.precision in _DAYS), None)


def _item(annotated: Annotated, sentence: Sentence, heading: str, names: whereabouts.Names | None) -> Item:
    day = _day(annotated, heading)
    if day is None:
        when, rest = None, heading
    else:
        span = annotated.span("text", sentence.start + day.start, sentence.start + day.end)
        when = When(day.first, day.last, day.precision, span)
        rest = f"{heading[: day.start]} {heading[day.end :]}"
    end = annotated.story.text.find("\n", sentence.start)
    place = _where(annotated, sentence, heading, rest.strip(" ,;:-–"), names)
    return Item(sentence.start, end if end >= 0 else len(annotated.story.text), when, place)


def _where(
    annotated: Annotated, sentence: Sentence, heading: str, rest: str, names: whereabouts.Names | None
) -> Where | None:
    """The place that a heading names: what stands there beside a day, or a name that the story uses as a place."""
    if names is None or not rest or rest not in heading or any(c.isdigit() for c in rest):
        return None
    name = rest.title() if rest.upper() == rest else rest
    known = {place.casefold() for place in (*names.hints, *names.places)}
    if rest == heading and not {name.casefold(), name.split()[-1].casefold()} & known:
        return None
    start = sentence.start + heading.index(rest)
    span = annotated.span("text", start, start + len(rest))
    found = places.resolve(name, names.hints)
    return replace(found, span=span) if found is not None else Where(name, None, None, None, None, "unknown", span)
