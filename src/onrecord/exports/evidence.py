"""Records with their evidence, for reading in a terminal: the words a value was read from are marked in their text."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.text import Text

from onrecord import decisions, incidents
from onrecord.decisions import Target
from onrecord.exports import judged, tables, terminal, versions
from onrecord.exports.harmless import harmless, in_line
from onrecord.exports.listing import Listing
from onrecord.pipeline import View
from onrecord.records import (
    Claim,
    Decision,
    Event,
    Family,
    Incident,
    Intake,
    Masthead,
    Plan,
    Read,
    Reading,
    Rejection,
    Span,
    Statement,
    Story,
    Tally,
    Verdict,
)

_CONTEXT = 240
"""How many characters around a span are shown on each side, at most."""

StoryOf = Callable[[str], Story | None]


def marked(story: Story, spans: Iterable[Span]) -> Text:
    """The paragraph around the first span, with the words of all spans in that part marked; each stretch of text left
    out between them is an ellipsis.
    """
    ordered = sorted(spans, key=lambda span: (span.part, span.start))
    found = [span for span in ordered if span.part == ordered[0].part]
    # Replaced one for one, so that offsets hold
    words = harmless(story.words(found[0].part))
    text = Text()
    at = 0
    for start, stop in windows(words, found):
        text.append("" if start == 0 or words[start - 1] == "\n" else "…" if at == 0 else " … ")
        shift = len(text) - start
        text.append(words[start:stop].replace("\n", " "))
        for span in found:
            if start <= span.start < stop:
                text.stylize("reverse", span.start + shift, min(span.end, stop) + shift)
        at = stop
    return text.append("" if at >= len(words) or words[at] == "\n" else "…")


def windows(words: str, spans: Iterable[Span]) -> list[tuple[int, int]]:
    """What to show around the spans: each with its paragraph, as far as the context goes; what touches is one."""
    windows: list[tuple[int, int]] = []
    for span in spans:
        start = max(words.rfind("\n", 0, span.start) + 1, span.start - _CONTEXT)
        stop = words.find("\n", span.end)
        stop = min(len(words) if stop < 0 else stop, span.end + _CONTEXT)
        if windows and start <= windows[-1][1] + 1:
            windows[-1] = (windows[-1][0], max(stop, windows[-1][1]))
        else:
            windows.append((start, stop))
    return windows


@dataclass(frozen=True, slots=True)
class Shown:
    """What `show` needs: the ledger's view, and a way to a story's words."""

    view: View
    story_of: StoryOf

    def find(self, id_: str) -> RenderableType | None:
        """The record with that id, drawn with its evidence; None where there is none.

        A name that leads to another since a merge shows that one, and says so; one that ended says when it did.
        """
        name = incidents.resolve(id_, self.view.names)
        found = next(((draw, target) for ids, draw, target in self._drawable() if name in ids), None)
        if found is not None:
            draw, target = found
            led = [] if name == id_ else [_line(f"{id_} was merged into {name}")]
            shown = [_line(f"version {decisions.version(target, target.id)}", "dim")] if target is not None else []
            return Group(*led, draw(), *shown)
        if any(one.name == id_ for one in self.view.names):
            return _line(f"{id_}: is no incident or plan any more; its name is never given again")
        return next((self._decision(one) for one in self.view.decisions if one.id == id_), None)

    def _decision(self, decision: Decision) -> RenderableType:
        row = next(row for row in judged.decisions(self.view) if row["id"] == decision.id)
        said = [_line(f"{name}: {value}") for name, value in row.items() if value is not None and name != "id"]
        shown = [_line(f"  {name}: {value or 'unknown'}", "dim") for name, value in decision.seen]
        words = [self._words(spans[0].story, spans) for spans in self._by_story(decision.anchors)]
        return Group(_title(decision.verdict, decision.id), *said, _line("shown then:"), *shown, *words)

    def _by_story(self, spans: Iterable[Span]) -> list[list[Span]]:
        found: dict[str, list[Span]] = {}
        for span in spans:
            found.setdefault(span.story, []).append(span)
        return list(found.values())

    def _judged(self, id_: str) -> Iterator[RenderableType]:
        """What people decided on it."""
        by_id = {one.id: one for one in self.view.decisions}
        for standing in self.view.derived.standings:
            if standing.target != id_:
                continue
            made = by_id[standing.decision]
            what = " ".join(filter(None, (made.verdict, made.field, made.value)))
            note = f" {standing.note}" if standing.note else ""
            why = f": {made.reason}" if made.reason else ""
            yield _line(f"{made.id} {standing.state}: {what}, by {made.by}{why}{note}")

    def _drawable(self) -> Iterator[tuple[tuple[str | None, ...], Callable[[], RenderableType], Target | None]]:
        """Everything that has an id, with how to draw it; and itself, where it can be decided on."""
        for read in self.view.reads:
            yield (read.story.id, read.story.name), partial(self._story, read), read.story
            for claim in read.reading.claims:
                yield (claim.id,), partial(self._claim, read, claim), claim
            for event in read.reading.events:
                yield (event.id,), partial(self._event, read, event), event
            for tally in read.reading.tallies:
                yield (tally.id,), partial(self._tally, read, tally), tally
        for incident in self.view.derived.incidents:
            yield (incident.id,), partial(self._incident, incident), incident
        for plan in self.view.derived.plans:
            yield (plan.id,), partial(self._plan, plan), plan
        for family in self.view.derived.families:
            yield (family.id,), partial(self._family, family), None

    def _words(self, story: str, spans: Iterable[Span]) -> RenderableType:
        held = self.story_of(story)
        return indented(marked(held, spans) if held else Text("(the story is not held)"))

    def _story(self, read: Read) -> RenderableType:
        head = read.story
        published = head.published.start.isoformat() if head.published.start else "date unknown"
        lines: list[RenderableType] = [_title(head.headline or "(no headline)", head.name or head.id)]
        lines.append(_line(f"{head.outlet or 'outlet unknown'}, {published}, {head.length:,} characters"))
        for derivation in self.view.derived.derivations:
            if derivation.story == head.id:
                origin = derivation.origin or (f"ghost: {derivation.ghost}" if derivation.ghost else "its own")
                why = f" ({'; '.join(derivation.reasons)})" if derivation.reasons else ""
                lines.append(_line(f"{derivation.relation}, origin: {origin}{why}"))
        lines.extend(self._changed(head))
        lines.extend(self._judged(head.id))
        for claim in read.reading.claims:
            lines.append(self._claim(read, claim))
        for tally in read.reading.tallies:
            lines.append(self._tally(read, tally))
        for misfit in incidents.misfits(read):
            lines.extend((_line(f"does not add up: {misfit.reason}"), self._words(head.id, misfit.spans)))
        for rejection in read.reading.rejections:
            lines.append(_line(f"not used: {rejection.reason}", "dim"))
        return Group(*lines)

    def _changed(self, head: Masthead) -> Iterator[RenderableType]:
        """What a later version says otherwise than the one before."""
        before, after = self.story_of(head.earlier or ""), self.story_of(head.id)
        if before is not None and after is not None:
            yield _line(f"version {head.version} of its text; otherwise than in {head.earlier}:")
            for sign, words in versions.differences(before, after):
                yield _line(f"  {sign} {words}", "red" if sign == "-" else "green")

    def _claim(self, read: Read, claim: Claim) -> RenderableType:
        words = self._words(read.story.id, claim.content)
        return Group(_title(said(claim), claim.id), words, *self._judged(claim.id))

    def _plan(self, plan: Plan) -> RenderableType:
        ruled = self._judged(plan.id)
        return Group(_title(f"{plan.status}: {plan.kind}", plan.id), *ruled, *self._events(plan.events))

    def _family(self, family: Family) -> RenderableType:
        return terminal.families(row for row in tables.rows(self.view, "families") if row["id"] == family.id)

    def _event(self, read: Read, event: Event) -> RenderableType:
        return Group(*self._event_lines(read, event))

    def _event_lines(self, read: Read, event: Event) -> Iterator[RenderableType]:
        outlet = read.story.outlet or read.story.name or read.story.id
        yield _title(f"{event.kind}, {event.status}{', background' if event.background else ''}, in {outlet}", event.id)
        claims_ = {claim.id: claim for claim in read.reading.claims}
        for mention in event.mentions:
            who = said(claims_[mention.claim]) if mention.claim in claims_ else "nobody is named for it"
            yield _line(f"  {mention.status}; {who}; {_place(mention.trigger)}", "dim")
            yield self._words(read.story.id, (mention.span,))
        yield from self._judged(event.id)

    def _tally(self, read: Read, tally: Tally) -> RenderableType:
        return Group(*self._tally_lines(read, tally))

    def _tally_lines(self, read: Read, tally: Tally) -> Iterator[RenderableType]:
        yield _title(f"tally of {tally.unit}", tally.id)
        for verdict in self.view.derived.verdicts:
            if verdict.tally == tally.id:
                yield _line(f"  {verdict_line(verdict)}")
                yield from (_line(f"  would close the gap: {one}") for one in verdict.explains)
        derived = self.view.derived
        for one in incidents.movements(self.view.reads, derived.derivations, derived.verdicts):
            if one.tally == tally.id:
                yield _line(f"  {one.word.replace('_', ' ')}: {one.reason}")
        families = incidents.Families(derived.families, derived.derivations, derived.mutations)
        stories, behind = incidents.of_total(tally, self.view.reads, families, derived.speakers)
        yield _line(_support(stories, behind.reports, behind.sources, "  "))
        yield self._words(read.story.id, (tally.span,))
        yield from self._judged(tally.id)

    def _events(self, ids: Iterable[str]) -> Iterator[RenderableType]:
        wanted = set(ids)
        for read in self.view.reads:
            for event in read.reading.events:
                if event.id in wanted:
                    yield self._event(read, event)

    def _incident(self, incident: Incident) -> RenderableType:
        row = next(row for row in tables.rows(self.view, "incidents") if row["id"] == incident.id)
        lines: list[RenderableType] = [terminal.incidents([row])]
        lines.append(_line(_support(incident.stories, incident.reports, incident.sources)))
        graded = incidents.grade(incident)
        lines.append(_line(f"grade: {graded.word}: {graded.reason}"))
        lines.extend(_line(words) for words in (incidents.responsibility(incident), *_sides(incident)) if words)
        names = {read.story.id: read.story.name or read.story.id for read in self.view.reads}
        figures = [
            (
                s.field,
                s.value if s.credible else f"{s.value} (not counted)",
                s.source,
                names.get(s.story, s.story),
                _worded(s),
            )
            for s in incident.statements
        ]
        gives = {"value": 12, "source": 12, "story": 8, "words": 12}
        lines.append(Listing(("field", "value", "source", "story", "words"), figures, gives=gives))
        lines.extend(self._revised(incident))
        lines.extend(_line(f"held to be one: {reason}", "dim") for reason in incident.reasons)
        lines.extend(self._judged(incident.id))
        return Group(*lines, *self._events(incident.events))

    def _revised(self, incident: Incident) -> Iterator[RenderableType]:
        """What the incident said before, in the order of publication."""
        outlets = {read.story.id: read.story.outlet or read.story.name for read in self.view.reads}
        for one in tables.history_desk(self.view, incident.stories).history(incident):
            if one.why == "first report":
                continue
            was, now = one.was or "unknown", one.now or "unknown"
            before = f"{was} {one.field}" if one.field in ("killed", "injured") else f"{one.field} {was}"
            when = f" on {one.day}" if one.day else ""
            by = ", ".join(filter(None, (outlets.get(one.story or ""), one.source)))
            words = f": “{one.span.text}”" if one.span else ""
            yield _line(f"{before}, revised to {now}{when}: {one.why}{f' ({by}{words})' if by else ''}")


def _sides(incident: Incident) -> Iterator[str]:
    """What each source last said of dead and injured, where they differ: "killed: Interior Ministry: 3; the rebels: 11"."""
    for what in ("killed", "injured"):
        last = {s.source: s.bounds for s in incident.statements if s.field == what and s.credible and s.bounds}
        if len(set(last.values())) > 1:
            yield f"{what}: {'; '.join(f'{source}: {terminal.figure(bounds)}' for source, bounds in last.items())}"


def _worded(statement: Statement) -> str:
    return statement.span.text if statement.span else ""


@dataclass(frozen=True, slots=True)
class _Marked:
    """Text whose marks are seen where there is no terminal to reverse them, too: ⟦so⟧."""

    text: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if console.is_terminal:
            yield self.text
            return
        plain = Text()
        at = 0
        for mark in sorted(self.text.spans, key=lambda span: (span.start, span.end)):
            start, end = max(mark.start, at), max(mark.end, at)
            if start < end:
                plain.append(f"{self.text.plain[at:start]}⟦{self.text.plain[start:end]}⟧")
                at = end
        yield plain.append(self.text.plain[at:])


def indented(text: Text) -> RenderableType:
    """Text with marks, under what it belongs to."""
    return Padding(_Marked(text), (0, 0, 0, 4), expand=False)


def _place(span: Span) -> str:
    """Where words stand, as `decide --words` takes it."""
    part = "headline:" if span.part == "headline" else ""
    return f"{span.story}:{part}{span.start}-{span.end}"


def _support(stories: Sequence[str], reports: Sequence[str], sources: Sequence[str], indent: str = "") -> str:
    """How many stories tell it, whose reports these are, and on whom they rest, in two lines."""
    told, whose, whom = (_some(n, noun) for n, noun in (
        (len(stories), "story"), (len(reports), "independent report"), (len(sources), "primary source"),
    ))  # fmt: skip
    named = [f"a {report}" if report.startswith("ghost: ") else report for report in reports]
    return f"{indent}{told}, {whose}: {', '.join(named) or 'none'}\n{indent}{whom}: {'; '.join(sources) or 'none'}"


def _some(count: int, noun: str) -> str:
    plural = noun.removesuffix("y") + "ies" if noun.endswith("y") else noun + "s"
    return f"{count} {noun if count == 1 else plural}"


def _line(words: str, style: str = "") -> Text:
    """A line of text, whoever wrote it."""
    return Text(harmless(words), style=style)


def said(claim: Claim) -> str:
    """Who says it, and how, in a line."""
    source = claim.source
    who = source.name or source.kind
    told = f" (told {source.told})" if source.told else ""
    terms = f", {source.terms}" if source.terms else ""
    return f"{who}{told} {claim.stance}{terms}"


def verdict_line(verdict: Verdict) -> str:
    """A verdict in a line."""
    off = f" by {verdict.off_by}" if verdict.off_by else ""
    return f"{verdict.word}{off}: {verdict.reason}"


def _title(words: str, id_: str) -> Text:
    return Text.assemble((in_line(words), "bold"), "  ", (in_line(id_), "cyan"))


def reading(item: Intake, outcome: Reading | Rejection | None) -> RenderableType:
    """One story as it was read without a ledger: claims, events and tallies, each with its words."""
    story = item.story
    if story is None or not isinstance(outcome, Reading):
        why = [*item.rejections, *([outcome] if isinstance(outcome, Rejection) else [])]
        return _line(f"{item.source}: {item.state}: {'; '.join(r.reason for r in why)}")
    published = story.published.start.isoformat() if story.published.start else "date unknown"
    head = _title(story.headline or item.source, story.name or story.id)
    lines: list[RenderableType] = [head, _line(f"{story.outlet or 'outlet unknown'}, {published}")]
    for credit in outcome.credits:
        lines.append(_line(f"credit: {credit.relation} {credit.outlet}"))
    for claim in outcome.claims:
        lines.extend((_title(said(claim), claim.id), indented(marked(story, claim.content))))
    for event in outcome.events:
        lines.append(_title(f"{event.status}: {event.kind}{', background' if event.background else ''}", event.id))
        lines.append(_line(f"    {_particulars(event)}"))
    for tally in outcome.tallies:
        lines.extend(
            (
                _title(f"tally of {tally.unit}", tally.id),
                indented(marked(story, [tally.span])),
            )
        )
    lines.extend(_line(f"not used: {rejection.reason}", "dim") for rejection in (*item.rejections, *outcome.rejections))
    return Group(*lines, Text())


def _particulars(event: Event) -> str:
    parts = [f"by {event.actor.name}" if event.actor else "", f"on {event.target.name}" if event.target else ""]
    parts.append(f"at {event.where.name}" if event.where else "")
    if event.when:
        found = terminal.days(event.when.start, event.when.end)
        parts.append(found if event.when.start or not event.when.span else f"“{event.when.span.text}”")
    parts.extend(f"{count.what}: {count.span.text}" for count in event.counts)
    return "; ".join(part for part in parts if part) or "no particulars"
