"""What is on the screen, and the name for how it stands there."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from invented import derived, masthead, reading, story
from onrecord.decisions.shown import Target, shown, version
from onrecord.decisions.values import fields
from onrecord.records import Bounds, Party, Quantity, Where

TOLD = story()
READ = reading(TOLD)
MADE = derived(TOLD, READ)
TARGETS: dict[str, Target] = {
    "story": masthead(TOLD), "claim": READ.claims[0], "event": READ.events[0], "tally": READ.tallies[0],
    "incident": MADE.incidents[0], "plan": MADE.plans[0],
}  # fmt: skip
CHANGES: dict[str, list[dict[str, Any]]] = {
    "story": [{"outlet": "Ostrey Post"}],
    "claim": [{"stance": "denies"}, {"content": READ.claims[1].content}],
    "event": [{"kind": "raid"}, {"when": None}, {"counts": ()}, {"where": None}, {"status": "denied"},
              {"actor": Party("Tern Brigade", READ.events[0].mentions[0].span)}],
    "tally": [{"quantity": Quantity(7)}, {"as_of": date(2031, 4, 1)}, {"scope": "dockers"}],
    "incident": [{"killed": Bounds(6, 7, None)}, {"events": ("other",)}, {"decisions": ("de-1",)},
                 {"campaigns": ("Harbour war",)}, {"where": Where("Ostrey", None, None, None, None, "unknown", None)}],
    "plan": [{"actor": None}, {"events": ("other",)}, {"decisions": ("de-1",)}, {"status": "denied"}],
}  # fmt: skip


@pytest.mark.parametrize("kind", TARGETS)
def test_what_can_be_set_is_shown(kind: str) -> None:
    names = [name for name, _ in shown(TARGETS[kind])]
    assert set(fields()[kind]) - {"campaign"} <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", TARGETS)
def test_another_value_is_another_version(kind: str) -> None:
    target = TARGETS[kind]
    found = {version(replace(target, **change), "x") for change in CHANGES[kind]}
    assert len(found | {version(target, "x"), version(target, "y")}) == len(CHANGES[kind]) + 2
    assert version(replace(target), "x") == version(target, "x")


def test_what_is_unknown_is_shown_as_nothing_and_zero_as_zero() -> None:
    incident = MADE.incidents[0]
    empty = replace(incident, killed=Bounds(None, None, None), when=None, where=None)
    assert dict(shown(empty))["killed"] is None
    assert dict(shown(empty))["date"] is None
    assert dict(shown(replace(incident, killed=Bounds(0, 0, 0))))["killed"] == "0-0-0"
