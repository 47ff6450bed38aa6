"""The stories of one grouping, to be looked up by outlet, by fact, by quotation and by common words."""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from onrecord.families import copies
from onrecord.families.copies import PairsOf
from onrecord.families.neighbours import Neighbours
from onrecord.families.tellings import (
    Order,
    Sets,
    Telling,
    credited,
    may_precede,
    may_retell,
    order_of,
    outlet_key,
    source_keys,
    telling,
)
from onrecord.records import Read

# What keeps the work in line with the number of stories: of how many latest stories of an outlet any may be its report, how
# many with one fact are looked at, and from how many on a fact tells nothing of who has copied whom.
_LATEST, _WIDE, _COMMON = 40, 300, 40


T = TypeVar("T")


class Shelf:
    """Stories by number, in the order in which they came; what is found does not depend on that order."""

    def __init__(self, pairs: PairsOf = copies.pairs) -> None:
        self.tellings: list[Telling] = []
        self.copies = Neighbours(self._order, pairs)
        self._mastheads: set[str] = set()
        # Numbers of stories, always in order of time
        self._by_outlet: defaultdict[str, list[int]] = defaultdict(list)
        self._by_quote: defaultdict[str, list[int]] = defaultdict(list)
        self._by_fact: defaultdict[str, list[int]] = defaultdict(list)
        self._crediting: defaultdict[str, list[int]] = defaultdict(list)
        self._naming: defaultdict[str, list[int]] = defaultdict(list)
        # Of outlets that somebody credits: their stories by fact and quotation
        self._reports: dict[str, defaultdict[str, list[int]]] = {}

    def extend(self, reads: Iterable[Read]) -> tuple[list[int], set[int]]:
        """Adds stories, of which each is let go of before the next is asked for. Returns the numbers of those that are new or read
        otherwise now, in order of time, and of the others whose origin may be another one now.
        """
        first, sets = len(self.tellings), Sets()
        for read in reads:
            self.tellings.append(telling(read, self._mastheads, sets))
            self.copies.hold(read.reading.signature)
        keys = {this.outlet for this in self.tellings[first:] if this.outlet is not None} - self._mastheads
        renamed = {n for key in keys for n in self._naming.get(key, ())}
        self._mastheads |= keys
        for n in range(first, len(self.tellings)):
            if not keys.isdisjoint(source_keys(self.tellings[n].read)):
                self._read_again(n)
        touched: set[int] = set()
        # In order of time, so that each is put in at the end of its lists
        for n in sorted(range(first, len(self.tellings)), key=self._order):
            self._place(n)
            if first:
                touched |= self._crossed(n) | self._followers(n)
        touched |= self.copies.extend()
        if first:
            for n in range(first, len(self.tellings)):
                touched |= self._copied(n)
        for n in renamed:
            was, now = self.tellings[n], self._read_again(n)
            for key in {credit.key for credit in now.credits} - {credit.key for credit in was.credits}:
                put(self._crediting[key], n, self._order)
            touched.update(self.copies.of(n))
        fresh = {*range(first, len(self.tellings)), *renamed}
        return sorted(fresh, key=self._order), touched - fresh

    def retell(self, n: int, read: Read) -> set[int]:
        """Puts a story that stands as it stood (`stands_as`) in the place of what is held of it: its claims and events may be
        others. Returns the other stories whose origin may be another one now.
        """
        was, now, touched = self.tellings[n], telling(read, self._mastheads, Sets()), self._looking_at(n)
        self.tellings[n] = now
        named, credited = source_keys(was.read), {credit.key for credit in was.credits}
        for index, before, after in (
            (self._naming, named, source_keys(read)),
            (self._crediting, credited, {credit.key for credit in now.credits}),
        ):
            for key in before - after:
                index[key].remove(n)
            for key in after - before:
                put(index[key], n, self._order)
        return touched | self._looking_at(n)

    def stands_as(self, n: int, read: Read) -> bool:
        """Whether another reading of a story differs in nothing by which it is filed here: its place in time, its outlet and its words."""
        this, story = self.tellings[n], read.story
        return (
            (this.order, this.outlet) == (order_of(story), outlet_key(story))
            and (this.read.story.published, this.read.story.earlier) == (story.published, story.earlier)
            and self.copies.signature(n) == read.reading.signature
            and this.quotes == frozenset(read.reading.quotes)
            and this.facts == frozenset(read.reading.facts)
        )

    def read(self, n: int) -> Read:
        """A story with all of its reading that grouping asks for."""
        this, held = self.tellings[n], self.tellings[n].read
        quotes, facts = tuple(sorted(this.quotes)), tuple(sorted(this.facts))
        return Read(held.story, replace(held.reading, signature=self.copies.signature(n), quotes=quotes, facts=facts))

    def reports_of(self, story: int, outlet: str, most: int) -> list[int]:
        """The stories of a credited outlet that may stand behind a story: not later, those first that share most facts
        with it.
        """
        this, met = self.tellings[story], Counter[int]()
        met.update(dict.fromkeys(self._latest(self._by_outlet.get(outlet, ()), this, _LATEST), 0))
        reports = self._reports_by_fact(outlet)
        for fact in sorted(this.facts | this.quotes):
            met.update(self._latest(reports.get(fact, ()), this, _WIDE))
        met.update(n for n in self.copies.of(story) if self.tellings[n].outlet == outlet)
        fit = [n for n in met if n != story and may_precede(self.tellings[n], this)]
        return sorted(fit, key=lambda n: (-met[n], self.tellings[n].order))[:most]

    def alike(self, story: int) -> Iterable[tuple[int, int, int]]:
        """The stories that share quotations or facts with one which few others have, in no order, each with how many quotations
        and how many facts.
        """
        this, quotes, facts = self.tellings[story], Counter[int](), Counter[int]()
        for index, keys, met in ((self._by_quote, this.quotes, quotes), (self._by_fact, this.facts, facts)):
            for key in keys:
                if len(index[key]) <= _COMMON:
                    met.update(index[key])
        return [(n, quotes[n], facts[n]) for n in quotes.keys() | facts.keys() if n != story]

    def _order(self, story: int) -> Order:
        return self.tellings[story].order

    def _place(self, n: int) -> None:
        this = self.tellings[n]
        for quote in this.quotes:
            put(self._by_quote[quote], n, self._order)
        for fact in this.facts:
            put(self._by_fact[fact], n, self._order)
        for key in {credit.key for credit in this.credits}:
            put(self._crediting[key], n, self._order)
        for key in source_keys(this.read):
            put(self._naming[key], n, self._order)
        if this.outlet is not None:
            put(self._by_outlet[this.outlet], n, self._order)
            if this.outlet in self._reports:
                self._put_reports(n, self._reports[this.outlet])

    def _put_reports(self, n: int, reports: defaultdict[str, list[int]]) -> None:
        for fact in self.tellings[n].facts | self.tellings[n].quotes:
            put(reports[fact], n, self._order)

    def _read_again(self, n: int) -> Telling:
        """A source that a story names turned out to be an outlet."""
        this = self.tellings[n]
        self.tellings[n] = now = replace(this, credits=credited(this.read, self._mastheads))
        return now

    def _reports_by_fact(self, outlet: str) -> defaultdict[str, list[int]]:
        if outlet not in self._reports:
            reports: defaultdict[str, list[int]] = defaultdict(list)
            for n in self._by_outlet.get(outlet, ()):
                self._put_reports(n, reports)
            self._reports[outlet] = reports
        return self._reports[outlet]

    def _latest(self, numbers: Sequence[int], this: Telling, most: int) -> Sequence[int]:
        """Of stories in order of time, the last that may have stood before this one; undated ones may have stood at any
        time.
        """
        if this.end is None or len(numbers) <= most:
            return numbers[-most:]
        dated = bisect_left(numbers, True, key=lambda n: self.tellings[n].start is None)
        fit = bisect_right(numbers, this.end.timestamp(), hi=dated, key=lambda n: self._order(n)[1])
        return [*numbers[max(0, fit - most) : fit], *numbers[dated:][-most:]]

    # ---- what one story more changes for others

    def _looking_at(self, n: int) -> set[int]:
        """The stories that may find their origin in this one, or find that it is none."""
        return self._followers(n) | self._crossed(n) | set(self.copies.of(n))

    def _followers(self, n: int) -> set[int]:
        """The stories that credit this one's outlet and may look at it now."""
        this, found = self.tellings[n], set[int]()
        if this.outlet is None:
            return found
        matter, shelf = this.facts | this.quotes, self._by_outlet[this.outlet]
        for other in self._crediting.get(this.outlet, ()):
            that = self.tellings[other]
            if may_precede(this, that) and (
                not matter.isdisjoint(that.facts)
                or not matter.isdisjoint(that.quotes)
                or n in self._latest(shelf, that, _LATEST)
            ):
                found.add(other)
        return found

    def _copied(self, n: int) -> set[int]:
        """The stories that share so many words with this one that they may have it from there, or credit its outlet."""
        outlet = self.tellings[n].outlet
        crediting = {m for m in self.copies.of(n) if self.tellings[m].credits_to(outlet)}
        return crediting.union(m for m, _ in self.copies.copied(n))

    def _crossed(self, n: int) -> set[int]:
        """The stories that share a rare fact or a quotation with this one and may have it from there; all that share what is no
        longer rare.
        """
        this, found = self.tellings[n], set[int]()
        for index, keys in ((self._by_quote, this.quotes), (self._by_fact, this.facts)):
            for key in keys:
                numbers = index[key]
                if len(numbers) <= _COMMON:
                    found.update(other for other in numbers if may_retell(self.tellings[other], this))
                elif len(numbers) == _COMMON + 1:
                    found.update(numbers)
        return found


def put(ranked: list[T], one: T, key: Callable[[T], Order]) -> None:
    """Puts one in its place in time."""
    if not ranked or key(ranked[-1]) <= key(one):
        ranked.append(one)
    else:
        insort(ranked, one, key=key)
