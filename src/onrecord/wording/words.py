"""Texts and questions of people → the words that are held against each other, folded, in any script."""

import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
"""Scripts without blanks between words, as between the brackets of an expression: each of their letters is a word."""
_MOST_SIGNS, _MOST_TERMS = 1000, 40
"""How much of a question is looked at."""
_FILLING = "\u0640\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"
"""What stretches or joins letters, turns them round, or parts them at the end of a line, and is none."""
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "ı": "i",
        "ħ": "h",
        "æ": "ae",
        "œ": "oe",
        "ð": "d",
        "þ": "th",
        **dict.fromkeys(_FILLING, ""),
    }
)
"""Letters of their own that a keyboard without them has another for."""
_PLAIN = re.compile("[a-z0-9]+")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_TERM = re.compile(r'(?P<out>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))(?P<begins>(?<=")\*)?')


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand in a row. begins: the last of them is only the beginning of one; out: a text with them is left out."""

    words: tuple[str, ...]
    begins: bool
    out: bool


def terms(question: str) -> tuple[Term, ...]:
    """What a person asks for: words are all wanted, "a phrase" in quotation marks, begin* for beginnings, -word is left out. Nothing
    else means anything: it parts words, as it does in texts.
    """
    found: list[Term] = []
    for match in _TERM.finditer(question[:_MOST_SIGNS].translate(_QUOTES)):
        given = match["phrase"] if match["phrase"] is not None else match["word"]
        words = tuple(folded(given))
        if words:
            begins = match["begins"] is not None or (match["word"] is not None and given.endswith("*"))
            found.append(Term(words, begins, match["out"] is not None))
    return tuple(found[:_MOST_TERMS])


def folded(text: str) -> list[str]:
    """The words of a text in their order, without case and diacritics; each letter of a script without blanks is one."""
    if text.isascii():
        # Most are, and the same comes out sooner
        return _PLAIN.findall(text.lower())
    return [word for given in _pattern().findall(text) if (word := _fold(given))]


def placed(text: str) -> Iterator[tuple[str, int, int]]:
    """The same words, each with where it stands."""
    for match in _pattern().finditer(text):
        word = _fold(match.group())
        if word:
            yield word, match.start(), match.end()


def matches(text: str, wanted: Sequence[Term]) -> list[tuple[int, int]]:
    """Where the terms stand in a text, in its order; what overlaps is one."""
    words = list(placed(text))
    where: dict[str, list[int]] = {}
    for at, (word, _, _) in enumerate(words):
        where.setdefault(word, []).append(at)
    joined: list[tuple[int, int]] = []
    for first, last in sorted(
        (at, at + len(term.words) - 1) for term in wanted for at in _standing(words, where, term)
    ):
        start, end = words[first][1], words[last][2]
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _standing(words: Sequence[tuple[str, int, int]], where: Mapping[str, list[int]], term: Term) -> Iterator[int]:
    """Where a term begins, in words."""
    *first, last = term.words
    ends = [word for word in where if word.startswith(last)] if term.begins else [last]
    for end in (at for word in ends for at in where.get(word, ())):
        start = end - len(first)
        if start >= 0 and not term.out and all(words[start + n][0] == word for n, word in enumerate(first)):
            yield start


@cache
def _pattern() -> re.Pattern[str]:
    """One word. Marks belong to the letter before them, and `re` takes most of them for no part of a word."""
    marks = _marks()
    inner = rf"[^\W_{UNSPACED}]"
    return re.compile(rf"[{UNSPACED}](?<![{marks}])[{marks}]*|{inner}(?:{inner}|[{marks}{_FILLING}])*")


@cache
def _marks() -> str:
    """All marks of Unicode, as what stands between the brackets of an expression."""
    # Between the last script and the signs that choose a drawing nothing is given out
    codes = [n for n in (*range(0x300, 0x1F000), *range(0xE0100, 0xE01F0)) if unicodedata.category(chr(n))[0] == "M"]
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


@lru_cache(maxsize=200_000)
def _fold(word: str) -> str:
    """A word without case and what stands above or below its letters; "" where nothing is left of it."""
    if word.isascii():
        return sys.intern(word.lower())
    open_ = unicodedata.normalize("NFKD", word).casefold()
    open_ = unicodedata.normalize("NFKD", open_).translate(_LETTERS)
    # Marks of no class are vowels of Indian and Asian scripts, not accents
    return "".join(sign for sign in open_ if not unicodedata.combining(sign) and _is_of_words(sign))


def _is_of_words(sign: str) -> bool:
    if "\ufe00" <= sign <= "\ufe0f" or sign >= "\U000e0100":
        # Which of two drawings of a sign is meant
        return False
    return sign.isalnum() or unicodedata.category(sign)[0] == "M"
