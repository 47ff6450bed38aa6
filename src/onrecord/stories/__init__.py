"""Sources → stories: `gather` yields one `Intake` for every input that it finds, used or refused."""

from onrecord.settings import ReadOptions
from onrecord.stories.gathering import Gathered, gather, unasked
from onrecord.stories.sources import is_address, listed
from onrecord.stories.online import Held, OnlineOptions, Unchanged, asking

__all__ = ["Gathered", "Held", "OnlineOptions", "ReadOptions", "Unchanged", "asking", "gather", "unasked"]
