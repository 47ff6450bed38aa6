"""Dead and injured by the plainest means, for ideal readings."""

import pytest

from evaluation.plain_counts import counts_in
from onrecord.records import Span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fighters of the Gull Front killed 15 soldiers", [("killed", 15, False)]),
        ("Two of the dockers died in hospital", [("killed", 2, True)]),
        ("Five railwaymen were killed and a sixth is presumed dead", [("killed", 5, False), ("presumed_dead", 1, False)]),
        ("The 12 missing are presumed dead", [("presumed_dead", 12, False)]),
        ("Nobody was hurt", [("injured", 0, False), ("killed", 0, False)]),
    ],
)  # fmt: skip
def test_counts(text: str, expected: list[tuple[str, int, bool]]) -> None:
    found = counts_in(Span("s", "text", 0, len(text), text))
    assert [(count.what, count.quantity.number, count.part) for count in found] == expected
