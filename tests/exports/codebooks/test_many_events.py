"""Ten thousand incidents and as many plans leave in seconds."""

import time
from dataclasses import replace

import pytest

from invented import derived, masthead, reading, story
from onrecord.exports import files
from onrecord.pipeline import View, arranged
from onrecord.records import Derived, Read

MANY = 10_000


@pytest.fixture(scope="module")
def many() -> View:
    reads, incidents, plans = [], [], []
    for number in range(MANY):
        told = story(number)
        found = reading(told)
        made = derived(told, found)
        reads.append(Read(masthead(told), found))
        incidents.append(replace(made.incidents[0], id=f"in-{number:08x}"))
        plans.append(replace(made.plans[0], id=f"pl-{number:08x}", kind="bombing"))
    return arranged(reads, Derived(incidents=tuple(incidents), plans=tuple(plans)))


@pytest.mark.slow
@pytest.mark.parametrize("form", ["plover", "airwars"])
def test_ten_thousand_incidents_leave_within_ten_seconds(many: View, form: str) -> None:
    seen = replace(many, profile=files.FORMS[form].profile)
    start = time.process_time()
    parts = dict(files.made(seen, form))
    assert time.process_time() - start < 10
    table = parts["polecat.tsv" if form == "plover" else "incidents.csv"]
    assert table.count(b"\n") == 1 + (2 * MANY if form == "plover" else MANY)
