"""Which outlet a story credits, and which one a source spoke to."""

import re
from dataclasses import dataclass

from spacy.tokens import Token

from onrecord.claims import lexicon
from onrecord.claims import names as naming
from onrecord.claims.names import Names
from onrecord.claims.voices import outlet_name
from onrecord.language.annotated import Annotated, Sentence
from onrecord.records import Credit, CreditRelation, Story
from onrecord.wording import actors, outlets, people

_NAME = r"[A-Z][\w.&'’-]{0,30}(?: (?:(?:of|the|and|&|de|la|del) )?[A-Z0-9][\w.&'’-]{0,30}){0,5}"
_COPIED = re.compile(
    r"\b(?:this (?:article|story|report|piece) (?:was )?(?:first |originally )?(?:appeared|published|ran)(?: first| originally)? (?:in|by|on|at)"
    r"|continue reading (?:at|on|in)|read the (?:full|original|whole) (?:story|article|report) (?:at|on|in)"
    r"|originally published (?:by|in|on|at)|republished (?:from|with permission (?:of|from))"
    rf"|reprinted (?:from|with permission (?:of|from))|courtesy of) (?:the )?(?-i:(?P<name>{_NAME}))",
    re.IGNORECASE,
)
_SOURCE_LINE = re.compile(
    rf"^(?:(?:Source|Via|Sources|From): ?|(?:Story|Report|Text|Article) (?:via|from):? )(?:the )?(?P<name>{_NAME})\.?$",
    re.MULTILINE,
)
_PHRASES: tuple[tuple[CreditRelation, str], ...] = (
    ("reported_by", r"(?:first |as |earlier |originally )reported by|reported (?:earlier|first|originally) by"),
    ("told", r"interview with|interview to|interviewed by"),
    (
        "cites",
        r"report (?:by|in|from)|first published by|quoted by|cited by|citing|quoted as (?:saying|telling \w+) by|seen by|obtained by|reviewed by",
    ),
)
_NAMED = tuple((relation, re.compile(rf"\b(?i:{words}) (?:the )?(?P<name>{_NAME})")) for relation, words in _PHRASES)
_ANY_NAME = re.compile(_NAME)
_SENTENCE_ENDS = re.compile(r"(?<=\w{3})\.\s")
_BRACKETED = re.compile(r"\((?P<name>[A-Z][^()\n]{1,60})\)")
_PARTS = re.compile(r"[,/|–—]\s|\s-\s|\n")


@dataclass(frozen=True, slots=True)
class Place:
    """An outlet named at a place of the story's text."""

    outlet: str
    relation: CreditRelation
    start: int
    end: int


def is_own(story: Story, outlet: str) -> bool:
    """Whether a name is the story's own outlet, whole or in part ("the Post" in the Ostmark Post)."""
    if story.outlet is None:
        return False
    own, other = _folded(outlets.canonical(story.outlet)).split(), _folded(outlet).split()
    return set(own) <= set(other) or set(other) <= set(own)


def full_name(outlet: str, names: Names) -> str:
    """The longer name of the same outlet that the story gives elsewhere."""
    full = names.body(outlet)
    return full if outlet_name(full) is not None or full.startswith(outlet) else outlet


def recipient(token: Token, sentence: Sentence, names: Names, story: Story, known: str | None) -> Place | None:
    """The outlet that the words after "told" name; `known` is the outlet met last, for "told the station"."""
    start, end = sentence.offset(token.doc[naming.run_start(token)]), sentence.offset(token) + len(token)
    if token.text in lexicon.words("listeners") or token.pos_ == "PRON":
        return None
    if token.text in lexicon.words("press"):
        apposed = next((c for c in token.children if c.dep_ in ("appos", "compound") and naming.capital(c)), None)
        if apposed is not None:
            words = naming.run(apposed)
            start = sentence.offset(token.doc[naming.run_start(apposed)])
            return None if is_own(story, words) else Place(full_name(words, names), "told", start, start + len(words))
        known = _of_sort(token.text, known, story.text[: sentence.start])
        own = known is None or is_own(story, known) or any(c.lower_ in ("this", "our") for c in token.children)
        return None if own or known is None else Place(known, "told", start, end)
    if not naming.capital(token):
        return None
    words = naming.run(token)
    outlet = names.outlet(words) or outlet_name(words) or (words if _may_be_outlet(token, words, names) else None)
    if outlet is None or is_own(story, outlet):
        return None
    return Place(full_name(outlet, names), "told", start, start + len(words))


def _of_sort(noun: str, known: str | None, before: str) -> str | None:
    """The outlet that "the same agency" means: the one met last, unless the text named one of that sort and this is none."""
    sort = outlets.noun_sort(noun)
    if known is None or sort is None or outlets.sort(known) in (sort, None):
        return known
    named = [outlet for match in _ANY_NAME.finditer(before) if (outlet := _outlet_at_start(match.group())) is not None]
    return next((name for name in reversed(named) if outlets.sort(name) == sort), known)


def in_text(annotated: Annotated) -> list[Place]:
    """Credits that set phrases give: copied articles, "first reported by", an agency in a dateline."""
    text = annotated.story.text
    found = [
        _place(match, " ".join(match.group("name").rstrip(".,").split()), "republished_from")
        for pattern in (_COPIED, _SOURCE_LINE)
        for match in pattern.finditer(text)
    ]
    for relation, pattern in _NAMED:
        for match in pattern.finditer(text):
            outlet = _outlet_at_start(_SENTENCE_ENDS.split(match.group("name"))[0])
            if outlet is not None:
                found.append(_place(match, outlet, relation))
    found += [
        Place(name, "reported_by", start, end)
        for name, start, end in naming.published(annotated)
        if " agency" not in text[end : end + 12]
    ]
    return [place for place in found if not is_own(annotated.story, place.outlet)] + _wires(annotated.story)


def to_credits(annotated: Annotated, places: list[Place], names: Names) -> tuple[Credit, ...]:
    """The places as credits in the order of the text, one for each outlet and relation."""
    seen: set[tuple[str, str]] = set()
    made = []
    for place in sorted(places, key=lambda place: (place.start, place.end, place.relation)):
        outlet = full_name(outlets.canonical(place.outlet), names)
        key = (_folded(outlet), place.relation)
        if key not in seen and not is_own(annotated.story, outlet):
            seen.add(key)
            made.append(Credit(outlet, place.relation, annotated.span("text", place.start, place.end)))
    return tuple(made)


def _place(match: re.Match[str], outlet: str, relation: CreditRelation) -> Place:
    return Place(outlet, relation, match.start("name"), match.end("name"))


def _wires(story: Story) -> list[Place]:
    """The agency of a dateline: in brackets, or in capitals before the place or over it."""
    found = []
    for piece in story.furniture:
        words = story.text[piece.start : piece.end]
        if piece.kind not in ("dateline", "credit", "byline") and not (
            piece.kind == "heading" and words.endswith(" AGENCY")
        ):
            continue
        named = [(match.group("name"), match.start("name")) for match in _BRACKETED.finditer(words)]
        at = 0
        for part in _PARTS.split(words):
            at = words.index(part, at)
            named.append((part, at))
        for name, start in named:
            outlet = _cased(name.strip(" ().,-–—"))
            if outlet is not None and not is_own(story, outlet):
                found.append(Place(outlet, "wire", piece.start + start, piece.start + start + len(name)))
    return found


def _cased(words: str) -> str | None:
    outlet = outlet_name(words)
    if outlet is not None or not words.isupper():
        return outlet
    # "GULLWING AGENCY": the line itself says what it is
    return outlet_name(words.title()) or (words.title().removesuffix(" Agency") if words.endswith(" AGENCY") else None)


def _outlet_at_start(words: str) -> str | None:
    """The longest outlet that the words begin with."""
    parts = words.rstrip(".,").split()
    starts = (" ".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((outlet for start in starts if (outlet := outlet_name(start)) is not None), None)


def _may_be_outlet(token: Token, words: str, names: Names) -> bool:
    """Whether a name that no table holds, spoken to, can be an outlet: two words or more, no person, body or place."""
    alone = len(words.split()) < 2
    if (
        (alone and not (_is_by_telephone(token) or _is_short_name(token)))
        or names.is_person(words)
        or actors.named(words) is not None
        or people.title(words)
    ):
        return False
    bare = not any(c.dep_ in ("det", "poss") for c in token.children)
    shared = lexicon.words("press_or_body") if bare else frozenset()
    worded = (w for w in words.split() if w.casefold() not in shared)
    if any(people.is_body_word(w) or people.role_kind(w.casefold()) is not None for w in worded):
        return False
    return alone or token.ent_type_ in ("ORG", "", "FAC", "WORK_OF_ART", "PRODUCT", "CARDINAL")


def _is_short_name(token: Token) -> bool:
    """Whether a word of the press in capitals, with its article, stands for an outlet: "told the Gazette"."""
    return outlets.ends_name(str(token.text)) and any(c.lower_ == "the" for c in token.children)


def _is_by_telephone(token: Token) -> bool:
    """Whether what follows the name tells that reporters were spoken to: "told X by telephone", "told X in an interview"."""
    behind = [str(t.lower_) for t in token.doc[token.i + 1 : token.i + 4]]
    return bool(set(behind) & {"telephone", "phone", "email", "e-mail", "interview", "message"})


def _folded(words: str) -> str:
    return " ".join(words.casefold().replace("the ", " ").split())
