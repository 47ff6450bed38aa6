"""Each place of a story that tells of an event: its words, what kind of act, and whether it is told as done."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from spacy.tokens import Token

from onrecord.events import asides, echoes, items, judged, noticed, segments, status, telling, triggers, units
from onrecord.events.segments import Segment
from onrecord.events.triggers import Hit
from onrecord.language.annotated import Annotated, Sentence
from onrecord.records import Claim, EventKind, Mention, Span, Stance, Status
from onrecord.wording import kinds

_SPOKEN: dict[Stance, tuple[Status, EventKind | None]] = {
    "threatens": ("threatened", "threat"),
    "denies": ("denied", None),
    "claims responsibility": ("happened", None),
    "warns": ("possible", None),
}
"""What a claim's stance says of an act that it does not name, and the kind; None: the story's."""
_TOLD_AS: frozenset[Status] = frozenset({"happened", "ongoing", "attempted", "unknown"})
"""Statuses that a claim without a word of an act gives the story's act though the network hears none in it."""
_FAINT = 0.1
"""How likely the likeliest word of a claim without a word of an act tells of one, where it says of the story's act that it is
denied or to come.
"""
_SUPPOSED = re.compile(r"\A\W*+(?:if|were|unless|suppose)\b", re.IGNORECASE)
_TAKING = frozenset({"seizure", "abduction"})
"""Kinds that harm nobody and yet are what a story goes on to tell of."""
_AS_BEFORE: dict[tuple[EventKind, EventKind | None], EventKind] = {
    ("shooting", "shelling"): "shelling",
    ("bombing", "air_strike"): "air_strike",
}
"""What a weapon tells of behind an earlier act: whoever's "guns" answer shelling are no small arms, bombs that "fell" in an air raid
were not planted.
"""
_MOVES = frozenset({"deployment", "ground_mission"})
_NAMED = frozenset({"named_person", "named_body"})
_EARLIER = frozenset({"earlier", "previous", "former"})
_OURS = frozenset({"we", "us", "our", "ours"})
_DONE: frozenset[Status] = frozenset({"happened", "ongoing", "attempted"})
_TO_COME: frozenset[Status] = frozenset({"planned", "threatened", "possible", "hypothetical"})
_INNER = re.compile(r"\w")
_PURPOSES = frozenset({"acl", "advcl", "xcomp", "relcl", "conj"})


@dataclass(frozen=True, slots=True)
class _Group:
    """What a segment says of one act. tokens in order; hits in order; lead: the trigger that decides kind and status."""

    tokens: tuple[Token, ...]
    hits: tuple[Hit, ...]
    lead: Hit
    status: Status


@dataclass(slots=True)
class _Memory:
    """What the story has told so far. kind: of the last mention that is no background; harm: of the last such that can
    kill and was done; first: the first such; open: indices of mentions whose kind is to come; last:
    the last mention that is no background; planned: kinds told as planned; prior: kind of an earlier act that the last one
    was set against ("four days after missiles hit the quay");
    told: ids of the claims that hold a mention; hits: the triggers of the last sentence, with what they were looked for by.
    """

    kind: EventKind | None = None
    harm: EventKind | None = None
    prior: EventKind | None = None
    planned: set[EventKind | None] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    first: EventKind | None = None
    acts: int = 0
    open: list[int] = field(default_factory=list)
    last: echoes.Last | None = None
    hits: tuple[tuple[int, bool], list[Hit]] | None = None


def find(annotated: Annotated, claims: tuple[Claim, ...]) -> tuple[Mention, ...]:
    """The mentions of a story in reading order, the headline's first. Actor, target, time, place and counts are left
    empty. A word that only names an act, and words of effects in a story that tells of no act, give none.
    """
    memory = _Memory()
    found: list[Mention] = []
    heads = {item.start for item in items.find(annotated)}
    for sentence in annotated.sentences:
        if sentence.part == "text" and sentence.start in heads:
            _settle(found, memory)
            memory.kind = memory.harm = memory.first = None
        for segment in segments.cut(sentence, claims):
            for group in _groups(annotated, segment, memory):
                mention = _mention(annotated, segment, group, memory)
                if mention is not None:
                    found.append(mention[0])
                    if not mention[1]:
                        memory.open.append(len(found) - 1)
        found.extend(_by_stance(annotated, sentence, claims, memory))
    _settle(found, memory)
    return tuple(sorted(found, key=lambda m: (m.span.part == "text", m.span.start, m.span.end)))


def _settle(found: list[Mention], memory: _Memory) -> None:
    """Gives the mentions whose kind was to come that of the act told of first behind them."""
    for index in memory.open:
        # A word such as "massacre" that opens a story is the act that the story goes on to name.
        found[index] = replace(found[index], kind=memory.first or "other")
    memory.open.clear()


# ---- one act, one group


def _groups(annotated: Annotated, segment: Segment, memory: _Memory) -> list[_Group]:
    """The triggers of a segment by the clause they stand in; clauses that tell the same of the same act are one."""
    inside = {token.i for token in segment.tokens}
    hits = [hit for hit in _hits(annotated, segment.sentence, memory) if hit.token.i in inside]
    if not hits:
        return []
    apart = units.apart(hits)
    head_of = {token.i: int(units.head(token, inside, apart).i) for token in segment.tokens}
    heads: dict[int, list[Hit]] = {}
    for hit in hits:
        heads.setdefault(head_of[hit.token.i], []).append(hit)
    groups: list[_Group] = []
    for head in sorted(heads):
        tokens = tuple(t for t in segment.tokens if head_of[t.i] == head)
        group = _group(annotated, segment, tokens, heads[head], memory)
        if group is None:
            continue
        last = groups[-1] if groups else None
        if last is not None and _one_act(last, group):
            groups[-1] = _Group(
                tuple(
                    t for t in segment.tokens if last.tokens[0].i <= t.i <= max(last.tokens[-1].i, group.tokens[-1].i)
                ),
                (*last.hits, *group.hits),
                last.lead if last.lead.role == "act" or group.lead.role == "effect" else group.lead,
                last.status,
            )
        else:
            groups.append(group)
    if len(groups) == 1:
        only = groups[0]
        return [_Group(segment.tokens, only.hits, only.lead, only.status)]
    return groups


def _hits(annotated: Annotated, sentence: Sentence, memory: _Memory) -> list[Hit]:
    """The triggers of a sentence, looked for once for all of its segments."""
    asked = (sentence.index, memory.acts > 0)
    if memory.hits is None or memory.hits[0] != asked:
        every = triggers.find(sentence.syntax, sentence.part == "headline", memory.acts > 0)
        play = triggers.is_play(sentence.syntax)
        memory.hits = asked, [] if play else noticed.with_network(annotated, sentence, every)
    return memory.hits[1]


def _group(
    annotated: Annotated, segment: Segment, tokens: tuple[Token, ...], hits: list[Hit], memory: _Memory
) -> _Group | None:
    told = hits if any(telling.tells(hit, hits, segment) for hit in hits) else []
    if not told:
        return None
    acts = [hit for hit in told if hit.role == "act" and telling.tells(hit, (hit,), segment)]
    if asides.asked(told, segment) or asides.total(told, segment):
        return None
    if segment.frame and not (acts and len(hits) > len(acts)):
        return None
    own = [hit for hit in told if not _set_against(hit)]
    lead = min([hit for hit in acts if hit in own] or own or told, key=lambda hit: (_depth(hit.token), hit.token.i))
    return _Group(tokens, tuple(told), lead, _status(annotated, lead, segment, memory))


def _one_act(first: _Group, second: _Group) -> bool:
    if first.status != second.status:
        return False
    if "effect" in (first.lead.role, second.lead.role):
        return True
    one, other = units.own_kind(first.lead), units.own_kind(second.lead)
    return one is None or other is None or one == other


def _depth(token: Token) -> int:
    depth = 0
    while token.head != token:
        token, depth = token.head, depth + 1
    return depth


def _status(annotated: Annotated, lead: Hit, segment: Segment, memory: _Memory) -> Status:
    scope = status.Scope(
        stance=segment.claim.stance if segment.claim is not None else None,
        planned=bool(memory.planned),
        headline=segment.sentence.part == "headline",
        claimed=segment.claim is not None and segment.claim.source.kind != "narrator",
    )
    told = status.of(lead.token, scope)
    if lead.role == "effect":
        # Nobody hurt, or one still in hospital, is what became of an act that was done: so it is coded, however it reads.
        return "happened" if told in {"negated", "ongoing"} else told
    if told == "negated" and _is_denial(lead, segment):
        told = "denied"
    return judged.likeliest(told, annotated, _trigger(annotated, segment.sentence, lead))


def _is_denial(lead: Hit, segment: Segment) -> bool:
    """Whether those whose act it would be say that it is not so: of moves of forces, and of what "we" have not done."""
    if segment.claim is None or segment.claim.source.kind not in _NAMED:
        return False
    return units.own_kind(lead) in _MOVES or any(token.lower_ in _OURS for token in segment.tokens)


# ---- the record


def _mention(annotated: Annotated, segment: Segment, group: _Group, memory: _Memory) -> tuple[Mention, bool] | None:
    """The record of a group, and whether its kind is told: not so of words that open a story."""
    sentence = segment.sentence
    trigger = _trigger(annotated, sentence, group.lead)
    here = _hits(annotated, sentence, memory)
    named = any(hit.role == "act" or units.own_kind(hit) is not None for hit in here)
    known = memory.kind is not None or memory.acts > 0 or named
    if group.lead.role == "effect" and not (known or _violent(group) or noticed.is_sure(annotated, trigger)):
        return None
    told = _kind(group, memory) or (_beside(here) if group.lead.role == "effect" else None)
    kind = judged.kind(told, annotated, trigger, settled=_is_settled(group))
    span = _extent(annotated, sentence, group)
    if span is None:
        return None
    background = asides.background(annotated, sentence, group.tokens)
    opens = kind is None and memory.kind not in _TAKING
    if not background:
        memory.acts += 1
        memory.last = echoes.Last(sentence.index, sentence.paragraph, group.status)
        if kind is not None:
            memory.kind = kind
            if kinds.kind(kind).harms and group.status in _DONE and not group.lead.row.harmless:
                memory.harm = kind
                memory.first = memory.first or kind
        memory.prior = _prior(group) or memory.prior
        if group.status == "planned":
            memory.planned.add(kind)
    if segment.claim is not None:
        memory.told.add(segment.claim.id)
    mention = Mention(
        span=span,
        trigger=trigger,
        status=group.status,
        kind=kind or "other",
        claim=segment.claim.id if segment.claim is not None else None,
        background=background,
    )
    return mention, not opens


def _trigger(annotated: Annotated, sentence: Sentence, lead: Hit) -> Span:
    """The words that name the act."""
    first, last = lead.token.doc[lead.first], lead.token.doc[lead.last]
    return annotated.span(sentence.part, sentence.offset(first), sentence.offset(last) + len(last))


def _violent(group: _Group) -> bool:
    """Whether somebody is said to have done the harm."""
    return any(
        child.dep_ in {"nsubj", "agent"} and hit.token.lemma_ == "kill"
        for hit in group.hits
        for child in hit.token.children
    )


def _kind(group: _Group, memory: _Memory) -> EventKind | None:
    """The lead's own kind; where it has none or may tell of an act again, another trigger's, or the story's so far.
    None where the story has told of none yet.
    """
    lead = group.lead
    earlier = _earlier(group, memory)
    if lead.named is not None:
        again = _AS_BEFORE.get((lead.named, earlier)) if lead.row.kind is None else None
        return again or lead.named
    if lead.row.kind is None and memory.prior is not None and any(c.lower_ in _EARLIER for c in lead.token.children):
        return memory.prior
    if lead.row.kind == "raid" and _to_free(group):
        return "ground_mission"
    if lead.row.kind == "abduction" and any(_is_setting(token) for token in group.tokens):
        return "armed_clash"
    if lead.row.pos == "VERB" and lead.row.kind is not None and group.status in _TO_COME:
        return lead.row.kind
    return _told_again(group, earlier)


def _beside(hits: Sequence[Hit]) -> EventKind | None:
    """The kind of the act that a sentence only names, and tells who came to harm by it ("the figure for the raid: five died")."""
    named = (units.own_kind(hit) for hit in hits if hit.role == "act" and not hit.row.harmless)
    return next((kind for kind in named if kind is not None and kinds.kind(kind).harms), None)


def _is_setting(token: Token) -> bool:
    """Whether a word tells of a clash in which something else was done: "taken prisoner in a fight"."""
    if token.dep_ != "pobj" or token.head.lower_ not in ("in", "during"):
        return False
    return any(row.kind == "armed_clash" for row in kinds.triggers(token.lemma_.lower(), "NOUN"))


def _is_settled(group: _Group) -> bool:
    """Whether the kind is as good as told: by a weapon at the words, by what a raid is for, or because they only tell who came to
    harm by the act told of before.
    """
    if group.lead.role == "effect":
        return True
    return group.lead.named is not None or (group.lead.row.kind == "raid" and _to_free(group))


def _told_again(group: _Group, earlier: EventKind | None) -> EventKind | None:
    """The kind of words that may tell of the earlier act again."""
    lead = group.lead
    if lead.role == "effect" or lead.row.kind is None:
        # A weapon tells the kind better than a word such as "operation".
        for hit in sorted(group.hits, key=lambda hit: (hit.named is None, "story" in hit.row.needs)):
            kind = hit.named or hit.row.kind
            if kind is not None and kinds.kind(kind).harms and not hit.row.harmless:
                return earlier if hit.named is None and hit.row.is_part_of(earlier) else kind
    own = [hit for hit in group.hits if hit.row.kind is not None and hit.row.kind == lead.row.kind]
    if lead.row.is_part_of(earlier) and not any(telling.is_new(hit.token) for hit in own):
        return earlier
    if lead.at_sea and lead.row.kind in {None, "shooting"}:
        return "naval_strike"
    return lead.row.kind


def _prior(group: _Group) -> EventKind | None:
    """The kind of the act that a clause with "after" sets the group's own against."""
    for hit in group.hits:
        kind = units.own_kind(hit)
        if hit is not group.lead and _set_against(hit) and kind is not None and kinds.kind(kind).harms:
            return kind
    return None


def _set_against(hit: Hit) -> bool:
    """Whether a word tells of an earlier act that another is set against ("two days after missiles struck")."""
    verb = triggers.clause(hit.token)
    return verb.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ == "after" for c in verb.children)


def _to_free(group: _Group) -> bool:
    """Whether an act is done to bring captives home ("a raid to free the crew")."""
    return any(
        token.lemma_.lower() in status.words("freeing") and (token.dep_ in _PURPOSES or token.pos_ == "NOUN")
        for token in group.tokens
    )


def _earlier(group: _Group, memory: _Memory) -> EventKind | None:
    """The kind that words without one of their own tell of: of the last act done, or, where none was, of the last."""
    if group.status not in _DONE and memory.kind is not None and kinds.kind(memory.kind).harms:
        return memory.kind
    if not any(hit.role == "effect" for hit in group.hits):
        return memory.harm or memory.kind
    # "The bloodbath that left 24 dead" is no abduction, but "two guards were killed" right behind one tells more of it.
    taken = group.lead.role == "effect" and memory.kind in _TAKING and _is_done(memory.last)
    return memory.harm or (memory.kind if taken else None)


def _is_done(last: echoes.Last | None) -> bool:
    return last is not None and last.status in _DONE


def _extent(annotated: Annotated, sentence: Sentence, group: _Group) -> Span | None:
    """From the first to the last word of the group around its lead, marks at the ends left out."""
    runs = [run for run in segments.runs(list(group.tokens)) if any(t.i == group.lead.token.i for t in run)]
    tokens = list(runs[0]) if runs else list(group.tokens)
    for end in (0, -1):
        while tokens and (tokens[end].dep_ == "cc" or not _INNER.search(tokens[end].text)):
            tokens.pop(end)
    if not tokens:
        return None
    return annotated.span(sentence.part, sentence.offset(tokens[0]), sentence.offset(tokens[-1]) + len(tokens[-1]))


def _bears(annotated: Annotated, claim: Claim) -> bool:
    """Whether the network holds it for possible that a claim without a word of an act speaks of one at all: "she did not
    blame him" denies no strike.
    """
    return any(annotated.tells(span.part, span.start, span.end) >= _FAINT for span in claim.content)


def _by_stance(annotated: Annotated, sentence: Sentence, claims: Sequence[Claim], memory: _Memory) -> Iterator[Mention]:
    """Claims that end in this sentence, hold no trigger, and yet by their stance speak of an act."""
    for claim in claims:
        last = claim.content[-1]
        if claim.id in memory.told or not (
            last.part == sentence.part and sentence.start < last.end <= sentence.end + 2
        ):
            continue
        spoken = _SPOKEN.get(claim.stance)
        if spoken is None and echoes.of_captives(sentence, claim, memory.kind in _TAKING):
            spoken = ("ongoing", "abduction")
        if spoken is None and memory.last is not None and echoes.goes_on(sentence, claim, memory.last, memory.harm):
            kind = memory.kind if memory.kind in _TAKING else memory.harm or memory.kind
            echoed = echoes.status_of(sentence, claim, memory.last, kind)
            heard = echoed in _TOLD_AS or _bears(annotated, claim)
            spoken = (echoed, kind) if echoed is not None and heard else None
        if spoken is None:
            continue
        told, kind = spoken[0], spoken[1] or memory.kind
        if told == "possible" and _SUPPOSED.match(claim.content[0].text):
            told = "hypothetical"
        elif told == "possible" and echoes.announces(sentence, claim):
            told = "threatened"
        if kind is None:
            continue
        memory.told.add(claim.id)
        trigger = claim.cue or claim.content[0]
        yield Mention(claim.content[0], trigger, told, kind, claim.id)
