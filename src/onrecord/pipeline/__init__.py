"""The one path: sources → stories → readings → ledger → what is derived from them.

Everything that changes a ledger goes through here: `add`, `reread`, `decide`, `rebuild`, `watch` for campaigns. The clock
is read by the callers and passed down as `now`.
"""

from onrecord.pipeline.adding import AddOptions, AddReport, Progress, add, check, read_only, silent
from onrecord.pipeline.campaigning import end_campaign, start_campaigns
from onrecord.pipeline.deciding import Judgement, Outcome, decide
from onrecord.pipeline.deriving import derive, derive_if_old, rebuild
from onrecord.pipeline.keeping import Kept
from onrecord.pipeline.moving import MoveReport, move
from onrecord.pipeline.rereading import RereadOptions, RereadReport, reread
from onrecord.pipeline.verifying import checkpoint, verify
from onrecord.pipeline.viewing import View, arranged, content, view

__all__ = [
    "AddOptions",
    "AddReport",
    "Judgement",
    "Kept",
    "MoveReport",
    "Outcome",
    "Progress",
    "RereadOptions",
    "RereadReport",
    "View",
    "add",
    "arranged",
    "check",
    "checkpoint",
    "content",
    "decide",
    "derive",
    "derive_if_old",
    "end_campaign",
    "move",
    "read_only",
    "rebuild",
    "reread",
    "silent",
    "start_campaigns",
    "verify",
    "view",
]
