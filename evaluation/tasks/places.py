"""Place names with coordinates, those within other names among them ("the Norwick Police Department")."""

from collections.abc import Iterator

from spacy.tokens import Span, Token

from evaluation import rows
from evaluation.cores import annotator, over
from evaluation.rows import Row
from evaluation.tasks.order import Order
from onrecord.events.where import named_in
from onrecord.language import Sentence
from onrecord.records import Story, Where
from onrecord.wording import places as gazetteer

_PLACES = frozenset({"GPE", "LOC"})
_BODIES = frozenset({"ORG", "FAC", "EVENT"})
_LONGEST_INSIDE = 3


def places(order: Order) -> list[Row]:
    """One row a document, with the spans of place names in its text; null coordinates where no one place is meant."""
    documents = rows.read(order.input, ("id", "text"))
    told = order.library.tell(documents)
    ids = [row["id"] for row in documents if row["id"] in told.stories]
    found = dict(zip(ids, over(_toponyms, [told.stories[id_] for id_ in ids], "places"), strict=True))
    return [{"id": row["id"], "toponyms": found.get(row["id"], [])} for row in documents]


def _toponyms(story: Story) -> list[Row]:
    annotated = annotator().annotate(story)
    hints = named_in(annotated).hints
    known = frozenset(
        str(entity.text) for sentence in annotated.body() for entity in sentence.syntax.ents if entity.label_ in _PLACES
    )
    made = []
    for sentence in annotated.body():
        names = sorted(_names(sentence, known, hints), key=lambda name: int(name.start))
        for number, name in enumerate(names):
            behind = names[number + 1] if number + 1 < len(names) else None
            where = _resolved(name, behind, hints)
            span = annotated.of_tokens(sentence, name)
            lat, lon = (where.lat, where.lon) if where else (None, None)
            made.append({"span": [span.start, span.end], "lat": lat, "lon": lon})
    return made


def _names(sentence: Sentence, known: frozenset[str], hints: tuple[str, ...]) -> Iterator[Span]:
    """The place names of a sentence, none within another."""
    taken: set[int] = set()
    for entity in sentence.syntax.ents:
        if entity.label_ in _PLACES or (entity.label_ == "NORP" and gazetteer.is_demonym(str(entity.text))):
            name = entity
        elif entity.label_ in _BODIES and (inside := _inside(entity, known, hints)) is not None:
            name = inside
        else:
            continue
        taken.update(range(name.start, name.end))
        yield name
    yield from _again(sentence, known, taken)


def _inside(entity: Span, known: frozenset[str], hints: tuple[str, ...]) -> Span | None:
    """The place that a body's name begins with: one that the document names elsewhere, or one that is found."""
    first = entity.start + (1 if entity[0].lower_ == "the" else 0)
    # What is left has to say what body it is: a name that is only a place's was not taken for a place.
    for last in range(min(first + _LONGEST_INSIDE, entity.end - 1), first, -1):
        name = entity.doc[first:last]
        if name[-1].pos_ != "PROPN":
            continue
        if name.text in known:
            return name
        where = gazetteer.resolve(str(name.text), hints)
        if where is not None and where.lat is not None:
            return name
    return None


def _again(sentence: Sentence, known: frozenset[str], taken: set[int]) -> Iterator[Span]:
    """Names that the document elsewhere has for places, where the model takes them for something else here."""
    syntax = sentence.syntax
    for token in syntax:
        if token.i in taken or not _may_begin(token):
            continue
        for last in range(min(token.i + _LONGEST_INSIDE, syntax.end), token.i, -1):
            name = token.doc[token.i : last]
            if name.text in known and not taken.intersection(range(name.start, name.end)):
                taken.update(range(name.start, name.end))
                yield name
                break


def _may_begin(token: Token) -> bool:
    return token.pos_ == "PROPN" and not (token.ent_type_ == "PERSON" and token.ent_iob_ == "I")


def _resolved(name: Span, behind: Span | None, hints: tuple[str, ...]) -> Where | None:
    # "Norwick, Ostland": the name behind the comma tells which one is meant.
    if behind is not None and behind.start == name.end + 1 and name.doc[name.end].text == ",":
        where = gazetteer.resolve(f"{name.text}, {behind.text}", hints)
        if where is not None and where.lat is not None:
            return where
    return gazetteer.resolve(str(name.text), hints)
