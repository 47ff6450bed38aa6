"""Sources → stories: `gather` yields one `Intake` for every input that it finds, used or refused."""

from onrecord.settings import ReadOptions
from onrecord.stories.gathering import Gathered, gather, unasked
from onrecord.stories.listing import Listed
from onrecord.stories.online import Held, OnlineOptions, Unchanged, asking
from onrecord.stories.sources import is_address, listed, shown

__all__ = [
    "Gathered",
    "Held",
    "Listed",
    "OnlineOptions",
    "ReadOptions",
    "Unchanged",
    "asking",
    "gather",
    "is_address",
    "listed",
    "shown",
    "unasked",
]
