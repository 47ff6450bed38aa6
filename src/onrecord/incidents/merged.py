"""All readings → incidents, plans and verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.incidents import rows, voices
from onrecord.incidents.likeness import scale
from onrecord.incidents.merging import gather
from onrecord.incidents.told import Families, lineages, tellings
from onrecord.incidents.verdicts import verdicts
from onrecord.records import Campaign, Incident, Plan, Read, Verdict


@dataclass(frozen=True, slots=True)
class Merged:
    """What the readings come to, each in the order in which the press first told of it."""

    incidents: tuple[Incident, ...]
    plans: tuple[Plan, ...]
    verdicts: tuple[Verdict, ...]


def merge(
    reads: Sequence[Read], families: Families, *, profile: str = "joint", campaigns: Sequence[Campaign] = ()
) -> Merged:
    """Incidents, plans and verdicts from all readings; the order of the readings does not matter.

    profile: the codebook that turns worded numbers into bounds. campaigns: within which tallies are checked; without
    one, everything is one campaign. Raises WrongUse for a profile that is not there.
    """
    ordered = sorted(reads, key=lambda read: read.story.id)
    told = tellings(ordered, lineages(ordered, families))
    scales = scale(told)
    gathered = gather(told, scales)
    known = voices.cast(ordered)
    incidents = tuple(rows.incident(gathering, known, profile) for gathering in gathered.incidents)
    incidents = tuple(sorted(incidents, key=lambda one: (one.when is None, one.when and one.when.start, one.id)))
    plans = tuple(sorted(map(rows.plan, gathered.plans), key=lambda one: (one.stories[0], one.id)))
    return Merged(incidents, plans, verdicts(ordered, incidents, campaigns, profile))
