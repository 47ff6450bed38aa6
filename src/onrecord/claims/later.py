"""What the rest of a story tells of a source: the name that follows a role, and on whose word an outlet reports."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from spacy.tokens import Token

from onrecord.claims import groups, lexicon, mentions, voices
from onrecord.claims import names as naming
from onrecord.claims.names import Names
from onrecord.claims.voices import Voice
from onrecord.language.annotated import Annotated, Sentence
from onrecord.wording import outlets, people

_SPOKE_TO = frozenset({"to", "with"})


@dataclass(frozen=True, slots=True)
class Later:
    """opening: the story's first paragraph, in lower case. subject: whom the paragraph behind it is about, named there for
    the first time and not told by any role; None where it is nobody. firm: the body that those belong to who are named
    there. outlet: the only other outlet that the story names. words: groups of people on whose word an outlet reports, by the outlet's key.
    """

    opening: str
    subject: Voice | None
    firm: str | None
    outlet: Voice | None
    words: dict[str, Voice]


def gather(annotated: Annotated, names: Names) -> Later:
    """What the story tells later of its sources."""
    prose = _prose(annotated)
    opening = " ".join(s.text for s in annotated.body() if prose and s.paragraph == prose[0]).casefold()
    met = {s.index: tuple(_outlets(s, names)) for s in annotated.body()}
    others = {v.key: v for found in met.values() for v in found if v.name not in names.presses[:1]}
    outlet = next(iter(others.values())) if len(others) == 1 else None
    subject, firm = _subject(annotated, names, prose), _firm(annotated, names, prose)
    return Later(opening, subject, firm, outlet, _words(annotated, names, met))


def identified(voice: Voice, later: Later) -> Voice:
    """The one whom the story names right behind a role in its first paragraph: "the defence minister said", and in the
    next "Tova Rell was answering". Other voices as they are.
    """
    if voice.plural or not voice.name or not later.opening or voice.head not in later.opening:
        return voice
    known, lemma = later.subject, voice.head
    if voice.kind == "outlet" and voice.name[:1].islower() and later.outlet is not None:
        sorts = {outlets.noun_sort(lemma), outlets.sort(later.outlet.name or "")} - {None}
        return later.outlet if voice.name.startswith(("a ", "an ")) and len(sorts) < 2 else voice
    if voice.kind == "named_body" and lemma in lexicon.words("delayed_firms") and voice.name.casefold().endswith(lemma):
        if known is not None and known.kind == "named_body":
            return known
        return voices.body(later.firm, lemma) if later.firm is not None else voice
    office = voice.kind == "named_person" and people.is_single_office(lemma) and voice.name.casefold() in later.opening
    role = voice.kind == "anonymous" and voice.count == groups.ONE and lemma in lexicon.words("delayed")
    if known is None or known.kind != "named_person" or not (office or role):
        return voice
    return replace(known, role=voice.role or lemma, affiliation=known.affiliation or voice.affiliation)


def on_word(voice: Voice, later: Later) -> Voice | None:
    """The group on whose word an outlet's report rests, with the outlet as the one it told; None where none is told."""
    if voice.kind != "outlet" or voice.name is None or voice.itself:
        return None
    group = later.words.get(voice.key)
    return replace(group, told=voice.name) if group is not None else None


def _firm(annotated: Annotated, names: Names, prose: list[int]) -> str | None:
    """The one body to which the people belong whom the second paragraph names."""
    found = set()
    for sentence in annotated.body():
        for token in sentence.syntax if sentence.paragraph in prose[1:2] else ():
            if token.pos_ == "PROPN" and token.dep_ in ("nsubj", "nsubjpass"):
                voice = voices.of_head(token, names, str(sentence.index))
                found.add(voice.affiliation if voice is not None and voice.kind == "named_person" else None)
    known = [name for name in found if name]
    return known[0] if len(known) == 1 else None


def _subject(annotated: Annotated, names: Names, prose: list[int]) -> Voice | None:
    if len(prose) < 2:
        return None
    first = [t for s in annotated.body() if s.paragraph <= prose[0] for t in s.syntax]
    opening = next(s for s in annotated.body() if s.paragraph == prose[1])
    head = next((t for t in opening.syntax if t.dep_ in ("nsubj", "nsubjpass") and t.pos_ == "PROPN"), None)
    if (
        head is None
        or head.left_edge.i > opening.syntax.start + 1
        or any(c.dep_ in ("appos", "relcl") for c in head.children)
    ):
        return None
    words = naming.run(head)
    if people.title(words) and not people.is_title(words) and people.is_single_office(people.title(words)):
        return None
    if len(words.split()) < 2 or any(t.text == head.text for t in first):
        return None
    return voices.of_head(head, names, str(opening.index))


def _prose(annotated: Annotated) -> list[int]:
    """The numbers of the first two paragraphs that are more than a line of names."""
    texts: dict[int, str] = {}
    for sentence in annotated.body():
        texts[sentence.paragraph] = f"{texts.get(sentence.paragraph, '')} {sentence.text}".strip()
    return [number for number, text in texts.items() if len(text.split()) > 6 and not text.startswith("By ")][:2]


def _words(annotated: Annotated, names: Names, outlets_met: dict[int, tuple[Voice, ...]]) -> dict[str, Voice]:
    """Outlets whose report the story tells to rest on people without a name. Two groups for one outlet are none."""
    found: dict[str, dict[str, Voice]] = {}
    last: Voice | None = None
    for sentence in annotated.body():
        met = outlets_met[sentence.index]
        for group in _grounds(sentence, names):
            outlet = met[-1] if met else last
            if outlet is not None:
                found.setdefault(outlet.key, {})[group.key] = group
        last = met[-1] if met else last
    return {key: next(iter(groups_.values())) for key, groups_ in found.items() if len(groups_) == 1}


def _outlets(sentence: Sentence, names: Names) -> Iterable[Voice]:
    for token in sentence.syntax:
        if mentions.is_named(token):
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
    if (
        token.lower_ in ("word", "authority", "testimony", "strength")
        and token.dep_ == "pobj"
        and token.head.lower_ == "on"
    ):
        return _object(token, frozenset({"of"}))
    return None


def _is_outlet(subject: Token) -> bool:
    noun = subject.lemma_.casefold() in lexicon.words("press")
    return (
        noun
        or subject.lower_ in ("it", "which")
        or (subject.pos_ == "PROPN" and outlets.looks_like_outlet(naming.run(subject)))
    )


def _object(word: Token, prepositions: frozenset[str]) -> Token | None:
    for prep in word.rights:
        if prep.dep_ == "prep" and prep.lower_ in prepositions:
            return next((c for c in prep.children if c.dep_ == "pobj" and c.pos_ == "NOUN"), None)
    return None
