"""Figures of one story that should add up."""

from dataclasses import replace

import pytest

from onrecord.incidents import misfits
from onrecord.records import Count, Quantity, Span


@pytest.fixture
def read(room, desk):
    """A story of one act on a boat, without figures."""
    room.story("a", "Gull Wire", "2031-05-05", desk.act("naval_strike", "2031-05-04", "Port Amary"))
    return room.reads[0]


def counted(read, *told):
    """The story with those figures: what, how many, whether it is a share."""
    counts = tuple(
        Count(
            what,
            n if isinstance(n, Quantity) else Quantity(n),
            Span("a", "text", 10 * at, 10 * at + 5, f"{what} {n}"),
            None,
            part,
        )
        for at, (what, n, part) in enumerate(told)
    )
    (event,) = read.reading.events
    mentions = (replace(event.mentions[0], counts=counts),)
    event = replace(event, mentions=mentions, counts=counts)
    return replace(read, reading=replace(read.reading, events=(event,)))


def whole(*told):
    return tuple((what, n, False) for what, n in told)


@pytest.mark.parametrize(
    ("told", "fits"),
    [
        pytest.param(whole(("aboard", 9), ("aboard", 5), ("aboard", 2), ("killed", 15), ("rescued", 1)), True, id="all told"),
        pytest.param(whole(("aboard", 9), ("aboard", 5), ("aboard", 2), ("killed", 12), ("rescued", 1)), False, id="three short"),
        pytest.param(whole(("aboard", 9), ("killed", 7), ("missing", 2), ("survivors", 1)), False, id="one too many"),
        pytest.param(whole(("aboard", 9), ("killed", 4), ("survivors", 5), ("rescued", 5)), True, id="the rescued are the survivors"),
        pytest.param(whole(("aboard", 9), ("killed", 4)), True, id="of the others nothing is told"),
        pytest.param(whole(("aboard", Quantity(9, None, "about")), ("killed", 4), ("survivors", 2)), True, id="about nine"),
        pytest.param((("killed", 14, False), ("killed", 9, True)), True, id="a share"),
        pytest.param((("killed", 14, False), ("killed", 19, True)), False, id="more than the whole"),
    ],
)  # fmt: skip
def test_figures_of_one_act(read, told, fits):
    found = misfits(counted(read, *told))
    assert (found == ()) is fits
    assert all(len(one.spans) > 1 and one.reason.endswith(".") for one in found)


@pytest.mark.parametrize(
    ("before", "after", "fits"),
    [(53, 64, True), (50, 64, False), (64, 64, True)],
)
def test_a_total_before_an_act_and_after_it(room, desk, before, after, fits):
    acts = desk.act("drone_strike", "2031-05-04", "Port Amary", (desk.say("Mayor", killed=11),))
    totals = (desk.total("killed", before, as_of="2031-05-01"), desk.total("killed", after, as_of="2031-05-05"))
    room.story("a", "Gull Wire", "2031-05-05", acts, totals=totals)
    found = misfits(room.reads[0])
    assert (found == ()) is fits
    assert all(str(before) in one.reason and str(after) in one.reason for one in found)
