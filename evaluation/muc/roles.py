"""Who did it to whom, by the syntax around a word that tells of an act."""

from collections.abc import Iterator

from spacy.tokens import Token

_PLACED = frozenset({"against", "on", "at", "outside", "near", "in", "of", "under", "inside", "upon", "to", "beside"})
_RELATIVE = frozenset({"who", "which", "that", "whom"})
_STATES = frozenset({"hostage", "captive", "prisoner"})
_INTRANSITIVE = frozenset({"die", "perish", "explode", "detonate", "burn", "disappear"})


def patients(token: Token) -> list[Token]:
    """Nouns that the act is done to, those joined by "and" too."""
    found = _of_noun(token) if token.pos_ in {"NOUN", "PROPN"} else _of_verb(token)
    if token.lemma_.lower() in _STATES and token.head.pos_ == "VERB":
        # "took the guests hostage", "the guests were held hostage"
        found = [noun for noun in _of_verb(token.head) if noun.i != token.i]
    return _joined(found)


def agents(token: Token) -> list[Token]:
    """Nouns that do the act."""
    found = [n for p in token.children if p.dep_ in {"agent", "prep"} and p.lower_ == "by" for n in _objects(p)]
    if token.pos_ in {"VERB", "AUX"} and not is_passive(token) and token.lemma_.lower() not in _INTRANSITIVE:
        found += [_antecedent(c, token) for c in token.children if c.dep_ == "nsubj"]
        if not found and token.dep_ in {"conj", "xcomp", "advcl"} and not is_passive(token.head):
            found += [_antecedent(c, token.head) for c in token.head.children if c.dep_ == "nsubj"]
    return _joined(found)


def placed(token: Token) -> list[Token]:
    """Nouns behind prepositions of place at the word, or at the verb that it belongs to ("a bomb went off at the bank")."""
    heads = [token]
    if token.dep_ in {"nsubj", "nsubjpass", "dobj", "pobj"} and token.head.pos_ in {"VERB", "AUX"}:
        heads.append(token.head)
    heads += [c for c in token.children if c.dep_ in {"advcl", "xcomp"}]
    found = []
    for head in heads:
        for prep in head.children:
            if prep.dep_ != "prep" or prep.lower_ not in _PLACED:
                continue
            for noun in _objects(prep):
                # "in front of the bank"
                inner = (
                    [n for p in noun.children if p.lower_ == "of" for n in _objects(p)]
                    if noun.lower_ == "front"
                    else []
                )
                found += inner or [noun]
    return _joined(found)


def is_passive(verb: Token) -> bool:
    """Whether what stands before the verb suffers it."""
    if any(c.dep_ in {"nsubjpass", "auxpass"} for c in verb.children):
        return True
    return verb.tag_ == "VBN" and verb.dep_ in {"acl", "amod"}


def _of_verb(verb: Token) -> list[Token]:
    subjects = [c for c in verb.children if c.dep_ in {"nsubjpass", "nsubj"}]
    if verb.dep_ in {"acl", "amod"} and verb.tag_ == "VBN":
        return [verb.head]
    if is_passive(verb) or verb.lemma_.lower() in _INTRANSITIVE:
        found = [_antecedent(c, verb) for c in subjects]
        if not found and verb.dep_ == "conj":
            found = [_antecedent(c, verb.head) for c in verb.head.children if c.dep_ == "nsubjpass"]
        return found
    found = [c for c in verb.children if c.dep_ == "dobj"]
    if not found and verb.tag_ == "VBN" and verb.dep_ == "conj" and is_passive(verb.head):
        found = [_antecedent(c, verb.head) for c in verb.head.children if c.dep_ == "nsubjpass"]
    if verb.tag_ == "VBN" and not found and subjects and verb.dep_ in {"ROOT", "ccomp"} and verb.pos_ == "VERB":
        found = [c for c in subjects if not any(x.dep_ == "aux" for x in verb.children)]
    return found


def _of_noun(noun: Token) -> list[Token]:
    found = [n for p in noun.children if p.dep_ == "prep" and p.lower_ in {"of", "against", "on"} for n in _objects(p)]
    found += [c for c in noun.children if c.dep_ == "poss"]
    return found


def _objects(prep: Token) -> list[Token]:
    return [c for c in prep.children if c.dep_ == "pobj"]


def _antecedent(noun: Token, verb: Token) -> Token:
    """What a relative pronoun stands for."""
    return verb.head if noun.lower_ in _RELATIVE and verb.dep_ == "relcl" else noun


def _joined(found: list[Token]) -> list[Token]:
    seen: dict[int, Token] = {}
    for noun in found:
        for one in (noun, *_conjuncts(noun)):
            seen.setdefault(int(one.i), one)
    return list(seen.values())


def _conjuncts(noun: Token) -> Iterator[Token]:
    for child in noun.children:
        if child.dep_ == "conj" and child.pos_ in {"NOUN", "PROPN"}:
            yield child
            yield from _conjuncts(child)
