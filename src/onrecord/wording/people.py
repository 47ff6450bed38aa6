"""Which words can be a source: titles, roles, bodies, documents, and the terms that hide a name."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from onrecord.records import SourceKind
from onrecord.wording import shelf

_WORD = re.compile(r"\S+")
_ROLE_KINDS: tuple[SourceKind, ...] = ("anonymous", "witness")
_LONGEST_TITLE = 6


@dataclass(frozen=True, slots=True)
class _People:
    titles: frozenset[str]
    before: frozenset[str]
    short: tuple[str, ...]
    roles: dict[str, SourceKind]
    spokes: frozenset[str]
    bodies: frozenset[str]
    capitals: frozenset[str]
    documents: frozenset[str]
    utterances: frozenset[str]
    which: frozenset[str]
    terms: re.Pattern[str]
    single: frozenset[str]
    same: dict[str, str]
    seats: dict[str, str]
    called: dict[str, re.Pattern[str]]


def role_kind(head_lemma: str) -> SourceKind | None:
    """The kind of source that a noun without a name is, from the lemma of its head: "official" is anonymous,
    "resident" a witness, "ministry" and "spokesman" a named body, "memo" a document. None for any other word.
    Of several words the whole is tried ("white house"), then without the first, and so on. A capital tells a name: "Guard" is a body,
    "guard" a person.
    """
    table, whole = _people(), head_lemma.casefold()
    if head_lemma.rpartition(" ")[2] in table.capitals:
        return "named_body"
    lemma = whole
    while " " in lemma and lemma not in table.bodies and lemma not in table.documents:
        lemma = lemma.partition(" ")[2]
    if lemma in table.roles:
        return table.roles[lemma]
    if lemma in table.spokes or lemma in table.bodies:
        return "named_body"
    return "document" if lemma in table.documents else None


def sender(document: str) -> str | None:
    """Whose words a document is, by its name: "ministry" for a "ministry statement", nothing for "earlier reports", None where
    it is not what somebody said ("court records").
    """
    table, (before, _, owner) = _people(), document.casefold().partition(" of ")
    *first, head = before.split() or [""]
    if head not in table.utterances and head.removesuffix("s") not in table.utterances:
        return None
    return " ".join([*(word for word in first if word not in table.which), owner]).strip()


def is_body_word(lemma: str) -> bool:
    """Whether the lemma heads the name of a body that can speak ("ministry", "army", "Guard" but not "guard")."""
    return lemma.casefold() in _people().bodies or lemma in _people().capitals


def is_spokesperson(lemma: str) -> bool:
    """Whether the lemma names one who speaks for a body, and so stands for it."""
    return lemma.casefold() in _people().spokes


def is_title(token_text: str) -> bool:
    """Whether the words are a title before a name, whole: "Gen.", "Adm", "Prime Minister", "Mrs."."""
    return _folded(token_text) in _people().titles


def short_titles() -> tuple[str, ...]:
    """Titles that are written short ("Cdr."), without their stop."""
    return _people().short


def office(role: str) -> str:
    """The role, in lower case, by the one word for it that holders are looked up with: "premier" is "prime minister"."""
    folded = role.casefold()
    return _people().same.get(folded, folded)


def is_single_office(role: str) -> bool:
    """Whether one person at a time holds the role, so that words which point to it name somebody: "foreign minister"."""
    table, folded = _people(), office(role)
    return folded in table.single or folded.rpartition(" ")[2] in table.single


def seat(role: str) -> str | None:
    """What the office of one who holds the role is called ("Presidency"); None where no table tells."""
    table, folded = _people(), office(role)
    return table.seats.get(folded) or table.seats.get(folded.rpartition(" ")[2])


def called(words: str) -> tuple[Literal["person", "body"], int] | None:
    """What the words tell of one without a name, a person or the body he speaks for, and where its name begins: "a man who
    gave his name as Tova", "a man who said he spoke for the Red Tide"; None where they tell neither.
    """
    for kind, pattern in _people().called.items():
        match = pattern.search(words[:300])
        if match is not None:
            return ("person" if kind == "person" else "body"), match.end()
    return None


def anonymity(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each term that hides a name ("on condition of anonymity"), in order and apart."""
    return tuple(match.span() for match in _people().terms.finditer(text))


def title(words: str) -> str:
    """The title that opens the words, as worded ("Rear Adm." of "Rear Adm. Tova Rell"), or "" where none does. The
    last word is never taken for a title, so that a bare "General" stays.
    """
    return words[: _behind_title(words)].rstrip(" ,")


def strip_title(name: str) -> str:
    """The name without titles before it and without "the"; words that are nothing but a title come back whole."""
    stripped = name.strip()
    if stripped[:4].casefold() == "the ":
        stripped = stripped[4:].lstrip()
    return stripped[_behind_title(stripped) :].strip()


# A story asks for the same few names again and again.
@lru_cache(maxsize=4096)
def _behind_title(words: str) -> int:
    """Where the name begins behind its titles; 0 where no title opens the words."""
    table = _people()
    tokens = [(match.group(), match.start()) for match in _WORD.finditer(words[:200])]
    at = 0
    while at < len(tokens) - 1:
        taken = _title_length([token for token, _ in tokens[at:-1]], table)
        if not taken:
            break
        at += taken
    return tokens[at][1] if tokens and at < len(tokens) else 0


def _title_length(tokens: list[str], table: _People) -> int:
    """How many of the tokens the title at their start takes up, with its "former" and its "of Defense"."""
    lead = 0
    while lead < len(tokens) and _folded(tokens[lead]) in table.before:
        lead += 1
    for start in range(lead, -1, -1):
        for length in range(min(_LONGEST_TITLE, len(tokens) - start), 0, -1):
            if _folded(" ".join(tokens[start : start + length])) in table.titles:
                return start + length
    return 0


def _folded(words: str) -> str:
    return " ".join(word.strip(".,").casefold() for word in words.split())


@cache
def _people() -> _People:
    table = shelf.toml("people.toml")
    titles = table["titles"]
    spokes, roles = table["roles"]["spokesperson"], table["roles"]
    terms = "|".join(f"(?:{term})" for term in table["anonymity"]["terms"])
    return _People(
        titles=frozenset([*titles["ranks"], *titles["offices"], *titles["honorifics"], *spokes]),
        before=frozenset(titles["before"]),
        short=tuple(titles["short"]),
        roles={word: kind for kind in reversed(_ROLE_KINDS) for word in roles[kind]},
        spokes=frozenset(spokes),
        bodies=frozenset(roles["body"]),
        capitals=frozenset(roles["capital_body"]),
        documents=frozenset(roles["document"]),
        utterances=frozenset(roles["utterance"]),
        which=frozenset(roles["which"]),
        terms=re.compile(rf"\b(?=[a-z][a-z ])(?:{terms})\b", re.IGNORECASE),
        single=frozenset(table["offices"]["single"]),
        same=dict(table["offices"]["same"]),
        seats=dict(table["offices"]["seats"]),
        called={
            kind: re.compile(rf"\b(?:{'|'.join(told)}) (?:the )?(?=[A-Z])") for kind, told in table["called"].items()
        },
    )
