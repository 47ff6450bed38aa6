"""One event, one row; verdicts on tallies: what the stories together tell of."""

from onrecord.incidents.merged import Merged, merge
from onrecord.incidents.names import Naming, ends, named, renamed, resolve
from onrecord.incidents.told import Families

__all__ = ["Families", "Merged", "Naming", "ends", "merge", "named", "renamed", "resolve"]
