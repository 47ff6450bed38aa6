"""What several stories lead with: which leads are of one event, and which of them found an incident together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from onrecord.incidents import links, words
from onrecord.incidents.leading import Besides
from onrecord.incidents.likeness import Gathering, score
from onrecord.incidents.links import Alike
from onrecord.incidents.rarity import Scale
from onrecord.incidents.standing import stands
from onrecord.incidents.told import Telling


@dataclass(frozen=True, slots=True)
class Placed:
    """A lead in the incident that several found. founder: the event of the one that tells it best; reason: None for that one."""

    telling: Telling
    founder: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Rebundled:
    """What more tellings change. placed: of the events that were in a bundle or are now, where each stands, None for one that stands nowhere
    with others any more; moved: the leads that are likelier or less likely to be of one event with others.
    """

    placed: Mapping[str, Placed | None]
    moved: set[str]


class Bundles:
    """The leads of all stories, kept up as tellings come and go. copied: whether an event is what its story carries of another."""

    def __init__(self, scales: Scale, copied: Callable[[str], bool]) -> None:
        self._scales, self._copied = scales, copied
        self._own: dict[str, tuple[Telling, ...]] = {}
        self._besides = Besides(scales, self._own)
        self._alike = Alike(links.weights(), self._besides.elsewhere)
        self._leads: dict[str, Telling] = {}
        self._bundles: dict[str, tuple[str, ...]] = {}

    def unlike(self, telling: Telling, leads: Sequence[str]) -> bool:
        """Whether what a story leads with is clearly unlike what others lead with."""
        least: float = words.table()["weights"]["unlike"]
        return self._alike.mean(telling.event.id, leads) < least

    def change(
        self,
        stories: Iterable[str],
        touched: Iterable[str],
        of: Mapping[str, Sequence[Telling]],
        told: Mapping[str, Telling],
    ) -> Rebundled:
        """Looks again at what some stories lead with. touched: the events that are new, gone or held against others by other measures
        now; of, told: all tellings, by their stories and by their events.
        """
        gone, come, again = [], [], []
        for story in stories:
            before, lead = self._leads.pop(story, None), self._lead(story, of.get(story, ()))
            if before is not None and before is lead:
                again.append(before.event.id)
                continue
            gone += [before.event.id] if before is not None else []
            come += [lead] if lead is not None else []
        self._besides.forget(stories)
        found = self._alike.change(gone, sorted(come, key=lambda one: one.order), again)
        asked = {*touched, *found.moved, *found.gone}
        parted = {one for event in asked for one in self._bundles.get(event, ())}
        for event in parted:
            self._bundles.pop(event)
        placed: dict[str, Placed | None] = dict.fromkeys(sorted(parted))
        bundles = {bundle for event in asked | parted if (bundle := self._alike.bundle(event)) is not None}
        for bundle in sorted(bundles.union(found.come)):
            self._bundles.update(dict.fromkeys(bundle, bundle))
            placed.update({one.telling.event.id: one for one in self._founded([told[event] for event in bundle])})
        return Rebundled(placed, found.moved & told.keys())

    def _lead(self, story: str, told: Sequence[Telling]) -> Telling | None:
        """What a story leads with, if it is its own and enough of its words were kept."""
        self._own[story] = tuple(telling for telling in told if not self._copied(telling.event.id))
        for telling in self._own[story]:
            if telling.mode == "done" and telling.words and self._scales.lead(telling):
                self._leads[story] = telling
                return telling
        return None

    def _founded(self, bundle: Sequence[Telling]) -> list[Placed]:
        """The incident that leads found together, where one of them tells enough of it. A story that is like the others, and no more,
        stays out where what it tells speaks against it.
        """
        weigh = words.table()["weights"]
        founder = next((telling for telling in _firmest(bundle) if stands(telling, lead=True)), None)
        if founder is None:
            return []
        placed, gathering = [Placed(founder, founder.event.id, None)], Gathering()
        gathering.add(founder, lead=True)
        for telling in bundle:
            if telling is founder:
                continue
            others = [one.event.id for one in bundle if one is not telling]
            chance = self._alike.mean(telling.event.id, others)
            fit = score(telling, gathering, self._scales)
            if chance >= weigh["sure"] or (fit is not None and fit.value >= weigh["against"]):
                nearest, because = self._alike.nearest(telling.event.id, others)
                why = f"as {nearest} is of another ({chance:.0%}: {', '.join(because)})"
                reason = f"{telling.event.id} is what its story leads with, {why}"
                gathering.add(telling, lead=True)
                placed.append(Placed(telling, founder.event.id, reason))
        return placed


def _firmest(tellings: Sequence[Telling]) -> list[Telling]:
    return sorted(tellings, key=lambda telling: (not telling.sharp, not telling.firm, telling.order))
