"""What stories are about, in columns: so that each can be held against many others at once."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from onrecord.incidents import words
from onrecord.incidents.bags import UNKNOWN, Among, Floats, Ints, alone, overlap
from onrecord.incidents.likeness import alike
from onrecord.incidents.told import Telling
from onrecord.records import Where
from onrecord.wording import places

SAYS = {
    "told apart": "told soon after each other",
    "day": "the same day",
    "likely day": "the same likely day",
    "distance": "places next to each other",
    "region": "the same town",
    "place": "the same place",
    "killed": "as many dead",
    "injured": "as many hurt",
    "toll": "the same numbers",
    "kind": "the same kind",
    "ages": "the same ages",
    "headline": "headlines alike",
    "headline told": "the words of the headlines",
    "opening": "openings alike",
    "words": "wording",
    "rare words": "rare words",
    "names": "names",
    "name words": "names",
    "outlet": "two outlets",
}
"""The parts of a pair's score, and what each says where it speaks for the pair."""
PARTS = tuple(SAYS)

_SOON = 3
"""Within so many days a story is news of the act, and no account of its aftermath."""


class Subjects:
    """What some stories are about: for each, the telling that it leads with, and what its opening words come to. bags: sets of their words
    among those of all stories, by name.
    """

    def __init__(self, leads: Sequence[Telling], bags: Mapping[str, Among]) -> None:
        gists = [t.gist for t in leads]
        self._told = _column(t.latest.toordinal() if t.latest else None for t in leads)
        self._first = _column(t.days[0].toordinal() if t.sharp and t.days else None for t in leads)
        self._last = _column(t.days[1].toordinal() if t.sharp and t.days else None for t in leads)
        self._firm = np.array([_is_firm(lead) for lead in leads], dtype=bool)
        self._likely = _column(g.day.toordinal() if g and g.day else None for g in gists)
        self._killed = _column((g.killed.best or 0) if g else None for g in gists)
        self._injured = _column((g.injured.best or 0) if g else None for g in gists)
        self._at = _points(None if t.wide else t.where for t in leads)
        self._region = _points(g.where if g else None for g in gists)
        self._outlets = np.array([t.story.outlet or t.story.id for t in leads])
        self._kinds = [t.event.kind for t in leads]
        self._places = alone([t.names | t.holders for t in leads])
        self._tolls = alone([{f"{what} {n}" for what, n in t.toll} for t in leads])
        self._ages = alone([{fact for fact in t.facts if fact.endswith(" year")} for t in leads])
        self._titles, self._texts = _side_by_side([title(t) for t in leads], [stems(t) for t in leads])
        self._bags = bags

    def parts(self, first: Ints, second: Ints) -> Floats:
        """The parts of pairs of subjects, by position: a row a pair, a column a part, not a number where it is unknown."""
        known = {
            "told apart": _apart(self._told, first, second),
            "day": self._days_apart(first, second),
            "likely day": _apart(self._likely, first, second),
            "distance": _km(self._at, first, second),
            "region": _km(self._region, first, second),
            "place": self._places.both(first, second),
            "killed": _harm(self._killed, first, second),
            "injured": _harm(self._injured, first, second),
            "toll": self._tolls.both(first, second),
            "kind": self._kind(first, second),
            "ages": self._ages.both(first, second),
            "headline": self._bags["headlines"].cosine(first, second),
            "headline told": self._headline_told(first, second),
            "opening": self._bags["opening"].cosine(first, second),
            "words": self._bags["words"].cosine(first, second),
            "rare words": self._bags["rare words"].shared(first, second),
            "names": self._bags["names"].shared(first, second),
            "name words": self._bags["name words"].shared(first, second),
            "outlet": (self._outlets[first] == self._outlets[second]).astype(np.float64),
        }
        return np.column_stack([known[part] for part in PARTS])

    def apart(self, first: Ints, second: Ints) -> npt.NDArray[np.bool_]:
        """Whether two subjects are of days that are beyond doubt, and not the same: whatever else is alike, they are two events."""
        sure = self._firm[first] & self._firm[second]
        found: npt.NDArray[np.bool_] = sure & (self._days_apart(first, second) > 1)
        return found

    def _days_apart(self, first: Ints, second: Ints) -> Floats:
        gap = np.maximum(self._first[second] - self._last[first], self._first[first] - self._last[second])
        found: Floats = np.maximum(gap, 0)
        return found

    def _headline_told(self, first: Ints, second: Ints) -> Floats:
        """What share of each one's headline stands in the other's text, on the average."""
        lengths = np.asarray(self._titles.sum(axis=1), dtype=np.float64).ravel()
        shares = [
            overlap(self._titles, self._texts, a, b) / np.where(lengths[a] > 0, lengths[a], UNKNOWN)
            for a, b in ((first, second), (second, first))
        ]
        return (shares[0] + shares[1]) / 2

    def _kind(self, first: Ints, second: Ints) -> Floats:
        return np.array(
            [
                2.0 if self._kinds[a] == self._kinds[b] else 1.0 if alike(self._kinds[a], self._kinds[b]) else 0.0
                for a, b in zip(first.tolist(), second.tolist(), strict=True)
            ]
        )


def title(lead: Telling) -> frozenset[str]:
    """The telling words of a story's headline."""
    return words.telling(lead.story.headline)


def stems(lead: Telling) -> list[str]:
    """The stems of a story's opening words, in their order."""
    return [words.stem(word) for word in lead.words]


def _side_by_side(
    titles: Sequence[Iterable[str]], texts: Sequence[Iterable[str]]
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """The words of headlines, and which of them stand in each text."""
    known = {word: n for n, word in enumerate(sorted({word for title in titles for word in title}))}
    return _marked(titles, known), _marked(texts, known)


def _marked(sets: Sequence[Iterable[str]], known: Mapping[str, int]) -> sparse.csr_matrix:
    rows = [sorted({known[word] for word in one if word in known}) for one in sets]
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.array([n for row in rows for n in row], dtype=np.int64)
    return sparse.csr_matrix((np.ones(len(columns), np.int64), columns, ends), shape=(len(rows), len(known)))


def _is_firm(lead: Telling) -> bool:
    """Whether the days of a subject are beyond doubt: told of the act itself in a story that came soon after, and borne out by all the
    story's opening words.
    """
    likely = lead.gist.day if lead.gist is not None else None
    if lead.days is None or not lead.sharp or not lead.firm or lead.latest is None or likely is None:
        return False
    first, last = lead.days[0].toordinal(), lead.days[1].toordinal()
    return 0 <= lead.latest.toordinal() - first <= _SOON and first - 1 <= likely.toordinal() <= last + 1


def _points(wheres: Iterable[Where | None]) -> tuple[Floats, Floats]:
    """Latitudes and longitudes in radians."""
    found = [(None, None) if where is None else (where.lat, where.lon) for where in wheres]
    lat, lon = _column(lat for lat, _ in found), _column(lon for _, lon in found)
    return np.radians(lat), np.radians(lon)


def _km(points: tuple[Floats, Floats], first: Ints, second: Ints) -> Floats:
    """Kilometres on a sphere."""
    lat, lon = points
    a, b, c, d = lat[first], lon[first], lat[second], lon[second]
    h = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    found: Floats = 2 * places.EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, h)))
    return found


def _column(values: Iterable[float | None]) -> Floats:
    return np.array([UNKNOWN if value is None else value for value in values], dtype=np.float64)


def _apart(values: Floats, first: Ints, second: Ints) -> Floats:
    return np.abs(values[first] - values[second])


def _harm(values: Floats, first: Ints, second: Ints) -> Floats:
    """How far two numbers of dead or hurt lie apart, up to 4; from 10 on where both are more than one."""
    low = np.minimum(values[first], values[second])
    found: Floats = np.minimum(_apart(values, first, second), 4) + 10.0 * (low > 1)
    return found
