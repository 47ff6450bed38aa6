"""Which words name a doer or what was hit, and under which of the story's names they are filed."""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from onrecord.events import harm
from onrecord.events.circumstances import words
from onrecord.language.annotated import Annotated, Sentence
from onrecord.records import Part, Party
from onrecord.wording import actors, kinds, people, places

_PRONOUNS = frozenset({"PRON", "DET", "SCONJ"})
_NO_PARTY = frozenset(
    {"DATE", "TIME", "EVENT", "LAW", "WORK_OF_ART", "MONEY", "QUANTITY", "PERCENT", "ORDINAL", "CARDINAL", "LANGUAGE"}
)
_ADJECTIVES = ("ian", "an", "ese", "ish", "i", "ic")
_DEMONYMS = ("an", "ese", "ish", "i")
_OWNING = frozenset({"of", "from"})
_LONGEST_NAME = 9
_SHORTEST_STEM = 4
_MOST_BODIES = 60


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a story gives parties. bodies: of two words or more that end in a word for a body ("Red Front",
    "Veranian army"), none within another; singles: names of one word, in order; capitals: every word of a name in its text.
    """

    bodies: tuple[str, ...]
    singles: tuple[str, ...]
    capitals: frozenset[str]

    def body(self, short: str) -> str | None:
        """The one full name that a short form ("front", "Red movement") stands for; None where none or several fit."""
        key = short.casefold().split()
        fits = [name for name in self.bodies if _stands_for(key, name.casefold().split())]
        return fits[0] if len(fits) == 1 else None

    def nation(self, adjective: str) -> str | None:
        """The nation that an adjective is of, by the map or by the story's own names ("Veranian": "Verania")."""
        if not adjective[:1].isupper():
            return None
        known = places.country_of(adjective)
        if known is not None or not adjective.endswith(_ADJECTIVES):
            return known
        fits = [name for name in self.singles if name != adjective and is_adjective_of(adjective, name)]
        return fits[0] if len(fits) == 1 else None


def gather(annotated: Annotated) -> Names:
    """The names of a story's text; of its headline, where every word may have a capital, none."""
    bodies: dict[str, None] = {}
    singles: dict[str, None] = {}
    capitals: set[str] = set()
    for sentence in annotated.sentences:
        if sentence.part == "headline":
            continue
        for token in sentence.syntax:
            if not token.text[:1].isupper() or token.pos_ not in {"PROPN", "ADJ"}:
                continue
            if token.pos_ == "PROPN":
                capitals.add(str(token.text))
            name = _name_from(token)
            if " " not in name:
                if token.pos_ == "PROPN":
                    singles.setdefault(name)
            elif name.rpartition(" ")[2].casefold() in words("party", "bodies"):
                bodies.setdefault(name)
    kept = [name for name in bodies if not any(name != other and name in other for other in bodies)]
    return Names(tuple(kept[:_MOST_BODIES]), tuple(singles), frozenset(capitals))


def actor(annotated: Annotated, sentence: Sentence, head: Token | None, names: Names) -> Party | None:
    """The doer that a noun phrase names, or None where it is nobody's: a force, a group, a state or persons act; behind
    a weapon or a vessel stands whose it is, and behind "members of the Red Front" the front.
    """
    head = _counted(head)
    if head is None or _is_nobody(head):
        return None
    if _is_carrier(head):
        return _owner(annotated, sentence, head, names)
    if head.pos_ == "ADJ" or head.dep_ in {"amod", "compound"}:
        return _by_adjective(annotated, sentence, head, names)
    own = _group_behind(head, names)
    if own is not None:
        party = actor(annotated, sentence, own, names)
        if party is not None:
            span = annotated.of_tokens(sentence, head.doc[_first(head) : own.i + 1])
            return Party(party.name, span, actors.hedge(span.text))
    if not _can_act(head, sentence.part, names):
        return None
    return _party(annotated, sentence, head, names)


def target(annotated: Annotated, sentence: Sentence, head: Token | None, names: Names) -> Party | None:
    """What a noun phrase says was hit, without its number; None where it names nothing that can be: nobody, an act, the
    dead themselves, people of whom nothing else is told.
    """
    head = _counted(head)
    if head is None or _is_nobody(head) or (head.ent_type_ in _NO_PARTY and head.pos_ != "NOUN"):
        return None
    lemma = harm.singular(head)
    if lemma in words("party", "acts") or lemma in words("party", "nothing"):
        return None
    behind = [n.lower_ for p in head.children if p.lower_ == "of" for n in p.children]
    if lemma == "state" and set(behind) & words("party", "nothing"):
        return None
    if harm.find("noun", head) in {"killed", "injured", "missing"} and head.pos_ != "PROPN":
        return None
    party = _party(annotated, sentence, head, names)
    if party is None or party.name.casefold() in words("party", "anybody"):
        return None
    return party


def is_weapon(token: Token) -> bool:
    """Whether the word, with the two before it, names a weapon or what carries one."""
    before = [t.lower_ for t in token.doc[max(token.sent.start, token.i - 2) : token.i]]
    named = {" ".join([*before[n:], token.lemma_.lower()]) for n in range(len(before) + 1)}
    return any(named & row.words for row in kinds.means())


# ---- the story's names


def _name_from(token: Token) -> str:
    """The name that a capital opens: capitals that follow it, and a common word for a body behind ("Veranian army")."""
    doc, end = token.doc, token.sent.end
    before = doc[token.i - 1] if token.i > token.sent.start else None
    if before is not None and before.pos_ == "PROPN" and before.text[:1].isupper():
        return str(token.text)
    last = int(token.i)
    while last + 1 < end and last - token.i < _LONGEST_NAME and doc[last + 1].text[:1].isupper():
        if doc[last + 1].pos_ not in {"PROPN", "NOUN", "ADJ"}:
            break
        last += 1
    plain = last + 1 < end and doc[last + 1].lower_ in words("party", "bodies")
    if plain and doc[last].pos_ in {"ADJ", "PROPN"} and doc[last].text.endswith(_ADJECTIVES):
        last += 1
    return str(doc[token.i : last + 1].text)


def _stands_for(key: list[str], name: list[str]) -> bool:
    """Whether the words are a shorter form: its last word, or its first and last with some left out between."""
    if not key or len(key) >= len(name) or key[-1].removesuffix("s") != name[-1].removesuffix("s"):
        return False
    return len(key) == 1 or (key[0] == name[0] and set(key) <= set(name)) or name[-len(key) :] == key


def is_adjective_of(adjective: str, name: str) -> bool:
    """Whether the adjective is of the nation of that name, by its letters."""
    stem = name.rstrip("aeiouy").casefold()
    return (
        len(stem) >= _SHORTEST_STEM and adjective.casefold().startswith(stem) and len(adjective) - len(name) in range(4)
    )


# ---- who can act


def _counted(head: Token | None) -> Token | None:
    """What a word of number stands for: the troops of "thousands of troops"; None for a bare number or a pronoun."""
    if head is None or head.pos_ in _PRONOUNS or head.ent_type_ in {"DATE", "TIME"}:
        return None
    if head.lemma_.lower() in words("party", "numbers") or (head.pos_ == "NUM" and head.ent_type_ == "CARDINAL"):
        behind = [n for p in head.children if p.lower_ == "of" for n in p.children if n.dep_ == "pobj"]
        noun = behind[0] if behind else None
        # "two of the dockers" are not the dockers.
        if noun is None or noun.pos_ not in {"NOUN", "PROPN"} or any(c.dep_ == "det" for c in noun.children):
            return None
        return noun
    return None if head.pos_ == "NUM" else head


def _is_nobody(head: Token) -> bool:
    """Whether nobody is named ("no soldier", "no one"), or somebody only by whose he is ("his men")."""
    if head.lower_ in {"nobody", "none", "one", "nothing"}:
        return True
    return any(
        (c.dep_ in {"det", "neg"} and c.lower_ in {"no", "neither", "which", "what"})
        or (c.dep_ == "poss" and (c.pos_ in _PRONOUNS or c.tag_ in {"PRP$", "WP$"}))
        for c in head.children
    )


def _is_carrier(head: Token) -> bool:
    bare = not any(c.text[:1].isupper() for c in head.children) and is_weapon(head)
    # "Missile hits barracks": what opens a headline has a capital, and is no name for it.
    if head.pos_ == "PROPN" and head.ent_type_ in {"ORG", "NORP", "GPE"} and not bare:
        return False
    carrier = harm.singular(head) in words("party", "carriers")
    return carrier or (is_weapon(head) and harm.singular(head) not in words("party", "agents"))


def _owner(annotated: Annotated, sentence: Sentence, head: Token, names: Names) -> Party | None:
    """Whose a weapon or a vessel is: "Verania's navy", "Veranian jets", "a patrol boat of the Veranian navy"."""
    for child in head.children:
        if child.dep_ == "poss":
            return actor(annotated, sentence, child, names)
        if child.dep_ == "prep" and child.lower_ in _OWNING:
            noun = next((c for c in child.children if c.dep_ == "pobj"), None)
            if noun is not None and not _is_carrier(noun):
                return actor(annotated, sentence, noun, names)
        if child.dep_ in {"acl", "relcl"} and child.lower_ in {"fired", "launched", "flown", "operated", "dropped"}:
            agents = (n for p in child.children if p.lower_ == "by" for n in p.children if n.dep_ == "pobj")
            return actor(annotated, sentence, next(agents, None), names)
    whole = annotated.of_tokens(sentence, head.doc[_first(head) : head.i + 1])
    known = actors.named(whole.text)
    if known is not None:
        return Party(known.name, whole, actors.hedge(whole.text))
    for child in head.children:
        if child.dep_ in {"amod", "compound", "nmod"} and not is_weapon(child):
            party = _by_adjective(annotated, sentence, child, names)
            if party is not None:
                return party
    return None


def _by_adjective(annotated: Annotated, sentence: Sentence, word: Token, names: Names) -> Party | None:
    """Who is meant by a word before an act or a weapon: a nation, a force, or a group."""
    span = annotated.of_tokens(sentence, word.doc[_first(word) : word.i + 1])
    known = actors.named(span.text)
    nation = names.nation(str(word.text))
    if known is not None or nation is not None:
        return Party(known.name if known is not None else nation or "", span, actors.hedge(span.text))
    plain = not word.text[:1].isupper() or word.is_sent_start
    if harm.singular(word) in words("party", "agents") and plain:
        return Party(names.body(span.text) or span.text, span, actors.hedge(span.text))
    if word.text[:1].isupper() and (full := names.body(span.text)) is not None:
        return Party(full, span, actors.hedge(span.text))
    return Party(actors.canonical(span.text), span, None) if is_of_nation(word) else None


def is_of_nation(word: Token) -> bool:
    """Whether a word says of which nation something is, though no map and no name in the story has it ("a Veranian drone")."""
    if word.ent_type_ == "NORP":
        return True
    known = word.is_sent_start and not word.vocab[word.lower_].is_oov
    capital = word.text[:1].isupper() and word.text[1:].islower()
    return capital and not known and len(word) > _SHORTEST_STEM and word.text.endswith(_DEMONYMS)


def _group_behind(head: Token, names: Names) -> Token | None:
    """The named group whose people or unit a noun is: "members of the Red Front"."""
    if harm.singular(head) not in words("party", "members"):
        return None
    for child in head.children:
        if child.dep_ == "prep" and child.lower_ in _OWNING:
            noun = next((c for c in child.children if c.dep_ == "pobj"), None)
            if noun is not None and noun.pos_ == "PROPN" and noun.text[:1].isupper():
                return noun
            if noun is not None and noun.lower_ in words("party", "bodies") and names.body(str(noun.text)) is not None:
                return noun
    return None


def _can_act(head: Token, part: Part, names: Names) -> bool:
    """Whether the noun names a force, a group, a state or persons."""
    word = str(head.text)
    if harm.singular(head) in words("party", "agents"):
        return True
    # At the start of a sentence the model takes names for common nouns, and "IS" for a verb.
    if word.isupper() and len(word) > 1 and actors.named(word) is not None:
        return True
    if not _is_proper(head, names) or (head.ent_type_ == "GPE" and _is_town(word)):
        return False
    before = [c for c in head.children if c.dep_ in {"compound", "nmod"}]
    vessel = any(c.text.islower() and (c.lower_ in words("party", "carriers") or is_weapon(c)) for c in before)
    if vessel or (people.is_title(word) and not before):
        return False
    # In some headlines every word has a capital.
    plain = part == "text" or any(t.pos_ in {"NOUN", "VERB"} and t.text.islower() and len(t) > 3 for t in head.sent)
    return plain or word in names.capitals or actors.named(word) is not None


def _is_proper(head: Token, names: Names) -> bool:
    """Whether the word is a name of what may act: no day, law, building or coast."""
    if not head.text[:1].isupper() or head.ent_type_ in _NO_PARTY | {"FAC", "LOC"}:
        return False
    return head.pos_ == "PROPN" or (head.pos_ == "NOUN" and head.text in names.capitals)


def _is_town(name: str) -> bool:
    """Whether the map knows the name as a town or a part of a country, which does not act."""
    where = places.resolve(name)
    return where is not None and where.lat is not None and where.precision != "country"


# ---- the words of a name


def _party(annotated: Annotated, sentence: Sentence, head: Token, names: Names) -> Party | None:
    first, last = _first(head), _last(head)
    whole = annotated.of_tokens(sentence, head.doc[first : last + 1])
    while first < head.i and _is_left_out(head.doc[first], head):
        first += 1
    span = annotated.of_tokens(sentence, head.doc[first : last + 1])
    name = _filed(span.text, names)
    if not any(c.isalpha() for c in name) or (name.isupper() and " " in name):
        return None
    return Party(name, span, actors.hedge(whole.text))


def _is_left_out(word: Token, head: Token) -> bool:
    """Whether a word before a name says how many, or what its teller thinks of it ("fearsome Red Brigade")."""
    doc = word.doc
    if word.like_num and word.i + 2 < head.i and doc[word.i + 1].text == "-" and doc[word.i + 2].lower_ == "year":
        return False
    counting = word.like_num or word.text == "-" or word.lower_ in words("party", "quantities")
    judged = word.pos_ == "ADJ" and word.text.islower() and doc[word.i + 1].text[:1].isupper()
    return counting or judged


def _filed(worded: str, names: Names) -> str:
    known = actors.named(worded)
    if known is not None:
        return known.name
    bare = actors.canonical(worded)
    return (names.body(bare) or bare) if bare.split()[-1].casefold() in words("party", "bodies") else bare


def _first(head: Token) -> int:
    """Index of the first word of the name: what stands before the head and belongs to it."""
    index = int(head.i)
    while index > head.sent.start and head.i - index < _LONGEST_NAME:
        before = head.doc[index - 1]
        marks = before.pos_ in {"PUNCT", "CCONJ"} and before.text != "-"
        if before.is_space or before.lower_ in {"the", "a", "an"} or marks:
            break
        belongs = before == head.left_edge or head in before.ancestors
        if not belongs or (before.dep_ in {"relcl", "advmod"} and before.pos_ == "VERB"):
            break
        index -= 1
    return index


def _last(head: Token) -> int:
    """Index of the last word: the head's, or that of the "of" phrase behind it ("a unit of the Red Front")."""
    return max(_ends(head), default=int(head.i))


def _ends(head: Token) -> Iterator[int]:
    yield int(head.i)
    for child in head.children:
        if child.dep_ == "prep" and child.lower_ == "of" and child.i == head.i + 1:
            noun = next((c for c in child.children if c.dep_ == "pobj"), None)
            if noun is not None and noun.i - head.i < _LONGEST_NAME and noun.pos_ in {"NOUN", "PROPN"}:
                yield int(noun.i)
        apposed = child.dep_ == "appos" and child.pos_ == "PROPN" and head.pos_ == "NOUN"
        if apposed and child.left_edge.i == head.i + 1:
            yield int(child.i)
