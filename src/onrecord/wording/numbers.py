"""How many do these words tell of? Numbers with what stands around them → quantities; quantities → bounds."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any, Literal

from text_to_num import text2num

from onrecord.errors import BadTable, WrongUse
from onrecord.records import Bounds, Quantity
from onrecord.wording import shelf

BARE_PLURAL = Quantity(None, vague="plural")
"""A plural without a number ("officials"): two or more."""

_LARGEST = 10**12
"""A larger number counts nothing that this program is about."""
_ONES = "one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_OF = re.compile(r"(?i)\sof\Z")
_FROM = re.compile(r"(?i)\bfrom\s\Z")
_ONE_ELSE = re.compile(r"(?i)\W{0,2}(?:another|day|side|such)\b")
_NOT_MANY = re.compile(r"(?i)\b(?:as|how|so|too|that)\s\Z")
_ANYWHERE = re.compile(r"(?i)\b(?:anywhere|ranging)\sfrom\s\Z")
_PERHAPS = re.compile(r"(?i)(?:possibly|perhaps|maybe)\b")
_BUT = re.compile(r"(?i)\s?,?\s?(?:and|or|but)\s\Z")
_SCALED = re.compile(r"(?i)\b(\w+)(?:\sof)?\Z")
_AND_UP_TO = re.compile(r"(?i)\s?,?\s?(?:and|or|but)\s(?:(?:perhaps|possibly|maybe)\s)?\Z")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text. start, end: where the words stand, modifier included."""

    start: int
    end: int
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Reports:
    """What a codebook makes of figures that differ. The fields are told of in `numbers.toml`."""

    best: Literal["direct", "lowest", "none"]
    counts: Literal["every", "latest"]
    leaves_out: frozenset[str]
    rule: str
    source: str


def find(text: str) -> tuple[Numeral, ...]:
    """The numbers of a text in its order, in digits or in words, each with its modifier, its range, or its vague word.

    Years, ages, sums and measures are numbers too: what a number counts is for the caller to see. Ordinals, decimals,
    clock times and parts of names ("F-16") are none.
    """
    return tuple(_ranges(text, tuple(_single(text))))


def parse(words: str) -> Quantity | None:
    """The quantity that the words tell and nothing else ("at least 12", "the two", "dozens of"); None for other words."""
    if words.strip().casefold() in ("both", "the both"):
        return Quantity(2)
    found = find(words)
    if len(found) != 1:
        return None
    rest = f"{words[: found[0].start]} {words[found[0].end :]}".casefold().split()
    return found[0].quantity if set(rest) <= _around() else None


def bounds(quantity: Quantity, profile: str = "joint") -> Bounds:
    """low, best and high of a quantity by a codebook profile: "joint", "acled", "ucdp" or "airwars".

    Raises WrongUse for another profile.
    """
    rules = _rules(profile)
    number, form = quantity.number, quantity.modifier or "exact"
    if quantity.vague is not None:
        least = int(rules["least"][quantity.vague]) * (1 if number is None else max(number, 1))
        number, form = least, "vague"
    elif quantity.upto is not None:
        form = "range"
    if number is None:
        return Bounds(None, None, None)
    values = {"n": number, "n+1": number + 1, "n-1": max(number - 1, 0), "m": quantity.upto, "-": None}
    low, best, high = (values[word] for word in rules[form])
    return Bounds(low, best, high)


def profiles() -> tuple[str, ...]:
    """The names of the codebook profiles."""
    return tuple(_profiles())


@cache
def reports(profile: str) -> Reports:
    """What a profile makes of figures that differ; one of the user's that does not say, what `joint` does. Raises WrongUse
    for one that is not there.
    """
    row = _rules(profile).get("reports") or _rules("joint")["reports"]
    return Reports(row["best"], row["counts"], frozenset(row["leaves_out"]), row["rule"], row["source"])


def _rules(profile: str) -> dict[str, Any]:
    rules = _profiles().get(profile)
    if rules is None:
        raise WrongUse(f"{profile}: is not a codebook profile; use one of {', '.join(_profiles())}")
    return rules


# ---- one number


def _single(text: str) -> Iterator[Numeral]:
    at = 0
    while (match := _pattern().search(text, at)) is not None:
        at = match.end()
        quantity, words = _value(text, match), match[0]
        if quantity is None and match["word"]:
            quantity, words = _first_of(words)
            at = match.start() + len(words) if quantity is not None else at
        if quantity is None:
            continue
        start, modifier = _before(text, match.start(), match.end())
        stop = _OF.sub("", words)
        end, behind = _behind(text, match.start() + len(stop))
        if modifier is not None and quantity.vague is None:
            quantity = Quantity(quantity.number, None, modifier)
        elif behind is not None and quantity.vague is None:
            quantity = Quantity(quantity.number, None, behind)
        yield Numeral(start, end, quantity)


def _first_of(words: str) -> tuple[Quantity | None, str]:
    """Of two numbers that "and" joins, the first with its words ("two hundred and two hundred and fifty")."""
    for joint in reversed(list(re.finditer(r"(?i)\sand\s", words))):
        number = _of_words(" ".join(words[: joint.start()].casefold().split()))
        if number is not None:
            return Quantity(number), words[: joint.start()]
    return None, words


def _value(text: str, match: re.Match[str]) -> Quantity | None:
    words = " ".join(match[0].casefold().split())
    if match["vague"]:
        many = _NOT_MANY.search(text, max(0, match.start() - 6), match.start()) is not None
        return None if many else Quantity(None, vague=_vague()[words])
    if match["exact"]:
        return Quantity(_exact()[words])
    if match["digits"]:
        return _of_digits(match["digits"], (match["scale"] or "").casefold())
    if words == "one" and _ONE_ELSE.match(text, match.end()):
        return None
    number = _and_a_half(match) if match["halves"] else _of_words(words)
    return None if number is None else Quantity(number)


def _and_a_half(match: re.Match[str]) -> int | None:
    """The value of "two and a half thousand"."""
    whole = match["halves"].casefold()
    number = int(whole) if whole.isdigit() else _of_words(whole)
    return None if number is None else (2 * number + 1) * _scales()[match["half_of"].casefold()] // 2


def _of_digits(digits: str, scale: str) -> Quantity | None:
    plain = digits.replace(",", "")
    if plain[0] == "0" and len(plain) > 1 and not plain.startswith("0."):
        return None
    times = _scales()[scale] if scale else 1
    whole, _, fraction = plain.partition(".")
    number = int(whole) * times
    if fraction:
        number, rest = divmod((int(whole) * 10 ** len(fraction) + int(fraction)) * times, 10 ** len(fraction))
        if rest:
            return None
    return Quantity(number) if number < _LARGEST else None


@cache
def _of_words(words: str) -> int | None:
    """The value of number words: "twenty-two", "a hundred and five", "two dozen"."""
    head, _, last = words.rpartition(" ")
    if last in ("dozen", "score"):
        first = 1 if head in ("a", "another", "") else _of_words(head)
        return None if first is None else first * _scales()[last]
    plain = words.replace("-", " ")
    plain = re.sub(r"\A(?:a|another)\s", "one ", plain)
    try:
        number = int(text2num(plain, "en"))
    except ValueError:
        return None
    return number if number < _LARGEST else None


def _before(text: str, start: int, end: int) -> tuple[int, str | None]:
    """Where the number begins with its modifier, and the modifier's key."""
    match = _modifier("before").search(text, max(0, start - 40), start)
    if match is None:
        return start, None
    word = " ".join(match["words"].casefold().split())
    if word in _table()["ages"]["words"] and not re.match(r"[\s-]{1,2}\w", text[end : end + 3]):
        return start, None
    return match.start(), _keys("before")[word]


def _behind(text: str, end: int) -> tuple[int, str | None]:
    plus = re.match(r"\+|-plus\b|\splus\b", text[end : end + 6])
    if plus is not None:
        return end + plus.end(), "at_least"
    match = _modifier("behind").match(text, end)
    if match is not None:
        return match.end(), _keys("behind")[" ".join(match["words"].casefold().split())]
    noun = _modifier("noun").match(text, end)
    return end, _keys("behind")[" ".join(noun["words"].casefold().split())] if noun is not None else None


# ---- two numbers that are one range


def _ranges(text: str, found: tuple[Numeral, ...]) -> Iterator[Numeral]:
    """Joins "five to seven", "5-7", "between five and seven", "two or three", "at least 5 and perhaps as many as 7"."""
    skip = False
    for first, second in zip_longest(found, found[1:]):
        if skip:
            skip = False
            continue
        joined = _range(text, first, second) if second is not None else None
        skip = joined is not None
        yield joined or first


def _range(text: str, first: Numeral, second: Numeral) -> Numeral | None:
    low, high = first.quantity, second.quantity
    if low.number is None or high.number is None or high.number <= low.number:
        return None
    between = text[first.end : second.start]
    low = _scaled_up(low, text[first.start : first.end], high, text[second.start : second.end])
    start = _opens(text, first, second, between)
    if start is None:
        return None
    one_more = low.modifier == "more_than"
    return Numeral(start, second.end, Quantity((low.number or 0) + one_more, high.number - one_more))


def _opens(text: str, first: Numeral, second: Numeral, between: str) -> int | None:
    """Where the range of two numbers opens; None where the words do not make them one."""
    low, high = first.quantity.modifier, second.quantity.modifier
    bounded = (low, high) in {("at_least", "up_to"), ("more_than", "fewer_than")} and _AND_UP_TO.match(between)
    guessed = low == "at_least" and _PERHAPS.match(text, second.start) and _BUT.match(between)
    if bounded or guessed:
        return first.start
    if high is not None or low not in (None, "about", "at_least"):
        return None
    before = text[max(0, first.start - 15) : first.start]
    if re.search(r"(?i)\bbetween\s\Z", before) and re.fullmatch(r"(?i)\sand\s", between):
        return first.start - len("between ")
    moved = _FROM.search(before) and not _ANYWHERE.search(before)
    return first.start if re.fullmatch(r"(?i)\sto\s|\sor\s|\s?[-–—]\s?", between) and not moved else None


def _scaled_up(low: Quantity, words: str, high: Quantity, scaled: str) -> Quantity:
    """The first of "two to three thousand": thousands, too."""
    last = _SCALED.search(scaled)
    times = _scales().get(last[1].casefold()) if last is not None else None
    if (
        times is None
        or low.number is None
        or high.number is None
        or any(scale in words.casefold() for scale in _scales())
    ):
        return low
    return Quantity(low.number * times, None, low.modifier) if low.number * times < high.number else low


# ---- the table


def _table() -> dict[str, Any]:
    return shelf.toml("numbers.toml")


@cache
def _profiles() -> dict[str, dict[str, Any]]:
    rules: dict[str, dict[str, Any]] = _table()["profiles"]
    wanted = {"plural", *_table()["vague"]}
    for name, rule in rules.items():
        if missing := sorted(wanted - set(rule["least"])):
            raise BadTable(f"numbers.toml: [profiles.{name}.least] lacks {', '.join(missing)}")
    return rules


@cache
def _scales() -> dict[str, int]:
    return dict(_table()["scales"])


@cache
def _exact() -> dict[str, int]:
    return dict(_table()["exact"])


@cache
def _vague() -> dict[str, str]:
    return {words: key for key, rows in _table()["vague"].items() for words in rows}


@cache
def _keys(side: str) -> dict[str, str]:
    return {words: key for key, rows in _table()[side].items() for words in rows}


@cache
def _around() -> frozenset[str]:
    return frozenset(word for words in _table()["filler"]["around"] for word in words.split())


def _any_of(phrases: Iterable[str]) -> str:
    """A pattern for any of the phrases, the longest first, with any white space between words. What phrases begin with
    alike is written once: a choice of whole phrases takes ten times as long where none of them stands.
    """
    rest: dict[str, list[str]] = {}
    for phrase in sorted(set(phrases)):
        rest.setdefault(phrase[:1], []).append(phrase[1:])
    ends = rest.pop("", None) is not None
    ways = [(r"\s{1,3}" if head == " " else re.escape(head)) + _any_of(tails) for head, tails in rest.items()]
    if len(ways) == 1 and not ends:
        return ways[0]
    return f"(?:{'|'.join(ways)}){'?' * ends}" if ways else ""


@cache
def _modifier(side: str) -> re.Pattern[str]:
    words = _any_of(_keys("behind" if side == "noun" else side))
    if side == "noun":
        # "40 people at least", and not "killed 40 people at least twice"
        ends = r"(?=\s*(?:[.,;:)\n]|\Z)|\s(?:were|are|have|had|was|died)\b)"
        return re.compile(rf"(?i)\s[a-z]+(?:\s[a-z]+)?\s(?P<words>{words})\b{ends}")
    if side == "behind":
        return re.compile(rf"(?i)\s(?P<words>{words})\b")
    inside = _any_of(_table()["filler"]["inside"])
    return re.compile(rf"(?i)\b(?P<words>{words})\s{{1,3}}(?:(?:{inside})\s{{1,3}}){{0,2}}\Z")


@cache
def _pattern() -> re.Pattern[str]:
    """Every form of a number, the longer forms first."""
    unit, tens, ones, scales = (
        _any_of(words) for words in (f"{_ONES} {_TEENS} {_TENS}".split(), _TENS.split(), _ONES.split(), _scales())
    )
    small = rf"(?:(?:{tens})(?:[-\s](?:{ones})\b)?|(?:{unit}))"
    word = rf"(?:(?:a|another|{small})(?:(?:\s{{1,3}}|-)(?:{scales})\b){{1,2}}(?:\s(?:and\s)?{small}(?:\s(?:{scales})\b)?){{0,4}}|{small})"
    heads = "".join(sorted({phrase[0] for phrase in (*_exact(), *_vague(), *f"a {_ONES} {_TEENS} {_TENS}".split())}))
    digits = r"\d{1,3}(?:,\d{3}){1,4}|\d{1,3}\.\d{1,3}(?=\s(?:thousand|million|billion)\b)|\d{1,12}"
    return re.compile(
        rf"(?i)(?=[\d{heads}])(?<![\w$€£¥#])(?<![A-Za-z][-–])(?<![\d][.,:/])(?:"
        rf"(?P<exact>{_any_of(_exact())})\b(?!-)"
        rf"|(?P<vague>{_any_of(_vague())})\b"
        rf"|(?P<halves>{unit}|\d{{1,3}})\sand\sa\shalf\s(?P<half_of>{scales})\b"
        rf"|(?P<digits>{digits})(?:\s(?P<scale>{scales})\b)?(?![\w%°])(?![.,:/]\d)"
        rf"|(?P<word>{word})(?!\w|-(?:thirds?|half|quarters?|fifths?)\b)"
        rf")"
    )
