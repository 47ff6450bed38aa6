"""How the words that mention a voice are built: their noun, their owner, whether they tell of many."""

from spacy.tokens import Token

from onrecord.claims import names as naming
from onrecord.claims.voices import Voice
from onrecord.wording import people

OWNERS = frozenset({"its", "their", "his", "her"})
_PLURAL_BODIES = frozenset({"police", "company", "army"})


def only(found: set[str | None]) -> str | None:
    """The only name among them; None where there is none, or more than one."""
    known = sorted(name for name in found if name)
    return known[0] if len(known) == 1 else None


def is_many(voice: Voice) -> bool:
    """Whether "they" can mean the voice: several people, or a body with a plural for its name ("the Wardens")."""
    if voice.kind != "named_body":
        return voice.plural
    last = (voice.name or "").partition(" of ")[0].rpartition(" ")[2]
    named_many = last[:1].isupper() and last.endswith("s") and not last.endswith("ss") and not last.isupper()
    return voice.plural or voice.head in _PLURAL_BODIES or named_many


def single_part(group: Voice) -> str | None:
    """The one person of a group that speaks together: "one former official" of "two current officials and" him."""
    part = (group.name or "").rpartition(" and ")[2]
    return part if part.split()[:1] and part.split()[0] in ("a", "an", "one") else None


def nominal(head: Token) -> Token:
    """The noun of words that the parser took for a clause or cut at their article: "an annex marked ..."."""
    if head.pos_ in ("VERB", "AUX") and not naming.capital(head):
        subject = next(
            (c for c in head.lefts if c.dep_ in ("nsubj", "nsubjpass") and c.pos_ in ("NOUN", "PROPN")), None
        )
        return subject if subject is not None else head
    if head.pos_ == "DET" and head.lower_ in ("the", "a", "an", "its", "his", "her", "their"):
        near = head.doc[head.i + 1 : min(head.i + 5, head.sent.end)]
        noun = next((t for t in near if t.pos_ in ("NOUN", "PROPN")), head)
        while noun.dep_ in ("compound", "amod", "nmod") and noun.head.i > noun.i:
            noun = noun.head
        return noun
    return head


def is_named(token: Token) -> bool:
    """Whether the token ends a name."""
    if token.pos_ != "PROPN" or not naming.capital(token):
        return False
    return token.i + 1 >= token.sent.end or not naming.capital(token.nbor())


def is_about(token: Token) -> bool:
    """Whether the sentence is about what the token names: its subjects, and groups that it counts."""
    if token.dep_ in ("nsubj", "nsubjpass"):
        return token.pos_ in ("PROPN", "NOUN")
    counted = token.tag_ == "NNS" and token.dep_ in ("pobj", "dobj") and any(c.dep_ == "nummod" for c in token.children)
    return counted and people.role_kind(token.lemma_) is not None


def is_owned(head: Token) -> bool:
    """Whether a pronoun owns what the noun names: "its spokesman"."""
    return any(c.dep_ == "poss" and c.lower_ in OWNERS for c in head.children)


def behind_of(head: Token) -> Token | None:
    """The noun behind "of": "one of the officials"."""
    of = next((c for c in head.rights if c.dep_ == "prep" and c.lower_ == "of"), None)
    return next((c for c in of.children if c.dep_ == "pobj"), None) if of is not None else None
