"""A story → Annotated: sentences and syntax, once for all stages."""

from onrecord.language.annotated import Annotated, Sentence
from onrecord.language.annotator import READER_MODEL, Annotator
from onrecord.language.encoder import network_name

__all__ = ["READER_MODEL", "Annotated", "Annotator", "Sentence", "network_name"]
