"""A story → its claims with their sources, and its credits, in one walk from the first sentence to the last."""

from dataclasses import dataclass, field, replace
from itertools import groupby

from spacy.tokens import Token

from onrecord.claims import cues, extent, framing, groups, heard, names, narration, press, quotes, subjects, voices
from onrecord.claims.cast import Cast, Unsure
from onrecord.claims.extent import Range
from onrecord.claims.frame import Frame
from onrecord.claims.names import Names
from onrecord.claims.press import Place
from onrecord.claims.voices import NARRATOR, NOBODY, Voice
from onrecord.language.annotated import Annotated, Heard, Sentence
from onrecord.records import Claim, Credit, CreditRelation, Form, Rejection, Source, Stance
from onrecord.wording import people

_PRONOUNS = frozenset({"he", "she", "they", "it"})


@dataclass(frozen=True, slots=True)
class Found:
    """What one story claims, whom it credits, and what was left open ("two answers fit")."""

    claims: tuple[Claim, ...]
    credits: tuple[Credit, ...]
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A claim before the story has been read to its end. source: the words that name the voice there."""

    content: tuple[Range, ...]
    cue: Range | None
    source: Range | None
    voice: Voice
    stance: Stance
    told: str | None
    paragraph: int


@dataclass(slots=True)
class _Walk:
    """What is known so far. told and terms: by the key of the voice."""

    annotated: Annotated
    names: Names
    cast: Cast
    quotes: tuple[quotes.Quote, ...]
    quoted: tuple[Range, ...]
    heard: tuple[Heard, ...]
    drafts: list[_Draft] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)


def find(annotated: Annotated) -> Found:
    """The claims of a story in the order of its text, headline left out, and its credits."""
    gathered = names.gather(annotated)
    found = quotes.find(annotated.story.text)
    quoted = tuple((quote.start, quote.end) for quote in found)
    walk = _Walk(annotated, gathered, Cast(gathered), found, quoted, annotated.heard(), places=press.in_text(annotated))
    for _, paragraph in groupby(annotated.body(), key=lambda sentence: sentence.paragraph):
        _read_paragraph(walk, tuple(paragraph))
    _give_opened_quotes(walk)
    _narrate(walk)
    told = [replace(draft, voice=walk.cast.described(draft.voice)) for draft in walk.drafts]
    drafts = sorted(told, key=lambda draft: (draft.content[0], draft.cue or (0, 0)))
    claims = tuple(_claim(walk, draft, number) for number, draft in enumerate(drafts, start=1))
    return Found(claims, press.to_credits(annotated, walk.places, gathered), tuple(walk.rejections))


def _read_paragraph(walk: _Walk, sentences: tuple[Sentence, ...]) -> None:
    for sentence in sentences:
        framed = heard.find(sentence, walk.heard, framing.find(sentence, walk.quoted), walk.quoted)
        spoken = [draft for frame in framed for draft in _drafts(walk, frame)]
        walk.drafts.extend(spoken)
        _note_terms(walk, sentence, spoken)
        walk.cast.met(sentence)
    _give_free_quotes(walk, sentences)


def _drafts(walk: _Walk, frame: Frame) -> list[_Draft]:
    """The claims of a frame. Of an outlet that passes on what others told it, those others are the source."""
    beside = [draft for other in _beside(frame) for draft in _drafts(walk, other)]
    draft = _draft(walk, frame)
    if draft is None or beside:
        return [*([draft] if draft is not None else []), *beside]
    if draft.voice.kind != "outlet" or not frame.inner:
        return [draft]
    name = draft.voice.name
    inner = [d for f in frame.inner for d in _drafts(walk, f)]
    if not inner:
        return [draft]
    if name is None or press.is_own(walk.annotated.story, name):
        return inner
    for other in inner:
        walk.told.setdefault(other.voice.key, name)
    return [replace(other, told=other.told or name) for other in inner]


def _beside(frame: Frame) -> list[Frame]:
    """The same frame for each named one who is silent beside the first: "the palace and the Defence Ministry declined"."""
    if frame.speaker is None or frame.stance != "declines to comment":
        return []
    joined = (c for c in frame.speaker.children if c.dep_ == "conj" and c.pos_ == "PROPN")
    return [replace(frame, speaker=name) for name in joined]


def _draft(walk: _Walk, frame: Frame) -> _Draft | None:
    """The claim that a frame makes, or None where its source is nobody or could be two."""
    sentence, voice = frame.sentence, NOBODY
    if frame.speaker is not None:
        resolved = walk.cast.resolve(frame.speaker, sentence)
        if isinstance(resolved, Unsure):
            span = walk.annotated.span("text", *(frame.source or frame.cue))
            walk.rejections.append(Rejection("source of a claim", resolved.reason, span.end - span.start, span))
        if isinstance(resolved, Voice):
            voice = resolved
        elif frame.speaker.lower_ not in _PRONOUNS:
            return None
        else:
            voice = Voice(f"unknown {frame.cue[0]}", "anonymous", None)
    walk.cast.hear(voice, sentence, spoke=True)
    outlet = _outlet_told(walk, frame, voice)
    if outlet is not None and outlet.relation == "told":
        walk.told[voice.key] = outlet.outlet
    told = walk.told.get(voice.key) or walk.told.get(voice.key.removeprefix("one of "))
    return _Draft(frame.content, frame.cue, frame.source, voice, frame.stance, told, sentence.paragraph)


def _outlet_told(walk: _Walk, frame: Frame, voice: Voice) -> Place | None:
    """The outlet that the frame credits: the one spoken to, or the source itself."""
    story = walk.annotated.story
    if voice.kind == "outlet" and voice.name is not None and frame.source is not None:
        if voice.name[:1].islower() or press.is_own(story, voice.name):
            return None
        word = walk.annotated.story.text[frame.cue[0] : frame.cue[1]].casefold()
        relation: CreditRelation = "reported_by" if word.startswith("report") else "cites"
        place = Place(press.full_name(voice.name, walk.names), relation, *frame.source)
    elif (listener := _listener(frame)) is not None:
        known = walk.places[-1].outlet if walk.places else None
        spoken_to = press.recipient(listener, frame.sentence, walk.names, story, known)
        if spoken_to is None:
            return None
        place = spoken_to
    else:
        return None
    walk.places.append(place)
    return place


def _listener(frame: Frame) -> Token | None:
    """Whom the words were said to: by the verb of saying, or by "who spoke to" behind the speaker."""
    if frame.recipient is not None or frame.speaker is None:
        return frame.recipient
    spoke = groups.spoken(frame.speaker)
    return subjects.recipient(spoke) if spoke is not None else None


def _note_terms(walk: _Walk, sentence: Sentence, spoken: list[_Draft]) -> None:
    """Terms that hide a name belong to who speaks in the sentence, or to the one whom its subject means."""
    terms = people.anonymity(sentence.text)
    if not terms:
        return
    words = sentence.text[terms[0][0] : terms[0][1]]
    hidden = [draft.voice for draft in spoken if draft.voice.kind in ("anonymous", "witness")]
    if not hidden:
        subject = next((t for t in sentence.syntax if t.dep_ in ("nsubj", "nsubjpass")), None)
        meant = walk.cast.resolve(subject, sentence) if subject is not None else None
        hidden = [meant] if isinstance(meant, Voice) and meant.kind in ("anonymous", "witness") else []
    if hidden:
        walk.terms.setdefault(hidden[0].key, words)


def _give_free_quotes(walk: _Walk, sentences: tuple[Sentence, ...]) -> None:
    """Quotations that no frame holds: more of what the paragraph's speaker says, or one that runs on from before."""
    start, end = sentences[0].start, sentences[-1].end
    here = [draft for draft in walk.drafts if draft.paragraph == sentences[0].paragraph and draft.cue is not None]
    for quote in walk.quotes:
        if quote.end <= start or quote.start >= end or not quotes.is_utterance(walk.annotated.story.text, quote):
            continue
        if _covered(walk, quote):
            continue
        if not _stands_alone(quote, sentences):
            continue
        speaker = _speaker_of(walk, quote, here, start)
        if speaker is not None:
            content = ((max(quote.start, start), min(quote.end, end)),)
            said = walk.annotated.story.text[content[0][0] : content[0][1]]
            stance = cues.stance(cues.PLAIN, "", said)
            draft = _Draft(
                content, speaker.cue, speaker.source, speaker.voice, stance, speaker.told, sentences[0].paragraph
            )
            walk.drafts.append(draft)


def _give_opened_quotes(walk: _Walk) -> None:
    """Quotations that run on into a paragraph whose frame comes behind them belong to that frame's voice."""
    for quote, after in reversed(list(zip(walk.quotes, walk.quotes[1:], strict=False))):
        if quote.closed or not after.continues or _covered(walk, quote):
            continue
        later = next(
            (d for d in walk.drafts if d.cue and any(a < after.end and after.start < b for a, b in d.content)), None
        )
        if later is not None:
            walk.drafts.append(replace(later, content=((quote.start, quote.end),)))


def _covered(walk: _Walk, quote: quotes.Quote) -> bool:
    return any(first < quote.end and quote.start < last for draft in walk.drafts for first, last in draft.content)


def _stands_alone(quote: quotes.Quote, sentences: tuple[Sentence, ...]) -> bool:
    """Whether the quotation begins a sentence: one in the midst of another is a borrowed phrase."""
    return quote.opens or any(abs(sentence.start - quote.start) <= 1 for sentence in sentences)


def _speaker_of(walk: _Walk, quote: quotes.Quote, here: list[_Draft], start: int) -> _Draft | None:
    before = [draft for draft in here if draft.cue is not None and draft.cue[0] < quote.start]
    if before:
        return max(before, key=lambda draft: draft.cue or (0, 0))
    if quote.continues:
        earlier = [draft for draft in walk.drafts if draft.content[-1][1] <= start]
        return max(earlier, key=lambda draft: draft.content[-1][1], default=None)
    return None


def _narrate(walk: _Walk) -> None:
    """Sentences of violence in the story's own voice. A body that publishes for itself is their source."""
    covered = [piece for draft in walk.drafts for piece in draft.content]
    covered += [draft.cue for draft in walk.drafts if draft.cue is not None]
    voice = _teller(walk)
    speaking: _Draft | None = None
    for sentence in walk.annotated.body():
        speaking = _last_of(walk, sentence) or speaking
        if speaking is not None and speaking.paragraph == sentence.paragraph:
            piece = narration.continued(sentence, tuple(covered))
            if piece is not None:
                walk.drafts.append(replace(speaking, content=(piece,), cue=None, source=None, stance="asserts"))
                continue
        piece = narration.told(sentence, tuple(covered))
        if piece is not None:
            speaking = None
            teller = _own_count(walk, sentence) or voice
            walk.drafts.append(_Draft((piece,), None, None, teller, "asserts", None, sentence.paragraph))


def _own_count(walk: _Walk, sentence: Sentence) -> Voice | None:
    """The story's outlet where it gives a figure as its own ("our own figure is"); None elsewhere."""
    own = walk.annotated.story.outlet
    if own is None or cues.publishes_for_itself(own) or not cues.counts_itself(sentence.text):
        return None
    return Voice(f"outlet {own.casefold()}", "outlet", own)


def _last_of(walk: _Walk, sentence: Sentence) -> _Draft | None:
    """The last thing that a source is said to say in a sentence."""
    here = [d for d in walk.drafts if d.cue is not None and sentence.start <= d.cue[0] < sentence.end]
    return max(
        (d for d in here if d.stance != "declines to comment"), key=lambda draft: draft.cue or (0, 0), default=None
    )


def _teller(walk: _Walk) -> Voice:
    """Whose voice the story's own is: the narrator's, or a body's that publishes for itself or opens its notice with
    "the National Police informs the public:".
    """
    outlet = walk.annotated.story.outlet
    if outlet is not None and cues.publishes_for_itself(outlet):
        return Voice(f"body {outlet.casefold()}", "named_body", outlet)
    first = next(walk.annotated.body(), None)
    if first is not None and first.text.rstrip().endswith(":"):
        verb = next((t for t in first.syntax if cues.opens_notice(t)), None)
        speaker = subjects.subject(verb) if verb is not None else None
        voice = voices.of_head(speaker, walk.names, "0") if speaker is not None else None
        if voice is not None and voice.kind == "named_body":
            return voice
    return NARRATOR


def _claim(walk: _Walk, draft: _Draft, number: int) -> Claim:
    annotated, voice = walk.annotated, draft.voice
    span = annotated.span("text", *draft.source) if draft.source is not None else None
    source = Source(
        kind=voice.kind,
        name=voice.name,
        role=voice.role,
        affiliation=voice.affiliation,
        count=voice.count,
        terms=walk.terms.get(voice.key),
        told=draft.told or voice.told,
        span=span,
    )
    content = tuple(annotated.span("text", start, end) for start, end in draft.content)
    cue = annotated.span("text", *draft.cue) if draft.cue is not None else None
    return Claim(f"{annotated.story.id}-c{number}", content, cue, source, _form(walk, draft), draft.stance)


def _form(walk: _Walk, draft: _Draft) -> Form:
    if draft.voice is NARRATOR:
        return "narration"
    pieces = draft.content
    touching = [any(first < end and start < last for first, last in walk.quoted) for start, end in pieces]
    if not any(touching):
        return "indirect"
    whole = [extent.inside(start, walk.quoted) and extent.inside(end - 1, walk.quoted) for start, end in pieces]
    return "direct" if all(whole) else "mixed"
