"""What people decided, held against what was read: which decisions stand, and the readings as people have set them right."""

from onrecord.decisions.anchors import events_in
from onrecord.decisions.applied import Applied, apply, ruling_of, superseded, valued
from onrecord.decisions.folding import JUDGES_A_FINDING, falls_away, in_force, settled
from onrecord.decisions.shown import Target, shown, version
from onrecord.decisions.values import check

__all__ = [
    "JUDGES_A_FINDING",
    "Applied",
    "Target",
    "apply",
    "check",
    "events_in",
    "falls_away",
    "in_force",
    "ruling_of",
    "settled",
    "shown",
    "superseded",
    "valued",
    "version",
]
