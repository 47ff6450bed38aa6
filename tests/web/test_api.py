"""The API's reading half: lists, single things, tags, roles, and names that readers do not see."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from asking import API, LISTS, SELLERS, THINGS, all_of, client, invented_ledger
from invented import NOW
from onrecord import decisions, pipeline
from onrecord.exports import files, filters
from onrecord.ledger import Ledger, open_ledger
from onrecord.records import Campaign
from onrecord.web import api, shapes, shapes_whole
from onrecord.web.cursors import decoded
from onrecord.web.failing import Refused

ODD = (
    "]\"'", "' OR 1=1 --", '"*', "NEAR(a b)", "\x00", "%", "../../etc", "a AND", "{}", "\u202e", "🜚", "-", "a" * 250,
    "<script>", "in-00000000", "None", "[", "(", "\\",
)  # fmt: skip
WHOLE = {
    "stories": shapes_whole.StoryWhole, "claims": shapes_whole.ClaimWhole, "events": shapes_whole.EventWhole,
    "tallies": shapes_whole.TallyWhole, "incidents": shapes_whole.IncidentWhole, "plans": shapes_whole.PlanWhole,
    "families": shapes_whole.FamilyWhole, "decisions": shapes_whole.DecisionWhole,
}  # fmt: skip
ROWS = {
    "stories": shapes.StoryRow, "claims": shapes.ClaimRow, "events": shapes.EventRow, "tallies": shapes.TallyRow,
    "incidents": shapes.IncidentRow, "plans": shapes.PlanRow, "families": shapes.FamilyRow,
    "mutations": shapes.MutationRow, "decisions": shapes.DecisionRow, "campaigns": shapes.CampaignRow,
}  # fmt: skip


def decided(ledger: Ledger) -> Ledger:
    """With a campaign, and a decision on each sort of thing that takes one."""
    pipeline.start_campaigns(ledger, [Campaign("Harbour watch")], NOW)
    seen = pipeline.view(ledger, now=NOW)
    read = next(one for one in seen.reads if one.reading.claims and one.reading.events and one.reading.tallies)
    for target in (read.reading.claims[0].id, read.reading.tallies[0].id, seen.derived.incidents[0].id):
        pipeline.decide(ledger, pipeline.Judgement("confirm", target, "ines"), NOW)
    return ledger


@pytest.fixture(scope="module")
def full(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """The sample with some decisions, for tests that only read."""
    path = tmp_path_factory.mktemp("api") / "full.db"
    shutil.copy(sample_file, path)
    ledger = open_ledger(str(path))
    yield decided(ledger)
    ledger.close()


@pytest.fixture
def own(sample_ledger: Ledger) -> Ledger:
    """The same, for a test that decides."""
    return decided(sample_ledger)


# ---- shapes


@pytest.mark.parametrize("role", ["reader", "coder"])
def test_rows_and_things_have_the_shapes_that_are_described(full: Ledger, role: str) -> None:
    asks = client(full, role)
    for table in LISTS:
        answer = asks.get(f"{API}/{table}").json()
        assert set(answer) == {"data", "meta"}
        assert set(answer["meta"]) == {"next", "state"}
        assert answer["data"], table
        for row in answer["data"]:
            ROWS[table].model_validate(row, strict=True)
    for table in THINGS:
        for row in all_of(asks, table):
            answer = asks.get(f"{API}/{table}/{row['id']}")
            assert answer.status_code == 200
            WHOLE[table].model_validate_json(json.dumps(answer.json()["data"]), strict=True)


def test_an_incident_shows_who_gave_which_figure_and_what_it_said_before(full: Ledger) -> None:
    asks, seen = client(full), pipeline.view(full, now=NOW)
    for one in seen.derived.incidents:
        told = asks.get(f"{API}/incidents/{one.id}").json()["data"]
        assert told["killed"] == {"low": one.killed.low, "best": one.killed.best, "high": one.killed.high}
        assert [s["value"] for s in told["statements"]] == [s.value for s in one.statements]
        assert {story["id"] for story in told["stories"]} == set(one.stories)
        assert len(told["events"]) == len(one.events)
        assert told["history"][0]["why"] == "first report"
        assert told["reports"] == list(one.reports)
        assert told["reasons"] == list(one.reasons)


def test_words_of_a_story_lie_where_their_spans_say(full: Ledger) -> None:
    asks = client(full)
    for row in all_of(asks, "stories"):
        told = asks.get(f"{API}/stories/{row['name']}").json()["data"]
        assert told["id"] == row["id"]
        parts = {"text": told["text"], "headline": told["story"]["headline"]}
        for claim in told["claims"]:
            for span in claim["content"]:
                assert parts[span["part"]][span["start"] : span["end"]] == span["text"]


def test_a_name_that_was_merged_leads_to_the_one_it_was_merged_into(own: Ledger) -> None:
    one, other, *_ = (incident.id for incident in pipeline.view(own, now=NOW).derived.incidents)
    pipeline.decide(own, pipeline.Judgement("merge", one, "ines", into=other), NOW)
    assert client(own).get(f"{API}/incidents/{one}").json()["data"]["id"] == other


# ---- lists


@pytest.mark.parametrize("table", LISTS)
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_together_are_the_list(full: Ledger, table: str, order: str) -> None:
    asks = client(full)
    whole = all_of(asks, table, order="asc")
    for limit in (7, 31):
        found = all_of(asks, table, limit=limit, order=order)
        assert found == (whole if order == "asc" else whole[::-1])
    if table not in ("mutations", "campaigns"):
        assert len({row["id"] for row in whole}) == len(whole)


def test_pages_hold_while_rows_come_and_go(own: Ledger) -> None:
    asks = client(own)
    whole = [row["id"] for row in all_of(asks, "claims")]
    first = asks.get(f"{API}/claims", params={"limit": 20}).json()
    gone, later = whole[3], whole[30]
    for id_ in (gone, later, whole[19]):  # before the cursor, behind it, and the very row that it names
        pipeline.decide(own, pipeline.Judgement("reject", id_, "ines"), NOW)
    rest: list[Any] = []
    cursor = first["meta"]["next"]
    while cursor:
        page = asks.get(f"{API}/claims", params={"limit": 20, "cursor": cursor}).json()
        rest += page["data"]
        cursor = page["meta"]["next"]
    assert [row["id"] for row in rest] == [id_ for id_ in whole[20:] if id_ != later]


def test_what_is_no_cursor_of_the_list_is_refused(full: Ledger) -> None:
    asks = client(full)
    page = {order: asks.get(f"{API}/claims", params={"limit": 2, "order": order}).json() for order in ("asc", "desc")}
    cursor = page["asc"]["meta"]["next"]
    for path, query in (
        ("claims", {"cursor": "abc"}), ("claims", {"cursor": ""}), ("claims", {"cursor": cursor[:-4]}),
        ("claims", {"cursor": "W10"}), ("claims", {"cursor": "💥"}), ("claims", {"cursor": "A" * 1201}),
        ("stories", {"cursor": cursor}), ("claims", {"cursor": cursor, "order": "desc"}),
        ("claims", {"cursor": page["desc"]["meta"]["next"]}),
    ):  # fmt: skip
        answer = asks.get(f"{API}/{path}", params=query)
        assert answer.status_code == 422, query
        assert "cursor" in answer.json()["error"]["message"]


@given(text=st.text(max_size=60))
def test_no_text_is_a_cursor_by_chance(text: str) -> None:
    with pytest.raises(Refused):
        decoded("claims", "asc", text, 4)


@pytest.mark.parametrize("table", ["incidents", "plans", "claims", "tallies", "mutations"])
@pytest.mark.parametrize(
    "asked",
    [
        {"place": "ostrel"}, {"actor": "ministry"}, {"outlet": "a"}, {"kind": "drone_strike"}, {"status": "planned"},
        {"since": "2024-09-05"}, {"until": "2024-09-05"}, {"since": "2024-09-01", "until": "2024-09-30", "outlet": "t"},
        {"campaign": "Harbour watch"}, {"kind": "drone_strike", "status": "happened"}, {"place": "nowhere at all"},
    ],
    ids=str,
)  # fmt: skip
def test_filters_find_what_the_command_line_finds(full: Ledger, table: str, asked: dict[str, str]) -> None:
    days = {name: value for name, value in asked.items() if name in ("since", "until")}
    wanted = shapes.Filtered.model_validate(asked).wanted()
    expected = filters.select(pipeline.view(full, now=NOW), table, wanted)
    found = all_of(client(full, "reader"), table, **asked)
    assert len(found) == len(expected), days
    if table != "mutations":
        assert sorted(row["id"] for row in found) == sorted(str(row["id"]) for row in expected)


def test_filters_find_something(full: Ledger) -> None:
    asks = client(full)
    for table in ("stories", "claims", "events", "tallies", "incidents", "families"):
        assert 0 < len(all_of(asks, table, kind="drone_strike")) <= len(all_of(asks, table))
        assert all_of(asks, table, place="nowhere at all") == []


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"kind": "picnic"}, "picnic"), ({"status": "maybe"}, "maybe"), ({"since": "yesterday"}, "yesterday"),
        ({"until": "2024-02-30"}, "2024-02-30"), ({"since": "1725408000"}, "1725408000"), ({"campaign": "Nobody's"}, "Nobody's"),
        ({"since": "2024-09-05", "until": "2024-09-04"}, "2024-09-04"), ({"limit": "0"}, "limit"), ({"limit": "201"}, "limit"),
        ({"limit": "9" * 400}, "limit"), ({"limit": "1; drop table story"}, "limit"), ({"order": "id"}, "order"),
        ({"sort": "id"}, "sort"), ({"offset": "100000"}, "offset"), ({"place": "x" * 201}, "place"),
    ],
)  # fmt: skip
def test_a_word_that_makes_no_sense_is_named(full: Ledger, query: dict[str, str], named: str) -> None:
    answer = client(full).get(f"{API}/incidents", params=query)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "details"}
    assert error["code"] == "invalid"
    assert named in error["message"]


def test_decisions_are_found_by_how_they_stand_and_on_what(full: Ledger) -> None:
    asks = client(full)
    incident = pipeline.view(full, now=NOW).derived.incidents[0].id
    (found,) = all_of(asks, "decisions", target=incident)
    assert found["by"] == "ines"
    assert len(all_of(asks, "decisions", state="carried")) == 3
    assert all_of(asks, "decisions", state="orphaned") == []
    (hidden,) = all_of(client(full, "reader"), "decisions", target=incident)
    assert hidden["by"] is None
    assert hidden["at"] is None


# ---- odd input


@pytest.mark.parametrize("odd", ODD)
def test_odd_words_never_break_anything(full: Ledger, odd: str) -> None:
    asks = client(full)
    for table in LISTS:
        for name in (
            "place",
            "actor",
            "outlet",
            "kind",
            "status",
            "campaign",
            "since",
            "cursor",
            "order",
            "target",
            "state",
            odd,
        ):
            assert asks.get(f"{API}/{table}", params={name: odd}).status_code in (200, 422)
    for table in THINGS:
        answer = asks.get(f"{API}/{table}/" + "".join(f"%{byte:02X}" for byte in odd.encode()))
        assert answer.status_code in (404, 422)
        assert set(answer.json()) == {"error"}


def test_what_is_not_there_is_answered_alike(full: Ledger) -> None:
    asks = client(full, "reader")
    claim = all_of(asks, "claims")[0]["id"]
    paths = [f"{API}/{table}/{id_}" for table in THINGS for id_ in ("nope", "in-00000000", "de-0000000000", "st-0-c1")]
    paths += [f"{API}/nothing", f"{API}/incidents/{claim}", f"{API}/events/{claim}", f"{API}/plans/{claim}/x"]
    answers = {(answer.status_code, answer.text) for answer in map(asks.get, paths)}
    assert len(answers) == 1
    assert answers.pop()[0] == 404


# ---- tags


@pytest.mark.slow
def test_who_has_the_answer_is_told_so(own: Ledger) -> None:
    asks = client(own)
    ids = {table: all_of(asks, table)[0]["id"] for table in THINGS}
    paths = [f"{API}/{table}" for table in LISTS] + [f"{API}/{table}/{id_}" for table, id_ in ids.items()]
    paths += [f"{API}/openapi.json"]
    tags = {path: asks.get(path).headers["etag"] for path in paths}
    for path, tag in tags.items():
        answer = asks.get(path, headers={"If-None-Match": f'"other", {tag}'})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
        head = asks.head(path)
        assert (head.status_code, head.headers["etag"]) == (200, tag)
        assert client(own, "reader").get(path, headers={"If-None-Match": tag}).status_code == 200
    pipeline.decide(own, pipeline.Judgement("confirm", ids["events"], "ines"), NOW)
    for path, tag in tags.items():
        assert asks.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_the_tag_of_a_target_has_its_version_and_a_readers_has_not(full: Ledger) -> None:
    seen = pipeline.view(full, now=NOW)
    incident = seen.derived.incidents[0]
    version = decisions.version(incident, incident.id)
    answer = client(full).get(f"{API}/incidents/{incident.id}")
    assert answer.headers["etag"].startswith(f'"{version}.')
    assert answer.json()["data"]["version"] == version
    answer = client(full, "reader").get(f"{API}/incidents/{incident.id}")
    assert answer.headers["etag"].startswith("W/")
    assert version not in answer.text


# ---- roles


def api_routes() -> list[APIRoute]:
    return [route for router in api.ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def test_every_route_is_for_its_role_and_for_no_other(full: Ledger) -> None:
    least = {"export": "lead", "POST": "coder"}
    for role in (None, "reader", "coder", "lead", "admin"):
        asks = client(full, role)
        for route in api_routes():
            for method in route.methods:
                path = route.path.replace("{format}", "csv").replace("{id:path}", "x").replace("{id}", "x")
                status = asks.request(method, path).status_code
                needs = next((role for word, role in least.items() if word in path or word == method), "reader")
                order = [None, "reader", "coder", "lead", "admin"]
                if role is None:
                    assert status == 401, (method, path)
                elif order.index(role) < order.index(needs):
                    assert status == 403, (method, path, role)
                else:
                    assert status not in (401, 403, 500), (method, path, role)


def test_other_methods_are_refused_in_the_same_shape(full: Ledger) -> None:
    answer = client(full).delete(f"{API}/incidents")
    assert answer.status_code == 405
    assert set(answer.json()["error"]) == {"code", "message", "details"}


# ---- files


@pytest.mark.parametrize("form", [form for form in files.FORMS if form not in ("geojson", "xlsx")])
def test_an_export_is_the_files_of_the_command_line(full: Ledger, form: str) -> None:
    asks = client(full, "lead")
    answer = asks.get(f"{API}/export/{form}")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == dict(files.made(pipeline.view(full, now=NOW), form))
    assert asks.get(f"{API}/export/{form}").content == answer.content


def test_the_map_is_given_as_it_is(full: Ledger) -> None:
    answer = client(full, "lead").get(f"{API}/export/geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    assert len(answer.json()["features"]) == len(pipeline.view(full, now=NOW).derived.incidents)


def test_the_workbook_is_given_as_it_is(full: Ledger) -> None:
    answer = client(full, "lead").get(f"{API}/export/xlsx")
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert answer.content == dict(files.made(pipeline.view(full, now=NOW), "xlsx"))["onrecord.xlsx"]


def test_another_form_is_refused(full: Ledger) -> None:
    assert client(full, "lead").get(f"{API}/export/csvx").status_code == 422


# ---- names of private persons


def walked(asks: TestClient, ledger: Ledger, extra: list[str]) -> tuple[str, set[str]]:
    """All that a role is told by the routes that read, and which routes these are."""
    told: list[str] = []
    routes: set[str] = set()

    def ask(route: str, path: str, **query: Any) -> Any:
        routes.add(route)
        answer = asks.get(path, params=query)
        told.extend((answer.text, str(answer.headers)))
        return answer

    for table in LISTS:
        for order in ("asc", "desc"):
            ask(f"{API}/{table}", f"{API}/{table}", limit=200, order=order)
        for name in extra:
            ask(f"{API}/{table}", f"{API}/{table}", limit=200, actor=name.split()[-1])
    for table in THINGS:
        path = f"{API}/{table}/" + ("{id:path}" if table == "stories" else "{id}")
        for row in all_of(asks, table):
            ask(path, f"{API}/{table}/{row['id']}")
    for words in ("shells", "sells fish", *extra):
        ask(f"{API}/search", f"{API}/search", q=words)
    ask(f"{API}/openapi.json", f"{API}/openapi.json")
    for form in ("csv", "jsonl", "geojson"):
        ask(f"{API}/export/{{format}}", f"{API}/export/{form}")
    return "\n".join(told), routes


@pytest.mark.slow
def test_readers_are_told_no_name_of_a_private_person(tmp_path: Path) -> None:
    ledger = invented_ledger(tmp_path / "fifty.db", SELLERS)
    seen = pipeline.view(ledger, now=NOW)
    for read, seller in zip(seen.reads[:6], SELLERS[:6], strict=False):
        asked = pipeline.Judgement("set", read.reading.claims[1].id, "ines", f"{seller} says so", "source", seller)
        pipeline.decide(ledger, asked, NOW)
    incident = pipeline.view(ledger, now=NOW).derived.incidents[0].id
    pipeline.decide(ledger, pipeline.Judgement("set", incident, "ines", "see there", "actor", SELLERS[7]), NOW)
    pipeline.decide(ledger, pipeline.Judgement("confirm", incident, "ines", f"as {SELLERS[9]} told me"), NOW)
    names = [*SELLERS, *(name.split()[-1] for name in SELLERS)]
    told, routes = walked(client(ledger, "reader"), ledger, SELLERS[:4])
    assert [name for name in names if name in told] == []
    assert routes == {route.path for route in api_routes() if "GET" in route.methods}
    told, _ = walked(client(ledger, "coder"), ledger, SELLERS[:4])
    assert [name for name in names if name not in told] == []
    ledger.close()


def test_filters_find_no_name_that_is_hidden(tmp_path: Path) -> None:
    ledger = invented_ledger(tmp_path / "few.db", SELLERS[:5])
    reader, coder = client(ledger, "reader"), client(ledger, "coder")
    for name in (SELLERS[2], SELLERS[2].split()[-1], SELLERS[2].split()[0][:4]):
        assert all_of(coder, "claims", actor=name)
        assert all_of(reader, "claims", actor=name) == []
    assert all_of(reader, "claims", actor="Harbour Auth")
    ledger.close()
