"""The day of the one incident of a report."""

from datetime import UTC, date, datetime

import pytest

from onrecord.events.dated import candidates, story_day
from onrecord.records import Published

PUBLISHED = Published(datetime(2024, 5, 8, tzinfo=UTC), datetime(2024, 5, 8, 23, 59, tzinfo=UTC), "day", "given")
"""A Wednesday."""


@pytest.mark.parametrize(
    ("text", "main", "day"),
    [
        ("A man was shot dead on Monday night outside a bar in Vellin, police said Wednesday.", None, 6),
        ("Two women were stabbed early Tuesday in Port Ansel. Police arrested a man on Wednesday.", 7, 7),
        ("A guard was shot at the mill at 3 a.m. Sunday, the sheriff said on Tuesday.", 5, 5),
    ],
)
def test_the_day_of_the_act_and_not_of_the_telling(annotate, text, main, day):
    told = date(2024, 5, main) if main else None
    assert story_day(annotate(text, published=PUBLISHED), told) == date(2024, 5, day)


def test_a_story_without_a_date_gives_none(annotate):
    assert story_day(annotate("A man was shot dead on Monday."), None) is None
    assert story_day(annotate("A man was shot dead on Monday."), date(2024, 5, 6)) == date(2024, 5, 6)


def test_only_days_that_are_named_or_next_to_publication_are_meant(annotate):
    annotated = annotate("A man was shot on Friday. He was charged on Sunday.", published=PUBLISHED)
    assert set(candidates(annotated, date(2024, 5, 8), None)) == {
        date(2024, 5, 3), date(2024, 5, 5), date(2024, 5, 7), date(2024, 5, 8),
    }  # fmt: skip
