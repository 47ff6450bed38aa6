"""Ideal readings of a joint folder, made from its gold.

This measures the deriving stages (families, incidents, verdicts) alone: what they make of readings without a fault of
reading. A reading is what an ideal reader would give from the story alone: the claims, statuses and kinds are the
coder's, while days, places, parties and figures are taken by simple means from words that the story itself holds. Gold
that needs other stories (origins, mutations, verdicts, merged figures) never enters a reading.
"""

import json
import re
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from evaluation.plain_counts import counts_in
from onrecord.families import fingerprint
from onrecord.records import (
    UNDATED,
    Claim,
    Credit,
    Event,
    Masthead,
    Mention,
    Part,
    Party,
    Published,
    Quantity,
    Read,
    Reading,
    Source,
    Span,
    Story,
    Tally,
    When,
    Where,
)

Row = dict[str, Any]
READER = "perfect"
NARRATION = ("narrator",)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH}(?: (\d{{4}})\b)?", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b{_MONTH} (\d{{1,2}})\b(?:, (\d{{4}}))?", re.IGNORECASE)
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_YESTERDAY = re.compile(r"\b(?:yesterday|last night|overnight)\b", re.IGNORECASE)
_WEEKDAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})\b", re.IGNORECASE)
_SPEAKS_FOR = re.compile(
    r"(?:spokes\w+|minister|head|chief|director)\w* (?:for|of|at) (?:the )?((?:[A-Z][\w'-]+ ?){1,5})"
)


def perfect_reads(folder: Path) -> list[Read]:
    """The stories of a joint folder (`stories.jsonl` and `gold.json`) as an ideal reader would give them."""
    gold = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    rows = [json.loads(line) for line in (folder / "stories.jsonl").read_text(encoding="utf-8").splitlines() if line]
    known = {**gold["incidents"], **gold["plans"]}
    return [_read(row, gold["stories"][row["id"]], known) for row in rows]


def story_of(row: Row) -> Story:
    """The story of one line of `stories.jsonl`; its id is the line's own, so that gold and reading meet."""
    return Story(
        id=row["id"],
        name=row["id"],
        url=row.get("url"),
        outlet=row.get("outlet"),
        headline=row["headline"],
        byline=None,
        published=_published(row.get("published")),
        language="en",
        text=row["text"],
    )


def _published(words: str | None) -> Published:
    if not words:
        return UNDATED
    if "T" in words:
        moment = datetime.fromisoformat(words.replace("Z", "+00:00")).astimezone(UTC)
        return Published(moment, moment, "second", "given")
    day = datetime.combine(date.fromisoformat(words), time(), UTC)
    return Published(day, day + timedelta(hours=23, minutes=59, seconds=59), "day", "given")


def _read(row: Row, gold: Row, known: dict[str, Row]) -> Read:
    story = story_of(row)
    claims = tuple(_claim(story, n, claim) for n, claim in enumerate(gold["claims"]))
    found = fingerprint(story)
    reading = Reading(
        story=story.id,
        reader=READER,
        claims=claims,
        credits=tuple(_credit(story, credit) for credit in gold["credits"]),
        events=_events(story, gold, claims, known),
        tallies=tuple(_tally(story, n, tally, claims) for n, tally in enumerate(gold["tallies"])),
        signature=found.signature,
        quotes=found.quotes,
        facts=found.facts,
    )
    head = Masthead(story.id, story.name, story.url, story.outlet, story.headline, story.published, len(story.text))
    return Read(head, reading)


def _span(story: Story, item: Row) -> Span:
    part: Part = "headline" if item.get("in") == "headline" else "text"
    words = story.words(part)
    start = words.index(item["quote"])
    return Span(story.id, part, start, start + len(item["quote"]), item["quote"])


def _quantity(bounds: list[int | None] | None) -> Quantity | None:
    if bounds is None:
        return None
    low, best, high = bounds
    if best is None and low is not None:
        vague = {2: "plural", 3: "several", 24: "dozens"}.get(low)
        return Quantity(None, vague=vague) if vague else Quantity(low, modifier="at_least")
    if high is None and best is not None:
        return Quantity(best, None, "at_least")
    return Quantity(best)


# ---- claims and credits


def _claim(story: Story, number: int, gold: Row) -> Claim:
    span = _span(story, gold)
    told = gold["source"]
    source = Source(
        kind=told["kind"],
        name=told["name"],
        affiliation=_affiliation(story.text, told["name"]) if told["kind"] == "named_person" else None,
        count=_quantity(told["count"]) if told["kind"] in ("named_person", "anonymous", "witness") else None,
        told=told["told"],
    )
    form = "narration" if told["kind"] in NARRATION else "direct" if gold["quote"].startswith('"') else "indirect"
    return Claim(f"{story.id}-c{number}", (span,), None, source, form, gold["stance"])  # type: ignore[arg-type]


def _affiliation(text: str, name: str | None) -> str | None:
    """The body after "spokeswoman for" and the like in the sentence that names a person in full."""
    if not name:
        return None
    last = name.split()[-1]
    for found in re.finditer(rf"[^.\n]*\b{re.escape(last)}\b[^.\n]*", text):
        body = _SPEAKS_FOR.search(found.group())
        if body:
            return body.group(1).strip()
    return None


def _credit(story: Story, gold: Row) -> Credit:
    return Credit(gold["outlet"], gold["relation"], _span(story, gold))


def _holding(span: Span, claims: tuple[Claim, ...]) -> Claim | None:
    """The claim whose content shares most with the span."""

    def shared(claim: Claim) -> int:
        return max(min(c.end, span.end) - max(c.start, span.start) for c in claim.content if c.part == span.part)

    here = [claim for claim in claims if any(c.part == span.part for c in claim.content)]
    best = max(here, key=shared, default=None)
    return best if best is not None and shared(best) > 0 else None


def _tally(story: Story, number: int, gold: Row, claims: tuple[Claim, ...]) -> Tally:
    span = _span(story, gold)
    holding = _holding(span, claims)
    quantity = _quantity(gold["count"]) or Quantity(None)
    since, as_of = (date.fromisoformat(gold[key]) if gold.get(key) else None for key in ("since", "as_of"))
    claim = holding.id if holding else None
    return Tally(f"{story.id}-t{number}", gold["unit"], quantity, gold["scope"], since, as_of, claim, span)


# ---- events


def _events(story: Story, gold: Row, claims: tuple[Claim, ...], known: dict[str, Row]) -> tuple[Event, ...]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for number, row in enumerate(gold["events"]):
        groups[row["ref"] or f"alone {number}"].append(row)
    about: dict[str, list[str]] = defaultdict(list)
    for claim, row in zip(claims, gold["claims"], strict=True):
        if row["event"]:
            about[row["event"]].append(claim.id)
    changed = {row["field"]: row["to"] for row in gold["mutations"]}
    return tuple(
        _event(story, f"{story.id}-e{number}", rows, claims, about.get(ref, []), known.get(ref, {}), changed)
        for number, (ref, rows) in enumerate(groups.items())
    )


def _event(
    story: Story,
    name: str,
    rows: list[Row],
    claims: tuple[Claim, ...],
    about: list[str],
    truth: Row,
    changed: Row,
) -> Event:
    mentions = tuple(_mention(story, row, claims, truth, changed) for row in rows)
    # The headline is a reader's last resort: the body tells it in full.
    order = sorted(mentions, key=lambda mention: mention.span.part == "headline")
    told = [m.status for m in order]
    status = next((s for s in ("happened", "ongoing") if s in told), max(told, key=lambda s: (told.count(s), s)))
    counts = tuple({(c.what, c.quantity, c.of): c for m in order for c in m.counts}.values())
    held = {m.claim for m in mentions if m.claim} | set(about)
    return Event(
        id=name,
        kind=max((m.kind for m in order), key=lambda kind: sum(m.kind == kind for m in order)),
        status=status,
        actor=_party(story, mentions, truth.get("actor"), changed.get("actor")),
        target=_party(story, mentions, truth.get("target"), None),
        instrument=None,
        when=_when(story, [m.span for m in order], truth.get("date"), changed.get("date")),
        where=_where(story, truth.get("place"), changed.get("place")),
        counts=counts,
        claims=tuple(claim.id for claim in claims if claim.id in held),
        mentions=mentions,
        background=all(m.background for m in mentions),
    )


def _mention(story: Story, row: Row, claims: tuple[Claim, ...], truth: Row, changed: Row) -> Mention:
    span = _span(story, row)
    holding = _holding(span, claims)
    return Mention(
        span=span,
        trigger=span,
        status=row["status"],
        kind=row["kind"],
        claim=holding.id if holding else None,
        when=_when(story, [span], truth.get("date"), changed.get("date")),
        counts=counts_in(span),
        background=not truth and _is_past(story, span),
    )


def _is_past(story: Story, span: Span) -> bool:
    day = story.published.day
    years = [int(year) for year in _YEAR.findall(span.text)]
    return bool(years) and (day is None or max(years) < day.year)


def _party(story: Story, mentions: tuple[Mention, ...], name: str | None, changed: str | None) -> Party | None:
    name = changed or name
    if not name:
        return None
    body = f"{story.headline}\n{story.text}".casefold()
    words = [w for w in re.findall(r"\w+", name.casefold()) if len(w) > 3]
    if not words or not any(w in body for w in words):
        return None
    return Party(name, mentions[0].span)


def _where(story: Story, place: str | None, changed: str | None) -> Where | None:
    """The gold place, as far as the story itself names it."""
    text = f"{story.headline}\n{story.text}"
    parts = [p.strip() for p in (changed or place or "").split(",") if p.strip()]
    for number, part in enumerate(parts):
        name = re.sub(r"^(?:off|near|north of|south of) ", "", part)
        if name in text:
            rest = parts[number + 1] if number + 1 < len(parts) else None
            return Where(name, rest, None, None, None, "unknown", None)
    return None


# ---- days


def _days(story: Story, span: Span) -> list[date]:
    """Every day that the words, and then the rest of their sentence, name."""
    words = story.words(span.part)
    end = re.compile(r"[.\n]").search(words, span.end)
    return _days_in(f"{span.text} {words[span.end : end.start() if end else len(words)]}", story.published.day)


def _days_in(text: str, anchor: date | None) -> list[date]:
    found = [(m.start(), _valid(m.group(3), anchor, m.group(2), m.group(1))) for m in _DAY_MONTH.finditer(text)]
    found += [(m.start(), _valid(m.group(3), anchor, m.group(1), m.group(2))) for m in _MONTH_DAY.finditer(text)]
    if anchor:
        for match in _WEEKDAY.finditer(text):
            back = (anchor.weekday() - WEEKDAYS.index(match.group(1).lower())) % 7
            found.append((match.start(), anchor - timedelta(days=back)))
        found += [(m.start(), anchor - timedelta(days=1)) for m in _YESTERDAY.finditer(text)]
    return [day for _, day in sorted(found, key=lambda pair: pair[0]) if day is not None]


def _valid(year: str | None, anchor: date | None, month: str, day: str) -> date | None:
    if year is None and anchor is None:
        return None
    try:
        return date(int(year) if year else anchor.year if anchor else 0, MONTHS.index(month[:3].lower()) + 1, int(day))
    except ValueError:
        return None


def _when(story: Story, spans: list[Span], truth: list[str] | None, changed: str | None) -> When | None:
    """The day of the incident, if the words name it (or the one a rewrite put in its place); for what the coder gave no
    day, the first one named.
    """
    named = [(day, span) for span in spans for day in _days(story, span)]
    if truth is None:
        return next((When(day, day, "day", span) for day, span in named), None)
    first, last = (date.fromisoformat(day) for day in truth)
    for day, span in named:
        if first <= day <= last or (changed is not None and day.isoformat() == changed):
            return When(day, day, "day", span)
    return None
