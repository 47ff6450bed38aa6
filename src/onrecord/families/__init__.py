"""Whose report a story is: its fingerprint; families, derivations and mutations of many."""

from onrecord.families.fingerprint import Fingerprint, fingerprint
from onrecord.families.group import Grouped, group

__all__ = ["Fingerprint", "Grouped", "fingerprint", "group"]
