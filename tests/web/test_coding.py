"""Rounds of coding: nobody who has still to answer sees an answer; answers stay; a lead settles where they differ."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

import soundness
from invented import NOW
from newsdesk import opened, say, sheets, store
from onrecord import pipeline
from onrecord.errors import Conflict, WrongUse
from onrecord.ledger import Ledger
from onrecord.pipeline import Answers, Opening
from onrecord.records import Round
from onrecord.web.access import Role
from onrecord.web.desk import Desk
from seats import seated

EARLIER = datetime(2020, 1, 1, tzinfo=UTC)
"""Before anything that these tests decide by the clock."""
FIELDS = ("kind", "status", "place", "killed")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(opened(tmp_path)) as ledger:
        store(ledger, sheets())
        yield Desk(ledger)


def at(desk: Desk, name: str, role: Role = "coder") -> TestClient:
    return seated(desk.ledger, name, role, desk)


def incidents(ledger: Ledger) -> list[str]:
    return [one.id for one in pipeline.view(ledger, now=NOW).derived.incidents]


def open_one(desk: Desk, targets: tuple[str, ...] | None = None, coders: tuple[str, ...] = ()) -> Round:
    chosen = targets if targets is not None else tuple(incidents(desk.ledger)[:3])
    return pipeline.open_round(
        desk.ledger, Opening("Spring", "Lea", "incident", FIELDS, chosen, coders=coders), EARLIER
    )


def answers(**said: str) -> dict[str, str]:
    return {"kind": "raid", "status": "planned", "place": "Zubrowka", "killed": "77", **said}


def form(target: str, key: str = "", **said: str) -> dict[str, object]:
    given = answers(**said)
    return {"on": target, "key": key, "field": list(given), "answer": list(given.values())}


def keyless(page: str) -> str:
    return re.sub(r'name="key" value="[^"]*"', "", page)


# ---- opening


def test_a_lead_opens_a_round_by_a_form(desk: Desk) -> None:
    lead = at(desk, "Lea", "lead")
    assert "Open a round" in lead.get("/coding").text
    sent = {
        "name": "Spring",
        "kind": "incident",
        "fields": list(FIELDS),
        "sample": "2",
        "seed": "5",
        "coders": "Ada, Brin",
    }
    made = lead.post("/coding", data=sent)
    assert made.status_code == 303
    (round_,) = desk.rounds()
    assert (round_.name, round_.fields, round_.coders, round_.seed) == ("Spring", FIELDS, ("Ada", "Brin"), 5)
    assert len(round_.targets) == 2
    assert "Spring" in lead.get("/coding").text
    again = lead.post("/coding", data=sent)
    assert again.status_code == 422
    assert "a round of that name is open" in again.text


def test_a_seed_draws_the_same_again(desk: Desk) -> None:
    ids = tuple(incidents(desk.ledger))
    drawn = [
        pipeline.open_round(desk.ledger, Opening(str(n), "Lea", "incident", FIELDS, some, 3, seed), NOW).targets
        for n, (some, seed) in enumerate([(ids, 5), (ids[::-1], 5), (ids, 6), (ids, 7), (ids, 8)])
    ]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) > 1


def test_a_filter_and_named_targets_choose(desk: Desk) -> None:
    lead, view = at(desk, "Lea", "lead"), pipeline.view(desk.ledger, now=NOW)
    strikes = {one.id for one in view.derived.incidents if one.kind == "drone_strike"}
    lead.post("/coding", data={"name": "A", "kind": "incident", "fields": ["kind"], "of_kind": "drone_strike"})
    named = incidents(desk.ledger)[:2]
    lead.post("/coding", data={"name": "B", "kind": "incident", "fields": ["kind"], "ids": ", ".join(named)})
    lead.post("/coding", data={"name": "C", "kind": "plan", "fields": ["status"]})
    one, two, three = desk.rounds()
    assert set(one.targets) == strikes != set()
    assert list(two.targets) == named
    assert set(three.targets) == {plan.id for plan in view.derived.plans}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "story"}, "is not one of incident, plan"),
        ({"fields": []}, "name one or more"),
        ({"fields": ["campaign"]}, "name one or more"),
        ({"fields": ["kind", "colour"]}, "name one or more"),
        ({"name": "  "}, "needs a name"),
        ({"name": "x" * 201}, "needs a name"),
        ({"ids": "in-00000000"}, "there is no incident of that name"),
        ({"place": "Nowhere"}, "the filter keeps none"),
        ({"sample": "-1"}, "whole number"),
        ({"sample": "0"}, "one target at least"),
        ({"seed": "x", "sample": "1"}, "whole number"),
        ({"since": "spring"}, "YYYY-MM-DD"),
        ({"extra": "1"}, "extra"),
    ],
)
def test_what_makes_no_round_is_refused(desk: Desk, changed: dict[str, object], said: str) -> None:
    sent: dict[str, object] = {"name": "Spring", "kind": "incident", "fields": ["kind"], **changed}
    refused = at(desk, "Lea", "lead").post("/coding", data=sent)
    assert refused.status_code == 422
    assert said in refused.text
    assert desk.rounds() == ()


@pytest.mark.parametrize(
    ("role", "method", "address", "status"),
    [
        ("reader", "GET", "/coding", 403),
        ("reader", "GET", "/coding/ID", 403),
        ("reader", "GET", "/coding/ID/agreement", 403),
        ("reader", "GET", "/coding/ID/agreement.csv", 403),
        ("reader", "POST", "/coding/ID", 403),
        ("coder", "POST", "/coding", 403),
        ("coder", "POST", "/coding/ID/close", 403),
        ("coder", "GET", "/coding/ID/agreement", 403),
        ("coder", "GET", "/coding/ID/agreement.csv", 403),
        ("lead", "GET", "/coding/ID/agreement", 200),
        ("lead", "GET", "/coding/ro-0000000000", 404),
        ("lead", "GET", "/coding/ro-0000000000/agreement", 404),
    ],
)
def test_who_may(desk: Desk, role: Role, method: str, address: str, status: int) -> None:
    round_ = open_one(desk)
    path = address.replace("ID", round_.id)
    assert at(desk, "Somebody", role).request(method, path, data={} if method == "POST" else None).status_code == status
    assert (desk.codings(), desk.rounds()) == ((), (round_,))


# ---- coding, blind


def test_what_the_machine_has_is_not_on_the_page(desk: Desk) -> None:
    """Whatever people set the values to, the page stays the same to the letter."""
    target = incidents(desk.ledger)[0]
    round_ = open_one(desk, (target,))
    coder = at(desk, "Ada")
    before = keyless(coder.get(f"/coding/{round_.id}").text)
    for field, value in (("kind", "raid"), ("place", "Zubrowka"), ("killed", "7001"), ("actor", "Grey Heron League")):
        say(desk.ledger, "set", target, field=field, value=value)
    after = keyless(coder.get(f"/coding/{round_.id}").text)
    assert after == before
    assert not {"Zubrowka", "7001", "Grey Heron League"} & set(re.findall(r"Zubrowka|7001|Grey Heron League", after))
    assert not re.search(r"<option[^>]* selected", after)
    assert "k-count" not in after
    assert "k-claim" not in after
    form_ = after.partition('<form method="post"')[2]
    assert not re.findall(r'name="answer"[^>]* value=', form_)


def test_what_others_answered_is_not_on_the_page(desk: Desk) -> None:
    round_ = open_one(desk)
    ada, brin = at(desk, "Ada"), at(desk, "Brin")
    before = keyless(brin.get(f"/coding/{round_.id}").text)
    assert ada.post(f"/coding/{round_.id}", data={**form(round_.targets[0]), "note": "Zarathustra"}).status_code == 303
    after = keyless(brin.get(f"/coding/{round_.id}").text)
    assert after == before
    for page in ("/coding", f"/coding/{round_.id}"):
        assert not re.findall("Zubrowka|Zarathustra", brin.get(page).text)
    assert brin.get(f"/coding/{round_.id}/agreement").status_code == 403


def test_the_page_shows_the_words_with_the_act_marked(desk: Desk) -> None:
    round_ = open_one(desk)
    page = at(desk, "Ada").get(f"/coding/{round_.id}").text
    marked = re.findall(r"<mark[^>]*>([^<]*)</mark>", page)
    assert marked
    view = pipeline.view(desk.ledger, now=NOW)
    row = next(one for one in view.derived.incidents if one.id == round_.targets[0])
    acts = {m.trigger.text for r in view.reads for e in r.reading.events if e.id in row.events for m in e.mentions}
    assert set(marked) <= acts
    assert "style=" not in page


def test_two_coders_go_through_a_round(desk: Desk) -> None:
    round_ = open_one(desk)
    for name in ("Ada", "Brin"):
        coder, seen = at(desk, name), []
        for n in range(3):
            page = coder.get(f"/coding/{round_.id}").text
            assert f"{n} of 3 coded by you" in page
            target = re.findall(r'name="on" value="([^"]*)"', page)[0]
            seen.append(target)
            assert coder.post(f"/coding/{round_.id}", data=form(target)).headers["location"] == f"/coding/{round_.id}"
        assert seen == list(round_.targets)
        assert "You have coded all" in coder.get(f"/coding/{round_.id}").text
    assert [(one.by, one.target) for one in desk.codings()] == [
        (name, target) for name in ("Ada", "Brin") for target in round_.targets
    ]
    assert dict(desk.codings()[0].answers) == answers()
    soundness.check(desk.ledger)


def test_a_target_can_be_left_for_later(desk: Desk) -> None:
    round_ = open_one(desk)
    coder = at(desk, "Ada")
    shown = [
        re.findall(r'name="on" value="([^"]*)"', coder.get(f"/coding/{round_.id}?skip={n}").text)[0] for n in range(4)
    ]
    assert shown == [*round_.targets, round_.targets[0]]


def test_an_answer_stays_and_sent_twice_is_one(desk: Desk) -> None:
    round_ = open_one(desk)
    coder, target = at(desk, "Ada"), round_.targets[0]
    assert coder.post(f"/coding/{round_.id}", data=form(target, "k1")).status_code == 303
    assert coder.post(f"/coding/{round_.id}", data=form(target, "k1")).status_code == 303
    changed = coder.post(f"/coding/{round_.id}", data=form(target, "k2", kind="bombing"))
    assert changed.status_code == 409
    assert "answers stay as they were given" in changed.text
    reused = coder.post(f"/coding/{round_.id}", data=form(target, "k1", kind="bombing"))
    assert reused.status_code == 422
    assert len(desk.codings()) == 1
    with pytest.raises(sa.exc.IntegrityError, match="facts are only added"), desk.ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE coding SET person = 'Brin'")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": ""}, "kind: want an answer"),
        ({"kind": "whatever"}, "kind is one of"),
        ({"status": "sure"}, "status is one of"),
        ({"killed": "lots of"}, "killed|number"),
        ({"place": "x" * 501}, "up to 500"),
        ({"colour": "red"}, "colour: is not asked for"),
    ],
)
def test_answers_that_make_no_sense_are_refused(desk: Desk, changed: dict[str, str], said: str) -> None:
    round_ = open_one(desk)
    refused = at(desk, "Ada").post(f"/coding/{round_.id}", data=form(round_.targets[0], **changed))
    assert refused.status_code == 422
    assert re.search(said, refused.text)
    assert desk.codings() == ()


def test_missing_and_doubled_fields_are_refused(desk: Desk) -> None:
    round_ = open_one(desk)
    coder, whole = at(desk, "Ada"), form(round_.targets[0])
    for other in (
        {"field": ["kind"], "answer": ["raid"]},
        {"field": ["kind", "kind"], "answer": ["raid", "raid"]},
        {"field": ["kind"], "answer": ["raid", "raid"]},
        {"by": "Brin"},
        {"on": "in-00000000"},
    ):
        assert coder.post(f"/coding/{round_.id}", data={**whole, **other}).status_code == 422
    assert desk.codings() == ()


def test_unknown_is_an_answer_everywhere(desk: Desk) -> None:
    round_ = open_one(desk)
    sent = form(round_.targets[0], **dict.fromkeys(FIELDS, "unknown"))
    assert at(desk, "Ada").post(f"/coding/{round_.id}", data=sent).status_code == 303


def test_only_those_named_code(desk: Desk) -> None:
    round_ = open_one(desk, coders=("Ada",))
    stranger = at(desk, "Brin")
    assert "is coded by others" in stranger.get(f"/coding/{round_.id}").text
    assert stranger.post(f"/coding/{round_.id}", data=form(round_.targets[0])).status_code == 422
    assert at(desk, "Ada").post(f"/coding/{round_.id}", data=form(round_.targets[0])).status_code == 303


def test_what_is_no_incident_any_more_is_passed_over(desk: Desk) -> None:
    round_ = open_one(desk)
    say(desk.ledger, "not_an_incident", round_.targets[0], reason="a drill")
    page = at(desk, "Ada").get(f"/coding/{round_.id}").text
    shown = re.findall(r'name="on" value="([^"]*)"', page)
    assert shown != [round_.targets[0]]


# ---- closing, agreement, settling


def coded(desk: Desk) -> Round:
    """Two coders, who differ on the kind and the place of the first target; the third has one coder alone."""
    round_ = open_one(desk)
    one, two, three = round_.targets
    for by, target, said in (
        ("Ada", one, {"kind": "shelling", "place": "Kelm Point"}), ("Brin", one, {"kind": "bombing", "place": "Brackwater"}),
        ("Ada", two, {"killed": "unknown"}), ("Brin", two, {"killed": "4"}), ("Ada", three, {"place": "Sunnmark"}),
    ):  # fmt: skip
        pipeline.code(desk.ledger, Answers(round_.id, target, by, answers(**said)), NOW)
    return round_


def test_closing_ends_coding_and_opens_the_answers(desk: Desk) -> None:
    round_ = coded(desk)
    coder, lead = at(desk, "Brin"), at(desk, "Lea", "lead")
    assert coder.get(f"/coding/{round_.id}/agreement").status_code == 403
    assert lead.post(f"/coding/{round_.id}/close").headers["location"] == f"/coding/{round_.id}/agreement"
    lead.post(f"/coding/{round_.id}/close")
    with desk.ledger.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM coding_round").scalar() == 2, "closed once"
    refused = coder.post(f"/coding/{round_.id}", data=form(round_.targets[2]))
    assert refused.status_code == 409
    assert len(desk.codings()) == 5
    page = coder.get(f"/coding/{round_.id}/agreement")
    assert page.status_code == 200
    assert "Brackwater" in page.text
    assert "This round is closed" in coder.get(f"/coding/{round_.id}").text
    assert desk.rounds()[0].closed_by == "Lea"
    soundness.check(desk.ledger)


def test_the_page_of_agreement(desk: Desk) -> None:
    round_ = coded(desk)
    page = at(desk, "Lea", "lead").get(f"/coding/{round_.id}/agreement").text
    # Of the kinds s b, r r: within 2 of 4, by chance 2 * (1 + 2 + 2) of 12
    assert ">0.400<" in page.replace("\n", "")
    assert "all answers are the same" in page
    assert "<svg" in page
    assert "style=" not in page
    for said in ("Ada", "Brin", "Kelm Point", "Brackwater", "1 answer without a figure"):
        assert said in page
    assert "Sunnmark" not in page


def test_a_lead_who_codes_waits_too(desk: Desk) -> None:
    round_ = coded(desk)
    assert at(desk, "Ada", "lead").get(f"/coding/{round_.id}/agreement").status_code == 200, "has coded all"
    assert at(desk, "Brin", "lead").get(f"/coding/{round_.id}/agreement").status_code == 403
    assert at(desk, "Brin", "lead").get(f"/coding/{round_.id}/agreement.csv").status_code == 403


def test_the_file_has_the_same(desk: Desk) -> None:
    round_ = coded(desk)
    got = at(desk, "Lea", "lead").get(f"/coding/{round_.id}/agreement.csv")
    assert got.headers["content-disposition"].startswith("attachment")
    told = list(csv.DictReader(io.StringIO(got.text)))
    assert told[0]["alpha"] == "0.4"
    assert {one["answer"] for one in told if one["target"] == round_.targets[0] and one["field"] == "place"} == {
        "Kelm Point", "Brackwater"
    }  # fmt: skip


def settle(page: str, value: str) -> dict[str, str]:
    """What a button of the page sends."""
    for one in re.findall(r'<form class="inline" method="post" action="/decide">(.*?)</form>', page, re.DOTALL):
        sent = dict(re.findall(r'name="([a-z]+)" value="([^"]*)"', one))
        if sent["value"] == value:
            return sent
    raise AssertionError(f"no button for {value}")


def test_a_lead_settles_a_difference_by_an_ordinary_decision(desk: Desk) -> None:
    round_ = coded(desk)
    lead = at(desk, "Lea", "lead")
    address = f"/coding/{round_.id}/agreement"
    sent = settle(lead.get(address).text, "Brackwater")
    assert sent.keys() == {"verdict", "target", "field", "value", "version", "key", "next", "reason"}
    made = lead.post("/decide", data=sent)
    assert made.status_code == 303
    assert made.headers["location"].startswith(address)
    view = pipeline.view(desk.ledger, now=NOW)
    row = next(one for one in view.derived.incidents if one.id == round_.targets[0])
    assert row.where is not None
    assert row.where.name == "Brackwater"
    (decision,) = view.decisions
    assert (decision.verdict, decision.field, decision.value, decision.by) == ("set", "place", "Brackwater", "Lea")
    assert f"/decisions/{decision.id}" in lead.get(address).text
    # On the values of before, the other button says so
    stale = lead.post("/decide", data={**sent, "value": "Kelm Point", "key": "another"})
    assert stale.status_code == 409


def test_a_coder_sees_differences_of_a_closed_round_and_no_buttons(desk: Desk) -> None:
    round_ = coded(desk)
    pipeline.close_round(desk.ledger, round_.id, "Lea", NOW)
    page = at(desk, "Brin").get(f"/coding/{round_.id}/agreement").text
    assert "Brackwater" in page
    assert 'action="/decide"' not in page


def test_answers_are_text_on_every_page(desk: Desk) -> None:
    target = incidents(desk.ledger)[0]
    evil = "<img src=x onerror=alert(1)>"
    opening = Opening(evil, "Lea", "incident", ("actor",), (target,))
    round_ = pipeline.open_round(desk.ledger, opening, NOW)
    pipeline.code(desk.ledger, Answers(round_.id, target, evil, {"actor": evil}, evil), NOW)
    pipeline.code(desk.ledger, Answers(round_.id, target, "Brin", {"actor": "nobody"}), NOW)
    lead = at(desk, "Lea", "lead")
    for page in ("/coding", f"/coding/{round_.id}", f"/coding/{round_.id}/agreement"):
        got = lead.get(page)
        assert got.status_code == 200
        assert "<img" not in got.text


# ---- without pages


def test_what_is_no_text_is_refused(desk: Desk) -> None:
    round_ = open_one(desk)
    with pytest.raises(WrongUse, match="holds what is no text"):
        pipeline.code(desk.ledger, Answers(round_.id, round_.targets[0], "Ada", answers(place="a\x00b")), NOW)
    with pytest.raises(WrongUse, match="there is no such round"):
        pipeline.close_round(desk.ledger, "ro-0000000000", "Lea", NOW)


def test_a_closed_round_leaves_its_name(desk: Desk) -> None:
    first = open_one(desk)
    pipeline.close_round(desk.ledger, first.id, "Lea", NOW)
    second = open_one(desk)
    assert first.id != second.id
    with pytest.raises(Conflict):
        pipeline.code(desk.ledger, Answers(first.id, first.targets[0], "Ada", answers()), NOW)


def test_coding_changes_nothing_that_is_derived(desk: Desk) -> None:
    before = pipeline.content(pipeline.view(desk.ledger, now=NOW))
    coded(desk)
    assert pipeline.content(pipeline.view(desk.ledger, now=NOW)) == before
    assert [one for one in pipeline.verify(desk.ledger) if not one.remark] == []
