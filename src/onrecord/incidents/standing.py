"""What may be an incident of its own."""

from onrecord.incidents import words
from onrecord.incidents.told import Telling


def stands(telling: Telling, *, lead: bool) -> bool:
    """Whether a telling may be an incident of its own: an act with a day, or with two of these: a place, a toll, a target, the
    first rank in its story (lead); in a report of its own or one whose origin is not held; or what a person says was.
    """
    if telling.event.stated:
        return True
    if telling.lineage.copy and telling.lineage.origin is not None:
        return False
    table, harm = words.table()["standing"], any(n > 0 for _, n in telling.toll)
    kind, target = telling.event.kind, telling.event.target
    if kind in table["acts"]:
        if telling.sharp and (telling.names or harm or target):
            return True
        known = (bool(telling.names) and (lead or harm or target is not None)) or (lead and _is_local(telling))
        return telling.event.status == "happened" and (known or (lead and harm))
    if kind not in table["with_harm"] or not telling.sharp or not telling.names:
        return False
    return harm or (target is not None and bool(telling.claims))


def _is_local(telling: Telling) -> bool:
    """Whether the report is from a town that is known: what it leads with was around there, if it says no more."""
    where = telling.gist.where if telling.gist is not None else None
    return where is not None and where.precision in ("exact", "near", "admin2")
