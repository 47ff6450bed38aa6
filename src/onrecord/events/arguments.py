"""Who did it, to whom, with what, when and where: what the words around a trigger tell of its act."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from spacy.tokens import Token

from onrecord.events import causes, counts, harm, parties, triggers, when, where
from onrecord.events.circumstances import words
from onrecord.language.annotated import Annotated, Sentence
from onrecord.records import Count, Mention, Span, Tally, When
from onrecord.wording import actors, kinds

_TO_COME = frozenset({"planned", "threatened", "possible", "hypothetical"})
_OF_PEOPLE = frozenset({"killed", "injured", "missing", "presumed_dead"})


@dataclass(frozen=True, slots=True)
class Told:
    """A mention, and how its words bring its act in. effect: they tell what became of people, not what was done; new:
    they bring in an act as not told of before ("a raid", "another strike", "the second attack"); fresh: what is hit is brought in so
    ("sank a boat"); again: the act is named as known ("the strike");
    late: they tell of what may come days after ("died", "the body was found"); echo: they name no act, and tell more of the one
    told of before.
    """

    mention: Mention
    effect: bool
    new: bool
    fresh: bool
    again: bool
    late: bool
    echo: bool


@dataclass(frozen=True, slots=True)
class Around:
    """What every mention of a story is read against: the places and parties it names, and its counts by sentence."""

    names: where.Names
    parties: parties.Names
    counts: dict[int, tuple[Count, ...]]


def around(annotated: Annotated) -> Around:
    """The story's places and counts, found once."""
    found = {sentence.index: counts.of_sentence(annotated, sentence) for sentence in annotated.sentences}
    return Around(where.named_in(annotated), parties.gather(annotated), found)


def without(story: Around, totals: tuple[Tally, ...]) -> Around:
    """The same without the counts that are running totals: they are no act's."""
    spans = [tally.span for tally in totals]
    kept = {
        index: tuple(c for c in found if not any(_holds(span, c.span) for span in spans))
        for index, found in story.counts.items()
    }
    return replace(story, counts=kept)


def fill(annotated: Annotated, mentions: tuple[Mention, ...], story: Around) -> tuple[Told, ...]:
    """The mentions with actor, target, instrument, time, place and counts, each as far as the words tell."""
    shared = _counts(annotated, mentions, story)
    return tuple(_told(annotated, mention, story, shared[n]) for n, mention in enumerate(mentions))


def sentence_of(annotated: Annotated, span: Span) -> Sentence | None:
    """The sentence that a span begins in."""
    return next((s for s in annotated.sentences if s.part == span.part and s.start <= span.start < s.end), None)


def trigger_token(sentence: Sentence, mention: Mention) -> Token | None:
    """The token of the mention's trigger: the head of its words."""
    inside = [t for t in sentence.syntax if mention.trigger.start <= sentence.offset(t) < mention.trigger.end]
    return next((t for t in inside if t.head.i not in {x.i for x in inside}), inside[0] if inside else None)


def _told(annotated: Annotated, mention: Mention, story: Around, counted: tuple[Count, ...]) -> Told:
    sentence = sentence_of(annotated, mention.span)
    trigger = trigger_token(sentence, mention) if sentence is not None else None
    if sentence is None or trigger is None:
        filled = replace(mention, counts=counted)
        return Told(filled, effect=True, new=False, fresh=False, again=False, late=False, echo=False)
    echo = mention.trigger == mention.span or not _holds(mention.span, mention.trigger)
    said = echo or trigger.lemma_.lower() in words("verbs", "saying")
    # Who dies, flees or vanishes does not do it.
    suffers = trigger.pos_ == "VERB" and harm.find("acting", trigger) is not None
    headline = mention.span.part == "headline"
    doer, hit = (None, None) if said else (None if suffers else _actor(trigger, headline), _target(trigger, headline))
    if doer is None and not said and trigger.pos_ == "VERB":
        doer = _doer_beside(trigger)
    if _is_answer(trigger):
        doer = None
    cause = None if echo else causes.act(trigger, _inside(sentence, mention))
    effect = _is_effect(trigger)
    # Who was not hurt was not hit.
    spared = effect and any(c.dep_ == "neg" for c in trigger.children)
    target = None if spared else parties.target(annotated, sentence, hit, story.parties)
    day = None if echo else _when(annotated, sentence, mention, trigger, cause)
    filled = replace(
        mention,
        actor=parties.actor(annotated, sentence, doer, story.parties),
        target=target,
        instrument=None if echo else _instrument(trigger),
        when=day,
        where=None if echo else where.of_mention(annotated, sentence, mention, cause or trigger, story.names),
        counts=counted,
    )
    # Whoever is quoted speaks of an act as if nobody had told of it.
    quoted = _is_quoted(sentence, mention)
    fresh = not quoted and not effect and target is not None and hit is not None and _has_article(hit, {"a", "an"})
    again = trigger.pos_ == "NOUN" and _has_article(trigger, {"the", "this", "that"})
    return Told(
        filled,
        effect,
        not quoted and _is_new(sentence, mention),
        fresh,
        again,
        cause is None and triggers.lemma(trigger) in words("verbs", "late"),
        echo,
    )


def _inside(sentence: Sentence, mention: Mention) -> list[Token]:
    return [t for t in sentence.syntax if mention.span.start <= sentence.offset(t) < mention.span.end]


def _when(
    annotated: Annotated, sentence: Sentence, mention: Mention, trigger: Token, cause: Token | None
) -> When | None:
    """The time of the act that the words name as the cause of what they tell; else of what they tell, unless the act was before."""
    forward = mention.status in _TO_COME
    if cause is None:
        return when.of_mention(annotated, sentence, mention, trigger, forward=forward)
    found = when.of_mention(annotated, sentence, mention, cause, forward=forward)
    if found is not None or (causes.is_late_death(trigger) and causes.is_earlier(cause)):
        return found
    return when.of_mention(annotated, sentence, mention, trigger, forward=forward)


def _is_answer(trigger: Token) -> bool:
    """Whether what is told is that fire was returned."""
    verb = trigger if trigger.pos_ == "VERB" else trigger.head
    fire = any(c.dep_ == "dobj" and c.lemma_.lower() == "fire" for c in verb.children)
    return fire and verb.lemma_ in words("party", "answering")


def _is_quoted(sentence: Sentence, mention: Mention) -> bool:
    before = sentence.text[: max(mention.span.start - sentence.start, 0) + 1]
    return sum(before.count(mark) for mark in '"“”') % 2 == 1


def _has_article(noun: Token, articles: AbstractSet[str]) -> bool:
    return any(c.dep_ == "det" and c.lower_ in articles for c in noun.children)


def _is_effect(trigger: Token) -> bool:
    rows = (*kinds.triggers(triggers.lemma(trigger), "VERB"), *kinds.triggers(triggers.lemma(trigger), "NOUN"))
    return not rows or rows[0].role == "effect"


def _is_new(sentence: Sentence, mention: Mention) -> bool:
    """Whether a noun of an act that harms stands with an article or a number that brings it in."""
    if mention.span.part == "headline":
        return False
    if sentence.text.casefold().startswith(tuple(words("party", "elsewhere"))):
        return True
    for token in sentence.syntax:
        if not mention.span.start <= sentence.offset(token) < mention.span.end or token.pos_ != "NOUN":
            continue
        # "It is the first attack since the truce" speaks of the one told of.
        if token.dep_ == "attr" or not _names_harm(token):
            continue
        if any(
            child.dep_ in {"det", "amod"} and child.lower_ in words("party", "introducing") for child in token.children
        ):
            return True
    return False


def _names_harm(noun: Token) -> bool:
    rows = [row for row in kinds.triggers(triggers.lemma(noun), "NOUN") if not row.rest and row.role == "act"]
    return any(row.kind is None or (row.kind != "other" and kinds.kind(row.kind).harms) for row in rows)


def _counts(annotated: Annotated, mentions: tuple[Mention, ...], story: Around) -> list[tuple[Count, ...]]:
    """Each count at the mention whose words hold it, of several at the one with the nearest trigger; a count of people
    that no mention holds at the nearest one of its sentence, else at the one told last before it in the paragraph.
    """
    held: list[list[Count]] = [[] for _ in mentions]
    places_ = [sentence_of(annotated, mention.span) for mention in mentions]
    for sentence in annotated.sentences:
        for count in story.counts[sentence.index]:
            near = [n for n, m in enumerate(mentions) if _holds(m.span, count.span)]
            if near:
                best = min(near, key=lambda n: (_length(mentions[n].span), _gap(mentions[n].trigger, count.span)))
            elif count.what in _OF_PEOPLE:
                found = _nearest(places_, mentions, sentence, count)
                if found is None:
                    continue
                best = found
            else:
                continue
            held[best].append(count)
    return [tuple(counts_) for counts_ in held]


def _nearest(
    places_: Sequence[Sentence | None], mentions: Sequence[Mention], sentence: Sentence, count: Count
) -> int | None:
    here = [n for n, place in enumerate(places_) if place is not None and place.index == sentence.index]
    if here:
        return min(here, key=lambda n: (_gap(mentions[n].trigger, count.span), n))
    before = [
        n
        for n, place in enumerate(places_)
        if place is not None
        and place.paragraph == sentence.paragraph
        and place.index < sentence.index
        and not mentions[n].background
    ]
    return max(before, default=None)


def _length(span: Span) -> int:
    return span.end - span.start


def _holds(outer: Span, inner: Span) -> bool:
    return outer.part == inner.part and outer.start <= inner.start and inner.end <= outer.end


def _gap(one: Span, other: Span) -> int:
    return max(one.start - other.end, other.start - one.end, 0)


# ---- parties


def _actor(trigger: Token, headline: bool) -> Token | None:
    """Who does it: the subject of an active verb, the agent of a passive, "by" or the possessor of a noun."""
    if trigger.pos_ in {"NOUN", "PROPN"}:
        return _doer_of_noun(trigger, headline)
    verb: Token | None = trigger
    for _ in range(3):
        if verb is None:
            return None
        passive = any(c.dep_ in {"nsubjpass", "auxpass"} for c in verb.children) or _is_short(verb, headline)
        for child in verb.children:
            if child.dep_ == "agent":
                return next((c for c in child.children if c.dep_ == "pobj"), None)
            if child.dep_ == "nsubj" and not passive:
                return child
        if passive:
            return None
        # "struck the pier, killing four": the subject stands at the verb above.
        verb = verb.head if verb.dep_ in {"advcl", "conj", "xcomp", "pcomp"} and verb.head != verb else None
    return None


def _doer_beside(verb: Token) -> Token | None:
    """Who does what befalls others: the doer of the clause that says when or how ("were killed when gunmen opened fire"), or of the act
    that it came of ("were killed in a police raid").
    """
    for child in verb.children:
        if child.lower_ in {"in", "during"} and harm.find("acted_on", verb) in {"killed", "injured"}:
            acts = [n for n in child.children if n.dep_ == "pobj" and n.lemma_.lower() in words("party", "acts")]
            if acts:
                return _doer_of_noun(acts[0], headline=False)
    for clause in verb.children:
        if clause.dep_ == "advcl" and any(c.lower_ in words("party", "meanwhile") for c in clause.children):
            return next((c for c in clause.children if c.dep_ == "nsubj"), None)
    return None


def _doer_of_noun(noun: Token, headline: bool) -> Token | None:
    for child in noun.children:
        if child.dep_ == "prep" and child.lower_ == "by":
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    for child in noun.children:
        if child.dep_ == "poss" and child.ent_type_ not in {"DATE", "TIME"}:
            return child
    before = [c for c in noun.children if c.dep_ in {"amod", "compound"}]
    named = [c for c in before if c.text[:1].isupper() or c.lower_ in words("party", "agents")]
    if named and not headline:
        return named[0]
    if named and (actors.named(named[0].text) is not None or named[0].ent_type_ == "NORP"):
        return named[0]
    governor = noun.head
    if noun.dep_ == "dobj" and governor.lemma_ in words("verbs", "doing"):
        return _actor(governor, headline)
    return None


def _is_short(verb: Token, headline: bool) -> bool:
    """Whether a headline leaves out the "were" of a passive ("Six dockers injured")."""
    if not headline or verb.tag_ not in {"VBN", "VBD"} or verb.lemma_.lower() not in words("verbs", "undergone"):
        return False
    return not any(c.dep_ == "dobj" for c in verb.children)


def _target(trigger: Token, headline: bool) -> Token | None:
    """What it is done to: the object, the subject of a passive, or what stands behind "on" at a noun."""
    if trigger.pos_ in {"NOUN", "PROPN"}:
        return _behind(trigger, "fire" in trigger.lemma_.lower())
    short = {"nsubj"} if _is_short(trigger, headline) else set()
    found = next((c for c in trigger.children if c.dep_ in {"dobj", "nsubjpass"} | short), None)
    if found is None and trigger.dep_ in {"acl", "relcl"} and trigger.tag_ == "VBN":
        found = trigger.head
    if found is not None and trigger.lemma_.lower() in words("verbs", "throwing") and _is_thrown(found):
        return _behind(trigger, True) or _behind(found, True)
    return found


def _is_thrown(noun: Token) -> bool:
    return (
        parties.is_weapon(noun)
        or harm.find("thing", noun) == "rounds"
        or noun.lemma_.lower() in words("party", "thrown")
    )


def _behind(word: Token, at: bool) -> Token | None:
    """The noun behind a preposition of aiming; "at" leads to where it was, unless something is fired."""
    for child in word.children:
        aimed = child.lower_ in words("party", "against") and (at or child.lower_ != "at")
        if child.dep_ == "prep" and aimed:
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    return None


# ---- instrument


def _instrument(trigger: Token) -> str | None:
    """The weapon or carrier at the trigger, as its lemma with what specifies it ("car bomb")."""
    verb = trigger
    near = [*_weapons(trigger)]
    if trigger.pos_ in {"NOUN", "PROPN"} and trigger.dep_ in {"nsubj", "dobj", "pobj"}:
        verb = trigger.head
        near.extend(_weapons(verb))
    return near[0] if near else None


def _weapons(head: Token) -> Iterator[str]:
    for child in head.children:
        if child.dep_ in {"nsubj", "compound", "amod", "nmod"} and parties.is_weapon(child):
            yield _named_weapon(child)
        elif child.dep_ in {"prep", "agent"} and child.lower_ in {"with", "by", "using", "from", "of", "in"}:
            for noun in child.children:
                if noun.dep_ == "pobj" and noun.pos_ == "NOUN" and parties.is_weapon(noun):
                    yield _named_weapon(noun)
        elif child.dep_ == "dobj":
            if head.lemma_ in words("verbs", "throwing") and parties.is_weapon(child):
                yield _named_weapon(child)
            # The model hangs "with rockets" on the object as often as on the verb.
            behind = [c for p in child.children if p.dep_ == "prep" and p.lower_ == "with" for c in p.children]
            yield from (_named_weapon(c) for c in behind if c.dep_ == "pobj" and parties.is_weapon(c))
    if head.pos_ in {"NOUN", "PROPN"} and head.lemma_.lower() in {"airstrike"}:
        yield "aircraft"


def _named_weapon(noun: Token) -> str:
    parts = [c.lower_ for c in noun.children if c.dep_ == "compound" and c.pos_ == "NOUN" and c.i == noun.i - 1]
    return " ".join([*parts, noun.lemma_.lower()])
