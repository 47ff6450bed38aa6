"""Which words of a sentence tell of an act, or of what an act did."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spacy.tokens import Span as Tokens
from spacy.tokens import Token

from onrecord.events import harm
from onrecord.records import EventKind
from onrecord.wording import kinds
from onrecord.wording.kinds import Role, Trigger, WordClass

_CLAUSE_POS = frozenset({"VERB", "AUX"})
_REACH = 6
"""How far behind its verb the rest of a phrase may stand."""
_WHERE = frozenset({"on", "in", "at", "near", "off", "against"})
_BY = frozenset({"by", "with", "from", "using", "in", "via", "aboard", "of"})
_DONE_TO = frozenset({"nsubjpass", "dobj", "pobj", "attr"})
_DOERS = frozenset({"nsubj", "agent", "compound", "amod", "nmod", "npadvmod", "poss", "csubj"})
_QUANTIFIERS = frozenset(
    {"no", "several", "dozens", "many", "scores", "hundreds", "thousands", "none", "nobody", "some", "more"}
)
_PLAY = "sport"
_HEAVY = ("charges", "missiles", "guns", "drones")
"""Classes of weapons that a game has only in pictures."""
_THEM = frozenset({"he", "him", "they", "them", "us", "me"})


@dataclass(frozen=True, slots=True)
class Hit:
    """A trigger where it stands. token: its head; first, last: indices in the document of the outermost words of its
    phrase. named: the kind that a weapon at the word gives it, or None. at_sea: a vessel hits or is hit.
    """

    token: Token
    first: int
    last: int
    row: Trigger
    named: EventKind | None
    at_sea: bool

    @property
    def role(self) -> Role:
        """Whether the word tells of an act or of an effect."""
        return self.row.role


def find(sentence: Tokens, headline: bool = False, told: bool = False) -> tuple[Hit, ...]:
    """The triggers of a sentence in the order of the text; a word is part of one at most. In headlines, where capitals
    mislead the tagger, names are looked up as verbs and nouns too. told: the story has told of an act before.
    """
    hits: list[Hit] = []
    terms = set(_terms(sentence))
    if is_play(sentence):
        return ()
    turned = (name for name, only in kinds.guards() if not only and name != _PLAY)
    if _is_sport(terms) or any(not terms.isdisjoint(kinds.word_class(name)) for name in turned):
        return ()
    for token in sentence:
        hit = _hit(token, sentence, headline, told)
        if hit is not None:
            hits.append(hit)
    inside = {index for hit in hits for index in range(hit.first, hit.last + 1) if index != hit.token.i}
    return tuple(hit for hit in hits if hit.token.i not in inside)


def _is_sport(terms: set[str]) -> bool:
    """Whether words of sport turn the triggers beside them: no bomb or missile stands there."""
    return not terms.isdisjoint(kinds.word_class(_PLAY)) and all(
        terms.isdisjoint(kinds.word_class(name)) for name in _HEAVY
    )


def is_play(sentence: Tokens) -> bool:
    """Whether a sentence is about a game, and of nobody who is armed or came to harm in it ("a rocket from 30 metres won the derby")."""
    terms = set(_terms(sentence))
    if terms.isdisjoint(kinds.word_class(_PLAY)) or not terms.isdisjoint(kinds.word_class("forces")):
        return False
    said = (harm.find(section, token) for token in sentence for section in ("acting", "acted_on", "state", "noun"))
    return not {"killed", "injured"} & set(said)


def clause(token: Token) -> Token:
    """The head of the clause a word stands in: the nearest verb above it, or the word itself."""
    while token.pos_ not in _CLAUSE_POS and token.head != token:
        token = token.head
    return token


def lemma(token: Token) -> str:
    """The word's lemma in lower case; a name's is guessed, since the model leaves names as they are."""
    if token.pos_ != "PROPN":
        return str(token.lemma_).lower()
    word = str(token.lower_)
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _hit(token: Token, sentence: Tokens, headline: bool, told: bool) -> Hit | None:
    describes = token.dep_ in {"compound", "amod"} and token.head.pos_ in {"NOUN", "PROPN"} and token.i < token.head.i
    if describes and not (headline and _misread(token)):
        # "The hijacked tanker", "strike force". A phrase that such a word opens is found at its end.
        return None
    word = lemma(token)
    for pos in _word_classes(token, headline):
        for row in kinds.triggers(word, pos):
            extent = _extent(token, row, sentence)
            if extent is not None and _supported(token, row, extent, told) and not _guarded(token, row):
                return Hit(token, extent[0], extent[1], row, _named(token, row), _at_sea(token))
    return None


def _misread(token: Token) -> bool:
    """Whether a word between two nouns of a headline may be its verb ("Rockets strike quay")."""
    before = token.nbor(-1) if token.i else token
    return before.tag_ in {"NNS", "NNPS", "NNP"} and before.head == token.head and before.dep_ == "compound"


def _word_classes(token: Token, headline: bool) -> tuple[WordClass, ...]:
    if token.pos_ == "VERB" or token.tag_ in {"VBN", "VBD"}:
        return ("VERB", "ADJ")
    if token.pos_ == "NOUN":
        return ("VERB",) if headline and _misread(token) else ("NOUN", "ADJ")
    if token.pos_ == "ADJ":
        return ("ADJ", "NOUN")
    if token.pos_ == "PROPN":
        return ("VERB", "NOUN", "ADJ") if headline else ("NOUN",)
    return ()


def _extent(token: Token, row: Trigger, sentence: Tokens) -> tuple[int, int] | None:
    """First and last index of the phrase, or None where its other words are not there."""
    if not row.rest:
        return token.i, token.i
    if row.pos == "NOUN" and "of" not in row.rest:
        return _before(token, row.rest, sentence)
    return _behind(token, row.rest, sentence)


def _before(token: Token, rest: tuple[str, ...], sentence: Tokens) -> tuple[int, int] | None:
    index = token.i
    for word in reversed(rest):
        index -= 1
        if index > sentence.start and token.doc[index].text == "-":
            index -= 1
        if index < sentence.start or word not in (lemma(token.doc[index]), token.doc[index].lower_):
            return None
    return index, token.i


def _behind(token: Token, rest: tuple[str, ...], sentence: Tokens) -> tuple[int, int] | None:
    index, end = token.i, min(token.i + _REACH, sentence.end - 1)
    for word in rest:
        index += 1
        # The "to" of an infinitive is no "to" of "moved to the border".
        while index <= end and (
            word not in (lemma(token.doc[index]), token.doc[index].lower_) or token.doc[index].tag_ == "TO"
        ):
            index += 1
        if index > end or token not in token.doc[index].ancestors or _timing(token.doc[index]):
            return None
    return token.i, index


def _own_words(head: Token) -> Iterator[Token]:
    """The words of a clause in no order, without the clauses joined to it."""
    yield head
    for child in head.children:
        if child.dep_ not in {"conj", "parataxis"} or child.pos_ not in _CLAUSE_POS:
            yield from _own_words(child)


def _timing(word: Token) -> bool:
    """Whether a preposition opens a time ("fired its chief on Monday")."""
    return word.dep_ == "prep" and any(child.ent_type_ in {"DATE", "TIME"} for child in word.children)


def _supported(token: Token, row: Trigger, extent: tuple[int, int], told: bool) -> bool:
    if row.patient and not any(_holds(_phrase(thing), name) for thing in _patients(token) for name in row.patient):
        return False
    if not row.needs or (told and "story" in row.needs):
        return True
    if "counted" in row.needs:
        return any(
            _holds(child.subtree, "number") for child in token.children if child.dep_ in {"nummod", "amod", "det"}
        )
    own = {token.i, *(t.i for t in token.doc[extent[0] : extent[1] + 1] if {lemma(t), t.lower_} & set(row.rest))}
    around = [t for t in _own_words(clause(token)) if t.i not in own]
    return any(_holds(sorted(around, key=lambda t: int(t.i)), name) for name in row.needs)


def _guarded(token: Token, row: Trigger) -> bool:
    """Whether who does it says that the word is meant otherwise ("a strike by teachers", "prices sank")."""
    if _named(token, row) is not None:
        return False
    doers = _doers(token, row).union(*(_phrase(thing) for thing in _patients(token)))
    return any(
        row.lemma in only and _holds(sorted(doers, key=lambda t: int(t.i)), name) for name, only in kinds.guards()
    )


def _patients(token: Token) -> Iterator[Token]:
    """What the act is done to: the object, the subject of a passive, or the noun that a participle describes."""
    for child in token.children:
        if child.dep_ in {"dobj", "nsubjpass"}:
            yield child
    if token.dep_ in {"acl", "relcl"} and token.tag_ == "VBN":
        yield token.head
    if token.dep_ == "conj" and not any(child.dep_ in {"dobj", "nsubjpass"} for child in token.children):
        yield from _patients(token.head)


def _holds(tokens: Iterable[Token], name: str) -> bool:
    if name == "number":
        return any(t.like_num or t.lower_ in _QUANTIFIERS for t in tokens)
    if name == "place":
        return any(t.ent_type_ in {"GPE", "LOC", "FAC"} or _lies_there(t) for t in tokens)
    if name == "story":
        return False
    tokens = list(tokens)
    if name == "people" and any(t.ent_type_ == "PERSON" or t.lower_ in _THEM for t in tokens):
        return True
    words = kinds.word_class(name)
    return any(term in words for term in _terms(tokens))


def _lies_there(name: Token) -> bool:
    """Whether a name that the model knows no type of stands where places do ("on Ostmark")."""
    return bool(
        name.pos_ == "PROPN"
        and name.dep_ == "pobj"
        and name.head.lower_ in _WHERE
        and name.ent_type_ not in {"PERSON", "DATE", "TIME", "ORG"}
    )


def _terms(tokens: Iterable[Token]) -> Iterator[str]:
    """Lemmas, and runs of two and three of them."""
    last: list[str] = []
    for token in tokens:
        last = [*last[-2:], lemma(token)]
        yield last[-1]
        if len(last) > 1:
            yield " ".join(last[-2:])
        if len(last) > 2:
            yield " ".join(last)


def _named(token: Token, row: Trigger) -> EventKind | None:
    """The kind that the weapon at the word gives it."""
    if not row.means:
        return None
    terms = set(_terms(sorted(_doers(token, row), key=lambda t: int(t.i))))
    for means in kinds.means():
        if means.words & terms and (not means.only or row.lemma in means.only):
            return means.kind
    return None


def _doers(token: Token, row: Trigger) -> set[Token]:
    """The words that may name what an act was done with."""
    found: set[Token] = set()
    if token.dep_ == "compound":
        found.update(child for child in token.head.children if child.i < token.i)
    thrown = {"dobj", "nsubjpass"} if row.fires else set()
    for child in token.children:
        if child.dep_ in _DOERS or (child.dep_ == "prep" and child.lower_ in _BY) or child.dep_ in thrown:
            found.update(_phrase(child))
    above = token.head
    if row.pos == "NOUN" and token.dep_ in _DONE_TO and above != token:
        governor = clause(token)
        for child in governor.children:
            if child.dep_ in {"nsubj", "agent"} and token not in child.subtree:
                found.update(_phrase(child))
    elif token.dep_ in {"xcomp", "advcl", "conj"} and not any(c.dep_.startswith("nsubj") for c in token.children):
        for child in above.children:
            if child.dep_ == "nsubj":
                found.update(_phrase(child))
    return found


def _phrase(head: Token) -> Iterator[Token]:
    """A noun phrase without the clauses that hang on it."""
    yield head
    for child in head.children:
        if child.dep_ not in {"relcl", "acl", "advcl", "ccomp", "appos", "punct"}:
            yield from _phrase(child)


def _at_sea(token: Token) -> bool:
    ships = kinds.word_class("ships")
    for child in token.children:
        if child.dep_ in {"dobj", "nsubjpass", "nsubj", "agent"} and any(lemma(t) in ships for t in _phrase(child)):
            return True
        against = child.dep_ == "prep" and child.lower_ in {"on", "at", "upon", "against"}
        if against and any(lemma(t) in ships for t in child.children):
            return True
    return False
