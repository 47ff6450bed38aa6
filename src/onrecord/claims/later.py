"""What the rest of a story tells of a source: the name that follows a role, and on whose word an outlet reports."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from spacy.tokens import Token

from onrecord.claims import groups, lexicon, voices
from onrecord.claims import names as naming
from onrecord.claims.names import Names
from onrecord.claims.voices import Voice
from onrecord.language.annotated import Annotated, Sentence
from onrecord.wording import outlets, people

_SPOKE_TO = frozenset({"to", "with"})


@dataclass(frozen=True, slots=True)
class Later:
    """subject: whom the paragraph behind the story's first is about, named there for the first time and not told by any
    role; None where it is nobody. words: groups of people on whose word an outlet reports, by the outlet's key.
    """

    subject: Voice | None
    words: dict[str, Voice]


def gather(annotated: Annotated, names: Names) -> Later:
    """What the story tells later of its sources."""
    return Later(_subject(annotated, names), _words(annotated, names))


def identified(voice: Voice, later: Later) -> Voice:
    """The one whom the story names right behind a role in its first paragraph: "the defence minister said", and in the
    next "Tova Rell was answering". Other voices as they are.
    """
    known = later.subject
    if known is None or voice.plural or voice.role is not None and voice.kind != "named_person":
        return voice
    office = voice.kind == "named_person" and voice.name is not None and voice.head and people.is_single_office(voice.head)
    role = voice.kind == "anonymous" and voice.count == groups.ONE and voice.head in lexicon.words("delayed")
    firm = voice.kind == "named_body" and voice.head in lexicon.words("delayed_firms")
    if known.kind == "named_person" and (office or role):
        return replace(known, role=voice.role or voice.head, affiliation=known.affiliation or voice.affiliation)
    return known if known.kind == "named_body" and firm else voice


def on_word(voice: Voice, later: Later) -> Voice | None:
    """The group on whose word an outlet's report rests, with the outlet as the one it told; None where none is told."""
    if voice.kind != "outlet" or voice.name is None:
        return None
    group = later.words.get(voice.key)
    return replace(group, told=voice.name) if group is not None else None


def _subject(annotated: Annotated, names: Names) -> Voice | None:
    paragraphs = list(dict.fromkeys(s.paragraph for s in annotated.body()))
    prose = [p for p in paragraphs if _is_prose(annotated, p)]
    if len(prose) < 2:
        return None
    first = [t for s in annotated.body() if s.paragraph <= prose[0] for t in s.syntax]
    opening = next(s for s in annotated.body() if s.paragraph == prose[1])
    head = next((t for t in opening.syntax if t.dep_ in ("nsubj", "nsubjpass") and t.pos_ == "PROPN"), None)
    if head is None or head.left_edge.i > opening.syntax.start + 1 or any(c.dep_ in ("appos", "relcl") for c in head.children):
        return None
    words = naming.run(head)
    if people.title(words) and not people.is_title(words) and people.is_single_office(people.title(words)):
        return None
    if len(words.split()) < 2 or any(t.text == head.text for t in first):
        return None
    return voices.of_head(head, names, str(opening.index))


def _is_prose(annotated: Annotated, paragraph: int) -> bool:
    text = " ".join(s.text for s in annotated.body() if s.paragraph == paragraph)
    return len(text.split()) > 6 and not text.startswith("By ")


def _words(annotated: Annotated, names: Names) -> dict[str, Voice]:
    """Outlets whose report the story tells to rest on people without a name. Two groups for one outlet are none."""
    found: dict[str, dict[str, Voice]] = {}
    last: Voice | None = None
    for sentence in annotated.body():
        met = list(_outlets(sentence, names))
        for group in _grounds(sentence, names):
            outlet = met[-1] if met else last
            if outlet is not None:
                found.setdefault(outlet.key, {})[group.key] = group
        last = met[-1] if met else last
    return {key: next(iter(groups_.values())) for key, groups_ in found.items() if len(groups_) == 1}


def _outlets(sentence: Sentence, names: Names) -> Iterable[Voice]:
    for token in sentence.syntax:
        if token.pos_ == "PROPN" and naming.capital(token):
            voice = voices.of_head(token, names, str(sentence.index))
            if voice is not None and voice.kind == "outlet":
                yield voice


def _grounds(sentence: Sentence, names: Names) -> Iterable[Voice]:
    for token in sentence.syntax:
        noun = _ground(token)
        voice = voices.of_head(noun, names, str(sentence.index)) if noun is not None else None
        if voice is not None and voice.kind == "anonymous":
            yield voice


def _ground(token: Token) -> Token | None:
    """The people whom a report rests on, from its word: "had spoken to three officials", "rests on four officials", "on
    the word of two officers"; None where the token is no such word.
    """
    if token.lemma_ in ("speak", "talk") and token.tag_[:2] == "VB":
        subject = next((c for c in token.children if c.dep_ == "nsubj"), None)
        return _object(token, _SPOKE_TO) if subject is not None and _is_outlet(subject) else None
    if token.lemma_ in ("rest", "rely") or (token.lower_ in ("based", "sourced")):
        subject = next((c for c in token.children if c.dep_ in ("nsubj", "nsubjpass")), None)
        told = subject is not None and subject.lemma_.casefold() in lexicon.words("press_works")
        return _object(token, frozenset({"on", "to"})) if told else None
    if token.lower_ in ("word", "authority", "testimony", "strength") and token.dep_ == "pobj" and token.head.lower_ == "on":
        return _object(token, frozenset({"of"}))
    return None


def _is_outlet(subject: Token) -> bool:
    noun = subject.lemma_.casefold() in lexicon.words("press")
    return noun or subject.lower_ in ("it", "which") or (subject.pos_ == "PROPN" and outlets.looks_like_outlet(naming.run(subject)))


def _object(word: Token, prepositions: frozenset[str]) -> Token | None:
    for prep in word.rights:
        if prep.dep_ == "prep" and prep.lower_ in prepositions:
            return next((c for c in prep.children if c.dep_ == "pobj" and c.pos_ == "NOUN"), None)
    return None
