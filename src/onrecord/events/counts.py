"""How many were killed, hurt, taken, aboard, hit: the counted things of a sentence."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Token

from onrecord.events import asides, causes, counted, harm, running
from onrecord.events.phrases import SUBJECTS, Phrase, after, is_person, is_share, numbered, single
from onrecord.language.annotated import Annotated, Sentence
from onrecord.records import Count, CountOf, Quantity

_MORE = re.compile(r"\b(?:another|an additional|a further)\s\Z", re.IGNORECASE)
_BEHIND = 120
_SELF = re.compile(r"sel(?:f|ves) and\s\Z")
_REST = frozenset({"more", "other", "others", "further", "additional", "else"})
_SOME = frozenset({"among", "of", "civilian", "military", "on", "further", "other", "more"})
_GUESSED = frozenset({"presumed", "feared", "believed", "assumed"})


@dataclass(frozen=True, slots=True)
class Found:
    """A count and where syntax has it. head: the head of its noun phrase; at: the word that says what is counted."""

    count: Count
    head: Token
    at: Token


def of_sentence(annotated: Annotated, sentence: Sentence) -> tuple[Count, ...]:
    """The counts of a sentence in the order of the text. What is not told is no count; "no one was hurt" is a 0."""
    return tuple(found.count for found in found_in(annotated, sentence))


def found_in(annotated: Annotated, sentence: Sentence) -> tuple[Found, ...]:
    """The counts of a sentence with their tokens, in the order of the text."""
    found: list[Found] = []
    taken: set[int] = set()
    for phrase in (*numbered(sentence), *single(sentence)):
        if phrase.core.i in taken or phrase.head.i in taken:
            continue
        said = counted.what(phrase)
        if said is None:
            continue
        what, at = said
        if _is_spared(at):
            continue
        if what == "killed" and any(t.lower_ in _GUESSED for t in at.doc[max(sentence.syntax.start, at.i - 2) : at.i]):
            what = "presumed_dead"
        died = causes.death_behind(at) if what == "injured" else None
        if died is not None:
            what = "killed"
        goes_on = what == "killed" and _goes_on(annotated, sentence, phrase)
        part = _is_part(phrase) or goes_on or died is not None or (what == "killed" and causes.adds(phrase.head, at))
        taken.update((phrase.core.i, phrase.head.i))
        span = annotated.span(sentence.part, sentence.start + phrase.start, sentence.start + phrase.end)
        count = Count(what, phrase.quantity, span, _of_whom(phrase, at), part)
        found.append(Found(count, phrase.head, at))
    found.extend(_as_before(annotated, sentence, found, taken))
    found.extend(_none(annotated, sentence, taken))
    found.extend(_given_up(annotated, sentence, found))
    found.sort(key=lambda f: (f.count.span.start, f.count.span.end, f.count.what))
    return tuple(_added_up(annotated, sentence, _with_rests(sentence, found)))


def _is_spared(verb: Token) -> bool:
    """Whether the harm is told as not done ("a mother and her son were not injured")."""
    last = any(c.dep_ == "neg" and c.lower_ in {"not", "n't", "n’t", "never"} for c in verb.children)
    return last and verb.pos_ in {"VERB", "AUX"} and after(verb).lower_ not in {"only", "just"}


# ---- of whom, and what is only a share


def _of_whom(phrase: Phrase, at: Token) -> str | None:
    """The noun that says whom, as worded; None for "people" and the like."""
    noun, inner = phrase.head, phrase.inner
    if inner is not None and "member" in harm.singular(noun):
        return str(noun.doc[noun.i : inner.i + 1].text)
    if phrase.of_some is not None and phrase.of_some.lower_ not in counted.SHARE_OF:
        noun = phrase.of_some
    bare = (
        noun.i == at.i
        or (noun.i == phrase.core.i and phrase.quantity.number != 1)
        or noun.pos_ not in {"NOUN", "PROPN"}
    )
    # "kills three outside the station": the station is not who was killed.
    bare = bare or any(t.pos_ == "ADP" and t.lower_ != "of" for t in noun.doc[phrase.core.i + 1 : noun.i])
    if bare or harm.is_one_of("people", noun) or harm.find("state", noun) or harm.find("noun", noun):
        return None
    return str(noun.lower_)


def _is_part(phrase: Phrase) -> bool:
    """Whether the number is a share of another ("two of whom", "one of the wounded", "two of the five")."""
    whole = phrase.of_some
    if whole is None:
        return is_share(phrase.core)
    if whole.lower_ in counted.SHARE_OF:
        return True
    if (harm.find("noun", whole) or harm.find("state", whole)) not in {None, "troops"}:
        return True
    if any(c.dep_ == "det" and c.lower_ in {"the", "those", "these"} for c in whole.children):
        numbered_too = any(c.dep_ == "nummod" for c in whole.children)
        return numbered_too or phrase.core.dep_ in SUBJECTS or is_share(phrase.core)
    return is_share(phrase.core)


def _goes_on(annotated: Annotated, sentence: Sentence, phrase: Phrase) -> bool:
    """Whether the next of them is told right behind the number ("Four died in the mill. The fifth was a boy"): it is not all of them then.
    "A sixth" is one more than they were.
    """
    number, ordinals = phrase.quantity.number, running.table()["ordinals"]
    behind = annotated.story.words(sentence.part)[sentence.start + phrase.end :][:_BEHIND].lower()
    return any(n - 1 == number and re.search(rf"\bthe {word}\b", behind) for word, n in ordinals.items())


def _with_rests(sentence: Sentence, found: Iterable[Found]) -> Iterator[Found]:
    """Marks what adds to a number told elsewhere ("another three died") as a share, unless the sentence goes on from
    others ("two dead and five more hurt").
    """
    seen: set[CountOf] = set()
    text = sentence.text
    for one in found:
        start = one.count.span.start - sentence.start
        words = text[start : one.count.span.end - sentence.start + 7].lower().split()
        more = bool(_MORE.search(text[max(0, start - 16) : start])) or words[:1] == ["another"]
        more = more or any(word.strip(",.") in _REST for word in words[1:4])
        more = more and not _SELF.search(text[max(0, start - 16) : start])
        if more and (one.count.what in seen or (not seen and one.count.what == "killed")):
            yield replace(one, count=replace(one.count, part=True))
            continue
        if not one.count.part:
            seen.add(one.count.what)
        yield one


# ---- numbers that count what was counted before


def _as_before(annotated: Annotated, sentence: Sentence, found: Sequence[Found], taken: set[int]) -> Iterator[Found]:
    """Bare numbers that a source gives for the dead or hurt just counted: "the police count five dead; Centro Lumbre counts nine"."""
    for phrase in numbered(sentence):
        core = phrase.core
        if core.i in taken or phrase.head.i != core.i or phrase.inner is not None or not _is_given(core):
            continue
        earlier: Sequence[Found] = [one for one in found if one.head.i < core.i]
        before = _previous(annotated, sentence) if not earlier else None
        if asides.tells_total((before or sentence).text):
            continue
        earlier = earlier or (found_in(annotated, before) if before is not None else [])
        what = next((one.count.what for one in earlier if one.count.what in {"killed", "injured"}), None)
        if what is not None:
            taken.add(core.i)
            span = annotated.span(sentence.part, sentence.start + phrase.start, sentence.start + phrase.end)
            yield Found(Count(what, phrase.quantity, span), core, core)


def _is_given(number: Token) -> bool:
    """Whether a number stands alone as what somebody counts or says."""
    verb = number.head.head if number.dep_ == "pobj" else number.head
    behind = after(number)
    alone = (
        behind.i == number.i
        or not behind.text[0].isalnum()
        or behind.lower_ in {"there", "so", "and", "in", "as", "but"}
    )
    says = (
        verb.pos_ == "VERB"
        and harm.is_one_of("counting", verb)
        and number.dep_ in {"dobj", "ccomp", "pobj", "attr", "oprd"}
    )
    return alone and says and any(c.dep_ == "nsubj" and c.pos_ != "PRON" for c in verb.children)


def _previous(annotated: Annotated, sentence: Sentence) -> Sentence | None:
    """The sentence before in the same paragraph."""
    if sentence.part != "text" or sentence.index == 0:
        return None
    before = annotated.sentences[sentence.index - 1]
    return before if (before.part, before.paragraph) == (sentence.part, sentence.paragraph) else None


# ---- nobody


def _none(annotated: Annotated, sentence: Sentence, taken: set[int]) -> Iterator[Found]:
    """Words for nobody: "no one was hurt", "no casualties", "there were no deaths" are 0; "no soldiers" is a share."""
    nobody = harm.listed("nobody")
    for token in sentence.syntax:
        if token.i in taken:
            continue
        if f"{token.lower_} {after(token).lower_}" in nobody:
            head, whats = after(token), _of_nobody(after(token))
        elif token.lower_ in nobody:
            head, whats = token, _of_nobody(token)
        elif token.lower_ == "no" and token.dep_ in {"det", "neg"} and token.head.i > token.i:
            head, whats = token.head, _of_no(token.head)
        else:
            continue
        span = annotated.span(sentence.part, sentence.offset(token), sentence.offset(head) + len(head))
        general = (
            head.pos_ == "PRON"
            or token.lower_ in nobody
            or harm.is_one_of("people", head)
            or harm.is_one_of("casualties", head)
        )
        general = general or harm.find("noun", head) is not None or harm.find("befell", head) is not None
        # "no casualties among the guards" leaves the others open.
        general = general and (
            token.lower_ in nobody or not any(c.dep_ in {"prep", "amod"} and c.lower_ in _SOME for c in head.children)
        )
        for what in whats:
            yield Found(Count(what, Quantity(0), span, None if general else str(head.lower_), not general), head, head)


def _of_nobody(head: Token) -> tuple[CountOf, ...]:
    said = counted.role(head)
    if said is None or said[0] not in {"killed", "injured", "missing"}:
        return ()
    others = any(t.lower_ in {"else", "other", "others"} for t in head.doc[head.i : head.i + 3])
    if said[0] == "injured" and said[1].lemma_ in {"hurt", "harm"} and not others:
        return "killed", "injured"
    return () if others and said[0] == "killed" else (said[0],)


def _of_no(noun: Token) -> tuple[CountOf, ...]:
    if harm.is_one_of("casualties", noun):
        return "killed", "injured"
    own = None if noun.lemma_ in {"body", "corpse"} else harm.find("noun", noun) or harm.find("befell", noun)
    if own in {"killed", "injured"}:
        return (own,)
    people = noun.pos_ in {"NOUN", "PROPN"} and (is_person(noun) or noun.tag_ == "NNS")
    return _of_nobody(noun) if people else ()


# ---- one who is given up


def _given_up(annotated: Annotated, sentence: Sentence, found: Iterable[Found]) -> Iterator[Found]:
    """One person presumed dead and told of without a number: "the guard must now be presumed dead", "a sixth is feared dead"."""
    counted_ = {one.head.i for one in found}
    for verb in sentence.syntax:
        if not harm.is_one_of("presumed", verb) or after(verb).lower_ not in {"dead", "drowned", "killed"}:
            continue
        first = verb.head if verb.dep_ == "conj" else verb
        who = next((c for word in (verb, first) for c in word.children if c.dep_ in SUBJECTS), None)
        if who is None or who.i in counted_ or who.tag_ != "NN" or not _is_somebody(who):
            continue
        span = annotated.span(sentence.part, sentence.offset(who), sentence.offset(who) + len(who))
        yield Found(Count("presumed_dead", Quantity(1), span), who, verb)


def _is_somebody(noun: Token) -> bool:
    """Whether a noun means a person, by itself, as one more in a row ("a sixth") or by the words behind it."""
    one_more = noun.lower_ in {"second", "third", "fourth", "fifth"} or noun.lower_.endswith("th")
    return is_person(noun) or one_more or any(t.lower_ == "who" for t in noun.subtree)


# ---- one number out of several


def _added_up(annotated: Annotated, sentence: Sentence, found: Iterable[Found]) -> Iterator[Found]:
    """Adds up conjuncts that one word counts ("a woman and her two sons": 3), their spans joined."""
    whole: list[Found] = []
    for one in found:
        last = whole[-1] if whole else None
        if last is None or not _are_added(last, one):
            whole.append(one)
            continue
        a, b = last.count, one.count
        span = annotated.span(sentence.part, a.span.start, b.span.end)
        sum_ = (a.quantity.number or 0) + (b.quantity.number or 0)
        quantity = Quantity(sum_, None, a.quantity.modifier or b.quantity.modifier)
        whole[-1] = replace(last, count=Count(a.what, quantity, span))
    yield from whole


def _are_added(last: Found, one: Found) -> bool:
    pair = (last.count, one.count)
    if last.at.i != one.at.i or pair[0].what != pair[1].what or any(count.part for count in pair):
        return False
    if any(not c.quantity.number or c.quantity.upto is not None or c.quantity.vague is not None for c in pair):
        return False
    step = one.head
    while step.dep_ == "conj":
        step = step.head
        if step.i == last.head.i:
            return True
    return False
