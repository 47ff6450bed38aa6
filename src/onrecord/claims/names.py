"""Which names a story holds, and which full name a short one stands for."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Token

from onrecord.claims import cues, lexicon
from onrecord.claims.runs import capital, described_as_person, run, run_start, ties
from onrecord.language.annotated import Annotated
from onrecord.wording import actors, outlets, people, places

__all__ = ["Names", "capital", "described_as_person", "gather", "published", "run", "run_start"]

_NAME = r"[A-Z][\w&'’-]{1,30}(?: [A-Z][\w&'’-]{1,30}){0,3}"
_PUBLISHES = re.compile(
    rf"\b(?:[Aa]s |[Ff]irst |[Ee]arlier )reported by (?:the )?({_NAME})"
    rf"|[,”\"] (?:the )?({_NAME}) reports(?=[.,;]|$| that\b| citing\b| quoting\b)"
    rf"|\b[Tt]he ({_NAME}) (?:news|press|wire) (?:agency|service)\b",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Names:
    """persons: last name → full names as first given, with rank; bodies: names of two words or more, most frequent
    first; adjectives: a place's name → the adjective that the story makes of it; presses: outlets that the story itself
    shows to be such, its own first; roles: "minister" → last names of those who hold it in the story; story: what they
    were gathered from; lands: countries that a word of it names.
    """

    persons: dict[str, tuple[str, ...]]
    bodies: tuple[str, ...]
    adjectives: dict[str, str]
    presses: tuple[str, ...] = ()
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    story: Annotated | None = None
    lands: frozenset[str] = frozenset()

    def holder(self, role: str) -> str | None:
        """The one person of the story who holds a role ("minister"), or None where nobody does or two do."""
        key = people.office(role)
        held = self.roles.get(key) or self.roles.get(key.rpartition(" ")[2]) or ()
        if " " not in key:
            held = tuple(
                {name: None for known, last in self.roles.items() if known.rpartition(" ")[2] == key for name in last}
            )
        return held[0] or None if len(held) == 1 else None

    def held_by(self, name: str) -> tuple[str, ...]:
        """The roles that the person of that name holds in the story."""
        last = name.rpartition(" ")[2]
        return tuple(role for role, held in self.roles.items() if last in held)

    def outlet(self, words: str) -> str | None:
        """The outlet that the story shows the words to name, whole or by their last or first words; None for others."""
        key = words.casefold().split()
        for press in self.presses:
            name = press.casefold().split()
            if name == key or (len(name) > len(key) and _ends_or_begins(name, key) and press == self.presses[0]):
                return press
        return None

    def is_person(self, words: str) -> bool:
        """Whether the words end in the last name of a person of the story, or are the first name of just one."""
        tail = people.strip_title(words).split()
        return bool(tail) and (tail[-1] in self.persons or (len(tail) == 1 and len(self._of_first(tail[0])) == 1))

    def _of_first(self, first: str) -> list[str]:
        """The full names that begin with a first name."""
        full = [name for names in self.persons.values() for name in names if first in name]
        return [name for name in full if people.strip_title(name).partition(" ")[0] == first]

    def person(self, words: str) -> str:
        """The full name, with the rank, of a person named by these words; the words where two fit or none does."""
        bare = _undecorated(words)
        parts = people.strip_title(bare).split()
        known = self.persons.get(parts[-1], ()) if parts else ()
        if not known and len(parts) == 1:
            known = tuple(self._of_first(parts[0]))
        fits = [name for name in known if len(parts) == 1 or _same_first(people.strip_title(name).split()[0], parts[0])]
        return fits[0] if len(fits) == 1 else bare

    def tells_of(self, country: str) -> bool:
        """Whether the story names the country or its people anywhere; True where the story is not known."""
        return self.story is None or country in self.lands or country in self.story.story.text

    def body(self, words: str) -> str:
        """The longest name of the story that ends or begins with the words, where there is one such name only."""
        key = words.casefold().split()
        longer = [n for n in self.bodies if len(n.split()) > len(key) and _ends_or_begins(n.casefold().split(), key)]
        if not longer:
            longer = [n for n in self.bodies if words.isupper() and len(words) > 1 and _initials(n) == words]
        kept = [n for n in longer if not any(n != o and n.casefold() in o.casefold() for o in longer)]
        return kept[0] if len(kept) == 1 else words

    def of_place(self, place: str, noun: str) -> str:
        """A body named by its place: "Verania" and "government" are the "Veranian government", if the story knows so."""
        return f"{self.adjectives.get(place, place)} {noun}"


def gather(annotated: Annotated) -> Names:
    """The names of a story."""
    labels: dict[str, Counter[str]] = {}
    presses = _presses(annotated)
    for words, label in _runs(annotated):
        labels.setdefault(words, Counter())[label] += 1
    persons: dict[str, list[str]] = {}
    bodies: Counter[str] = Counter()
    surnamed = _surnamed(annotated)
    for words, counts in labels.items():
        if words not in presses and (_person_by_labels(words, counts) or words in surnamed):
            _add_person(persons, words)
        elif len(words.split()) > 1 and not people.is_title(words):
            bodies[words] += sum(counts.values())
    bodies = Counter({w: n for w, n in bodies.items() if w.split()[-1] not in persons})
    ordered = tuple(sorted(bodies, key=lambda name: (-bodies[name], name)))
    persons_found = {last: tuple(names) for last, names in persons.items()}
    return Names(
        persons_found,
        ordered,
        _adjectives(annotated),
        presses,
        _roles(annotated, persons_found),
        annotated,
        _lands(annotated),
    )


def _runs(annotated: Annotated) -> Iterator[tuple[str, str]]:
    for sentence in annotated.body():
        for token in sentence.syntax:
            nxt = token.i + 1
            goes_on = nxt < sentence.syntax.end and capital(token.doc[nxt])
            tied = nxt + 1 < sentence.syntax.end and ties(token.doc[nxt]) and token.doc[nxt + 1].text[:1].isupper()
            if token.pos_ != "PROPN" or not capital(token) or goes_on or tied:
                continue
            words = run(token)
            yield words, "PERSON" if described_as_person(token) else token.ent_type_


def _lands(annotated: Annotated) -> frozenset[str]:
    words = {t.text for s in annotated.sentences for t in s.syntax if t.text[:1].isupper()}
    return frozenset(land for word in words if (land := places.country_of(word)) is not None)


def _surnamed(annotated: Annotated) -> set[str]:
    """Names of two or three words whose last the story uses alone for one who does something or owns something, never
    with an article and never as a place: so it does with people.
    """
    whole: set[str] = set()
    alone: set[str] = set()
    other: set[str] = set()
    for sentence in annotated.body():
        for token in sentence.syntax:
            if token.pos_ != "PROPN" or not capital(token):
                continue
            words = run(token)
            articled = any(c.dep_ == "det" for c in token.lefts) or token.ent_type_ in ("GPE", "LOC", "NORP", "DATE")
            placed = token.dep_ == "pobj" and token.head.lower_ in lexicon.words("place_links")
            if articled or placed or token.dep_ == "compound":
                other.add(token.text)
            elif " " in words and token.text == words.split()[-1]:
                whole.add(words)
            elif words == token.text and token.dep_ in ("nsubj", "poss"):
                alone.add(token.text)
    return {
        words
        for words in whole
        if len(words.split()) < 4
        and words.split()[-1] in alone - other
        and not outlets.looks_like_outlet(words)
        and actors.named(words) is None
        and not any(people.is_body_word(word) for word in words.split())
    }


def _person_by_labels(words: str, counts: Counter[str]) -> bool:
    if people.title(words):
        return True
    if len(words.split()) < 2 or outlets.looks_like_outlet(words) or actors.named(words) is not None:
        return False
    if any(people.is_body_word(w) for w in words.split()):
        return False
    return counts["PERSON"] * 2 >= sum(counts.values()) and counts["PERSON"] > 0


def _add_person(persons: dict[str, list[str]], words: str) -> None:
    name = _undecorated(words)
    bare = people.strip_title(name)
    parts = bare.split()
    if not parts or not parts[-1][:1].isupper():
        return
    known = persons.setdefault(parts[-1], [])
    for i, other in enumerate(known):
        other_bare = people.strip_title(other)
        if other_bare == bare or len(parts) == 1 or len(other_bare.split()) == 1:
            if len(bare.split()) > len(other_bare.split()) or (bare == other_bare and len(name) > len(other)):
                known[i] = name
            return
    known.append(name)


def _same_first(name: str, other: str) -> bool:
    """Whether two first names can be one: the same, or one the initial of the other."""
    if name == other:
        return True
    short, long = sorted((name.rstrip("."), other.rstrip(".")), key=len)
    return len(short) == 1 and long.startswith(short)


def _undecorated(words: str) -> str:
    """The name with its rank, but without an honorific or an office ("Defence Minister")."""
    parts = words.split()
    lower = [part.rstrip(".").casefold() for part in parts]
    for at in range(len(parts) - 2, -1, -1):
        if lower[at] in lexicon.words("offices") or (at == 0 and lower[at] in lexicon.words("honorifics")):
            return " ".join(parts[at + 1 :])
    return words


def _roles(annotated: Annotated, persons: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Who holds which role, from the title before a name and from the noun beside it; "" for an office whose holder the
    story does not name ("the defence minister"), so that "the minister" is not taken for another.
    """
    found: dict[str, list[str]] = {}
    nameless: set[str] = set()
    for sentence in annotated.body():
        for token in sentence.syntax:
            if _is_nameless_office(token):
                nameless.add(people.office(_role_words(token)))
            if token.pos_ != "PROPN" or (last := _last_name(token)) not in persons:
                continue
            roles = [people.title(run(token))]
            near = [c for c in token.children if c.dep_ in ("appos", "compound")]
            if token.dep_ == "appos":
                near.append(token.head)
            roles += [_role_words(noun) for noun in near if _is_held(noun)]
            for role in filter(None, roles):
                held = found.setdefault(people.office(role), [])
                if last not in held:
                    held.append(last)
    return {role: tuple(held) for role, held in found.items()} | dict.fromkeys(nameless - set(found), ("",))


def _is_nameless_office(token: Token) -> bool:
    """Whether a noun is one certain office with nobody beside it: "the defence minister", but not "the minister"."""
    if token.pos_ != "NOUN" or token.tag_ != "NN" or not people.is_single_office(token.lemma_):
        return False
    pointed = any(c.dep_ == "poss" or c.lower_ == "the" for c in token.children)
    return (
        pointed
        and " " in _role_words(token)
        and not any(c.pos_ == "PROPN" and c.dep_ == "appos" for c in token.children)
    )


def _last_name(token: Token) -> str:
    return run(token).rsplit(maxsplit=1)[-1]


def _role_words(noun: Token) -> str:
    lead = [c.lower_ for c in noun.lefts if c.dep_ in ("compound", "amod", "nmod")]
    return " ".join([*lead, noun.lemma_.casefold()])


def _is_held(noun: Token) -> bool:
    """Whether a noun beside a name is an office, or a role that the words give to that one only: "the yard's manager"."""
    lemma = noun.lemma_.casefold()
    if lemma in lexicon.words("offices") or people.is_spokesperson(lemma):
        return True
    only = any(c.dep_ == "poss" or c.lower_ == "the" for c in noun.children)
    return only and people.role_kind(lemma) in ("anonymous", "witness") and lemma not in lexicon.words("many_hold")


def _presses(annotated: Annotated) -> tuple[str, ...]:
    """The story's own outlet, unless it is a body that publishes for itself, then what press nouns stand beside."""
    own = annotated.story.outlet
    found = [own if own and not cues.publishes_for_itself(own) else ""]
    for sentence in annotated.body():
        for token in sentence.syntax:
            words = _beside_press_noun(token) or _broadcaster(token)
            if words and words not in found and not people.title(words):
                found.append(words)
    found += dict.fromkeys(name for name, _, _ in published(annotated) if name not in found)
    return tuple(found)


def published(annotated: Annotated) -> Iterator[tuple[str, int, int]]:
    """Names, each with its start and end, that stand where only an outlet's does: "as reported by X", ", X reports.",
    "the X news agency".
    """
    persons = [
        (str(entity[-1].text), sentence.offset(entity[-1]))
        for sentence in annotated.body()
        for entity in sentence.syntax.ents
        if entity.label_ == "PERSON" and len(entity) > 1
    ]
    for match in _PUBLISHES.finditer(annotated.story.text):
        number = match.lastindex or 1
        name = match[number]
        last = name.split()[-1]
        bodily = actors.named(name) is not None or any(people.is_body_word(word) for word in name.split())
        # What the model takes for a person at this very place says nothing against the place.
        person = any(word == last and not match.start() <= at < match.end() for word, at in persons)
        if not (bodily or person or people.title(name) or places.country_of(name)):
            yield name, match.start(number), match.end(number)


def _beside_press_noun(token: Token) -> str | None:
    if token.text not in lexicon.words("press_apposed"):
        return None
    doc, last = token.doc, token.sent.end - 1
    if token.i >= last or doc[token.i + 1].pos_ != "PROPN" or not capital(doc[token.i + 1]):
        return None
    end = token.i + 1
    while end < last and capital(doc[end + 1]):
        end += 1
    return str(doc[token.i + 1 : end + 1].text)


def _broadcaster(token: Token) -> str | None:
    """The subject of "broadcast the report" and the like: a name of two words or more that is no body's."""
    if token.lemma_ not in ("broadcast", "air", "publish", "televise", "report") or token.tag_[:2] != "VB":
        return None
    named = [c for c in token.children if c.dep_ == "nsubj"]
    if named and named[0].tag_ in ("WDT", "WP") and token.dep_ == "relcl":
        named = [token.head]
    if not named or not capital(named[0]) or (token.lemma_ == "report" and named[0].ent_type_ == "PERSON"):
        return None
    words = run(named[0].nbor() if named[0].i + 1 < named[0].sent.end and capital(named[0].nbor()) else named[0])
    # Without an article an outlet may bear a body's word: "Ostmark Inquiry reported".
    shared = lexicon.words("press_or_body") if not any(c.dep_ == "det" for c in named[0].lefts) else frozenset()
    worded = [w for w in words.split() if w.casefold() not in shared]
    bodily = actors.named(words) is not None or any(people.is_body_word(w) for w in worded)
    return words if len(words.split()) > 1 and not bodily else None


def _adjectives(annotated: Annotated) -> dict[str, str]:
    places: set[str] = set()
    adjectives: set[str] = set()
    for sentence in annotated.sentences:
        for token in sentence.syntax:
            if capital(token) and token.is_alpha and len(token) > 3:
                (adjectives if token.ent_type_ == "NORP" or token.pos_ == "ADJ" else places).add(token.text)
                if token.dep_ in ("amod", "compound") and token.text.endswith(("i", "n", "sh", "ese")):
                    adjectives.add(token.text)
    found: dict[str, str] = {}
    for place in sorted(places):
        stem = place[: max(4, len(place) - 2)]
        near = sorted(
            a
            for a in adjectives
            if a != place
            and a.startswith(stem)
            and a.endswith(("i", "n", "sh", "ese", "ic"))
            and len(place) <= len(a) <= len(place) + 3
        )
        if len(near) == 1:
            found[place] = near[0]
    return found


def _ends_or_begins(name: list[str], key: list[str]) -> bool:
    return name[-len(key) :] == key or name[: len(key)] == key


def _initials(name: str) -> str:
    return "".join(w[0] for w in name.split() if w[0].isupper())
