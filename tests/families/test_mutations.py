from collections.abc import Mapping
from typing import Any

import pytest
from family_stories import ORIGIN, ORIGIN_CLAIMS, day, origin, read, undated

from onrecord.families import group
from onrecord.families.figures import disagree, distance, worded
from onrecord.records import Published, Quantity, Read

LEAD = "A gunboat has blasted the grain sheds of Tarn Haven"
TEXT = (
    f"{LEAD}, leaving six porters dead and nine hurt, Ysolde Brenn told the Varn Courier. It happened on Monday night. "
    '"We carried them out on the doors of the weighing house," a porter wept. '
    "The Ostrel Brigade fired the shells from beyond the mole, the Mirran Navy insists. "
    "The attacks have killed 31 people since the spring. The navy plans to close the strait to trawlers."
)
TRUE: dict[str, Any] = {"on": 3, "at": "Tarn Haven", "killed": [6], "injured": [9]}


def rewrite(
    event: Mapping[str, Any] | None = None,
    *,
    plan: Mapping[str, Any] | None = None,
    claims: list[tuple[str, dict[str, Any]]] | None = None,
    tally: Quantity | None = None,
    published: Published | None = None,
) -> Read:
    plans = (
        []
        if plan is None
        else [{"told": ["The navy plans to close the strait to trawlers"], "kind": "deployment", **plan}]
    )
    return read(
        "st-copy",
        "Buzzley",
        published or day(5),
        TEXT,
        claims=[(f"{LEAD}, leaving six porters dead", {"kind": "named_person", "name": "Ysolde Brenn"})] if claims is None else claims,
        credited=[("Varn Courier", "told")],
        events=[{"told": [f"{LEAD}, leaving six porters dead"], **TRUE, **(event or {})}, *plans],
        tallies=[("have killed 31 people", "killed", tally)] if tally else [],
    )  # fmt: skip


def changes(copy: Read, *others: Read) -> list[tuple[str, str | None, str | None]]:
    return [(m.field, m.was, m.now) for m in group([copy, *(others or [origin()])]).mutations if m.story == "st-copy"]


def test_a_faithful_rewrite_changes_nothing() -> None:
    assert changes(rewrite(plan={"status": "planned"}, tally=Quantity(31))) == []


@pytest.mark.parametrize(
    ("event", "change"),
    [
        ({"killed": [16]}, ("killed", "6", "16")),
        ({"killed": [Quantity(16, None, "at_least")]}, ("killed", "6", "16")),
        ({"injured": [90]}, ("injured", "9", "90")),
        ({"on": 2}, ("date", "2031-03-03", "2031-03-02")),
        ({"at": "Cape Lorne"}, ("place", "Tarn Haven", "Cape Lorne")),
        ({"by": "Ostrel Brigade"}, ("actor", None, "Ostrel Brigade")),
        ({"status": "possible"}, ("status", "happened", "possible")),
    ],
)
def test_a_value_of_an_event(event: dict[str, Any], change: tuple[str, str | None, str]) -> None:
    accused = _contested_origin() if "by" in event else origin()
    assert changes(rewrite(event), accused) == [change]


def _contested_origin() -> Read:
    """The origin, where the shelling is also told as denied."""
    return read(
        "st-origin",
        "Varn Courier",
        day(4),
        ORIGIN,
        events=[{
            "told": [
                "A gunboat shelled the grain sheds of Tarn Haven on Monday night, killing six porters",
                "The sheds burned until dawn",
            ],
            "on": 3, "at": "Tarn Haven", "killed": [6], "injured": [9],
        }],
        claims=[
            ("A gunboat shelled the grain sheds of Tarn Haven on Monday night, killing six porters and wounding nine",
             {"kind": "named_person", "name": "Ysolde Brenn"}),
            ("The sheds burned until dawn and the roof of the largest fell in",
             {"kind": "named_person", "name": "Pell Adrian", "stance": "denies"}),
        ],
    )  # fmt: skip


@pytest.mark.parametrize(
    "event",
    [
        {"killed": [Quantity(6, None, "at_least")]},
        {"killed": [Quantity(None, None, None, "several")]},
        {"killed": []},
        {"on": None},
        {"at": None},
        {"at": "the grain sheds of Tarn Haven"},
        {"on": 28, "status": "planned"},
    ],
)
def test_what_may_be_the_same_is_no_change(event: dict[str, Any]) -> None:
    assert [change for change in changes(rewrite(event)) if change[0] != "status"] == []


def test_a_sum_of_two_figures_of_the_origin_is_no_change() -> None:
    told = "A gunboat shelled the grain sheds of Tarn Haven on Monday night, killing six porters"
    event = {"told": [told], **TRUE, "killed": [6, 2]}
    whole = read("st-origin", "Varn Courier", day(4), ORIGIN, events=[event], claims=ORIGIN_CLAIMS)
    assert changes(rewrite({"killed": [8]}), whole) == []
    assert changes(rewrite({"killed": [9]}), whole) == [("killed", "6", "9")]


@pytest.mark.parametrize(
    ("status", "now"), [("happened", "happened"), ("ongoing", "ongoing"), ("planned", None), ("possible", None)]
)
def test_a_plan_told_as_fact(status: str, now: str | None) -> None:
    expected = [("status", "planned", now)] if now else []
    assert changes(rewrite(plan={"status": status})) == expected


def test_a_total() -> None:
    assert changes(rewrite(tally=Quantity(310))) == [("tally", "31", "310")]


def test_the_day_of_an_undated_copy_is_the_weekday_nearest_to_the_origin() -> None:
    text = TEXT.replace("A gunboat has blasted", "On Sunday a gunboat blasted").replace(
        "It happened on Monday night. ", ""
    )
    told = "On Sunday a gunboat blasted the grain sheds of Tarn Haven, leaving six porters dead"
    copy = read("st-copy", "Buzzley", undated(), text, claims=[(told, {"kind": "named_person", "name": "Ysolde Brenn"})],
                credited=[("Varn Courier", "told")], events=[{"told": [told], **TRUE, "on": None}])  # fmt: skip
    assert changes(copy) == [("date", "2031-03-03", "2031-03-02")]


PORTER = '"We carried them out on the doors of the weighing house,"'
FIRED = "The Ostrel Brigade fired the shells from beyond the mole"
PLAN = "The navy plans to close the strait to trawlers"


@pytest.mark.parametrize(
    ("claim", "change"),
    [
        ((FIRED, {"kind": "narrator", "name": None}), ("attribution", "Mirran Navy", None)),
        ((FIRED, {"kind": "anonymous", "name": "top brass"}), ("attribution", "Mirran Navy", "top brass")),
        ((FIRED, {"kind": "named_body", "name": "the Mirran Navy"}), None),
        ((LEAD, {"kind": "witness", "name": "masters of the harbour", "count": Quantity(None, vague="plural")}),
         ("attribution", "Ysolde Brenn", "masters of the harbour")),
        ((PORTER, {"kind": "witness", "name": "dozens of porters", "count": Quantity(None, vague="dozens")}),
         ("count_of_sources", "1", "dozens")),
        ((PORTER, {"kind": "witness", "name": "the porter", "count": Quantity(1)}), None),
        ((PLAN, {"kind": "anonymous", "name": "several officials", "count": Quantity(None, vague="several")}), None),
        ((PLAN, {"kind": "anonymous", "name": "a dozen officials", "count": Quantity(12)}), ("count_of_sources", "3", "12")),
        ((PLAN, {"kind": "anonymous", "name": "an official", "count": Quantity(1)}), None),
    ],
)  # fmt: skip
def test_who_said_it(claim: tuple[str, dict[str, Any]], change: tuple[str, str | None, str | None] | None) -> None:
    lead = (f"{LEAD}, leaving six porters dead", {"kind": "named_person", "name": "Ysolde Brenn"})
    told = [claim] if claim[0] == LEAD else [lead, claim]
    assert changes(rewrite(claims=told)) == ([change] if change else [])


def test_one_who_speaks_for_a_body_is_the_body() -> None:
    quote = "We have no boat that floats in that weather and no shells that would reach"
    text = f'{TEXT} "{quote}," the Ostrel Brigade said.'
    copy = read("st-copy", "Buzzley", day(5), text, credited=[("Varn Courier", "told")], claims=[
        (f'"{quote},"', {"kind": "named_body", "name": "Ostrel Brigade", "stance": "denies"}),
    ])  # fmt: skip
    assert changes(copy) == []


def test_the_spans_show_both_sides() -> None:
    mutation = group([origin(), rewrite({"killed": [16]})]).mutations[0]
    assert mutation.origin == "st-origin"
    assert mutation.was_span is not None
    assert mutation.now_span is not None
    assert (mutation.was_span.story, mutation.now_span.story) == ("st-origin", "st-copy")


def test_behind_a_ghost_values_are_held_against_the_nearest_story() -> None:
    first = read("st-first", "Hill Herald", day(4), TEXT.replace("told the", "has told the"), credited=[("Varn Courier", "told")],
                 claims=[(f"{LEAD}, leaving six porters dead", {"kind": "named_person", "name": "Ysolde Brenn", "told": "Varn Courier"}),
                         (PORTER, {"kind": "witness", "name": "a porter", "told": "Varn Courier"})],
                 events=[{"told": [f"{LEAD}, leaving six porters dead"], **TRUE}])  # fmt: skip
    text = f"{LEAD}: sixty dead, the Varn Courier says. {PORTER} one said. The harbour is gone and the mole with it, they say."
    copy = read("st-copy", "Buzzley", day(5), text, credited=[("Varn Courier", "cites")],
                claims=[(LEAD, {"kind": "narrator", "name": None}), (PORTER, {"kind": "witness", "name": "one"})],
                events=[{"told": [f"{LEAD}: sixty dead"], **TRUE, "killed": [60]}])  # fmt: skip
    grouped = group([first, copy])
    assert {(d.story, d.ghost) for d in grouped.derivations} == {
        ("st-first", "Varn Courier"),
        ("st-copy", "Varn Courier"),
    }
    assert ("killed", "6", "60") in changes(copy, first)
    assert {m.origin for m in grouped.mutations} == {"st-first"}


class TestRoundups:
    def week(self, **event: Any) -> Read:
        text = (
            "The grain sheds of Tarn Haven were shelled by a gunboat, killing porters, the Varn Courier reported. A mast was "
            "felled at Cape Lorne, the Hill Herald said. A bridge was mined at Ambry. A tug was seized off Quill."
        )
        parts = [("A mast was felled at Cape Lorne", "other"), ("A bridge was mined at Ambry", "bombing"), ("A tug was seized off Quill", "seizure")]  # fmt: skip
        first = {"told": ["The grain sheds of Tarn Haven were shelled by a gunboat, killing porters"], **TRUE, **event}
        return read(
            "st-copy",
            "Coast Weekly",
            day(9),
            text,
            credited=[("Varn Courier", "cites"), ("Hill Herald", "cites")],
            events=[first, *({"told": [part], "kind": kind} for part, kind in parts)],
        )

    def corrected(self) -> Read:
        text = (
            ORIGIN.replace("killing six", "killing seven")
            + " Seven are dead, not six, the harbour master said on Friday."
        )
        event = {
            "told": ["A gunboat shelled the grain sheds of Tarn Haven on Monday night, killing seven porters"],
            **TRUE,
        }
        return read("st-corrected", "Varn Courier", day(8), text, events=[{**event, "killed": [7]}])

    def test_a_value_that_none_of_its_reports_has(self) -> None:
        assert changes(self.week(on=1), origin(), self.corrected()) == [("date", "2031-03-03", "2031-03-01")]

    @pytest.mark.parametrize("killed", [6, 7])
    def test_a_value_that_one_of_its_reports_has(self, killed: int) -> None:
        assert changes(self.week(killed=[killed]), origin(), self.corrected()) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Quantity(6), Quantity(7), True),
        (Quantity(6), Quantity(6, None, "at_least"), False),
        (Quantity(None, vague="dozens"), Quantity(3), True),
        (Quantity(None, vague="several"), Quantity(3), False),
        (Quantity(None), Quantity(3), False),
        (Quantity(5, 7), Quantity(6), False),
        (Quantity(10, None, "up_to"), Quantity(8), False),
    ],
)
def test_figures_that_cannot_be_one(one: Quantity, other: Quantity, expected: bool) -> None:
    assert disagree(one, other) is expected
    assert disagree(other, one) is expected


def test_a_slip_of_the_pen_is_nearer_than_the_next_number() -> None:
    assert min([Quantity(5), Quantity(8), Quantity(20)], key=lambda q: distance(q, Quantity(18))) == Quantity(8)


@pytest.mark.parametrize(
    ("quantity", "words"),
    [(Quantity(6), "6"), (Quantity(0), "0"), (Quantity(None, vague="dozens"), "dozens"), (Quantity(None), None)],
)
def test_a_number_as_a_reader_writes_it(quantity: Quantity, words: str | None) -> None:
    assert worded(quantity) == words
