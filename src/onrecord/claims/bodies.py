"""Which body words name, and how it is filed: ministries, forces, firms, and those who speak for them."""

from spacy.tokens import Token

from onrecord.claims import lexicon
from onrecord.claims import names as naming
from onrecord.claims.names import Names
from onrecord.wording import actors, people

_LEADS = ("compound", "amod", "nmod")
_OF_BODY = ("for", "of", "at", "with", "from")
_PLACES = ("GPE", "NORP", "LOC", "PERSON", "ORG")
_PRESS = frozenset({"press", "media", "information"})
_NO_NAME = frozenset({"own", "same", "official", "chief", "other", "former", "new"})


def filed(words: str, names: Names) -> str:
    """The name that a body is filed under: the longest that the story gives, as the table of actors has it where the two
    share a word and the story tells of the actor's country. A byname ("Downing Street") stays as the story words it.
    """
    full = names.body(words)
    known = actors.named(full)
    if known is None or not (known.country is None or names.tells_of(known.country)):
        return full
    canonical = actors.canonical(full)
    return canonical if set(canonical.casefold().split()) & set(full.casefold().split()) else full


def proper(words: str, head: Token, names: Names) -> str:
    """The filed name of a body named by a proper noun, with its owner or place before it."""
    return placed(filed(words, names), head, names)


def common(head: Token, names: Names) -> str:
    """The filed name of a body named by a common noun: "the port authority", "Verania's government", "the republic of
    Verania" (which is Verania), "naval headquarters" (which is the navy), "the army's press office" (which is the army).
    """
    place = _behind_of(head)
    if place is not None and head.lemma_.casefold() in lexicon.words("states"):
        return filed(naming.run(place), names)
    lead = next((t.i for t in head.lefts if t.dep_ in _LEADS and not _is_beside(t)), head.i)
    branch = _branch(head, lead)
    if branch is not None:
        return filed(branch, names)
    owner = next((t for t in head.lefts if t.dep_ == "poss" and t.text.islower() and t.pos_ != "PRON"), None)
    pressed = any(c.lower_ in _PRESS and c.dep_ in _LEADS for c in head.lefts)
    if owner is not None and pressed and people.is_body_word(owner.lemma_):
        return common(owner, names)
    if owner is not None and head.lemma_.casefold() in lexicon.words("owned"):
        first = next((t.i for t in owner.lefts if t.dep_ in _LEADS), owner.i)
        seat = people.seat(str(head.doc[first : owner.i + 1].text)) if head.lemma_.casefold() == "office" else None
        return seat or str(head.doc[first : head.i + 1].text)
    words = str(head.doc[lead : head.i + 1].text)
    if head.doc[lead].is_sent_start and head.doc[lead].pos_ in ("NOUN", "ADJ") and not head.doc[lead].ent_type_:
        words = words[:1].lower() + words[1:]
    name = filed(words, names)
    return placed(name, head, names) if name == words else name


def _is_beside(word: Token) -> bool:
    return word.lower_ in _NO_NAME or word.lower_ in lexicon.words("beside_names")


def _branch(head: Token, lead: int) -> str | None:
    """The force whose headquarters or command the words name; None for other bodies."""
    if head.lemma_.casefold() not in lexicon.words("seats") or lead == head.i:
        return None
    before = str(head.doc[lead : head.i].text)
    known = lexicon.words("naval")
    return "navy" if before.casefold() in known else before if people.is_body_word(before) else None


def placed(name: str, head: Token, names: Names) -> str:
    """The body's name with its owner before it, where the story gives one: "the Interior Ministry in Verania"."""
    for child in head.children:
        if child.dep_ == "poss" and naming.capital(child) and child.text not in name:
            return names.of_place(naming.run(child), name)
        if child.dep_ == "prep" and child.lower_ == "in" and len(name.split()) > 1:
            inner = next((c for c in child.children if c.dep_ == "pobj" and c.ent_type_ in _PLACES), None)
            if inner is not None and inner.text not in name:
                return names.of_place(naming.run(inner), name)
    owner = _behind_of(head) if head.pos_ == "NOUN" else None
    return names.of_place(naming.run(owner), name) if owner is not None and owner.text not in name else name


def _behind_of(head: Token) -> Token | None:
    """The name behind a body's "of": "the foreign ministry of Verania"."""
    of = next((c for c in head.rights if c.dep_ == "prep" and c.lower_ == "of"), None)
    return next((c for c in of.children if c.dep_ == "pobj" and naming.capital(c)), None) if of is not None else None


def affiliation(noun: Token, names: Names) -> str | None:
    """The body that a person or a role belongs to: "a spokeswoman for Ostmark Lines", "Ostmark Lines' manager"; None
    where the words tell none.
    """
    for child in noun.children:
        if child.dep_ == "poss" and child.pos_ != "PRON":
            return _owner(child, names)
        if child.dep_ == "prep" and child.lower_ in _OF_BODY:
            inner = next((c for c in child.children if c.dep_ == "pobj"), None)
            speaks = people.is_spokesperson(noun.lemma_.casefold()) and child.lower_ in ("for", "of")
            if inner is not None and (speaks or naming.capital(inner) or people.is_body_word(inner.lemma_)):
                return _owner(inner, names) if inner.pos_ in ("NOUN", "PROPN") else None
    if not people.is_spokesperson(noun.lemma_.casefold()):
        return None
    return _led(noun, names)


def _owner(token: Token, names: Names) -> str:
    joined = next((c for c in token.children if c.dep_ == "appos" and naming.capital(c)), None)
    if joined is not None:
        return filed(naming.run(joined), names)
    return filed(naming.run(token), names) if naming.capital(token) else common(token, names)


def _led(noun: Token, names: Names) -> str | None:
    """The body before a spokesman: "a navy spokesman", "the Ostmark Lines spokesman"."""
    lead = [t for t in noun.lefts if t.dep_ in _LEADS and t.lower_ not in _NO_NAME]
    if not any(people.is_body_word(t.lower_) or naming.capital(t) for t in lead):
        return None
    return filed(str(noun.doc[lead[0].left_edge.i : lead[-1].i + 1].text), names)
