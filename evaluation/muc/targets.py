"""Whom and what an act hit, with the codes of MUC-4."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Span, Token

from evaluation.muc import roles, words
from evaluation.muc.acts import Act, Trigger
from evaluation.muc.phrases import Message, Phrase, phrase
from onrecord.records import Count

_BRACKETS = str.maketrans("", "", "[]")
_FORMER = ("FORMER ", "RETIRED ", "EX-")
_WITH_FORMER = frozenset({"GOVERNMENT OFFICIAL", "ACTIVE MILITARY"})
_PRONOUNS = frozenset({"he", "him", "she", "her", "his"})
_JOINS = frozenset({",", ";", "and"})
_WITH_TITLES = frozenset({"of", "the", "a"})
_THING_KINDS = frozenset({"BOMBING", "ARSON", "ATTACK", "ROBBERY"})


@dataclass(frozen=True)
class Target:
    """One target. human: a person and no thing; name: of a person, or None; words: what the text calls it, or None;
    code: its type; effect: what became of it, or None where nothing is told.
    """

    human: bool
    name: str | None
    words: str | None
    code: str
    number: str
    effect: str | None

    @property
    def label(self) -> str:
        """What other slots call it."""
        return self.name or self.words or ""

    @property
    def flies(self) -> bool:
        """Whether it is an aircraft."""
        return not self.human and words.pattern("flying", "things").search(self.words or "") is not None

    def is_like(self, other: "Target") -> bool:
        """Whether the two may be the same: one name, or one noun with numbers that do not differ."""
        if self.human != other.human:
            return False
        if self.name and other.name:
            return self.name.split()[-1] == other.name.split()[-1]
        if not self.words or not other.words or self.name or other.name:
            return False
        numbers = {self.number, other.number} - {"PLURAL"}
        one, two = set(self.words.split()), set(other.words.split())
        return len(numbers) < 2 and (self.words.split()[-1] == other.words.split()[-1] or one <= two or two <= one)


def targets(message: Message, act: Act) -> list[Target]:
    """The targets of an act, each once. Those that fight, and no victims of terror, are left out."""
    found: dict[str, Target] = {}
    for target in _told(message, act):
        key = target.name.split()[-1] if target.name else f"{(target.words or '').split()[-1]} {target.number}"
        known = found.get(key)
        found[key] = target if known is None else _joined(known, target)
    return _without_doubles(list(found.values()))


def is_fighter(said: Phrase) -> bool:
    """Whether the phrase names one who takes part in war or terror."""
    return said.head in words.listed("perpetrators", "fighters")


def _told(message: Message, act: Act) -> Iterator[Target]:
    for trigger in act.triggers:
        for token in roles.patients(trigger.token):
            if token.pos_ == "PRON" and token.lower_ in _PRONOUNS:
                yield from _meant(message, trigger, token)
            else:
                yield from _made(message, act, trigger, phrase(message, trigger.sentence, token))
        if act.kind in _THING_KINDS:
            for token in roles.placed(trigger.token):
                said = phrase(message, trigger.sentence, token)
                if said is not None and _thing(said) is not None:
                    yield from _made(message, act, trigger, said)
    for mention in act.mentions:
        at = message.at(mention.target.span.start, mention.target.span.end) if mention.target else None
        word = message.at(mention.trigger.start, mention.trigger.end)
        if at is not None and word is not None and mention.span.part == "text":
            trigger = Trigger(*word, words.lemma(word[1]), None)
            yield from _made(message, act, trigger, phrase(message, *at))
    for count in act.counts:
        yield from _counted(message, act, count)


def _listed(message: Message, said: Phrase) -> Iterator[Phrase]:
    """Those whom a list behind a plural names ("the engineers A, B, and C")."""
    for entity in said.sentence.syntax.ents:
        root = entity.root
        if (
            entity.label_ == "PERSON"
            and root.i > said.token.i
            and root.dep_ in {"appos", "conj"}
            and said.token in root.ancestors
        ):
            named = phrase(message, said.sentence, root)
            if named is not None and named.name is not None:
                yield named


def _joined_names(message: Message, said: Phrase) -> Iterator[Phrase]:
    """The other names of a list in which a name stands ("A, 40, B, and the mayor C"): the parser often ends such a list early."""
    names = [entity for entity in said.sentence.syntax.ents if entity.label_ == "PERSON"]
    own = next((n for n, entity in enumerate(names) if entity.start <= said.token.i < entity.end), None)
    if said.name is None or own is None:
        return
    for way in (1, -1):
        at = own
        while 0 <= at + way < len(names) and _goes_on(*sorted((names[at], names[at + way]), key=lambda one: one.start)):
            at += way
            named = phrase(message, said.sentence, names[at].root)
            if named is not None and named.name is not None:
                yield named


def _goes_on(one: Span, other: Span) -> bool:
    """Whether the second of two names goes on with a list: a comma or "and" stands between them, and ages and titles at most."""
    between = one.doc[one.end : other.start]
    return any(t.lower_ in _JOINS for t in between) and all(
        t.lower_ in _JOINS or t.lower_ in _WITH_TITLES or t.like_num or _is_titular(t) for t in between
    )


def _is_titular(token: Token) -> bool:
    """Whether a word may be of a title: no place, and none that tells of an act itself."""
    lemma = words.lemma(token)
    acts = lemma in words.codes("acts") or lemma in words.codes("effects")
    return token.pos_ in {"NOUN", "PROPN", "ADJ"} and token.ent_type_ not in {"GPE", "LOC", "FAC"} and not acts


def _meant(message: Message, trigger: Trigger, pronoun: Token) -> Iterator[Target]:
    """The person named last before a pronoun, where the word tells of what is done to people."""
    effect = words.codes("effects").get(trigger.lemma)
    if effect not in {"DEATH", "INJURY"} and trigger.kind != "KIDNAPPING":
        return
    at = trigger.sentence.offset(pronoun)
    before = [
        (sentence, entity)
        for sentence in message.annotated.body()
        if trigger.sentence.index - 2 <= sentence.index <= trigger.sentence.index
        for entity in sentence.syntax.ents
        if entity.label_ == "PERSON" and sentence.base + int(entity.end_char) <= at
    ]
    if before:
        said = phrase(message, before[-1][0], before[-1][1].root)
        if said is not None and said.name is not None:
            yield _person(message, said, effect)


def _made(message: Message, act: Act, trigger: Trigger, said: Phrase | None) -> Iterator[Target]:
    if said is None or is_fighter(said):
        return
    effects = words.codes("effects")
    effect = effects.get(trigger.lemma)
    if said.name is not None or said.head in words.codes("people"):
        thing = None if said.name is not None else _thing(said)
        if thing is None:
            effect = effect if effect in {"DEATH", "INJURY"} else None
            named = list(_listed(message, said)) if said.name is None and said.number != "1" else []
            yield from (_person(message, one, effect) for one in _joined_names(message, said))
            yield from (
                replace(_person(message, n, effect), words=said.words, code=_people_code(said.words, said.head))
                for n in named
            )
            if not named:
                yield _person(message, said, effect)
            return
    code = _thing(said)
    if code is not None and act.kind in _THING_KINDS:
        if effect in {"DEATH", "INJURY", None}:
            effect = "SOME DAMAGE" if act.kind in {"BOMBING", "ARSON"} else None
        if act.kind == "ROBBERY":
            effect = None
        yield Target(False, None, said.words, code, said.number, effect)


def _person(message: Message, said: Phrase, effect: str | None) -> Target:
    called, head = said.words, said.head
    known = message.person(said.name) if said.name is not None else None
    if known is None and said.number == "1":
        # "The mayor" is the one whom the text calls mayor elsewhere, with a name.
        known = next((p for p in message.people if p.head == head), None)
    if known is not None:
        role = known.role or (_before_name(said) if said.name else called)
        return Target(True, known.name, role, _people_code(role or "", known.head), "1", effect)
    if said.name is not None:
        role = _before_name(said)
        return Target(True, said.name, role, _people_code(role or "", ""), "1", effect)
    return Target(True, None, called, _people_code(called, head), said.number, effect)


def _before_name(said: Phrase) -> str | None:
    """The title in a phrase that ends in a name."""
    title = said.words.partition(said.name or "")[0].strip() if said.name else ""
    return title or None


def _people_code(called: str, head: str) -> str:
    # Notes of the monitors stand in brackets: "[retired] general"
    called = called.translate(_BRACKETS)
    codes = words.codes("people")
    last = called.lower().split()
    pair = " ".join(last[-2:])
    code = codes.get(pair) or codes.get(head) or (codes.get(last[-1]) if last else None) or "CIVILIAN"
    if not codes.get(head):
        code = next((codes[w] for w in last if codes.get(w, "CIVILIAN") != "CIVILIAN"), code)
    if code in _WITH_FORMER and called.startswith(_FORMER):
        return f"FORMER {code}"
    return code


def _thing(said: Phrase) -> str | None:
    codes = words.codes("things")
    last = said.words.lower().split()[-2:]
    pair = " ".join([*last[:-1], said.head])
    if (code := codes.get(pair)) is not None:
        return code
    code = codes.get(said.head)
    if code is not None:
        special = next(
            (codes[w] for w in said.words.lower().split() if codes.get(w) in words.table()["strong"]["things"]), None
        )
        return special or code
    return None


def _counted(message: Message, act: Act, count: Count) -> Iterator[Target]:
    """The dead and hurt that the reader counted, where the words say who they are."""
    if count.what not in {"killed", "injured"} or not count.quantity.number or count.span.part != "text":
        return
    at = message.at(count.span.start, count.span.end)
    said = phrase(message, *at) if at is not None else None
    if said is None or is_fighter(said) or said.head not in words.codes("people"):
        return
    made = _person(message, said, "DEATH" if count.what == "killed" else "INJURY")
    if made.name is None:
        made = replace(made, number=str(count.quantity.number))
    yield made


def _joined(one: Target, other: Target) -> Target:
    effects = [e for e in (one.effect, other.effect) if e]
    worst = next((e for e in ("DEATH", "DESTROYED", "INJURY", "SOME DAMAGE") if e in effects), None)
    return replace(one, words=one.words or other.words, effect=worst)


def _without_doubles(found: list[Target]) -> list[Target]:
    """Without those of which a number is not told where the same word comes with one."""
    counted = {(t.words or "").split()[-1:][0] for t in found if t.words and t.number not in {"PLURAL"}}
    return [t for t in found if t.name or t.number != "PLURAL" or (t.words or "").split()[-1] not in counted]
