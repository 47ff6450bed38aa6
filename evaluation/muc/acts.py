"""Events of a reading, and words of violence that it passes over → acts that MUC-4 has a template for."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Token

from evaluation.muc import words
from evaluation.muc.phrases import Message
from onrecord.language import Sentence
from onrecord.records import Count, Event, Mention, When, Where

_STAGES = {"attempted": "ATTEMPTED", "threatened": "THREATENED", "planned": "THREATENED"}
_NOT_TOLD = frozenset({"negated", "hypothetical"})
_MODALS = frozenset({"would", "could", "may", "might", "will", "can", "should", "'ll", "must"})
_NEAR = 3
"""Sentences between two tellings of one act, at most, where nothing else joins them."""


@dataclass(frozen=True)
class Trigger:
    """A word that tells of an act, with its lemma and its sentence. kind: type of incident that it tells by itself, or
    None; mention: the reader's, or None for a word that it passed over.
    """

    sentence: Sentence
    token: Token
    lemma: str
    kind: str | None
    mention: Mention | None = None


@dataclass
class Act:
    """One act. kind: type of incident; stage: how far it went; when, where, counts: as far as the reader tells."""

    kind: str
    stage: str
    triggers: list[Trigger] = field(default_factory=list)
    when: When | None = None
    where: Where | None = None
    counts: tuple[Count, ...] = ()

    @property
    def mentions(self) -> list[Mention]:
        """The reader's mentions of it."""
        return [t.mention for t in self.triggers if t.mention is not None]

    @property
    def sentences(self) -> list[Sentence]:
        """Those that tell of it, once each, in the order of the text."""
        found = {t.sentence.index: t.sentence for t in self.triggers}
        return [found[index] for index in sorted(found)]


def acts(message: Message) -> list[Act]:
    """The acts of a message, in the order of the text."""
    made: list[Act] = []
    taken: set[tuple[int, int]] = set()
    for event in message.reading.events:
        triggers = [t for mention in event.mentions if (t := _word(message, mention)) is not None]
        taken.update((t.sentence.index, int(t.token.i)) for t in triggers)
        told = [t for t in triggers if t.mention is None or t.mention.status not in _NOT_TOLD]
        made.extend(_split(event, told))
    for sentence in message.annotated.body():
        for trigger in _passed_over(sentence, taken):
            _join(made, trigger)
    return sorted(made, key=lambda act: (act.triggers[0].sentence.index, int(act.triggers[0].token.i)))


def _word(message: Message, mention: Mention) -> Trigger | None:
    if mention.span.part != "text":
        return None
    at = message.at(mention.trigger.start, mention.trigger.end)
    if at is None:
        return None
    sentence, token = at
    said = " ".join(mention.trigger.text.lower().split())
    tail = said.partition(" ")[2]
    lemma = next(
        (p for p in (said, f"{words.lemma(token)} {tail}".strip()) if p in words.codes("acts")), words.lemma(token)
    )
    kind = words.codes("acts").get(lemma)
    if words.pattern("fire", "set").search(said):
        kind, lemma = "ARSON", "set fire"
    if kind is None and lemma in words.listed("soft", "attack") and mention.kind == "bombing":
        kind = "BOMBING"
    return Trigger(sentence, token, lemma, kind, mention)


def _split(event: Event, triggers: list[Trigger]) -> Iterator[Act]:
    """The acts of an event: one for each type of incident that its words tell, to which the other words are added."""
    soft = words.listed("soft", "attack") | words.listed("soft", "harm")
    kinds: list[tuple[str, list[Trigger]]] = []
    loose: list[Trigger] = []
    for trigger in triggers:
        if trigger.kind is None:
            if trigger.lemma not in soft:
                continue
            if kinds:
                kinds[-1][1].append(trigger)
            else:
                loose.append(trigger)
            continue
        same = next((held for kind, held in kinds if kind == trigger.kind), None)
        if same is not None:
            same.append(trigger)
        else:
            kinds.append((trigger.kind, [*loose, trigger]))
            loose = []
    if loose:
        kinds.append(("ATTACK", loose))
    for kind, held in kinds:
        yield Act(kind, _stage(event, held), held, event.when, event.where, event.counts)


def _stage(event: Event, triggers: list[Trigger]) -> str:
    if any(t.lemma in words.listed("soft", "attempt") for t in triggers):
        return "ATTEMPTED"
    statuses = {t.mention.status for t in triggers if t.mention is not None}
    if statuses & {"happened", "ongoing", "denied"}:
        return "ACCOMPLISHED"
    return _STAGES.get(event.status, "ACCOMPLISHED")


def _passed_over(sentence: Sentence, taken: set[tuple[int, int]]) -> Iterator[Trigger]:
    """Words of violence in a sentence that the reader's events leave out."""
    for token in sentence.syntax:
        if token.pos_ not in {"VERB", "NOUN"} or (sentence.index, int(token.i)) in taken:
            continue
        lemma = words.lemma(token)
        kind = words.codes("acts").get(lemma)
        if kind is None and lemma not in words.listed("soft", "harm"):
            continue
        if not _is_unreal(token):
            yield Trigger(sentence, token, lemma, kind)


def _is_unreal(token: Token) -> bool:
    near = [*token.children, *(token.head.children if token.dep_ in {"conj", "xcomp"} else [])]
    return any(c.dep_ == "neg" or (c.dep_ == "aux" and c.lower_ in _MODALS) for c in near if c.i < token.i)


def _join(made: list[Act], trigger: Trigger) -> None:
    """Adds a word to the act that its sentence tells of, if that is of its type; else it tells of one by itself."""
    here = [act for act in made if any(t.sentence.index == trigger.sentence.index for t in act.triggers)]
    kind = trigger.kind or "ATTACK"
    same = next((act for act in here if act.kind == kind or trigger.kind is None), None)
    if same is None and trigger.kind is None:
        return
    if same is not None:
        same.triggers.append(trigger)
        return
    made.append(Act(kind, "ACCOMPLISHED", [trigger]))
