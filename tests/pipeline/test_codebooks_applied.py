"""The same incidents under another codebook's rules."""

import pytest

from invented import NOW
from onrecord import pipeline
from onrecord.ledger import Ledger
from onrecord.pipeline import Judgement, under
from onrecord.wording import numbers


@pytest.mark.parametrize("profile", numbers.profiles())
def test_looked_at_otherwise_is_derived_otherwise(sample_ledger: Ledger, profile: str) -> None:
    seen = under(pipeline.view(sample_ledger, now=NOW), profile)
    assert seen.profile == profile
    assert seen.derived.incidents == pipeline.view(sample_ledger, profile, NOW).derived.incidents


def test_figures_differ_between_codebooks(sample_ledger: Ledger) -> None:
    seen = pipeline.view(sample_ledger, now=NOW)
    tolls = {
        profile: [one.killed.best for one in under(seen, profile).derived.incidents] for profile in numbers.profiles()
    }
    assert len({str(told) for told in tolls.values()}) > 1
    assert tolls["airwars"] == [None] * len(tolls["airwars"])


@pytest.mark.parametrize("profile", ["acled", "ucdp"])
def test_what_a_person_set_stays(sample_ledger: Ledger, profile: str) -> None:
    (first, *_) = pipeline.view(sample_ledger, now=NOW).derived.incidents
    asked = Judgement("set", first.id, field="killed", value="77", by="dana", reason="counted the graves")
    pipeline.decide(sample_ledger, asked, NOW)
    seen = {one.id: one for one in under(pipeline.view(sample_ledger, now=NOW), profile).derived.incidents}
    assert seen[first.id].killed.best == 77
    assert seen[first.id].decisions
