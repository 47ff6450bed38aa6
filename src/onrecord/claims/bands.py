"""Which armed groups a story names, so that "the rebels" and "the gang" can mean one of them."""

from spacy.tokens import Token

from onrecord.claims import lexicon
from onrecord.claims import names as naming
from onrecord.claims.names import Names
from onrecord.language.annotated import Annotated


def named(annotated: Annotated, names: Names) -> tuple[str, ...]:
    """The groups that the story itself shows to be armed, in its order: by a word of their name ("Movement"), or by the
    noun beside it ("the Farrow gang", "a militia, the Red Tide", "gunmen of the Red Tide").
    """
    found: dict[str, None] = {}
    for sentence in annotated.body():
        for token in sentence.syntax:
            if token.pos_ != "PROPN" or not naming.capital(token):
                continue
            words = naming.run(token)
            if any(word in lexicon.words("armed_names") for word in words.split()) or _is_shown(token):
                full = names.body(words)
                if not names.is_person(full):
                    found.setdefault(full)
    # A short form of a longer name in the list is the same group.
    return tuple(name for name in found if not any(name != other and f" {name}" in f" {other}" for other in found))


def _is_shown(token: Token) -> bool:
    beside = [c for c in token.children if c.dep_ in ("appos", "compound") and c.text.islower()]
    if token.dep_ in ("compound", "appos", "nmod") and token.head.pos_ == "NOUN":
        beside.append(token.head)
    if any(noun.lemma_.casefold() in lexicon.words("armed") for noun in beside):
        return True
    prep = token.head
    owned = token.dep_ == "pobj" and prep.lower_ in ("of", "from") and prep.dep_ == "prep"
    return bool(owned and prep.head.lemma_.casefold() in lexicon.words("armed_men"))
