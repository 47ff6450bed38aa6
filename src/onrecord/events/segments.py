"""A sentence cut by voice: which of its words each claim holds, and which the narrator says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from onrecord.language.annotated import Sentence
from onrecord.records import Claim, Span


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one sentence that one voice says. frame: they hold the word of saying ("the ministry said")."""

    sentence: Sentence
    tokens: tuple[Token, ...]
    claim: Claim | None
    frame: bool


def cut(sentence: Sentence, claims: Sequence[Claim]) -> list[Segment]:
    """The sentence cut by voice: each claim's words in it, and those that no claim holds. Where claims lie in each
    other, the inner one has the words.
    """
    here = [claim for claim in claims if any(_touches(span, sentence) for span in claim.content)]
    owners: dict[str, list[Token]] = {}
    rest: list[Token] = []
    by_id = {claim.id: claim for claim in here}
    for token in sentence.syntax:
        holders = [claim for claim in here if any(_holds(span, sentence, token) for span in claim.content)]
        if holders:
            inner = min(holders, key=lambda claim: (sum(s.end - s.start for s in claim.content), claim.id))
            owners.setdefault(inner.id, []).append(token)
        else:
            rest.append(token)
    cues = [claim.cue for claim in here if claim.cue is not None]
    segments = [Segment(sentence, tuple(tokens), by_id[id_], False) for id_, tokens in owners.items()]
    for run in _parts(rest) if sentence.part == "headline" else runs(rest):
        frame = any(_holds(cue, sentence, token) for cue in cues for token in run)
        segments.append(Segment(sentence, run, None, frame or (bool(owners) and len(run) < 4)))
    return sorted(segments, key=lambda segment: int(segment.tokens[0].i))


def _touches(span: Span, sentence: Sentence) -> bool:
    return span.part == sentence.part and span.start < sentence.end and sentence.start < span.end


def _holds(span: Span, sentence: Sentence, token: Token) -> bool:
    start = sentence.offset(token)
    return span.part == sentence.part and span.start <= start and start + len(token) <= span.end


def runs(tokens: list[Token]) -> Iterator[tuple[Token, ...]]:
    """The tokens in stretches without a gap."""
    run: list[Token] = []
    for token in tokens:
        if run and token.i != run[-1].i + 1:
            yield tuple(run)
            run = []
        run.append(token)
    if run:
        yield tuple(run)


def _parts(tokens: list[Token]) -> Iterator[tuple[Token, ...]]:
    """A headline's parts: semicolons, bars and dashes with blanks around them divide it."""
    part: list[Token] = []
    for token in tokens:
        if token.text in {";", "|", "–", "—"} or (token.text == "-" and token.i and token.nbor(-1).whitespace_):
            if part:
                yield tuple(part)
            part = []
        else:
            part.append(token)
    if part:
        yield tuple(part)
