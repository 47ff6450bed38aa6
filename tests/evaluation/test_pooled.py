from pathlib import Path

import pytest

from evaluation import pooled
from evaluation.reading import Corpus
from onrecord.records import UNDATED, Derived, Family, Story

CAMPAIGN_OF = {"a1": "a", "a2": "a", "b1": "b"}


def corpus(*families: tuple[str, ...]) -> Corpus:
    made = Corpus({name: Story(f"st-{name}", name, None, None, "", None, UNDATED, "en", "") for name in CAMPAIGN_OF})
    found = tuple(Family(f"fa-{n}", names[0], tuple(f"st-{m}" for m in names)) for n, names in enumerate(families))
    made.derived = Derived(families=found)
    return made


@pytest.mark.parametrize(
    ("families", "wrong"),
    [
        ((("a1", "a2"), ("b1",)), []),
        ((("a1",), ("a2", "b1")), ["fa-1 holds stories of several campaigns: a2, b1"]),
    ],
)
def test_what_got_mixed(families: tuple[tuple[str, ...], ...], wrong: list[str]) -> None:
    assert pooled.mixed(corpus(*families), CAMPAIGN_OF) == wrong


def test_a_part_of_a_prediction_keeps_its_own_stories() -> None:
    whole = {
        "stories": {"a1": {"claims": []}, "b1": {"claims": []}},
        "incidents": {"i": {"stories": ["a1", "b1"]}, "j": {"stories": ["b1"]}},
    }
    assert pooled.part(whole, {"a1": {}, "a2": {}}) == {
        "stories": {"a1": {"claims": []}},
        "incidents": {"i": {"stories": ["a1"]}},
    }


def test_without_campaigns_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pooled.main([str(tmp_path)]) == 0
    assert "nothing was pooled" in capsys.readouterr().out
