"""Where does a paragraph's opening end: place, day and agency before the first sentence, or a stamp of time?"""

import re
from typing import Literal

_MONTH = (
    r"(?i:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?\.?|july?\.?|aug(?:ust|\.)?"
    r"|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)(?![A-Za-z])"
)
_WEEKDAY = r"(?:(?:Mon|Tue|Tues|Wed|Wednes|Thu|Thur|Thurs|Fri|Sat|Satur|Sun)(?:day)?[.,]? )"
_DAY = rf"(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH})(?:,? (?:(?:19|20)\d\d|\d\d))?\b"
_CAPS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.-]*(?:[ /][A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.-]*){0,5}"
_TITLE = r"[A-ZÀ-ÖØ-Þ][\w'’.-]*(?: (?:[A-ZÀ-ÖØ-Þ][\w'’.-]*|of|de|del|la|el|al|the|and|upon|on|sur)){0,4}"
_REGION = rf"(?:, {_TITLE}){{0,3}}?"
_AGENCY = r"(?:\([^()]{2,60}\)|\[[^\[\]]{2,60}\])"
_DASH = r"(?: ?(?:--|—|–) ?| ?- | _ )"

# Words that head a report as a place does, and are none
_LABEL = (
    r"(?:CORRECT|CLARIF|UPDATE|EDITOR|PREVIOUS|RELATED|BREAKING|EXCLUSIVE|ANALYSIS|OPINION|FACTBOX|TIMELINE|ALERT|NEWS)"
)
# Each must be followed by the beginning of a sentence
# (a title-case place with a day and a mere stop heads an item of a chronology: its day is evidence, and stays)
_WITH_DAY = re.compile(
    rf"\A(?!{_LABEL})"
    rf"(?:(?:{_CAPS}|{_TITLE}){_REGION},? {_WEEKDAY}?{_DAY}(?:(?:,? ?{_AGENCY})?{_DASH}|,? ?{_AGENCY}[.:]? )"
    rf"|{_CAPS}{_REGION},? {_WEEKDAY}?{_DAY}[.:] )"
)
_WITH_AGENCY = re.compile(
    rf"\A(?![^(]{{0,60}}[’']s [A-Za-z])(?:(?:(?:{_CAPS}|{_TITLE}){_REGION},? )?{_AGENCY}{_DASH}|{_CAPS}{_REGION},? {_AGENCY}: ?)"
)
# A colon after a name alone is a speaker ("PRAL: We did not")
_BARE = re.compile(rf"\A(?!{_LABEL}){_CAPS}(?:{_REGION}(?: ?(?:--|—|–) ?| - | _ )|, {_TITLE}(?:, {_TITLE})?: )")
# "[TEXT]", as monitoring services put behind a dateline
_TAGS = re.compile(r"(?:\[[^\[\]]{1,80}\] {0,2}){1,4}")
_SENTENCE = re.compile(r"[\"'“‘(«]{0,20}+[A-ZÀ-ÖØ-Þ0-9]")
_WIRE_LINE = re.compile(rf"\A{_CAPS}(?:, {_TITLE}(?:, {_DAY})?|{_REGION}(?: {_AGENCY})?(?:, {_DAY})? ?[-–—_]{{1,2}})$")
_STAMP = re.compile(
    r"\A(?:(?P<label>(?i:posted|published|date of publication|date|updated)(?i: on| at)?:? ?)?"
    rf"{_WEEKDAY}?(?P<day>{_DAY}|\d{{1,2}}[.-]\d{{1,2}}[.-](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)"
    r"(?:,? (?:at )?\d{1,2}:\d\d(?: ?[ap]\.?m\.?)?)?) "
)
_STAMP_END = re.compile(r" ?(?:[|·•]|$)")
_YEAR = re.compile(r"(?:19|20)\d\d")


def opening(
    words: str, *, first: bool, at_start: bool, outlet: str | None
) -> tuple[Literal["dateline", "heading", "notice"], int] | None:
    """Kind and length of what stands before a paragraph's first sentence, or None.

    first: whether the paragraph is among the story's first ones, where a bare "CITY —" can be a dateline. at_start:
    whether it is the very first, where a stamp of time may stand.
    """
    for pattern in (_WITH_DAY, _WITH_AGENCY, *((_BARE,) if first else ())):
        found = pattern.match(words)
        if found is None:
            continue
        end = _behind_outlet(words, found.end(), outlet)
        if tags := _TAGS.match(words, end):
            end = tags.end()
        if _SENTENCE.match(words, end):
            return "dateline", end
    label = _REPORT_LABEL.match(words)
    if label is not None and _SENTENCE.match(words, label.end()):
        return "heading", label.end()
    run_in = _RUN_IN_HEADING.match(words)
    if run_in is not None:
        return "heading", run_in.end()
    stamp = _STAMP.match(words) if at_start else None
    if stamp is not None and _YEAR.search(stamp["day"]) and _SENTENCE.match(words, stamp.end()):
        return "notice", stamp.end()
    return None


_REPORT_LABEL = re.compile(
    r"(?:UPDATE(?: \d{1,2})?|BREAKING(?: NEWS)?|EXCLUSIVE|ANALYSIS|FACTBOX|TIMELINE|ALERT)(?:: | ?[-–—] ?)"
)
# "THE CABLE. It was cut": capitals of two words or more, closed by a stop, before a sentence in small letters
_RUN_IN_HEADING = re.compile(r"\A[A-ZÀ-ÖØ-Þ'’-]{2,}(?: [A-ZÀ-ÖØ-Þ'’-]{2,}){1,5}\. (?=[\"“‘']?[A-Z][a-z]{0,12} [a-z])")


def is_wire_line(words: str) -> bool:
    """Whether a line is a dateline and nothing else ("OSTMARK WIRE, Port Alder", "ALDER, Verania —")."""
    return _WIRE_LINE.match(words) is not None


def _behind_outlet(words: str, end: int, outlet: str | None) -> int:
    """The outlet's own name may follow the day: "ALDER, 3 May. Ostmark Post. The ministry"."""
    if outlet and words[end : end + len(outlet)].casefold() == outlet.casefold():
        behind = re.compile(rf"(?:{_DASH}|[.:] )").match(words, end + len(outlet))
        return behind.end() if behind else end
    return end


def day(text: str) -> str | None:
    """The day, with its year, in a dateline or a stamp at the head of a text, as worded; None where there is none."""
    for line in text.lstrip()[:400].splitlines()[:3]:
        stamp = _STAMP.match(line + " ")
        if stamp and (stamp["label"] or _STAMP_END.match(line, stamp.end() - 1)) and _YEAR.search(stamp["day"]):
            return stamp["day"]
        found = _WITH_DAY.match(line)
        if found and _SENTENCE.match(line, found.end()):
            dated = re.search(_DAY, found[0])
            if dated and _YEAR.search(dated[0]):
                return dated[0]
    return None
