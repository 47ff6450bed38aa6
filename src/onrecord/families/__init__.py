"""Whose report a story is: its fingerprint; families, derivations and mutations of many."""

from onrecord.families.copies import Matrix, Pairs, PairsOf, pairs
from onrecord.families.fingerprint import Fingerprint, fingerprint
from onrecord.families.group import Added, Grouped, Grouping, group

__all__ = ["Added", "Fingerprint", "Grouped", "Grouping", "Matrix", "Pairs", "PairsOf", "fingerprint", "group", "pairs"]
