"""The desk: pages on which people read, compare and decide, and the same as an API."""

from onrecord.web.app import application
from onrecord.web.options import Options
from onrecord.web.serving import Log, serve

__all__ = ["Log", "Options", "application", "serve"]
