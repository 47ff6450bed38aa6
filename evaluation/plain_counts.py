"""Dead and injured in a short quote, by the plainest means: for ideal readings, where no reading stage may take part."""

import re
from itertools import pairwise

from onrecord.records import Count, CountOf, Quantity, Span


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


NUMBERS = _words(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen",
    "eighteen nineteen",
)
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
NOBODY = _words("no nobody none neither")
HARM: dict[CountOf, tuple[str, ...]] = {
    "killed": _words("killed killing kills kill dead die died dies deaths lives fatalities bodies slain"),
    "injured": _words("injured injuring injures wounded wounding wounds hurt hurting injuries"),
    "captured": _words("captured capturing prisoner prisoners captive"),
    "missing": _words("missing unaccounted"),
}
NOT_BEFORE = _words("not january february march april may june july august september october november december")
PEOPLE = _words("people men women sailors civilians soldiers officers fighters crew others were have are dead")
NOT_PEOPLE = _words(
    "miles nautical tonnes missiles drones strikes weeks days months years utc nm km hours minutes kilometres rubber",
    "boats jets raids shells rockets helicopters january february march april may june july august september",
    "october november december",
)
CLAUSE = re.compile(r"[.;:\u2013\u2014]\s|,\s|\band\b|\bof whom\b", re.IGNORECASE)
WORD = re.compile(r"\d+(?:,\d{3})*|[A-Za-z']+(?:-[A-Za-z']+)*")
OPEN = re.compile(r"\b(?:at least|as many as|up to|more than|about|some)\s*\Z", re.IGNORECASE)
MODIFIER = {"at least": "at_least", "as many as": "up_to", "up to": "up_to", "more than": "more_than", "about": "about"}
# "two of the dockers died": a share of a count, or more dead than were counted, but never the whole.
SHARE = re.compile(
    rf"\A\W*of whom\b|\b(?:(?:\d+|some|most|{'|'.join(NUMBERS)}) of (?:the|those|them)|another|more) ", re.IGNORECASE
)


def counts_in(span: Span) -> tuple[Count, ...]:
    """Counts of killed, injured, captured, missing and presumed dead, one for each clause that has number and harm."""
    found: list[Count] = []
    last: Quantity | None = None
    for clause in _clauses(span.text):
        what, quantity = _harm(clause), _number(clause)
        if what is None:
            last = quantity
            continue
        quantity, last = quantity or last or (Quantity(1) if "presumed dead" in clause else None), None
        if quantity is None:
            continue
        share = SHARE.search(clause) is not None and quantity.number != 0
        found.append(Count("presumed_dead" if "presumed dead" in clause else what, quantity, span, part=share))
        if quantity.number == 0 and re.search(r"\b(?:hurt|harmed|casualties)\b", clause, re.IGNORECASE):
            found.append(Count("killed", quantity, span))
    return tuple(found)


def _clauses(text: str) -> list[str]:
    cuts = [0, *(m.start() for m in CLAUSE.finditer(text)), len(text)]
    return [text[a:b] for a, b in pairwise(cuts)]


def _harm(clause: str) -> CountOf | None:
    words = {w.lower() for w in WORD.findall(clause)}
    return next((what for what, forms in HARM.items() if words.intersection(forms)), None)


def _number(clause: str) -> Quantity | None:
    found = [(m.start(), m.group().lower()) for m in WORD.finditer(clause)]
    words = ["", *(word for _, word in found), "", ""]
    for position, (start, word) in enumerate(found, start=1):
        value = _value(word)
        before, after, ahead = words[position - 1], words[position + 1], words[position + 2]
        if value is None or before in NOT_BEFORE or after in NOT_PEOPLE:
            continue
        if ahead in NOT_PEOPLE and after not in PEOPLE:
            continue
        modifier = OPEN.search(clause[:start])
        return Quantity(
            0 if (before, word) == ("no", "one") else value,
            None,
            MODIFIER.get(modifier.group().strip().lower()) if modifier else None,
        )
    return Quantity(0) if any(word in NOBODY for word in words) else None


def _value(word: str) -> int | None:
    if word[0].isdigit():
        value = int(word.replace(",", ""))
        return value if value < 1900 else None
    if word in NUMBERS:
        return NUMBERS.index(word) + 1
    head, _, tail = word.partition("-")
    if head in TENS:
        return TENS[head] + (NUMBERS.index(tail) + 1 if tail in NUMBERS else 0)
    return None
