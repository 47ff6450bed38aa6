"""Which stories lead with one event, among all that they tell of."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from onrecord.incidents import likeness, links, words
from onrecord.incidents.likeness import Gathering, Scale, score
from onrecord.incidents.links import Alike
from onrecord.incidents.standing import stands
from onrecord.incidents.told import Telling


def alike(done: Sequence[Telling], scales: Scale) -> Alike:
    """Which of the stories lead with one event. done: what they tell of as done, in its order. A story of which no words were
    kept is like no other.
    """
    besides = _besides(done, scales)
    leads = [telling for telling in done if scales.lead(telling) and telling.words]
    return links.alike(leads, links.weights(), lambda one, other: _elsewhere(one, other, besides, scales))


def _besides(done: Sequence[Telling], scales: Scale) -> dict[str, list[Telling]]:
    """What each story tells of besides its lead that is clearly another event."""
    lead = {telling.story.id: telling for telling in done if scales.lead(telling)}
    found: dict[str, list[Telling]] = defaultdict(list)
    for telling in done:
        mine = lead.get(telling.story.id)
        if mine is not None and mine is not telling and stands(telling, lead=False) and _fit(telling, mine, scales) < 0:
            found[telling.story.id].append(telling)
    return found


def _elsewhere(one: Telling, other: Telling, besides: Mapping[str, Sequence[Telling]], scales: Scale) -> bool:
    """Whether one of two leads is rather of an act that the other's story tells of besides its own: of its kind, or in its place."""
    clear = words.table()["weights"]["besides"]
    return any(
        _nearer(mine, act, theirs) and _fit(mine, act, scales) > _fit(mine, theirs, scales) + clear
        for mine, theirs in ((one, other), (other, one))
        for act in besides.get(theirs.story.id, ())
    )


def _nearer(mine: Telling, act: Telling, theirs: Telling) -> bool:
    if mine.event.kind == act.event.kind and not likeness.alike(mine.event.kind, theirs.event.kind):
        return True
    return bool(mine.names & act.names) and bool(theirs.names) and mine.names.isdisjoint(theirs.names)


def _fit(telling: Telling, other: Telling, scales: Scale) -> float:
    """How well two tellings fit each other, whatever else their stories say."""
    alone = Gathering()
    alone.add(other, lead=False)
    found = score(telling, alone, scales, kin=False)
    return -math.inf if found is None else found.value
