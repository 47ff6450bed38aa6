"""The one path: sources → stories → readings → ledger → what is derived from them.

Everything that changes a ledger goes through here: `add`, `reread`, `decide`, `rebuild`, campaigns, rounds of coding. The clock
is read by the callers and passed down as `now`.
"""

from onrecord.pipeline.adding import AddOptions, AddReport, Progress, add, check, read_only, silent
from onrecord.pipeline.campaigning import end_campaign, start_campaigns
from onrecord.pipeline.changes import Changes, applied, between
from onrecord.pipeline.coding import Answers, Opening, choices, close_round, code, coded_fields, open_round
from onrecord.pipeline.deciding import Judgement, Outcome, decide
from onrecord.pipeline.deciding_many import decide_all
from onrecord.pipeline.deriving import derive, derive_if_old, rebuild
from onrecord.pipeline.keeping import Kept, Moment, moment
from onrecord.pipeline.moving import MoveReport, move
from onrecord.pipeline.rereading import RereadOptions, RereadReport, reread
from onrecord.pipeline.verifying import checkpoint, verify
from onrecord.pipeline.viewing import View, arranged, content, under, view
from onrecord.pipeline.watching import Round, WatchOptions, watch

__all__ = [
    "AddOptions",
    "AddReport",
    "Answers",
    "Changes",
    "Judgement",
    "Kept",
    "Moment",
    "MoveReport",
    "Opening",
    "Outcome",
    "Progress",
    "RereadOptions",
    "RereadReport",
    "Round",
    "View",
    "WatchOptions",
    "add",
    "applied",
    "arranged",
    "between",
    "check",
    "checkpoint",
    "choices",
    "close_round",
    "code",
    "coded_fields",
    "content",
    "decide",
    "decide_all",
    "derive",
    "derive_if_old",
    "end_campaign",
    "moment",
    "move",
    "open_round",
    "read_only",
    "rebuild",
    "reread",
    "silent",
    "start_campaigns",
    "under",
    "verify",
    "view",
    "watch",
]
