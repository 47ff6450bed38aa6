"""Where the batches run: one interface, and a runner for each place."""

from onrecord.engines.engine import Engine, Known, Outcome
from onrecord.engines.local import Local
from onrecord.engines.reader import Reader, reader_name

__all__ = ["Engine", "Known", "Local", "Outcome", "Reader", "reader_name"]
