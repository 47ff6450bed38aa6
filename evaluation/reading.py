"""Rows of a development set → stories, readings and what follows from them, by the product's own path."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from evaluation.cores import watched
from evaluation.rows import Row
from onrecord import pipeline
from onrecord.incidents.told import Families, leads, tellings
from onrecord.records import Derived, Event, Masthead, Read, Reading, Story, digest
from onrecord.settings import ReadOptions

DATED = ("id", "url", "outlet", "publisher", "published", "date", "headline", "title", "byline", "author", "text")
"""All that a reader may see of a row."""
UNDATED = tuple(key for key in DATED if key != "date")
"""The same for sets whose "date" is what the coder found out, and not when the story appeared."""


@dataclass
class Corpus:
    """Stories with their readings, under the ids of the rows. A row that is no story, or on which the reader failed, is
    in neither of the two.
    """

    stories: dict[str, Story] = field(default_factory=dict)
    reads: dict[str, Read] = field(default_factory=dict)

    @cached_property
    def derived(self) -> Derived:
        """Families, incidents and verdicts of all stories together."""
        return pipeline.derive(tuple(self.reads.values()), "joint")

    @cached_property
    def names(self) -> dict[str, str]:
        """The rows' ids by the ids of their stories."""
        return {story.id: name for name, story in self.stories.items()}

    @cached_property
    def incident_of(self) -> dict[str, str]:
        """The incident that each event was merged into."""
        return {event: incident.id for incident in self.derived.incidents for event in incident.events}

    @cached_property
    def leads(self) -> dict[str, str]:
        """The event that each story leads with, by the story's id."""
        reads, made = tuple(self.reads.values()), self.derived
        families = Families(made.families, made.derivations, made.mutations)
        return {story: lead.event.id for story, lead in leads(tellings(reads, families)).items()}

    @cached_property
    def _events(self) -> dict[str, Event]:
        return {event.id: event for read in self.reads.values() for event in read.reading.events}

    def event(self, name: str) -> Event:
        """The event of that id. Raises KeyError where no story tells of it."""
        return self._events[name]

    def reading(self, name: str) -> Reading | None:
        """The reading of a row, or None."""
        read = self.reads.get(name)
        return read.reading if read else None


@dataclass
class Library:
    """Reads each set once, however many tasks ask for it."""

    workers: int = 0
    _held: dict[str, Corpus] = field(default_factory=dict)

    def read(self, rows: Sequence[Row], keys: Sequence[str] = DATED) -> Corpus:
        """The rows as stories with their readings; nothing but the keys named is looked at."""
        return self._kept("read", rows, keys)

    def tell(self, rows: Sequence[Row], keys: Sequence[str] = DATED) -> Corpus:
        """The rows as stories, unread."""
        return self._kept("tell", rows, keys)

    def _kept(self, how: str, rows: Sequence[Row], keys: Sequence[str]) -> Corpus:
        seen = [{key: row[key] for key in keys if key in row} for row in rows]
        key = digest(how, seen)
        if key not in self._held:
            self._held[key] = _read(seen, self.workers) if how == "read" else _told(seen)
        return self._held[key]


def _told(rows: Sequence[Row]) -> Corpus:
    corpus = Corpus()
    with tempfile.TemporaryDirectory(prefix="onrecord-evaluation-") as folder:
        items = pipeline.check([_file(rows, folder)], ReadOptions())
        for row, item in zip(rows, items, strict=True):
            if item.story is not None:
                corpus.stories[row["id"]] = item.story
    return corpus


def _read(rows: Sequence[Row], workers: int) -> Corpus:
    corpus = Corpus()
    with tempfile.TemporaryDirectory(prefix="onrecord-evaluation-") as folder:
        outcomes = pipeline.read_only([_file(rows, folder)], ReadOptions(), workers)
        for row, (item, outcome) in zip(rows, watched(outcomes, "reading", len(rows)), strict=True):
            if item.story is None:
                continue
            corpus.stories[row["id"]] = item.story
            if isinstance(outcome, Reading):
                corpus.reads[row["id"]] = Read(_masthead(item.story), outcome)
    return corpus


def _file(rows: Sequence[Row], folder: str) -> str:
    path = Path(folder, "stories.jsonl")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def _masthead(story: Story) -> Masthead:
    return Masthead(story.id, story.name, story.url, story.outlet, story.headline, story.published, len(story.text))
