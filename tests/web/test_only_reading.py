"""What somebody sees who only reads: everything but the names of private persons, and nothing that can be changed."""

import re
from pathlib import Path

from asking import SELLERS, invented_ledger
from invented import NOW
from onrecord import pipeline
from onrecord.ledger import Ledger
from onrecord.pipeline import Judgement
from seats import seated

LISTS = (
    "/", "/incidents", "/plans", "/stories", "/tallies", "/families", "/sources", "/log", "/help", "/timeline",
    "/timeline.json", "/search?q=shells", "/incidents?order=oldest",
)  # fmt: skip


def pages(ledger: Ledger) -> list[str]:
    view = pipeline.view(ledger, now=NOW)
    found = [*LISTS, *(f"/incidents/{one.id}" for one in view.derived.incidents)]
    found += [f"/plans/{one.id}" for one in view.derived.plans]
    found += [f"/stories/{one.story.id}" for one in view.reads]
    found += [f"/families/{one.id}" for one in view.derived.families]
    found += [f"/tallies/{one.tally}" for one in view.derived.verdicts]
    return [*found, *(f"/decisions/{one.id}" for one in view.decisions)]


def told(ledger: Ledger, role: str, paths: list[str]) -> str:
    asks = seated(ledger, "ines", role)  # type: ignore[arg-type]
    answers = [asks.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    return "\n".join(f"{answer.headers} {answer.text}" for answer in answers)


def test_no_page_tells_a_reader_the_name_of_a_private_person(tmp_path: Path) -> None:
    ledger = invented_ledger(tmp_path / "fifty.db", SELLERS)
    seen = pipeline.view(ledger, now=NOW)
    incident = seen.derived.incidents[0].id
    for asked in (
        Judgement("set", incident, "ines", f"as {SELLERS[9]} told me", "actor", SELLERS[7]),
        Judgement("confirm", seen.reads[3].reading.claims[1].id, "ines", f"{SELLERS[3]}'s own words"),
    ):
        pipeline.decide(ledger, asked, NOW)
    paths = pages(ledger)
    names = [*SELLERS, *(name.split()[-1] for name in SELLERS)]
    text = told(ledger, "reader", paths)
    assert [name for name in names if name in text or name.upper() in text] == []
    text = told(ledger, "coder", paths)
    assert [name for name in names if name not in text] == []
    ledger.close()


def test_a_reader_finds_none_by_asking_for_one(tmp_path: Path) -> None:
    ledger = invented_ledger(tmp_path / "few.db", SELLERS[:4])
    incident = pipeline.view(ledger, now=NOW).derived.incidents[0].id
    pipeline.decide(ledger, Judgement("set", incident, "ines", "", "actor", SELLERS[1]), NOW)
    reader, coder = seated(ledger, "ines", "reader"), seated(ledger, "ines", "coder")
    name = SELLERS[1]
    for path in (f"/incidents?actor={name}", f"/incidents?actor={name.split()[-1]}"):
        assert "/incidents/in-" in coder.get(path).text
        assert "/incidents/in-" not in reader.get(path).text
    for path in (f"/sources?name={name}", f"/search?q={name}", f"/timeline.json?actor={name}"):
        # The same as for a name that nobody bears, but for what was typed
        mine, nobody = (reader.get(path.replace(name, one)).text for one in (name, "Nobody Atall"))
        assert _plain(mine, name) == _plain(nobody, "Nobody Atall")
    ledger.close()


def _plain(text: str, name: str) -> str:
    for one in (name, name.replace(" ", "+"), name.replace(" ", "%20")):
        text = text.replace(one, "")
    return re.sub(r'(value|key|undo)="?[\w-]*|█+ █+', "", text)


def test_a_reader_is_offered_nothing_that_changes_anything(sample_ledger: Ledger) -> None:
    reader = seated(sample_ledger, "ines", "reader")
    for path in pages(sample_ledger):
        page = reader.get(path).text
        assert 'action="/decide' not in page, path
    answer = reader.post("/decide", data={"verdict": "confirm", "target": "in-1", "reason": ""})
    assert answer.status_code == 403
    assert pipeline.view(sample_ledger).decisions == ()
