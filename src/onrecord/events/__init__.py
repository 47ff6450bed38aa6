"""What happened in a story, how many it struck, and which running totals it states."""

from dataclasses import dataclass

from onrecord.events import arguments, items, mentions, occurrences, tallies
from onrecord.events.gist import gist
from onrecord.language.annotated import Annotated
from onrecord.records import Claim, Event, Gist, Rejection, Tally

__all__ = ["Built", "build"]


@dataclass(frozen=True, slots=True)
class Built:
    """What one story tells. rejections: parts that could not be read."""

    events: tuple[Event, ...]
    tallies: tuple[Tally, ...]
    gist: Gist
    rejections: tuple[Rejection, ...] = ()


def build(annotated: Annotated, claims: tuple[Claim, ...]) -> Built:
    """The events and running totals of a story, each with the words it was read from."""
    around = arguments.around(annotated)
    stated = tallies.every(annotated, claims, around.counts)
    found = tuple(m for m in mentions.find(annotated, claims) if not tallies.is_only(m, stated))
    filled = arguments.fill(annotated, found, arguments.without(around, stated))
    listed = items.find(annotated, around.names)
    told = occurrences.build(annotated.story.id, items.lend(filled, listed), claims, listed)
    region = around.names.region
    return Built(told, tallies.once(stated), gist(annotated, told, region.where if region is not None else None))
