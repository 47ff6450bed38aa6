import json
import random
from collections import Counter

import pytest

from evaluation import generator
from onrecord import families, incidents, pipeline

STORIES = 400


@pytest.fixture(scope="module")
def campaign():
    return list(generator.told(STORIES, seed=3))


@pytest.fixture(scope="module")
def grouped(campaign):
    return families.group([one.read for one in campaign])


def test_a_seed_gives_the_same_campaign_and_another_seed_another(campaign):
    assert list(generator.told(STORIES, seed=3)) == campaign
    assert [one.text for one in generator.told(STORIES, seed=4)] != [one.text for one in campaign]
    assert len({one.read.story.id for one in campaign}) == STORIES
    assert list(generator.told(150, seed=3)) == campaign[:150]


def test_every_span_holds_its_words(campaign):
    for one in campaign:
        reading = one.read.reading
        mentions = [mention for event in reading.events for mention in event.mentions]
        spans = [span for claim in reading.claims for span in (*claim.content, claim.source.span, claim.cue) if span]
        spans += [mention.span for mention in mentions] + [mention.trigger for mention in mentions]
        spans += [count.span for mention in mentions for count in mention.counts]
        spans += [mention.where.span for mention in mentions if mention.where]
        spans += [credit.span for credit in reading.credits] + [tally.span for tally in reading.tallies]
        assert all(one.text[span.start : span.end] == span.text for span in spans)


def test_whose_report_a_story_is_is_found_again(campaign, grouped):
    found = {derivation.story: derivation for derivation in grouped.derivations}
    right = [found[one.read.story.id].origin == one.origin for one in campaign]
    named = [found[one.read.story.id].relation == one.relation for one in campaign]
    assert Counter(one.relation for one in campaign).keys() == {"original", "reprint", "rewrite", "excerpt"}
    assert sum(right) >= 0.95 * STORIES
    assert sum(named) >= 0.95 * STORIES


def test_grouping_and_merging_do_not_depend_on_the_order(campaign, grouped):
    shuffled = [one.read for one in campaign]
    random.Random(5).shuffle(shuffled)
    assert families.group(shuffled) == grouped
    merged = pipeline.derive([one.read for one in campaign], "joint")
    assert pipeline.derive(shuffled, "joint") == merged


def test_twins_stay_two_incidents_and_totals_add_up(campaign, grouped):
    told = {one.read.story.id: one.happening for one in campaign}
    known = incidents.Families(grouped.families, grouped.derivations, grouped.mutations)
    merged = incidents.merge([one.read for one in campaign], known, profile="joint")
    assert all(len({told[story].id for story in row.stories}) == 1 for row in merged.incidents)
    assert len(merged.incidents) == len({happening.id for happening in told.values()})
    strikes = [v.word for v in merged.verdicts if v.tally.endswith("-t1")]
    assert strikes
    assert set(strikes) == {"consistent"}


def test_the_files_are_those_of_the_joint_sets(tmp_path, campaign):
    assert generator.main([str(tmp_path / "made"), "--stories", "60", "--seed", "3"]) == 0
    rows = [json.loads(line) for line in (tmp_path / "made" / "stories.jsonl").read_text("utf-8").splitlines()]
    gold = json.loads((tmp_path / "made" / "gold.json").read_text("utf-8"))
    assert [row["id"] for row in rows] == list(gold["stories"])
    assert {one.happening.id for one in campaign[:60]} == set(gold["incidents"])
    for row in rows:
        told = gold["stories"][row["id"]]
        assert all(row["text"][start:end] for claim in told["claims"] for start, end in claim["content"])
        assert told["origin"] is None or told["origin"] in gold["stories"]
