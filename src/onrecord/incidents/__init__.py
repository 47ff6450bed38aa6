"""One event, one row; verdicts on tallies: what the stories together tell of."""

from onrecord.incidents.arithmetic import misfits
from onrecord.incidents.grades import grade
from onrecord.incidents.groups import Group, decided
from onrecord.incidents.history import responsibility
from onrecord.incidents.merged import (
    Desk,
    Growing,
    Merged,
    Merger,
    Regrouped,
    by_story,
    in_order,
    merge,
    owned,
    parted,
    places,
    row_id,
)
from onrecord.incidents.names import Naming, ends, named, renamed, resolve
from onrecord.incidents.overrides import Row
from onrecord.incidents.phases import Refusal
from onrecord.incidents.series import Steps, movements
from onrecord.incidents.support import of_total
from onrecord.incidents.told import Families, tellings
from onrecord.incidents.verdicts import verdicts
from onrecord.incidents.voices import heard, speakers

__all__ = [
    "Desk",
    "Families",
    "Group",
    "Growing",
    "Merged",
    "Merger",
    "Naming",
    "Refusal",
    "Regrouped",
    "Row",
    "Steps",
    "by_story",
    "decided",
    "ends",
    "grade",
    "heard",
    "in_order",
    "merge",
    "misfits",
    "movements",
    "named",
    "of_total",
    "owned",
    "parted",
    "places",
    "renamed",
    "resolve",
    "responsibility",
    "row_id",
    "speakers",
    "tellings",
    "verdicts",
]
