"""The closed lists, as types. A drift test holds them against the published vocabulary."""

from typing import Literal

Part = Literal["headline", "text"]
Status = Literal[
    "happened", "ongoing", "attempted", "planned", "threatened", "possible", "hypothetical", "denied", "negated", "unknown"
]  # fmt: skip
SourceKind = Literal["named_person", "named_body", "anonymous", "outlet", "document", "witness", "narrator"]
Form = Literal["direct", "indirect", "mixed", "narration"]
Stance = Literal[
    "asserts", "confirms", "corrects", "denies", "rejects", "questions", "warns", "threatens", "calls for",
    "claims responsibility", "declines to comment",
]  # fmt: skip
EventKind = Literal[
    "air_strike", "drone_strike", "missile_strike", "shelling", "naval_strike", "armed_clash", "bombing", "suicide_attack",
    "shooting", "abduction", "raid", "interception", "seizure", "arrest", "extradition", "release", "deployment",
    "ground_mission", "surveillance", "designation", "threat", "other",
]  # fmt: skip
Mode = Literal["future", "hypothetical", "negation", "historical"]
Relation = Literal["original", "reprint", "rewrite", "excerpt", "roundup", "follow-up"]
CreditRelation = Literal["reported_by", "told", "republished_from", "wire", "cites"]
MutationField = Literal[
    "killed", "injured", "date", "place", "actor", "status", "attribution", "tally", "count_of_sources"
]  # fmt: skip
VerdictWord = Literal["consistent", "short", "over", "units_differ", "not_comparable"]
GradeWord = Literal["withdrawn", "contested", "confirmed", "fair", "one report", "unsourced"]
RevisionField = Literal["date", "place", "actor", "killed", "injured", "responsibility", "status"]
RevisionWhy = Literal[
    "first report", "later deaths", "correction", "retraction", "more direct source", "new report", "decision"
]  # fmt: skip
MovementWord = Literal["new_incident", "revision", "error", "correction", "unchecked"]
CountOf = Literal[
    "killed", "injured", "missing", "presumed_dead", "survivors", "captured", "detained", "abducted", "freed", "rescued",
    "displaced", "aboard", "troops", "vessels", "strikes", "sites", "rounds",
]  # fmt: skip
TallyUnit = Literal[
    "strikes", "attacks", "killed", "killed_or_presumed_dead", "civilians_killed", "injured", "abducted", "freed",
    "captured", "detained", "extradited", "seizures", "vessels", "sites", "bombings", "rounds", "investigations",
    "bodies_found",
]  # fmt: skip
InputState = Literal["ok", "partial", "refused", "failed"]
DatePrecision = Literal["day", "days", "week", "month", "season", "year", "since", "until", "unknown"]
PlacePrecision = Literal["exact", "near", "admin2", "admin1", "region", "country", "sea", "unknown"]
PublishedBasis = Literal["given", "metadata", "dateline", "file", "unknown"]
FurnitureKind = Literal["dateline", "byline", "credit", "navigation", "caption", "notice", "heading"]
DecisionVerdict = Literal["confirm", "reject", "merge", "split", "set", "add", "not_an_incident", "undo"]
TargetKind = Literal["story", "claim", "event", "tally", "incident", "plan", "decision"]
StandingState = Literal["carried", "needs_look", "orphaned", "superseded", "undone"]
NameAct = Literal["given", "moved", "redirected", "deleted", "restored"]
