"""When and where an act was, in the forms of MUC-4."""

import re
from collections import Counter
from datetime import date, timedelta

from evaluation.muc import words
from evaluation.muc.acts import Act
from evaluation.muc.phrases import Message
from evaluation.muc.recasing import is_common
from onrecord.records import When, Where
from onrecord.wording import places as gazetteer
from onrecord.wording import times

_DATELINE = re.compile(
    r"\A\s*([A-Z][A-Z .'-]*?)(?:\s*\([^)]*\))?(?:,\s*[A-Z .]+?)?,\s+(\d{1,2})\s+([A-Z]{3})[A-Z]*\s+(\d\d)\b"
)
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_SAYING = "said|says|reported|announced|stated|told|confirmed|claimed|denied|condemned|revealed|noted|added"
_OF_TELLING = re.compile(
    rf"\b(?:{_SAYING}) (?:\w+ ){{0,2}}(?:today|tonight)|\b(?:today|tonight) (?:\w+ )?(?:{_SAYING})\b|\bnow\b", re.I
)
_AROUND = 25
"""Characters around a day that tell whether it is that of the telling."""
_KIND_BEHIND = re.compile(r"(?<=\w) (?:CITY|DEPARTMENT|PROVINCE|MUNICIPALITY|NEIGHBORHOOD|DISTRICT|TOWN)$")
_HERE = re.compile(r"\b(?:this|the) (?:capital|city)\b|\bhere\b", re.IGNORECASE)
_LONGEST = timedelta(days=31)
_WEIGHT_OF_DATELINE = 2


def published(text: str) -> date | None:
    """The day of the dateline."""
    found = _DATELINE.match(text)
    if found is None or found[3] not in _MONTHS:
        return None
    try:
        return date(1900 + int(found[4]), _MONTHS.index(found[3]) + 1, int(found[2]))
    except ValueError:
        return None


def day(message: Message, act: Act) -> str | None:
    """The day of an act, or the days between which it was; without one, that it was not after the message."""
    last = message.published
    when = act.when if act.when is not None and act.when.start else _told_beside(message, act)
    if when is not None and when.start and when.end and (last is None or when.start <= last):
        if when.start == when.end:
            return when.start.isoformat()
        if when.end - when.start <= _LONGEST:
            return f"{when.start.isoformat()}..{when.end.isoformat()}"
    return f"..{last.isoformat()}" if last else None


def _told_beside(message: Message, act: Act) -> When | None:
    """A day that a sentence of the act tells by its date: "today" is mostly that of the telling."""
    for sentence in act.sentences:
        text = " ".join(sentence.text.split())
        for found in times.find(text, message.published):
            told = found.first is not None and found.first == found.last
            if (
                told
                and not _OF_TELLING.search(text[max(0, found.start - _AROUND) : found.end + _AROUND])
                and _is_past(found.first, message.published)
            ):
                return When(found.first, found.last, "day", None)
    return None


def _is_past(day_: date | None, last: date | None) -> bool:
    return day_ is not None and last is not None and day_ <= last


def place(message: Message, act: Act, home_: str | None) -> str | None:
    """COUNTRY: PLACE (KIND), as far as it is known."""
    where = act.where if act.where is not None and _is_home(act.where, home_) else _named_beside(message, act, home_)
    country = _country(where.country) if where is not None and where.country else home_
    if country is None:
        return None
    if where is None and _says_here(act):
        where = _of_dateline(message)
    name = _KIND_BEHIND.sub("", where.name.upper()) if where is not None else ""
    if where is None or not name or is_common(name.lower()) or name == country:
        return country
    kind = _kind(message, name, where, country)
    if kind is None:
        return country
    return ": ".join([country, *_around(message, name, kind), f"{name} ({kind})"])


def _is_home(where: Where, home_: str | None) -> bool:
    """Whether a place can be meant: one in Latin America, or one that no gazetteer has."""
    return where.country is None or _country(where.country) in {home_, *words.table()["regions"]["homes"]}


def _says_here(act: Act) -> bool:
    return any(_HERE.search(" ".join(sentence.text.split())) for sentence in act.sentences)


def _of_dateline(message: Message) -> Where | None:
    found = _DATELINE.match(message.text)
    where = gazetteer.resolve(found[1].title()) if found is not None else None
    return where if where is not None and where.lat is not None else None


def _around(message: Message, name: str, kind: str) -> list[str]:
    """What a place lies in, where the words behind it say so, or where it is a part of the city of the dateline."""
    behind = re.search(
        rf"\b{re.escape(name)}(?: {kind})?,? (?:IN )?(?:THE )?([A-Z ]+?) (DEPARTMENT|PROVINCE)\b", _flat(message)
    )
    if behind is not None and len(behind[1].split()) < 4:
        return [f"{behind[1]} ({behind[2]})"]
    city = _of_dateline(message) if kind == "NEIGHBORHOOD" else None
    return [f"{city.name.upper()} (CITY)"] if city is not None else []


def _flat(message: Message) -> str:
    return " ".join(message.text.split())


def _named_beside(message: Message, act: Act, home_: str | None) -> Where | None:
    """A place that a sentence of the act names behind a preposition."""
    for sentence in act.sentences:
        for entity in sentence.syntax.ents:
            if (
                entity.label_ == "GPE"
                and entity.start > sentence.syntax.start
                and entity.doc[entity.start - 1].pos_ == "ADP"
            ):
                where = gazetteer.resolve(" ".join(str(entity.text).split()))
                if (
                    where is not None
                    and where.lat is not None
                    and where.precision != "country"
                    and _is_home(where, home_)
                ):
                    return where
    return None


def home(message: Message) -> str | None:
    """The country that a message is about: the one it names most, the dateline's counting double."""
    found: Counter[str] = Counter()
    for word in re.findall(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?", message.annotated.story.text):
        country = gazetteer.country_of(word)
        if country:
            found[country] += 1
    dateline = _DATELINE.match(message.text)
    if dateline is not None:
        where = gazetteer.resolve(dateline[1].title(), tuple(found))
        if where is not None and where.country:
            found[where.country] += _WEIGHT_OF_DATELINE
    known = [_country(name) for name, _ in found.most_common()]
    return next((name for name in known if name in words.table()["regions"]["homes"]), None)


def _country(name: str) -> str:
    return str(words.table()["countries"].get(name, name.upper()))


def _kind(message: Message, name: str, where: Where, country: str) -> str | None:
    text = _flat(message)
    kinds = "|".join(kind.upper() for kind in words.table()["regions"]["kinds"])
    name_ = re.escape(name)
    behind = re.search(rf"\b{name_} ({kinds})\b", text) or re.search(rf"\b({kinds}) OF {name_}\b", text)
    if behind is not None:
        return behind[1]
    if where.precision == "admin1":
        return next((k for k in ("DEPARTMENT", "PROVINCE", "STATE") if country in words.table()["regions"][k]), None)
    return "CITY" if where.lat is not None else None


def nation(called: str, home_: str | None) -> str | None:
    """The country that words name, where it is another than that of the act."""
    if re.search(r"\bU\.S\.|\bUNITED STATES\b|\bNORTH AMERICAN\b", called):
        return "UNITED STATES"
    for word in called.split():
        country = gazetteer.country_of(word.title())
        if country is not None and _country(country) != home_:
            return _country(country)
    return None


def unharmed(act: Act) -> bool:
    """Whether the sentences of an act say that nobody was hurt."""
    return any(words.pattern("unharmed", "said").search(" ".join(s.text.split())) for s in act.sentences)
