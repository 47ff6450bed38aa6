"""Invented campaigns read end to end: what the press's running totals are held to be.

The floor is what is reached; what is wrong is listed when it breaks.
"""

import json
import tomllib
from pathlib import Path

import pytest

from onrecord import pipeline
from onrecord.records import Masthead, Read, Reading
from onrecord.settings import ReadOptions

CAMPAIGNS = tomllib.loads(Path(__file__).with_name("campaigns.toml").read_text(encoding="utf-8"))["campaign"]
FLOOR = 0.93
"""Below all, for a network's sums differ a little from one processor to another."""


def read(rows, folder):
    """The stories of a campaign, read once, in the order of the rows."""
    path = folder / "stories.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = []
    for item, reading in pipeline.read_only([str(path)], ReadOptions(), workers=1):
        story = item.story
        assert story is not None
        assert isinstance(reading, Reading)
        head = Masthead(story.id, story.name, story.url, story.outlet, story.headline, story.published, len(story.text))
        found.append(Read(head, reading))
    return found


def row(told, number):
    return {
        "id": f"s{number}",
        "url": f"https://wire.example/{number}",
        "outlet": told["outlet"],
        "published": f"{told['day']}T18:00:00Z",
        "headline": told.get("headline", "Talks go on"),
        "text": told["text"],
    }


def answers(read_, verdicts):
    """What is said of each total of the text: its unit, its number and the answer."""
    words = {verdict.tally: verdict.word for verdict in verdicts}
    return [
        (tally.unit, tally.quantity.number, words[tally.id])
        for tally in read_.reading.tallies
        if tally.span.part == "text"
    ]


def is_among(asked, found):
    unit, number, word = asked
    return any((unit, word) == (f[0], f[2]) and number in {0, f[1]} for f in found)


@pytest.mark.slow
def test_totals_are_held_against_the_right_acts(tmp_path):
    right, wrong = 0, []
    for campaign in CAMPAIGNS:
        told = [*campaign["act"], *campaign["total"]]
        reads = read([row(one, number) for number, one in enumerate(told)], tmp_path)
        acts = reads[: len(campaign["act"])]
        for total, mine in zip(campaign["total"], reads[len(acts) :], strict=True):
            found = answers(mine, pipeline.derive((*acts, mine), "joint").verdicts)
            wrong += [
                f"{campaign['name']}: {asked}: {total['text']}"
                for asked in total["answers"]
                if not is_among(asked, found)
            ]
            right += sum(is_among(asked, found) for asked in total["answers"])
    assert right / (right + len(wrong)) >= FLOOR, wrong
