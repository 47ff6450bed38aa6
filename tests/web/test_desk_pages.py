"""Pages and forms, asked as a browser does."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from onrecord import decisions, pipeline
from onrecord.ledger import Ledger
from onrecord.web import Options, application

ADDRESS = "http://127.0.0.1:8000"
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def client(sample_ledger: Ledger) -> Iterator[TestClient]:
    app = application(sample_ledger, Options(by="Ida Marsh"))
    with TestClient(app, base_url=ADDRESS, headers=SAME, follow_redirects=False) as made:
        yield made


def first(ledger: Ledger) -> str:
    return pipeline.view(ledger).derived.incidents[0].id


def version(ledger: Ledger, id_: str) -> str:
    row = next(one for one in pipeline.view(ledger).derived.incidents if one.id == id_)
    return decisions.version(row, id_)


def form(ledger: Ledger, **changed: str) -> dict[str, str]:
    id_ = first(ledger)
    return {
        "verdict": "confirm",
        "target": id_,
        "version": version(ledger, id_),
        "key": "k1",
        "next": "/log",
        **changed,
    }


def test_every_list_and_every_record_has_a_page(client: TestClient, sample_ledger: Ledger) -> None:
    view = pipeline.view(sample_ledger)
    paths = ["/", "/incidents", "/plans", "/stories", "/tallies", "/families", "/sources", "/log", "/export", "/help"]
    paths += [f"/incidents/{one.id}" for one in view.derived.incidents]
    paths += [f"/plans/{one.id}" for one in view.derived.plans]
    paths += [f"/stories/{read.story.id}" for read in view.reads]
    paths += [f"/families/{one.id}" for one in view.derived.families]
    paths += [f"/tallies/{one.tally}" for one in view.derived.verdicts]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "</main>" in answer.text


def test_all_words_of_a_story_stand_on_its_page_each_once(client: TestClient, sample_ledger: Ledger) -> None:
    from html import unescape

    from onrecord.ledger import read

    for one in pipeline.view(sample_ledger).reads:
        story = read.story(sample_ledger, one.story.id)
        assert story is not None
        page = client.get(f"/stories/{one.story.id}").text
        text = page[page.index('data-part="text"') : page.index("</div>", page.index('data-part="text"'))]
        shown = re.findall(r'<(?:span|mark)[^>]* data-at="(\d+)"[^>]*>([^<]*)<', text)
        assert shown
        for at, words in shown:
            assert story.text[int(at) : int(at) + len(unescape(words))] == unescape(words)
        assert "".join(unescape(words) for _, words in shown) == story.text.replace("\n", "")


def test_an_incident_shows_who_says_what_of_every_value(client: TestClient, sample_ledger: Ledger) -> None:
    for one in pipeline.view(sample_ledger).derived.incidents:
        page = client.get(f"/incidents/{one.id}").text
        for name in (*one.reports, *one.sources):
            assert name.removeprefix("ghost: ").replace("'", "&#39;") in page


@pytest.mark.parametrize(
    "path", ["/incidents/in-00000000", "/plans/x", "/stories/st-x", "/families/fa-x", "/tallies/t", "/decisions/d"]
)
def test_what_is_not_there_is_said_to_be_so(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Nothing here" in answer.text


def test_a_merged_name_leads_to_the_other(client: TestClient, sample_ledger: Ledger) -> None:
    one, other = (row.id for row in pipeline.view(sample_ledger).derived.incidents[:2])
    client.post("/decide", data={"verdict": "merge", "target": one, "into": other})
    answer = client.get(f"/incidents/{one}")
    assert answer.status_code == 303
    assert f"{one} was merged into this one" in client.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=yesterday", "is not a day"),
        ("kind=explosion", "is not one of"),
        ("since=2024-09-10&until=2024-09-01", "lies before"),
        ("status=%00", "is not one of"),
    ],
)
def test_a_filter_that_cannot_be_is_told_plainly(client: TestClient, query: str, said: str) -> None:
    answer = client.get(f"/incidents?{query}")
    assert answer.status_code == 422
    assert said in answer.text
    assert "--" not in re.sub(r"<!--.*?-->|&#45;", "", answer.text[answer.text.index("<main") :])


@pytest.mark.parametrize("place", ["after=nowhere", "before=in-zzz", "after=" + "9" * 5000, "tag=none", "page=-1"])
def test_a_place_in_a_list_that_is_none_shows_the_list(client: TestClient, place: str) -> None:
    assert client.get(f"/incidents?{place}").status_code == 200
    assert client.get(f"/?{place}").status_code == 200


def test_pages_of_a_list_hold_everything_once(
    client: TestClient, sample_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onrecord.web.paging.page.__defaults__", (3,))
    found: list[str] = []
    path: str | None = "/incidents?order=oldest"
    while path is not None:
        page = client.get(path).text
        found += re.findall(r'<tr data-item tabindex="-1" data-href="/incidents/([^"]+)"', page)
        more = re.search(r'<a href="([^"]+)" rel="next"', page)
        path = more.group(1).replace("&amp;", "&") if more else None
    assert found == [one.id for one in pipeline.view(sample_ledger).derived.incidents]


# ---- deciding


def test_a_decision_is_kept_with_who_made_it_and_what_was_shown(client: TestClient, sample_ledger: Ledger) -> None:
    answer = client.post(
        "/decide", data=form(sample_ledger, verdict="set", field="killed", value="3-4-9", reason="recounted")
    )
    assert answer.status_code == 303
    (made,) = pipeline.view(sample_ledger).decisions
    assert answer.headers["location"] == f"/log?done={made.id}"
    assert (made.by, made.value, made.reason) == ("Ida Marsh", "3-4-9", "recounted")
    assert dict(made.seen)["killed"]
    assert "recounted" in client.get(answer.headers["location"]).text


def test_the_same_key_decides_once(client: TestClient, sample_ledger: Ledger) -> None:
    asked = form(sample_ledger)
    places = {client.post("/decide", data=asked).headers["location"] for _ in range(3)}
    assert len(places) == 1
    assert len(pipeline.view(sample_ledger).decisions) == 1


def test_a_key_of_another_decision_is_refused(client: TestClient, sample_ledger: Ledger) -> None:
    client.post("/decide", data=form(sample_ledger))
    answer = client.post("/decide", data={**form(sample_ledger), "reason": "something else"})
    assert answer.status_code == 422
    assert "was used for another decision" in answer.text


def test_what_changed_meanwhile_is_shown_beside_what_was_wanted(client: TestClient, sample_ledger: Ledger) -> None:
    id_ = first(sample_ledger)
    client.get(f"/incidents/{id_}")
    old = form(sample_ledger, verdict="set", field="killed", value="8", key="mine")
    client.post("/decide", data={**old, "value": "7", "key": "theirs"})
    answer = client.post("/decide", data=old)
    assert answer.status_code == 409
    row = re.search(r'<tr class="changed"><th scope="row">killed</th>.*?</tr>', answer.text)
    assert row is not None
    assert "7-7-7" in row.group()
    assert "5-5-6" in row.group()
    assert "to be <bdi>8</bdi>" in answer.text
    assert [one.value for one in pipeline.view(sample_ledger).decisions] == ["7"]


@pytest.mark.parametrize("extra", ["by", "at", "id", "seen", "decided_by", "created_at", "role"])
def test_a_form_sets_nothing_that_is_not_its_to_set(client: TestClient, sample_ledger: Ledger, extra: str) -> None:
    answer = client.post("/decide", data={**form(sample_ledger), extra: "x"})
    assert answer.status_code == 422
    assert pipeline.view(sample_ledger).decisions == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"verdict": "bless"}, "is not one of"),
        ({"verdict": "reject"}, "say why"),
        ({"verdict": "set", "field": "killed", "value": "a herd"}, "write a number"),
        ({"verdict": "set", "field": "colour", "value": "red"}, "can be set"),
        ({"target": "in-nothing"}, "nothing in the ledger has this id"),
        ({"verdict": "merge"}, "into what?"),
        ({"verdict": "split"}, "give the words"),
        ({"reason": "a" * 5000}, "at most"),
        ({"reason": "\x00"}, "no text"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_kept(
    client: TestClient, sample_ledger: Ledger, changed: dict[str, str], said: str
) -> None:
    answer = client.post("/decide", data=form(sample_ledger, **changed))
    assert answer.status_code == 422
    assert said in answer.text
    assert pipeline.view(sample_ledger).decisions == ()


@pytest.mark.parametrize(
    "place",
    [
        "//elsewhere.example",
        "/\\elsewhere.example",
        "https:elsewhere.example",
        "/\t/elsewhere.example",
        "javascript:x",
        "",
    ],
)
def test_a_form_leads_nowhere_else(client: TestClient, sample_ledger: Ledger, place: str) -> None:
    answer = client.post("/decide", data=form(sample_ledger, next=place))
    assert answer.status_code == 303
    assert re.fullmatch(r"/\?done=de-[0-9a-f]+", answer.headers["location"])


def test_many_are_shown_before_they_are_decided(client: TestClient, sample_ledger: Ledger) -> None:
    rows = pipeline.view(sample_ledger).derived.incidents[:3]
    targets = [f"{row.id}@{decisions.version(row, row.id)}" for row in rows]
    client.post("/decide", data={"verdict": "set", "target": rows[1].id, "field": "killed", "value": "1"})
    shown = client.post("/decide/many", data={"verdict": "confirm", "targets": targets})
    assert len(pipeline.view(sample_ledger).decisions) == 1
    assert shown.text.count('class="chip l-ready"') == 2
    assert "has changed since it was shown" in shown.text
    done = client.post("/decide/many", data={"verdict": "confirm", "targets": targets, "sure": "true", "key": "m"})
    # The one that changed is decided on what it says now only by somebody who has seen that
    assert done.text.count('class="chip l-kept"') == 2
    again = client.post("/decide/many", data={"verdict": "confirm", "targets": targets, "sure": "true", "key": "m"})
    assert again.text.count('class="chip l-kept"') == 2
    assert len(pipeline.view(sample_ledger).decisions) == 3


def test_an_incident_is_signed_off_by_two_people_and_not_by_one_twice(sample_ledger: Ledger) -> None:
    id_ = first(sample_ledger)
    for by, said in (
        ("Ida Marsh", "2 are asked for"),
        ("Ida Marsh", "2 are asked for"),
        ("Otto Field", "signed off by"),
    ):
        app = application(sample_ledger, Options(by=by))
        with TestClient(app, base_url=ADDRESS, headers=SAME) as person:
            person.post("/decide", data={"verdict": "confirm", "target": id_, "version": version(sample_ledger, id_)})
            assert said in person.get(f"/incidents/{id_}").text
    app = application(sample_ledger, Options(by="Una Reed"))
    with TestClient(app, base_url=ADDRESS, headers=SAME) as person:
        # Who changes a value takes the signatures off: they were given for another one
        person.post("/decide", data={"verdict": "set", "target": id_, "field": "killed", "value": "21"})
        assert "signed off by" not in person.get(f"/incidents/{id_}").text


def test_undo_is_offered_and_is_a_decision_too(client: TestClient, sample_ledger: Ledger) -> None:
    goes = client.post("/decide", data=form(sample_ledger)).headers["location"]
    made = goes.rpartition("done=")[2]
    assert f'name="target" value="{made}"' in client.get(goes).text
    client.post("/decide", data={"verdict": "undo", "target": made})
    assert [one.verdict for one in pipeline.view(sample_ledger).decisions] == ["confirm", "undo"]
    page = client.get("/log").text
    assert 'st-undone">undone' in page


def test_bytes_as_they_came_are_a_file_and_never_a_page(client: TestClient, sample_ledger: Ledger) -> None:
    answer = client.get(f"/captures/{pipeline.view(sample_ledger).reads[0].story.id}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_desk_sees_what_another_process_adds(client: TestClient, sample_ledger: Ledger) -> None:
    id_ = first(sample_ledger)
    client.get("/")
    from invented import NOW

    pipeline.decide(
        sample_ledger, pipeline.Judgement("set", id_, "somebody else", field="place", value="Elmstead"), NOW
    )
    assert "Elmstead" in client.get(f"/incidents/{id_}").text
