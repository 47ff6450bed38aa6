"""A source → stories: `read` yields one `Intake` for every input it finds, used or refused."""

from onrecord.settings import ReadOptions
from onrecord.stories.sources import read

__all__ = ["ReadOptions", "read"]
