"""How many incidents, dead or injured are there of what is asked for? An answer with bounds, and the incidents behind it.

low counts what surely belongs, best what does by the best reading of each incident, and high what may: that is what makes
an incident sure, likely or possible here. An incident without a figure adds to no number, and is named as such.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Literal, TypeVar, get_args

from onrecord.errors import WrongUse
from onrecord.exports import filters, tables
from onrecord.exports.filters import Filter
from onrecord.exports.listing import Listing
from onrecord.exports.private import Cell, Row
from onrecord.exports.terminal import days
from onrecord.exports.terminal import figure as shown
from onrecord.incidents import words
from onrecord.pipeline import View
from onrecord.records import Bounds, Incident, Plan
from onrecord.wording import gazetteer, places

What = Literal["incidents", "killed", "injured"]
Share = Literal["sure", "likely", "possible"]
_Told = TypeVar("_Told", bound=Incident | Plan)

_LATE = timedelta(days=7)
"""How long after an act that no report dates it may first be told of, to be taken for one of the period."""
_NOTHING = Bounds(None, None, None)


@dataclass(frozen=True, slots=True)
class Known:
    """An incident, or a plan, as it may be asked for. row: its row, with the outlets of its stories; told: the day on which
    it was first told of.
    """

    row: Row
    told: date | None


@dataclass(frozen=True, slots=True)
class Behind:
    """One incident behind an answer. share: a sure one counts in low, best and high, a likely one in best and high, a possible
    one in high alone; why: what keeps it from being sure; figure: what it adds, all unknown for one without a figure.
    """

    row: Row
    share: Share
    why: tuple[str, ...]
    figure: Bounds


@dataclass(frozen=True, slots=True)
class Answer:
    """bounds: a low or best of None is unknown, as no incident behind it has a figure; a high of None is open. left_out: what
    was not counted, as numbers of incidents with the reason; plans: as which status the plans asked for are told, or None.
    """

    what: What
    wanted: Filter
    bounds: Bounds
    behind: tuple[Behind, ...]
    left_out: tuple[tuple[int, str], ...]
    plans: str | None = None


def ask(view: View, what: str, wanted: Filter) -> Answer:
    """The ledger's answer. With a status of what did not happen, plans are counted, which are no incidents.

    Raises WrongUse for another `what`, a campaign that there is not, and the dead or injured of a plan.
    """
    asked = next((one for one in get_args(What) if one == what), None)
    if asked is None:
        raise WrongUse(f"--what {what}: is not one of {', '.join(get_args(What))}")
    plans = wanted.status if wanted.status not in (None, *filters.HAPPENED) else None
    if plans and asked != "incidents":
        raise WrongUse(
            f"--status {plans}: nobody is held to have been {asked} by what is told of as {plans}; "
            f"use --what incidents, or --status {' or '.join(filters.HAPPENED)}"
        )
    filters.check(view, wanted)
    return answer(asked, wanted, known(view, "plans" if plans else "incidents"))


def known(view: View, table: Literal["incidents", "plans"]) -> Iterator[Known]:
    """The incidents or plans of a ledger, in its order."""
    held: Sequence[Incident | Plan] = view.derived.incidents if table == "incidents" else view.derived.plans
    rows = filters.with_outlets(view, tables.rows(view, table))
    for (_, told), row in zip(first_told(view, held), rows, strict=True):
        yield Known(row, told)


def first_told(view: View, held: Iterable[_Told]) -> Iterator[tuple[_Told, date | None]]:
    """Each incident or plan with the day on which it was first told of, by the stories that have one."""
    published = {read.story.id: read.story.published.day for read in view.reads}
    for one in held:
        yield one, min((day for story in one.stories if (day := published[story])), default=None)


def answer(what: What, wanted: Filter, held: Iterable[Known]) -> Answer:
    """What those incidents or plans come to, of those that are asked for. Where they stand in `held` does not matter to a number."""
    alone = [(field.name, value) for field in fields(wanted) if (value := getattr(wanted, field.name)) is not None]
    asked = {name: Filter(**{name: value}) for name, value in alone if name not in ("since", "until")}
    behind, left_out = list[Behind](), Counter[str]()
    for one in held:
        fits = [*(_named(one.row, name, part) for name, part in asked.items()), _in_time(one, wanted)]
        off = next((why for share, why in fits if share is None), None)
        if off is not None:
            left_out[off] += 1
            continue
        why = tuple(reason for _, reason in fits if reason)
        shares = {share for share, _ in fits}
        share: Share = "possible" if "possible" in shares else "likely" if "likely" in shares else "sure"
        behind.append(Behind(one.row, share, why, _figure(one.row, what)))
    plans = wanted.status if wanted.status not in (None, *filters.HAPPENED) else None
    return Answer(
        what,
        wanted,
        _sum(what, behind),
        tuple(behind),
        tuple((count, why) for why, count in sorted(left_out.items())),
        plans,
    )


# ---- whether an incident belongs

_Fit = tuple[Share | None, str]
"""Whether an incident belongs by one filter, None where it does not, and why that is not sure."""

_SURE: _Fit = ("sure", "")
_OFF = {
    "place": "at other places",
    "actor": "by others",
    "outlet": "told of by other outlets",
    "kind": "of other kinds",
    "status": "of another status",
    "campaign": "of other campaigns",
}


def _named(row: Row, name: str, asked: Filter) -> _Fit:
    """By a filter of another sort than time: what the lists show is sure, and where the ledger does not know, it is possible."""
    if asked.keeps(row):
        return _SURE
    if name == "actor" and not words.is_name(str(row["actor"] or "")):
        return "possible", "by nobody named"
    if name == "place" and (unknown := _unknown_place(row, str(asked.place))):
        return "possible", unknown
    if name == "outlet" and "" in str(row["outlets"]).split("; "):
        return "possible", "told of by an outlet without a name"
    return None, _OFF[name]


def _unknown_place(row: Row, asked: str) -> str:
    """What is not known of a place that may lie in, or hold, the place asked for."""
    if not row["place"]:
        return "at no known place"
    if not row.get("country"):
        return "in no known country" if gazetteer.country_named(asked) else ""
    inner = places.resolve(asked if asked != asked.lower() else asked.title())
    wide = row.get("place_precision") == "country" and inner is not None and inner.country == row["country"]
    return "somewhere in the country" if wide else ""


def _in_time(one: Known, wanted: Filter) -> _Fit:
    """By the period. What has no day of its own happened on the day on which it was first told of, or before; a plan lies on the
    day on which it was first told of.
    """
    since, until = wanted.since or date.min, wanted.until or date.max
    if (since, until) == (date.min, date.max):
        return _SURE
    row, told = one.row, one.told
    if "first_day" not in row:
        first = last = told
    else:
        first, last = _day(row["first_day"]), _day(row["last_day"])
    if first is None and last is None:
        return _undated(told, since, until)
    start, end = first or date.min, last or max(told or date.max, first or date.min)
    if end < since or start > until:
        return None, "outside the period"
    if since <= start and end <= until:
        return _SURE
    # One day for each, so that what adjacent periods have by the best reading adds up
    some = [day for day in (first, last) if day is not None]
    middle = some[0] + (some[-1] - some[0]) // 2
    return "likely" if since <= middle <= until else "possible", "on days partly outside the period"


def _undated(told: date | None, since: date, until: date) -> _Fit:
    if told is None:
        return "possible", "of no known day"
    if told < since:
        return None, "outside the period"
    if told <= until:
        return _SURE if since == date.min else ("likely", "of no known day, first told of in the period")
    late = until < date.max - _LATE and told > until + _LATE
    if late:
        return None, "of no known day, first told of long after the period"
    return "possible", "of no known day, first told of soon after the period"


def _day(cell: Cell) -> date | None:
    return date.fromisoformat(str(cell)) if cell else None


# ---- what they come to


def _figure(row: Row, what: What) -> Bounds:
    """What an incident adds. One that has only a least number has that for its best; one that has no least has its best for that."""
    if what == "incidents":
        return Bounds(1, 1, 1)
    low, best, high = (_number(row[f"{what}_{end}"]) for end in ("low", "best", "high"))
    return Bounds(best if low is None else low, low if best is None else best, high)


def _number(cell: Cell) -> int | None:
    return cell if isinstance(cell, int) else None


def _sum(what: What, behind: Sequence[Behind]) -> Bounds:
    told = [one for one in behind if one.figure != _NOTHING]
    lows = [one.figure.low for one in told if one.share == "sure" and one.figure.low is not None]
    bests = [one.figure.best for one in told if one.share != "possible" and one.figure.best is not None]
    highs = [one.figure.high for one in told]
    closed = [high for high in highs if high is not None]
    high = sum(closed) if len(closed) == len(highs) and (highs or what == "incidents") else None
    if what == "incidents":
        return Bounds(sum(lows), sum(bests), high)
    return Bounds(sum(lows) if lows else None, sum(bests) if bests else None, high)


# ---- how it is said


def sentence(found: Answer) -> str:
    """The answer in one sentence, the number first."""
    counted = [one for one in found.behind if one.share != "possible"]
    unknown = sum(one.figure == _NOTHING for one in counted)
    parts = [f"{(found.plans or found.what).capitalize()}: {_amount(found.bounds)}"]
    if found.what != "incidents" and len(counted) > unknown:
        parts[0] += f" in {_of(len(counted) - unknown, 'incident')}"
    if found.plans and found.behind:
        parts[0] += ", of which no incident is made"
    if likely := sum(one.share == "likely" for one in counted):
        parts.append(f"{likely:,} of these may not belong")
    if unknown:
        more = "more " if len(counted) > unknown else ""
        parts.append(f"{unknown:,} {more}{'has' if unknown == 1 else 'have'} no figure")
    if possible := len(found.behind) - len(counted):
        parts.append(f"{possible:,} {'more ' if counted else ''}may belong")
    if not found.behind:
        none = f"the ledger holds no {'plans' if found.plans else 'incidents'}"
        parts.append("nothing matches" if found.left_out else none)
    return "; ".join(parts) + "."


def _amount(bounds: Bounds) -> str:
    low, best, high = bounds.low, bounds.best, bounds.high
    if best is None:
        return "not known" if high is None else f"at most {high:,}"
    if low == best == high:
        return f"{best:,}"
    if high is None:
        return f"{best:,}+" + ("" if low in (None, best) else f" (at least {low:,})")
    return f"{best:,} (at most {high:,})" if low is None else f"{best:,} (between {low:,} and {high:,})"


def _of(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def notes(found: Answer) -> list[str]:
    """What a reader of the answer should know, a sentence each: what keeps incidents from being sure, on how few reports some
    rest, which are contested, and what was left out.
    """
    reports = Counter(one.row.get("independent_reports") for one in found.behind)
    grades = Counter(str(one.row.get("grade")) for one in found.behind)
    lists = {
        **{share.capitalize(): _reasons(found, share) for share in ("likely", "possible")},
        "Resting on few": [
            (reports[n], word) for n, word in ((1, "on one independent report"), (0, "on none")) if reports[n]
        ],
        "Graded": [(grades[word], word) for word in ("contested", "withdrawn") if grades[word]],
        "Left out": found.left_out,
    }
    return [f"{what}: {', '.join(f'{n:,} {why}' for n, why in told)}." for what, told in lists.items() if told]


def _reasons(found: Answer, share: Share) -> list[tuple[int, str]]:
    why = Counter(" and ".join(one.why) for one in found.behind if one.share == share)
    return [(count, reason) for reason, count in sorted(why.items())]


def table(found: Answer) -> Listing:
    """The incidents behind an answer, one line each."""
    harm = (found.what,) if found.what != "incidents" else ()
    headings = ("date", "place", "kind", *harm, "rep/src", "by", "belongs", "id")
    return Listing(
        headings,
        [
            (
                days(one.row.get("first_day"), one.row.get("last_day")),
                one.row["place"],
                one.row["kind"],
                *(shown(one.figure) for _ in harm),
                f"{one.row['independent_reports']}/{one.row['primary_sources']}"
                if "independent_reports" in one.row
                else "",
                one.row["actor"],
                one.share,
                one.row["id"],
            )
            for one in found.behind
        ],
        right=frozenset({*harm, "rep/src"}),
        gives={"date": 13, "place": 7, "kind": 8, "by": 5},
    )


_SHOWN = (
    "first_day",
    "last_day",
    "place",
    "country",
    "kind",
    "status",
    "actor",
    "independent_reports",
    "primary_sources",
    "grade",
)


def as_json(found: Answer) -> dict[str, object]:
    """The whole answer, for programs."""
    asked = {f.name: value for f in fields(found.wanted) if (value := getattr(found.wanted, f.name)) is not None}
    return {
        "question": {"what": found.what, **{k: v.isoformat() if isinstance(v, date) else v for k, v in asked.items()}},
        "answer": sentence(found),
        **_ends(found.bounds),
        "incidents": [
            {
                "id": one.row["id"],
                "share": one.share,
                "why": list(one.why),
                **_ends(one.figure),
                **{column: one.row[column] for column in _SHOWN if column in one.row},
            }
            for one in found.behind
        ],
        "unknown": [one.row["id"] for one in found.behind if one.figure == _NOTHING],
        "left_out": [{"why": why, "incidents": count} for count, why in found.left_out],
    }


def _ends(bounds: Bounds) -> dict[str, int | None]:
    return {"low": bounds.low, "best": bounds.best, "high": bounds.high}
