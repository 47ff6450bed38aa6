"""Where the batches run."""

from onrecord.engines.local import Local
from onrecord.engines.reader import Reader, reader_name

__all__ = ["Local", "Reader", "reader_name"]
