"""One event, one row; verdicts on tallies: what the stories together tell of."""

from onrecord.incidents.groups import Group, decided
from onrecord.incidents.merged import Desk, Merged, merge, owned, row_id
from onrecord.incidents.names import Naming, ends, named, renamed, resolve
from onrecord.incidents.overrides import Row
from onrecord.incidents.told import Families
from onrecord.incidents.verdicts import verdicts

__all__ = [
    "Desk",
    "Families",
    "Group",
    "Merged",
    "Naming",
    "Row",
    "decided",
    "ends",
    "merge",
    "named",
    "owned",
    "renamed",
    "resolve",
    "row_id",
    "verdicts",
]
