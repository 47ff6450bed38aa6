"""Where a mention's act was: the place in its clause, else in its sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Token

from onrecord.events import parties, phrases, region, when
from onrecord.events.circumstances import words
from onrecord.events.region import Region
from onrecord.language.annotated import Annotated, Sentence
from onrecord.records import Mention, Where
from onrecord.wording import places

_PLACES = frozenset({"GPE", "LOC", "FAC"})
_NO_PLACES = frozenset({"DATE", "TIME", "NORP", "MONEY", "CARDINAL", "EVENT", "LAW", "LANGUAGE"})
_DATELINE = re.compile(
    r"\A\s*+([^\W\d][^,()\d]{1,40}),\s(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*+\.?\s\d)([^\W\d][^,()\d–-]{1,40})"
)
_MOST_HINTS = 40


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A place name in a sentence. rank: how directly the words set an act there, 0 the most."""

    head: Token
    first: int
    last: int
    rank: int


@dataclass(frozen=True, slots=True)
class Names:
    """What a story's names are. hints: the places, in its order, for names that several places share; places: last
    words of names that stand behind "in", "at", "off"; others: of those that the model takes for people or bodies more
    often than for places; containers: folded names of places with what a dateline says they lie in; region: where the report is from.
    """

    hints: tuple[str, ...]
    places: frozenset[str]
    others: frozenset[str]
    containers: tuple[tuple[str, str], ...]
    region: Region | None


def named_in(annotated: Annotated) -> Names:
    """The names of a story."""
    hints: dict[str, None] = {}
    places_: set[str] = set()
    leaning: dict[str, int] = {}
    for sentence in annotated.sentences:
        for entity in sentence.syntax.ents:
            last = str(entity[-1].text)
            if entity.label_ in {"GPE", "LOC"}:
                hints.setdefault(str(entity.text).strip(), None)
            if entity.label_ in _PLACES:
                leaning[last] = leaning.get(last, 0) + 1
            elif entity.label_ in {"ORG", "PERSON", "NORP"}:
                leaning[last] = leaning.get(last, 0) - 1
        if sentence.part == "text":
            places_.update(
                t.text for t in sentence.syntax if t.pos_ == "PROPN" and t.dep_ == "pobj" and _is_sure(t.head)
            )
    others = {name for name, lean in leaning.items() if lean < 0} - places_
    return Names(
        tuple(hints)[:_MOST_HINTS],
        frozenset(places_),
        frozenset(others),
        tuple(_of_datelines(annotated)),
        region.of_story(annotated.story),
    )


def _of_datelines(annotated: Annotated) -> Iterator[tuple[str, str]]:
    for piece in annotated.story.furniture:
        if piece.kind == "dateline":
            match = _DATELINE.match(annotated.story.text[piece.start : piece.end])
            if match is not None:
                yield match.group(1).strip().casefold(), match.group(2).strip(" —–-,")


def of_mention(
    annotated: Annotated, sentence: Sentence, mention: Mention, trigger: Token, names: Names
) -> Where | None:
    """The place that the mention's words set the act in; a name that no gazetteer holds comes with the name only."""
    rows: list[tuple[int, int, int, _Candidate]] = []
    for candidate in _candidates(sentence, names):
        if when.is_of_saying(candidate.head, trigger):
            continue
        start = sentence.offset(candidate.head)
        outside = not mention.span.start <= start < mention.span.end
        far = when.distance(candidate.head, trigger)
        noun = when.aside(candidate.head, trigger)
        aside = noun is not None
        # "sank a boat bound for Vellin" may be all that tells where; where a car was stolen tells nothing.
        if noun is not None and noun.dep_ not in {"dobj", "nsubjpass"}:
            continue
        rows.append((int(outside) + 2 * aside, candidate.rank // 2, far, candidate))
    if not rows:
        return None
    best = min(rows, key=lambda row: (row[0], row[1], row[2], row[3].first))[3]
    return _resolved(annotated, sentence, best, names)


def _candidates(sentence: Sentence, names: Names) -> Iterator[_Candidate]:
    seen = -1
    for token in sentence.syntax:
        if token.i <= seen:
            continue
        rank = _rank(token, names)
        if rank is None or (
            sentence.part == "headline" and token.text not in names.places and token.ent_type_ not in _PLACES
        ):
            continue
        first, last = _name(token)
        seen = max(last, _holder(token.doc, last, token.sent.end)[1])
        yield _Candidate(token, first, last, rank)


def _rank(token: Token, names: Names) -> int | None:
    """How directly the word is told of as a place, or None where it is none."""
    if not _is_name(token) or _is_base(token):
        return None
    if token.text in names.others and not (token.dep_ == "pobj" and _is_sure(token.head)):
        return None
    known = token.ent_type_ in _PLACES or token.text in names.places
    if token.dep_ == "pobj":
        return _rank_behind(token, token.head, known)
    if token.dep_ in {"appos", "conj"} and known and token.head.dep_ == "pobj" and token.head.pos_ == "NOUN":
        return _rank_behind(token.head, token.head.head, known)
    return _rank_at(token, known)


def _is_base(token: Token) -> bool:
    """Whether the name only says where somebody is based ("the Verania-based monitor")."""
    doc, behind = token.doc, [token.doc[i].lower_ for i in range(token.i + 1, min(token.i + 3, token.sent.end))]
    return behind[:1] in (["based"], ["-based"]) or (behind == ["-", "based"] and doc[token.i + 1].whitespace_ == "")


def _is_afterwards(preposition: Token) -> bool:
    """Whether the preposition stands at where people are brought ("a hospital in Vellin") or tells whence somebody is
    ("a student at Vellin").
    """
    above = preposition.head
    if above.pos_ not in {"NOUN", "PROPN"}:
        return False
    if above.lower_ in words("place", "away") or any(
        c.lower_ in {"medical", "hospital"} and above.lower_ in {"center", "centre"} for c in above.children
    ):
        return True
    return above.dep_ == "appos" and above.pos_ == "NOUN" and phrases.is_person(above)


def _is_sure(preposition: Token) -> bool:
    """Whether what stands behind the preposition is a place, whatever the model takes it for."""
    above = preposition.head
    return (
        preposition.lower_ in words("place", "sure")
        or _is_beside(preposition)
        or (preposition.lower_ == "of" and bool({above.lower_, above.lower_.rstrip("s")} & words("place", "land")))
    )


def _is_beside(preposition: Token) -> bool:
    """Whether land is told to lie above, below or around what stands behind the preposition ("the hills above X")."""
    return preposition.lower_ in words("place", "beside") and preposition.head.lower_ in words("place", "built")


def _rank_at(token: Token, known: bool) -> int | None:
    """The rank of a place that is hit ("struck Vellin"), and of one that describes a noun ("the Vellin blast")."""
    if token.dep_ in {"dobj", "nsubjpass"} and (known or token.lower_ in words("place", "built")):
        return 2
    if not known:
        return None
    # "the Vellin blast" happened there; a "Veranian raid" or "US warplanes" need not.
    act = token.head.lemma_.lower() in words("party", "acts")
    if token.dep_ == "compound" and act and places.country_of(token.text) is None:
        return 4
    return 2 if token.dep_ == "npadvmod" else None


def _is_name(token: Token) -> bool:
    acts = words("party", "acts")
    if token.ent_type_ in _NO_PLACES or any(c.isdigit() for c in token.text) or token.lower_ in words("place", "rides"):
        return False
    if token.lower_ in acts or token.lower_.removesuffix("s") in acts:
        return False
    if token.pos_ == "PROPN":
        return str(token.text)[:1].isupper() or "-" in token.text
    named = any(c.lower_ == "of" and any(n.pos_ == "PROPN" for n in c.children) for c in token.children)
    if named and token.lower_ in words("place", "land") and any(parties.is_of_nation(c) for c in token.children):
        # "the Veranian city of X": the name is behind it
        return False
    kinds_ = words("place", "built") | words("place", "away") | words("place", "land") | words("place", "plain")
    return (
        token.pos_ == "NOUN"
        and token.lower_ in kinds_ - words("place", "compass")
        and any(
            c.dep_ in {"compound", "nmod"} and c.pos_ == "PROPN" and c.ent_type_ not in {"NORP", "DATE"}
            for c in token.children
        )
    )


def _rank_behind(token: Token, preposition: Token, known: bool) -> int | None:
    """The rank of a name behind a preposition, by the preposition and what stands before it."""
    word, above = preposition.lower_, preposition.head
    if token.lower_ in words("place", "away") or above.lower_ == "according" or (word == "to" and above.pos_ != "VERB"):
        return None
    if _is_afterwards(preposition):
        return None
    far = word in {"of", "from"} and known and above.lower_ in words("place", "measures")
    if far or _is_beside(preposition) or (word == "of" and (_is_sure(preposition) or (known and above.pos_ == "ADV"))):
        return 0
    if word in words("place", "inside"):
        return 0 if known or token.ent_type_ in {"", "ORG", "PERSON", "PRODUCT"} else None
    if word in words("place", "onto") and known:
        return 3 if word == "to" else 2
    # "Raids on Old Harn", "the shelling of Fort Ganik": a name in capitals alone is rather a body's
    of_act = word in {"on", "against", "of"} and above.lemma_ in words("party", "acts")
    return (
        3 if of_act and token.ent_type_ in {"", "PERSON", "ORG", "FAC", *_PLACES} and not token.text.isupper() else None
    )


def _name(head: Token) -> tuple[int, int]:
    """First and last index of the name that the word heads."""
    first = last = head.i
    doc, begin, end = head.doc, head.sent.start, head.sent.end
    while first > begin and (
        doc[first - 1].pos_ == "PROPN" or (doc[first - 1].text == "-" and doc[first - 1].whitespace_ == "")
    ):
        if doc[first - 1].ent_type_ in {"DATE", "TIME"} or (
            doc[first - 1].dep_ not in {"compound", "punct", "nmod", "amod", "poss"}
        ):
            break
        first -= 1
    if first < last and doc[first].text in words("place", "compass"):
        # "in north Vellin": a part of Vellin, and no place of that name, which would have a capital
        first += 1
    if head.pos_ == "NOUN" and head.lower_ in words("place", "plain") and first < last:
        return first, last - 1
    if head.pos_ == "NOUN" and first == last and doc[last - 1].pos_ == "NOUN":
        # "the Ganik power station": what lies between the name and the word for the building is no part of the name
        named = [c.i for c in head.children if c.pos_ == "PROPN" and c.dep_ in {"compound", "nmod"} and c.i < head.i]
        return (_name(doc[named[-1]])[0], named[-1]) if named else (first, last)
    # "Strait of Ombra", "Bay of X": the name goes on.
    if (
        last + 2 < end
        and doc[last + 1].lower_ in {"of", "de", "del", "la"}
        and doc[last + 2].pos_ == "PROPN"
        and head.lower_ in words("place", "land") | words("place", "wide")
    ):
        last += 2
        while last + 1 < end and doc[last + 1].pos_ == "PROPN" and doc[last + 1].ent_type_ not in {"DATE", "TIME"}:
            last += 1
    return first, last


def _resolved(annotated: Annotated, sentence: Sentence, found: _Candidate, names: Names) -> Where:
    doc = found.head.doc
    span = annotated.of_tokens(sentence, doc[found.first : found.last + 1])
    plain = span.text.removeprefix("the ").removesuffix("'s").removesuffix("’s")
    container = _container(found) or _land(found, names) or dict(names.containers).get(plain.casefold())
    worded = f"{span.text}, {container}" if container else span.text
    last = plain.rpartition(" ")[2].rstrip(".").casefold()
    # No table holds streets, and one that bears a town's name is not there.
    where = None if last in words("place", "streets") else places.resolve(worded, names.hints)
    if (where is None or where.lat is None) and last in words("place", "streets") | words("place", "housed"):
        where = _in_town(annotated, sentence, found, names, container) or where
    if where is None:
        country = places.country_of(container) if container else None
        where = Where(plain, container, country, None, None, "unknown", None)
    return replace(_moved(sentence, found, region.settled(where, names.region)), span=span)


def _in_town(
    annotated: Annotated, sentence: Sentence, found: _Candidate, names: Names, container: str | None
) -> Where | None:
    """A street or building by the town that it lies in: the one behind its comma, else the last one named before it, else
    the first behind. None where the story names no town that a table holds.
    """
    told = [container] if container else _towns(annotated, sentence, found)
    for name in told:
        town = places.resolve(name, names.hints)
        if town is not None and town.lat is not None and (container or town.precision == "exact"):
            plain = str(found.head.doc[found.first : found.last + 1].text).removeprefix("the ")
            if plain.casefold() in words("place", "streets"):
                # "on 22nd Street", of which only the last word is taken for a name
                return town
            precision = "near" if town.precision == "exact" else town.precision
            return Where(plain, container or town.name, town.country, town.lat, town.lon, precision, None)
    return None


def _towns(annotated: Annotated, sentence: Sentence, found: _Candidate) -> list[str]:
    """The names of places around a place, the nearest before it first, then those behind it."""
    before: list[str] = []
    behind: list[str] = []
    at = (sentence.part == "text", sentence.offset(found.head))
    for other in annotated.sentences:
        for entity in other.syntax.ents:
            if entity.label_ == "GPE":
                here = (other.part == "text", other.offset(entity.root))
                (before if here < at else behind).append(str(entity.text).strip())
    return list(dict.fromkeys((*reversed(before), *behind)))[:_MOST_HINTS]


def _container(found: _Candidate) -> str | None:
    """What the name lies in: the name behind a comma or "in" ("X, Y", "X, in Y", "X in Y")."""
    doc, end = found.head.doc, found.head.sent.end
    first, last = _holder(doc, found.last, end)
    behind = doc[last + 1] if last + 1 < end else None
    plain = first == found.last + 2 and doc[found.last + 1].text == ","
    if (
        last < first
        or last - first > 3
        or (plain and behind is not None and (behind.tag_ in {"POS", "VBD", "VBZ"} or behind.pos_ in {"VERB", "NOUN"}))
    ):
        return None
    return str(doc[first : last + 1].text).rstrip(" —–-,") or None


def _holder(doc: Doc, last: int, end: int) -> tuple[int, int]:
    """First and last index of the name behind a comma, behind "in", or behind both; the last before the first where there is none.
    last: the last index of the name before the comma; end: where the sentence ends.
    """
    first = last + 1
    comma = first < end and doc[first].text == ","
    first += comma
    inside = first < end and doc[first].lower_ == "in"
    first += inside
    if not (comma or inside):
        return first, -1
    first += first + 1 < end and doc[first].text in words("place", "compass")
    at = first
    while at < end and doc[at].pos_ == "PROPN" and doc[at].ent_type_ not in {"DATE", "TIME"}:
        at += 1
    closed = at < end and (doc[at].text in {",", ".", ";"} or not comma)
    return (first, at - 1) if at > first and (closed or not inside) else (first, -1)


def _land(found: _Candidate, names: Names) -> str | None:
    """Whose town it is told to be ("the Veranian town of X"): the nation by the story's own names or the map, else by its adjective."""
    above = found.head.head.head if found.head.dep_ == "pobj" and found.head.head.lower_ == "of" else None
    if above is None or above.lower_ not in words("place", "land"):
        return None
    for child in above.children:
        if child.dep_ in {"amod", "compound", "nmod"} and parties.is_of_nation(child):
            adjective = str(child.text)
            own = (name for name in names.hints if parties.is_adjective_of(adjective, name) and name != adjective)
            return places.country_of(adjective) or next(own, adjective)
    return None


def _moved(sentence: Sentence, found: _Candidate, where: Where) -> Where:
    """The place moved by "off", "near" or a distance that stands before the name."""
    at = int(found.head.idx) - int(sentence.syntax.start_char)
    for offset in places.near(sentence.text):
        if offset.start <= at < offset.end:
            if offset.relation == "off" and where.name.rpartition(" ")[2].rstrip(".").casefold() in words(
                "place", "streets"
            ):
                return where  # "just off Harn Road" is no sea
            moved = places.displaced(where, offset)
            near = offset.relation in {"near", "outside", "offset"} and moved.precision == "unknown"
            return replace(moved, precision="near") if near else moved
    return where


def is_within(inner: Where, outer: Where) -> bool:
    """Whether one place is told of as lying in the other: by its container or its country."""
    names = {(inner.container or "").casefold(), (inner.country or "").casefold()} - {""}
    return outer.name.casefold() in names
