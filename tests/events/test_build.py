import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from time import process_time

import numpy as np
import pytest

from onrecord.events import arguments, build, summary, tallies
from onrecord.language import Annotated, weighed
from onrecord.records import Published

THURSDAY = Published(datetime(2031, 5, 8, tzinfo=UTC), datetime(2031, 5, 8, tzinfo=UTC), "day", "given")
STORY = (
    "VELLIN, Verania - Two drones struck the fuel depot at Vellin on Tuesday night, killing six workers and wounding 20, "
    "the Veranian Interior Ministry said.\n\n"
    "The Red Front said it had carried out the attack. Among the dead were two children.\n\n"
    "On Sunday a mine killed three soldiers near Tarn. Fifteen attacks by the front have killed 64 people since March.\n\n"
    "The government may send troops to the coast. In 2009 a bomb killed 31 people in the same harbour."
)


def test_every_span_holds_its_words(annotate: Callable[..., Annotated]) -> None:
    built = build(annotate(STORY, "Drones strike fuel depot, six killed", THURSDAY), ())
    parts = {"text": STORY, "headline": "Drones strike fuel depot, six killed"}
    spans = [m.span for e in built.events for m in e.mentions] + [c.span for e in built.events for c in e.counts]
    spans += [t.span for t in built.tallies]
    spans += [e.when.span for e in built.events if e.when and e.when.span]
    spans += [e.where.span for e in built.events if e.where and e.where.span]
    assert len(spans) > 10
    assert all(parts[s.part][s.start : s.end] == s.text for s in spans)


def test_a_story_told_twice_reads_the_same(annotate: Callable[..., Annotated]) -> None:
    one, other = (build(annotate(STORY, "", THURSDAY), ()) for _ in range(2))
    assert json.dumps(asdict(one), default=str) == json.dumps(asdict(other), default=str)


def test_two_acts_a_plan_and_the_past_are_four_events(annotate: Callable[..., Annotated]) -> None:
    events = build(annotate(STORY, "", THURSDAY), ()).events
    done = [e for e in events if e.status == "happened" and not e.background]
    places = [e.where.name for e in done if e.where is not None]
    killed = [[c.quantity.number for c in e.counts if c.what == "killed" and not c.part] for e in done]
    assert places == ["Vellin", "Tarn"]
    assert killed == [[6], [3]]
    assert [e.status for e in events if e.status not in {"happened"}] == ["possible"]
    assert sum(e.background for e in events) == 1


@pytest.mark.parametrize("text", ["", " \n\n ", "...", "No verbs here", "7 7 7 7 7"])
def test_a_story_without_acts_has_no_events(text: str, annotate: Callable[..., Annotated]) -> None:
    built = build(annotate(text), ())
    assert (built.events, built.tallies) == ((), ())


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        ("A man was shot dead in Vellin on Friday, police said.", 1, None),
        ("Four people were shot in Vellin, one fatally, police said.", 1, 3),
        ("A woman was shot in the leg and is in stable condition.", None, 1),
        ("Police arrested a man with a knife. No injuries were reported.", None, 0),
        ("He was charged with attempted murder after a shot hit a wall.", None, None),
        ("A man died and another was wounded on Friday, police said.", 1, 1),
    ],
)
def test_phrases_tell_of_one_crime(
    text: str, killed: int | None, injured: int | None, annotate: Callable[..., Annotated]
) -> None:
    dead, hurt = summary.by_rules(annotate(text))
    assert ((dead.best or dead.low or None), hurt.best) == (killed, injured)


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        (
            (
                "A man was shot dead outside a bar in Vellin on Friday night, police said.\nOfficers found the victim lying in the "
                "street. He was pronounced dead at the scene. No one has been arrested."
            ),
            1,
            0,
        ),
        (
            (
                "A woman was shot in the leg in Port Ansel early Tuesday, police said.\nShe was taken to a hospital, where she is in "
                "stable condition. She told detectives of the homicide unit that she did not know the gunman."
            ),
            0,
            1,
        ),
        (
            (
                "Deputies arrested a man who was found with a rifle at a school in Tarn.\nNo one was hurt. He was charged with "
                "attempted murder in an earlier case."
            ),
            0,
            0,
        ),
    ],
)
def test_all_words_of_a_lead_tell_of_one_crime(
    text: str, killed: int, injured: int, annotate: Callable[..., Annotated]
) -> None:
    found = summary.story_counts(annotate(text))
    dead, hurt = found.killed, found.injured
    assert (dead.best or 0, hurt.best or 0) == (killed, injured)


@pytest.mark.parametrize("said", [0, 1])
def test_nobody_is_hurt_whom_no_words_tell_of(
    said: int, monkeypatch: pytest.MonkeyPatch, annotate: Callable[..., Annotated]
) -> None:
    text = "A woman was wounded in Vellin." if said else "Deputies arrested a man who was found with a rifle in Vellin."
    weighing = {"killed": np.array([9.0, 0.0, 0.0]), "injured": np.array([0.0, 5.0, 9.0])}
    monkeypatch.setattr(weighed, "scores", lambda what, _: weighing[what])
    assert (summary.story_counts(annotate(text)).injured.best or 0) == 2 * said
    weighing["injured"] = np.array([0.5, 0.0, 0.0])
    assert (summary.story_counts(annotate(text)).injured.best or 0) == said
    weighing["injured"] = np.array([5.0, 0.0, 0.0])
    assert (summary.story_counts(annotate(text)).injured.best or 0) == 0


@pytest.mark.parametrize(
    "piece",
    [
        "7 ",
        "since ",
        *(pytest.param(p, marks=pytest.mark.slow) for p in ("Vellin, ", "six people killed and ", "in 9 attacks ")),
    ],
)
def test_odd_texts_take_no_longer(piece: str, annotate: Callable[..., Annotated]) -> None:
    """Three times the text takes three times as long, and not nine times: processors differ, growth does not."""

    def took(number: int) -> float:
        annotated = annotate(piece * number)
        began = process_time()
        tallies.every(annotated, (), arguments.around(annotated).counts)
        return process_time() - began

    took(10)
    assert took(1500) < 6 * took(500) + 0.5
