"""What the words around a number say that it counts."""

from collections.abc import Callable

from spacy.tokens import Token

from onrecord.events import causes, harm, tolls
from onrecord.events.phrases import Phrase, after, is_person, is_share
from onrecord.events.tolls import Said
from onrecord.records import CountOf

SHARE_OF = frozenset({"whom", "them", "these", "those", "which", "us"})
"""Words behind "of" that point back to people counted before."""
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
_HELD = frozenset({"abducted", "captured", "detained", "survivors", "displaced", "troops"})
_PEOPLE = ("ers", "ors", "ists", "men", "women", "ians", "ees", "eers", "mates", "folk")
_STATES = frozenset({"acomp", "oprd", "attr", "advmod"})


def what(phrase: Phrase) -> Said | None:
    """What the number counts and the word that says so, or None: most numbers count nothing that we keep."""
    head = phrase.head
    if phrase.of_some is not None:
        # "Twelve of the wounded were flown out" counts no wounded.
        found = role(head) or tolls.by_order(phrase)
        return found if found is not None or is_definite(phrase.of_some) else _of_itself(phrase.of_some)
    own = _own(head)
    described = _described(head)
    held = own or described
    if held is not None and held[0] in _HELD and held[1].i != head.head.i:
        # "freed nine hostages", "released 15 captured policemen" count the freed.
        return role(head) or held
    if held is not None and held[0] == "injured" and (died := role(head)) is not None and died[0] == "killed":
        # "A nurse hurt in the strike died", "the three wounded died": they are dead.
        return died
    aboard = (held or _next_to(phrase) or ("", head))[0] == "aboard"
    if aboard and (died := role(head)) is not None and died[0] == "killed":
        # "All three on board were killed"
        return died
    ways: tuple[Callable[[], Said | None], ...] = (
        lambda: own,
        lambda: described,
        lambda: _next_to(phrase),
        lambda: role(head),
        lambda: _thing(head),
        lambda: tolls.by_order(phrase),
        lambda: _share(phrase),
    )
    return next((said for way in ways if (said := way()) is not None), None)


def role(head: Token) -> Said | None:
    """What a noun's verb or preposition says of it ("killed six men", "the deaths of six")."""
    head = _first_joined(head)
    governor = head.head
    if governor == head:
        return None
    if head.dep_ in {"pobj", "prep"}:
        return _behind_preposition(head, governor)
    if head.dep_ in _SUBJECTS:
        return _as_subject(head, governor)
    if head.dep_ in {"dobj", "oprd"}:
        return _as_object(head, governor) or tolls.at_verb(governor, head)
    return tolls.at_verb(governor, head) if head.dep_ in {"attr", "npadvmod"} else None


def is_definite(noun: Token) -> bool:
    """Whether the noun points back to people counted before ("of the wounded", "of them")."""
    return noun.lower_ in SHARE_OF or any(
        c.dep_ in {"det", "poss"} and c.lower_ not in {"a", "an"} for c in noun.children
    )


# ---- by the noun itself, and what stands at it


def _of_itself(noun: Token) -> Said | None:
    return _own(noun) or _described(noun)


def _own(head: Token) -> Said | None:
    """The noun says it ("three deaths", "15 wounded")."""
    found = harm.find("noun", head) or harm.of_compound("noun", head)
    if found is None or (found == "strikes" and head.pos_ != "NOUN"):
        return None
    if head.pos_ == "VERB" and any(c.dep_ == "dobj" for c in head.children):
        return None
    return found, head


def _described(head: Token) -> Said | None:
    """A word at the noun says it ("12 dead crew", "the people killed", "men who died")."""
    for child in head.children:
        if child.dep_ in {"amod", "acl", "acomp", "oprd"} and (
            child.tag_ not in {"VBG", "VB"} or child.lower_ == "missing"
        ):
            state = harm.find("state", child)
            if state is not None and not any(c.dep_ == "dobj" for c in child.children):
                return state, child
        # "a mother whose child was killed" tells of the child.
        whose = any(t.tag_ == "WP$" for noun in child.children for t in noun.children)
        if (
            child.dep_ == "acl"
            and child.tag_ == "VBN"
            and (sent := _moved(head, child)) is not None
            and sent[0] == "troops"
        ):
            return sent
        if child.dep_ in {"relcl", "acl"} and not whose:
            found = _of_verb(child, passive=any(c.dep_ == "auxpass" for c in child.children))
            if found is not None:
                return found, child
    return None


def _next_to(phrase: Phrase) -> Said | None:
    """The word behind the noun says it ("30 wounded", "four crew killed as ..."), which the parser often has otherwise."""
    last = max(phrase.head, phrase.core, key=lambda t: int(t.i))
    word = after(last)
    if word.i <= last.i:
        return None
    beyond = after(word)
    if harm.is_one_of("linking", word) and beyond.i > word.i and (state := harm.find("state", beyond)) is not None:
        return ("presumed_dead" if state == "killed" and harm.is_one_of("presumed", word) else state), beyond
    if word.lower_ == "on" and beyond.lower_ == "board":
        return "aboard", beyond
    state = harm.find("state", word)
    if state is None or word.pos_ not in {"VERB", "ADJ", "NOUN", "ADV"} | ({"ADP"} if state == "aboard" else set()):
        return None
    return None if any(c.dep_ in {"dobj", "auxpass"} and not _has_state(c) for c in word.children) else (state, word)


def _has_state(noun: Token) -> bool:
    """Whether the next word is the noun's own state: in "two killed eight injured" nobody killed the eight."""
    beyond = after(noun)
    return beyond.i > noun.i and harm.find("state", beyond) is not None


def _share(phrase: Phrase) -> Said | None:
    """What "among them four children" or "including a child" is a share of."""
    above = phrase.head.head
    if harm.find("befell", phrase.head) is not None:
        # "was pronounced dead with multiple wounds"
        return None
    if phrase.head.dep_ == "pobj" and above.lower_ in {"including", "with"}:
        above = above.head
    elif not (phrase.head.dep_ in {"appos", "conj"} and is_share(phrase.core)):
        return None
    if above.pos_ in {"VERB", "AUX"}:
        above = next((c for c in above.children if c.dep_ in {"nsubjpass", "dobj"}), above)
    return _described(above) or role(above)


# ---- by the verb


def _as_subject(head: Token, verb: Token) -> Said | None:
    passive = head.dep_ == "nsubjpass" or any(c.dep_ == "auxpass" for c in verb.children)
    found = _of_verb(verb, passive)
    if found is not None:
        return (found, verb) if _may_be_people(head, verb) else None
    for child in verb.children:
        said = _in_state(verb, child)
        if said is not None:
            return said
    died = causes.death_behind(verb)
    if died is not None:
        return "killed", died
    return _is_state(head, verb) or tolls.at_verb(verb, head) or _on_the_move(head, verb, passive)


def _on_the_move(head: Token, verb: Token, passive: bool) -> Said | None:
    """Soldiers that come or are sent, and residents that leave where they live."""
    if passive:
        return _moved(head, verb)
    behind = [n for p in head.children if p.dep_ == "prep" and p.lower_ == "of" for n in p.children]
    if harm.is_one_of("moving", verb) and any(harm.is_one_of("soldiers", n) for n in (head, *behind)):
        return "troops", verb
    if verb.lemma_ in {"leave", "abandon"} and any(harm.is_one_of("residents", n) for n in (head, *behind)):
        return "displaced", verb
    return None


def _in_state(verb: Token, child: Token) -> Said | None:
    """What a word at the verb says of its subject ("are reported dead", "is known to have died", "suffered injuries")."""
    if child.dep_ in _STATES and child.i > verb.i and harm.is_one_of("leaving", verb):
        state = harm.find("state", child)
        if state is not None:
            return ("presumed_dead" if state == "killed" and harm.is_one_of("presumed", verb) else state), child
    if child.dep_ == "xcomp":
        # "are reported injured", where the model takes the state for a verb.
        bare = child.tag_ == "VBN" and not any(c.dep_ in {"aux", "dobj"} for c in child.children)
        reported = bare and harm.is_one_of("leaving", verb)
        found = _of_verb(child, reported or any(c.dep_ == "auxpass" for c in child.children))
        return (found, child) if found is not None else None
    if child.dep_ == "dobj" and harm.is_one_of("suffering", verb) and harm.find("befell", child) == "injured":
        return "injured", verb
    if child.dep_ == "dobj" and child.lemma_ == "life" and verb.lemma_ == "lose":
        return "killed", verb
    if child.dep_ == "prep" and child.lower_ == "in" and any(_is_ward(c) for c in child.children):
        return "injured", verb
    return None


def _is_ward(noun: Token) -> bool:
    """Whether who is in it was hurt and lives: in "intensive care", but not in "the care of a relative"."""
    wards = harm.listed("wards")
    return noun.lower_ in wards or any(f"{c.lower_} {noun.lower_}" in wards for c in noun.children)


def _is_state(head: Token, verb: Token) -> Said | None:
    """What a state that the parser took for the verb says ("five injured", "one is missing")."""
    if verb.lower_ == "missing" and not any(c.dep_ == "dobj" for c in verb.children):
        return ("presumed_dead" if _is_given_up(verb) else "missing"), verb
    if verb.tag_ not in {"JJ", "VBN", "VBD"} or any(c.dep_ in {"dobj", "aux"} for c in verb.children):
        return None
    state = harm.find("state", verb)
    doer = verb.tag_ != "JJ" and harm.is_one_of("attackers", head)
    return (state, verb) if state is not None and not doer else None


def _is_given_up(verb: Token) -> bool:
    """Whether a second verb goes further: "is still missing and must now be presumed dead"."""
    further = [c for c in verb.children if c.dep_ == "conj" and harm.is_one_of("presumed", c)]
    return any(word.lower_ == "dead" for c in further for word in c.children)


def _as_object(head: Token, verb: Token) -> Said | None:
    special = _lost_or_taken(head, verb)
    if special is not None:
        return special, verb
    found = _done_by(verb)
    if found is not None and found != "troops":
        return (found, verb) if _may_be_people(head, verb) else None
    for child in verb.children:
        state = harm.find("state", child) if child.dep_ in {"oprd", "acomp"} and child.i > head.i else None
        if state is not None and harm.is_one_of("leaving", verb):
            return state, child
    return _moved(head, verb)


def _lost_or_taken(head: Token, verb: Token) -> CountOf | None:
    """What verbs that say it of people alone say: "cost six lives", "lost 21 men", "took 45 people", "pulled nine alive"."""
    if head.lemma_ == "life" and harm.is_one_of("losing", verb):
        return "killed"
    own = any(p.lower_ == "of" and any(n.lower_ == "own" for n in p.children) for p in head.children)
    if verb.lemma_ == "lose" and (own or is_person(head) or harm.is_one_of("soldiers", head)):
        return "killed"
    taker = any(c.dep_ == "nsubj" and harm.is_one_of("takers", c) for c in verb.children)
    people = is_person(head) or harm.is_one_of("people", head) or _by_name(head)
    if verb.lemma_ in {"take", "hold", "march"} and taker and people:
        return "abducted"
    alive = verb.lemma_ == "pull" and any(c.lower_ == "alive" for c in (*verb.children, *head.children))
    return "rescued" if alive else None


def _moved(head: Token, verb: Token) -> Said | None:
    """Troops that are sent, and people that a vessel carries."""
    behind = [n for p in head.children if p.dep_ == "prep" for n in p.children]
    if harm.done_to(verb, "troops") and any(harm.is_one_of("soldiers", n) for n in (head, *behind)):
        return "troops", verb
    if harm.done_to(verb, "aboard"):
        carriers = [c for c in verb.children if c.dep_ in _SUBJECTS] + ([verb.head] if verb.dep_ == "acl" else [])
        if any(harm.find("thing", c) == "vessels" for c in carriers):
            return "aboard", verb
    return None


def _of_verb(verb: Token, passive: bool) -> CountOf | None:
    """What a verb says of its subject."""
    if verb.lemma_ == "lose" and passive and any(c.lemma_ == "life" for c in verb.children):
        return "killed"
    acting = harm.of_phrase("acting", verb) or harm.find("acting", verb) if verb.pos_ in {"VERB", "AUX"} else None
    if acting is not None:
        return acting
    return _done_by(verb) if passive and verb.tag_ in {"VBN", "VBD"} else None


def _done_by(verb: Token) -> CountOf | None:
    """What a verb does to people, with the words that turn it ("shot dead", "beaten to death", "took hostage")."""
    for child in verb.children:
        to_death = child.lower_ in {"to", "into"} and any(c.lower_ == "death" for c in child.children)
        if child.lower_ == "dead" or to_death:
            return "presumed_dead" if harm.is_one_of("presumed", verb) else "killed"
        if verb.lemma_ == "take" and child.lower_ in {"hostage", "captive", "prisoner"}:
            return "abducted" if child.lower_ == "hostage" else "captured"
    return harm.of_phrase("acted_on", verb) or harm.find("acted_on", verb)


def _may_be_people(head: Token, verb: Token) -> bool:
    """Whether a verb that is used of things too has people here; and things are not killed."""
    if head.pos_ not in {"NOUN", "PROPN"}:
        return True
    if harm.find("thing", head) is not None or harm.is_one_of("things", head):
        return False
    person = is_person(head) or harm.is_one_of("people", head) or harm.is_one_of("groups", head) or _by_name(head)
    return person or not harm.is_one_of("ambiguous", verb)


def _by_name(noun: Token) -> bool:
    """Whether the ending makes a plural one of people ("worshippers", "schoolteachers")."""
    known_thing = harm.find("thing", noun) is not None or harm.is_one_of("things", noun)
    return noun.tag_ == "NNS" and not known_thing and noun.lower_.endswith(_PEOPLE)


def _behind_preposition(head: Token, preposition: Token) -> Said | None:
    above = preposition.head
    noun = above.pos_ in {"NOUN", "PROPN"}
    if preposition.lower_ in {"of", "to", "among"} and noun:
        found = harm.find("befell", above)
        if found is not None:
            return found, above
    said = tolls.behind(head, preposition)
    if said is None and preposition.lower_ == "of" and noun and harm.is_one_of("number", above):
        # "a total of 30 people were detained"
        return role(above)
    return said


def _thing(head: Token) -> Said | None:
    """Vessels, places and weapons, where something is done to them or with them."""
    found, head = harm.find("thing", head), _first_joined(head)
    verb = head.head
    if head.dep_ == "pobj" and verb.lower_ in {"by", "of", "with"}:
        if verb.lower_ == "of" or found != "rounds":
            return None
        verb = verb.head
    if found is None or verb == head or verb.pos_ != "VERB":
        return None
    sent = [c for c in head.children if c.dep_ in {"acl", "relcl"} and harm.done_to(c, found)]
    if sent and found == "rounds":
        return found, sent[0]
    if not harm.done_to(verb, found):
        return None
    object_ = head.dep_ in {"dobj", "nsubjpass"}
    return (found, verb) if object_ or (found == "rounds" and head.dep_ in {"nsubj", "pobj"}) else None


def _first_joined(noun: Token) -> Token:
    """The first of nouns that are joined ("64 rockets and eight missiles")."""
    for _ in range(4):
        if noun.dep_ != "conj" or noun.head.pos_ not in {"NOUN", "PROPN", "NUM", "PRON"}:
            break
        noun = noun.head
    return noun
