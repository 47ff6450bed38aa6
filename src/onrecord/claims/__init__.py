"""Who says what in a story, and whose report it says it is."""

from onrecord.claims.finding import Found, find

__all__ = ["Found", "find"]
