"""Which rows are asked for."""

from datetime import date
from typing import Any

import pytest

from invented import view
from onrecord.errors import WrongUse
from onrecord.exports.filters import Filter, select

VIEW = view()


@pytest.mark.parametrize("table", ["incidents", "plans", "claims", "tallies", "families", "mutations"])
def test_no_filter_keeps_everything(table: str) -> None:
    assert select(VIEW, table, Filter())


@pytest.mark.parametrize(
    ("table", "wanted", "count"),
    [
        ("incidents", {"place": "varn"}, 1),
        ("incidents", {"place": "QUELL"}, 1),
        ("incidents", {"place": "kelm"}, 0),
        ("incidents", {"kind": "shelling"}, 1),
        ("incidents", {"kind": "raid"}, 0),
        ("incidents", {"status": "ongoing"}, 1),
        ("incidents", {"outlet": "courier"}, 1),
        ("incidents", {"outlet": "post"}, 0),
        ("incidents", {"since": date(2031, 3, 31), "until": date(2031, 3, 31)}, 1),
        ("incidents", {"since": date(2031, 4, 1)}, 0),
        ("incidents", {"until": date(2031, 3, 30)}, 0),
        ("plans", {"actor": "tern"}, 1),
        ("plans", {"status": "threatened"}, 0),
        ("claims", {"actor": "harbour auth"}, 1),
        ("claims", {"actor": "tern"}, 1),
        ("claims", {"kind": "shelling"}, 2),
        ("claims", {"status": "planned"}, 1),
        ("claims", {"place": "varnholm"}, 2),
        ("claims", {"actor": "Oda Brenk"}, 0),
        ("tallies", {"place": "varnholm"}, 1),
        ("tallies", {"kind": "raid"}, 0),
        ("families", {"since": date(2031, 4, 1)}, 1),
        ("families", {"until": date(2031, 3, 30)}, 0),
        ("families", {"actor": "tern"}, 1),
        ("mutations", {"outlet": "varn"}, 1),
        ("mutations", {"status": "negated"}, 0),
    ],
)  # fmt: skip
def test_filters(table: str, wanted: dict[str, Any], count: int) -> None:
    assert len(select(VIEW, table, Filter(**wanted))) == count


@pytest.mark.parametrize(
    ("wanted", "words"), [({"kind": "party"}, "air_strike, drone_strike"), ({"status": "done"}, "happened, ongoing")]
)
def test_another_word_is_wrong_use_and_the_words_are_listed(wanted: dict[str, str], words: str) -> None:
    with pytest.raises(WrongUse, match=words):
        Filter(**wanted)


def test_a_time_that_ends_before_it_begins_is_wrong_use() -> None:
    with pytest.raises(WrongUse, match="--until 2031-01-01 lies before --since 2031-01-02"):
        Filter(since=date(2031, 1, 2), until=date(2031, 1, 1))
