"""A text as kinds of words (month, weekday, number), and where the grammar of `times.toml` holds over them.

Each kind of word is one character, so that a text becomes a short string and a rule a regular expression over it. All
quantifiers are bounded: no text, however odd, takes more than a time in proportion to its length.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from onrecord.wording import shelf

# How many tokens of a rule may go by before one that tells of time.
_REACH = 12
# What is written in figures, by form. A figure of up to four digits is told apart by its size below.
_FORMS = r"""
(?=[0-9])(?:
  (?P<written>(?<![\w-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T\ ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?
      (?:\ ?(?:Z|UTC|GMT)\b|[+-][0-9]{2}:?[0-9]{2})?)?(?![\w-])
    |(?<![\w./-])(?:[0-9]{1,2}(?P<mark>[./-])[0-9]{1,2}(?P=mark)[0-9]{4}|[0-9]{4}(?P<sign>[./])[0-9]{1,2}(?P=sign)[0-9]{1,2})
      (?![\w/]|[.-][0-9]))
  |(?P<clock>(?<![\w.:])[0-9]{1,2}(?:[:.][0-9]{2})?\s?(?:[ap]\.\s?m\b\.?|[ap]m\b))
  |(?P<hhmm>(?<![\w.:])(?:[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![\w:])
    |[0-9]{4}(?:Z\b|(?=\s?(?:UTC|GMT|local|hours\slocal)\b))|(?<=\bat\s)[0-9]{4}(?=\shours\b)))
  |(?P<nth>(?<!\w)[0-9]{1,2}(?:st|nd|rd|th)\b)
  |(?P<fraction>(?<![\w$£€¥#.,])[0-9]{1,4}(?:\.[0-9]{1,2}|(?:\ |-)1/2)(?![\w%]|[.,][0-9]))
  |(?P<figure>(?<![\w$£€¥#.,+])[0-9]{1,6}(?![\w%]|[.,:][0-9])))
|(?P<decade_digits>(?<!\w)(?:[0-9]{3}0s|['’][0-9]0s)\b)
|(?P<code>(?<!\w)Q[1-4]\b)
|(?P<oclock>\bo['’]clock\b)
"""
_REST = r"""
|(?P<compound>\b(?:{tens})[-\ ](?:{ones})\b)
|(?P<word>[^\W\d_]+|['’]s\b)
|(?P<blank>\n[^\S\n]{{0,80}}\n)
|(?P<other>[^\W_]+|[^\s])
"""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, figure or sign. text: in lower case. form: which alternative of the lexer it is."""

    start: int
    end: int
    text: str
    form: str
    capital: bool


@dataclass(frozen=True, slots=True)
class Words:
    """A text's tokens, and a character for the kinds that each belongs to."""

    text: str
    tokens: tuple[Token, ...]
    kinds: str

    def at(self, index: int) -> str:
        """The token's text in lower case; empty outside the text."""
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the grammar. reads: the name of its reader."""

    reads: str
    pattern: re.Pattern[str]
    heads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """Tokens that a rule holds over, from start to end (excluded). named: which tokens stand for which name of the rule."""

    reads: str
    words: Words
    start: int
    end: int
    named: tuple[tuple[str, int], ...]

    @property
    def span(self) -> tuple[int, int]:
        """Offsets in the text."""
        return self.words.tokens[self.start].start, self.words.tokens[self.end - 1].end

    @property
    def before(self) -> str:
        """The token before, in lower case."""
        return self.words.at(self.start - 1)

    @property
    def after(self) -> str:
        """The token behind, in lower case."""
        return self.words.at(self.end)

    @property
    def before_form(self) -> str:
        """Which alternative of the lexer the token before is; empty at the start."""
        return self.words.tokens[self.start - 1].form if self.start else ""

    @property
    def before_capital(self) -> bool:
        """Whether a capitalised word stands right before."""
        return self.start > 0 and self.words.tokens[self.start - 1].capital

    @property
    def name_follows(self) -> bool:
        """Whether a capitalised word stands right behind."""
        return self.end < len(self.words.tokens) and self.words.tokens[self.end].capital

    def lead(self, count: int) -> list[str]:
        """So many tokens before, in lower case."""
        return [token.text for token in self.words.tokens[max(self.start - count, 0) : self.start]]

    def is_titled(self, token: Token) -> bool:
        """Whether a token is capitalised, and not all in capitals."""
        return token.capital and not self.words.text[token.start : token.end].isupper()

    def texts(self) -> list[str]:
        """The tokens in lower case."""
        return [token.text for token in self.words.tokens[self.start : self.end]]

    def has(self, *names: str) -> bool:
        """Whether a word stands for any of these names of the rule."""
        return any(name in names for name, _ in self.named)

    def token(self, *names: str) -> Token | None:
        """The first token that stands for one of the names."""
        return next((self.words.tokens[index] for name, index in self.named if name in names), None)

    def values(self, *names: str) -> list[Any]:
        """What the tokens that stand for these names are worth, in order."""
        return [value_of(self.words.tokens[index], name) for name, index in self.named if name in names]

    def value(self, *names: str) -> Any:
        """What the first of them is worth, or None."""
        values = self.values(*names)
        return values[0] if values else None


def value_of(token: Token, name: str) -> Any:
    """What a token is worth as a word of that kind: a number for figures, the table's value for words, else its text."""
    if token.form in {"figure", "nth", "fraction"}:
        figures = re.sub(r"[a-z]", "", token.text)
        if token.form == "fraction":
            return float(figures.replace("-", " ").replace(" 1/2", ".5"))
        return int(figures)
    if token.form == "compound":
        tens, ones = re.split(r"[-\s]", token.text)
        return numbers()[tens] + (numbers() | _kinds()["nth"])[ones]
    return _kinds().get(name, {}).get(token.text, token.text)


def lex(text: str) -> Words:
    """The text's words, figures and signs, with their kinds. A blank line is a token without kinds."""
    tokens: list[Token] = []
    kinds: list[str] = []
    grammar = _grammar()
    skipped = -1
    for match in grammar.lexer.finditer(text):
        form, start, end = match.lastgroup or "other", match.start(), match.end()
        if start == skipped:
            continue
        words = match[0]
        token = Token(start, end, words.lower().replace("’", "'"), form, words[0].isupper())
        if form == "word" and token.text in grammar.abbreviations and text[end : end + 1] == ".":
            skipped = end
        tokens.append(token)
        kinds.append(grammar.sign(token))
    return Words(text, tuple(tokens), "".join(kinds))


def found(words: Words, start: int) -> Iterator[Found]:
    """What the rules find at a token: the longest first, of equals the one of the earlier rule."""
    grammar = _grammar()
    if grammar.telling.search(words.kinds, start, start + _REACH) is None:
        return
    rows = []
    for rule in grammar.by_head.get(words.kinds[start], ()):
        match = rule.pattern.match(words.kinds, start)
        if match is not None:
            rows.append((match.end(), rule, match))
    for end, rule, match in sorted(rows, key=lambda row: -row[0]):
        named = [(name.rpartition("_")[0], match.start(name)) for name in match.re.groupindex if match[name]]
        yield Found(rule.reads, words, start, end, tuple(sorted(named, key=lambda row: (row[1], row[0]))))


def numbers() -> dict[str, int]:
    """Numbers in words, to ninety."""
    values: dict[str, int] = _kinds()["number"]
    return values


@cache
def names(name: str) -> frozenset[str]:
    """A list of names of the table."""
    return frozenset(shelf.toml("times.toml")["names"][name])


@cache
def holidays() -> dict[str, dict[str, int]]:
    """Feasts by their names."""
    table: dict[str, dict[str, int]] = shelf.toml("times.toml")["holidays"]
    return table


# ---- the grammar


@dataclass(frozen=True, slots=True)
class _Grammar:
    lexer: re.Pattern[str]
    abbreviations: frozenset[str]
    of_lower: dict[str, str]
    of_capital: dict[str, str]
    of_form: dict[str, str]
    by_head: dict[str, tuple[Rule, ...]]
    telling: re.Pattern[str]

    def sign(self, token: Token) -> str:
        """The character of a token's kinds."""
        if token.form == "figure":
            return self.of_form[_size(token.text)]
        if token.form in self.of_form:
            return self.of_form[token.form]
        return (self.of_capital if token.capital else self.of_lower).get(token.text, ".")


def _size(figures: str) -> str:
    value, length = int(figures), len(figures)
    if length <= 2 and 1 <= value <= 31:
        return "number dd" if figures[0] != "0" else "dd"
    if length == 4 and figures[0] in "12":
        return "number yyyy"
    return "number"


_SIZES = ("number", "number dd", "dd", "number yyyy")
_OF_FORMS = {
    "written": "written", "clock": "clock", "hhmm": "hhmm", "decade_digits": "decade_digits", "nth": "nth", "code": "code",
    "fraction": "number", "oclock": "oclock", "compound": "number nth",
}  # fmt: skip


@cache
def _kinds() -> dict[str, dict[str, Any]]:
    table = shelf.toml("times.toml")
    kinds: dict[str, dict[str, Any]] = {**table["words"], **table["capital"]}
    return kinds


@cache
def _grammar() -> _Grammar:
    table = shelf.toml("times.toml")
    macros = table["macros"] | {"HOLIDAY": _any_of(table["holidays"])}
    rules = [(row["reads"], _expanded(row["words"], macros)) for row in table["rule"]]
    used = {name for _, words in rules for name in re.findall(r"[a-z_']+", words)}
    known = {*table["words"], *table["capital"], *table["signs"], *_OF_FORMS.values(), *" ".join(_SIZES).split()}
    kinds = _Signs()
    lower: dict[str, set[str]] = {}
    for name, words in (*table["words"].items(), *table["signs"].items()):
        for word in words:
            lower.setdefault(word.replace("’", "'"), set()).add(name)
    for word in used - known:
        lower.setdefault(word, set()).add(word)
    capital = {word: set(names_) for word, names_ in lower.items()}
    for name, words in table["capital"].items():
        for word in words:
            capital.setdefault(word, set()).add(name)
    of_lower = {word: kinds.sign(names_) for word, names_ in sorted(lower.items())}
    of_capital = {word: kinds.sign(names_) for word, names_ in sorted(capital.items())}
    of_form = {form: kinds.sign(kind.split()) for form, kind in (*_OF_FORMS.items(), *((s, s) for s in _SIZES))}
    telling = kinds.beyond({*table["weak"]["words"], *table["signs"], "number", "dd"})
    compiled = [_compiled(reads, words, kinds) for reads, words in rules]
    signs = sorted({*of_lower.values(), *of_capital.values(), *of_form.values()})
    return _Grammar(
        lexer=_lexer(table["words"]["number"], table["words"]["nth"]),
        abbreviations=frozenset(w for words in table["capital"].values() for w in words if len(w) <= 4) | {"tues", "weds", "thurs"},
        of_lower=of_lower,
        of_capital=of_capital,
        of_form=of_form,
        by_head={sign: tuple(rule for rule in compiled if sign in rule.heads) for sign in signs},
        telling=re.compile(f"[{telling}]"),
    )  # fmt: skip


class _Signs:
    """Characters for sets of kinds, given out in order."""

    def __init__(self) -> None:
        self._given: dict[frozenset[str], str] = {}

    def sign(self, kinds: Iterable[str]) -> str:
        return self._given.setdefault(frozenset(kinds), chr(0xE000 + len(self._given)))

    def beyond(self, weak: set[str]) -> str:
        """The characters of all kinds but these."""
        return "".join(sign for kinds, sign in self._given.items() if not kinds <= weak)

    def of_kind(self, kind: str) -> str:
        return "".join(sign for kinds, sign in self._given.items() if kind in kinds)


def _any_of(phrases: Iterable[str]) -> str:
    """A choice of phrases, the longest first; "'s" and hyphens are words of their own."""
    spelled = [re.sub(r"'s?\b|'", " possessive ", p).replace("-", " dash ") for p in phrases]
    return "(" + " | ".join(sorted(spelled, key=lambda p: (-len(p.split()), p))) + ")"


def _expanded(words: str, macros: dict[str, str]) -> str:
    while True:
        wider = re.sub(r"[A-Z_]{2,}", lambda match: macros[match[0]], words)
        if wider == words:
            return words
        words = wider


def _compiled(reads: str, words: str, kinds: _Signs) -> Rule:
    counts: dict[str, int] = {}

    def group(match: re.Match[str]) -> str:
        name = match[0]
        counts[name] = counts.get(name, 0) + 1
        return f"(?P<{name}_{counts[name]}>[{kinds.of_kind(name)}])"

    spelled = re.sub(r"\((?!\?)", "(?:", words)
    pattern = re.sub(r"[a-z_]+", group, spelled).replace(" ", "")
    parts = re.findall(r"[a-z_]+|[()|?]", words)
    heads = frozenset("".join(kinds.of_kind(name) for name in _heads(parts, 0)[0]))
    return Rule(reads, re.compile(pattern), heads)


def _heads(parts: list[str], at: int) -> tuple[set[str], bool, int]:
    """Names that a choice can begin with, whether it can be empty, and where it ends."""
    heads: set[str] = set()
    empty, empty_so_far = False, True
    while at < len(parts) and parts[at] != ")":
        if parts[at] == "|":
            empty, empty_so_far, at = empty or empty_so_far, True, at + 1
            continue
        if parts[at] == "(":
            inner, optional, at = _heads(parts, at + 1)
        else:
            inner, optional, at = {parts[at]}, False, at + 1
        if at < len(parts) and parts[at] == "?":
            optional, at = True, at + 1
        if empty_so_far:
            heads |= inner
        empty_so_far = empty_so_far and optional
    return heads, empty or empty_so_far, at + 1


def _lexer(values: dict[str, int], nth: dict[str, int]) -> re.Pattern[str]:
    tens: list[str] = [word for word, value in values.items() if value >= 20]
    ones: list[str] = [word for word, value in (*values.items(), *nth.items()) if value < 10]
    rest = _REST.format(tens="|".join(tens), ones="|".join(sorted(ones, key=len, reverse=True)))
    return re.compile(_FORMS + rest, re.VERBOSE | re.IGNORECASE)
