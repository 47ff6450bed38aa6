"""The numbers of a sentence that may count something, with their nouns."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from spacy.tokens import Token

from onrecord.events import harm
from onrecord.language.annotated import Sentence
from onrecord.records import Quantity
from onrecord.wording import numbers

_INSIDE = frozenset({"nummod", "quantmod", "compound", "amod", "det", "nmod", "predet", "poss"})
_NO_COUNT = frozenset({"DATE", "TIME", "MONEY", "PERCENT", "QUANTITY"})
_AGE = re.compile(r"\A[\s-]{0,2}(?:years?|months?|weeks?)[\s-](?:old|of age)", re.IGNORECASE)
_AGED = re.compile(r"\b(?:aged?|under|over)\s\Z", re.IGNORECASE)
_UNITS = re.compile(
    r"\A[\s-]?(?:%|per ?cent|percent|a\.?m\b|p\.?m\b|km|kilomet|met(?:re|er)s?\b|miles?\b|nautical|nm\b|feet\b|foot\b|tons?\b"
    r"|tonnes?\b|kg\b|million dollars|caliber|calibre|mm\b|rd\b|th\b|°|utc\b|gmt\b)",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|no|how)\s\Z", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_ONE = frozenset({"a", "an", "another"})
_ALONE = {"another": 1, "both": 2}
_WHOLES = frozenset({"them", "those", "these", "the", "whom", "whose"})
_UP = 6
_NEAR = 24
"""How many characters around a number tell that it is an age, a sum or a measure."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A number with its noun. start, end: offsets in the sentence; core: the token of the number; head: of the noun,
    which is the core where there is no noun; inner: the noun behind "of" ("four of her crew").
    """

    quantity: Quantity
    start: int
    end: int
    core: Token
    head: Token
    inner: Token | None

    @property
    def of_some(self) -> Token | None:
        """The noun that the number is taken from, where the number stands by itself ("four of her crew")."""
        return self.inner if self.head.i == self.core.i else None


def numbered(sentence: Sentence) -> Iterator[Phrase]:
    """The numbers of a sentence that may count things, with their nouns: no ages, dates, measures or sums."""
    text = sentence.text
    first = int(sentence.syntax.start_char)
    words = list(sentence.syntax)
    starts = [int(t.idx) - first for t in words]
    for numeral in numbers.find(text):
        tokens = words[bisect_left(starts, numeral.start) : bisect_left(starts, numeral.end)]
        # "no one" is told as nobody, and not as a number.
        if not tokens or numeral.quantity.number == 0 or _is_no_count(text, numeral.start, numeral.end, tokens):
            continue
        core = next((t for t in reversed(tokens) if t.like_num or t.tag_ == "CD"), tokens[-1])
        yield _phrase(numeral.quantity, core, (numeral.start, numeral.end), first)


def single(sentence: Sentence) -> Iterator[Phrase]:
    """People counted without a numeral: one with an indefinite article ("a man was shot dead", "a woman and her son"),
    "another", one without an article in a headline, and two who are "both".
    """
    first = int(sentence.syntax.start_char)
    for token in sentence.syntax:
        if token.dep_ in SUBJECTS and token.lower_ in _ALONE:
            start = int(token.idx) - first
            yield Phrase(Quantity(_ALONE[token.lower_]), start, start + len(token), token, token, None)
            continue
        if token.tag_ not in {"NN", "NNP"} or not is_person(token):
            continue
        article = next((c for c in token.children if c.dep_ == "det" and c.lower_ in _ONE), None)
        if article is None and (token.dep_ == "conj" or _goes_on_counting(token)):
            # "a woman and her son", "the driver and three guards"
            article = next((c for c in token.children if c.tag_ == "PRP$" or c.lower_ == "the"), None)
        if article is None and sentence.part == "headline" and _is_bare(token):
            article = token
        if article is not None:
            start, end = int(article.idx) - first, int(token.idx) + len(token) - first
            yield Phrase(Quantity(2 if token.lower_ == "couple" else 1), start, end, token, token, None)


def _is_bare(noun: Token) -> bool:
    """Whether nothing says which one, or how many, are meant: headlines leave articles out ("Teen, man shot dead")."""
    return noun.dep_ not in _INSIDE and not any(c.dep_ in {"det", "poss", "nummod"} for c in noun.children)


def _goes_on_counting(noun: Token) -> bool:
    """Whether a number of others is joined to the noun."""
    others = (c for c in noun.children if c.dep_ == "conj")
    return any(c.dep_ == "nummod" and c.like_num for other in others for c in other.children)


def is_person(token: Token) -> bool:
    """Whether the noun names a person by what he or she is."""
    word = harm.singular(token)
    return word in harm.listed("person") or word.endswith(("man", "woman", "boy", "girl"))


def is_share(core: Token) -> bool:
    """Whether the words before a number make it a share of another ("among them four children")."""
    before = core.doc[max(core.sent.start, core.i - 5) : core.i]
    return any(harm.is_one_of("including", t) and _opens_share(t) and not _ends_between(t, core) for t in before)


def _opens_share(word: Token) -> bool:
    """Whether the word leads from the whole to the share: "a child was among eight killed" goes the other way."""
    return word.lower_ != "among" or after(word).lower_ in _WHOLES


def above(token: Token) -> tuple[Token, ...]:
    """The nearest words that govern a word: sentences without an end have no say over it."""
    return tuple(islice(token.ancestors, _UP))


def after(token: Token) -> Token:
    """The next token, or the token itself at the end of the text."""
    return token.nbor(1) if token.i + 1 < len(token.doc) else token


def _phrase(quantity: Quantity, core: Token, where: tuple[int, int], first: int) -> Phrase:
    head = _head(core)
    behind = [n for p in head.children if p.dep_ == "prep" and p.lower_ == "of" for n in p.children if n.dep_ == "pobj"]
    inner = behind[0] if behind else None
    last = max((head, core), key=lambda t: int(t.i))
    if inner is not None and (head.i == core.i or harm.is_one_of("number", head) or "member" in harm.singular(head)):
        last = max((last, inner), key=lambda t: int(t.i))
    end = max(where[1], int(last.idx) + len(last) - first)
    return Phrase(quantity, where[0], end, core, head, inner)


def _head(core: Token) -> Token:
    head = core
    if (
        core.dep_ in {"conj", "pobj", "npadvmod"}
        and after(core).pos_ == "NOUN"
        and core.i < after(core).i
        and core.like_num
    ):
        # "Between 30 and 35 villagers", which the parser takes apart
        return _noun_end(after(core))
    for _ in range(4):
        up = head.head
        if head.dep_ not in _INSIDE or up == head or up.i < head.i:
            break
        head = up
    return head


def _noun_end(noun: Token) -> Token:
    """The last of the nouns that stand together."""
    while after(noun).pos_ == "NOUN" and after(noun).i > noun.i and noun.dep_ == "compound":
        noun = after(noun)
    return noun


def _is_no_count(text: str, start: int, end: int, tokens: list[Token]) -> bool:
    """Whether the number is an age, a date, a time, a measure or a sum, or is told as what is not so."""
    behind, before = text[end : end + _NEAR], text[max(0, start - _NEAR) : start]
    if _AGE.match(behind) or _AGED.search(before) or _UNITS.match(behind) or _NOT.search(before):
        return True
    if before.rstrip().endswith(("$", "€", "£", "#", "No.")) or before.endswith("/"):
        return True
    core = tokens[-1]
    if _YEAR.fullmatch(text[start:end]) and after(core).tag_ != "NNS":
        return True
    if core.ent_type_ in _NO_COUNT and core.head.ent_type_ in _NO_COUNT and harm.find("state", after(core)) is None:
        return True
    # "Tova Rell, 25," is an age.
    named = before.endswith(", ") and tokens[0].i > 1 and tokens[0].nbor(-2).pos_ == "PROPN"
    return named and behind[:1] in {",", ".", ")"}


def _ends_between(word: Token, core: Token) -> bool:
    """Whether a clause ends between the word and the number."""
    between = core.doc[word.i + 1 : core.i]
    return any(t.lower_ in {";", "while"} or (t.pos_ == "VERB" and t.i != word.i) for t in between)
