import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.families.fingerprint import PERMUTATIONS, fingerprint
from onrecord.records import UNDATED, Furniture, Story

TEXT = "The ferry left Tarn Haven at dawn with 40 pilgrims, and nobody on the quay saw it come back."


def story(text: str, *furniture: Furniture, language: str | None = "en") -> Story:
    return Story("st-0", None, None, None, "A headline", None, UNDATED, language, text, furniture)


def alike(one: str, other: str) -> float:
    first, second = fingerprint(story(one)).signature, fingerprint(story(other)).signature
    return sum(a == b for a, b in zip(first[:PERMUTATIONS], second[:PERMUTATIONS], strict=True)) / PERMUTATIONS


def test_a_signature_holds_the_values_and_the_number_of_runs() -> None:
    signature = fingerprint(story("one two three four five six seven")).signature
    assert len(signature) == PERMUTATIONS + 1
    assert signature[-1] == 3


def test_a_signature_is_the_same_in_every_process() -> None:
    code = (
        "from onrecord.families import fingerprint; from onrecord.records import *; "
        f"print(fingerprint(Story('st-0', None, None, None, '', None, UNDATED, 'en', {TEXT!r})))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("0", "1", "4711")
    }
    assert told == {str(fingerprint(story(TEXT)))}


def test_stored_signatures_stay_comparable() -> None:
    # Other values would mean that signatures in a ledger can no longer be held against new ones.
    assert fingerprint(story(TEXT)).signature[:3] == (282274550, 91993763, 3245876580)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TEXT, TEXT.upper()),
        (TEXT, TEXT.replace(",", " -").replace(".", "!")),
        ("the captain's log was wet and cold", "the captain’s log was wet and cold"),
    ],
)
def test_case_and_punctuation_do_not_count(one: str, other: str) -> None:
    assert alike(one, other) == 1


def test_other_words_share_nothing() -> None:
    assert alike(TEXT, "In the hills above the valley snow closed all of the roads for the whole of the winter.") == 0


def test_furniture_is_left_out() -> None:
    menu = "Home | World | Weather | Sport | Podcasts\n\n"
    with_menu = fingerprint(story(menu + TEXT, Furniture("navigation", 0, len(menu))))
    assert with_menu == fingerprint(story(TEXT))


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ('"The door was open and nobody was there," he said.', ("the door was open and nobody was there",)),
        ("“The door was open and nobody was there”, he said.", ("the door was open and nobody was there",)),
        ("« La porte était ouverte et personne n'y était »", ("la porte était ouverte et personne ny était",)),
        ("„Die Tür stand offen und niemand war da“, sagte er.", ("die tür stand offen und niemand war da",)),
        ('"It was open," he said. "Too soon to say."', ()),
        ('"First came the rain. Then it was like somebody hammering."', ("then it was like somebody hammering",)),
    ],
)
def test_quotations_of_six_words_by_sentence(text: str, quotes: tuple[str, ...]) -> None:
    assert fingerprint(story(text)).quotes == quotes


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("They counted 1,200 sheep near Tarn Haven.", ("1200 sheep", "tarn haven")),
        ("The convoy of 14 lorries met Pell Adrian there.", ("14 lorries", "pell adrian")),
        ("It cost 3.5 million, or so they say.", ()),
    ],
)
def test_facts_are_numbers_with_their_nouns_and_names(text: str, facts: tuple[str, ...]) -> None:
    assert fingerprint(story(text)).facts == facts


@pytest.mark.parametrize("text", ["", "   \n\n ", "..."])
def test_a_text_without_words_has_no_signature(text: str) -> None:
    assert fingerprint(story(text)).signature == ()


def test_a_language_without_blanks_has_runs_of_letters() -> None:
    assert alike("船は夜明けに港を出て帰らなかった", "船は夜明けに港を出て帰らなかったと言う") > 0.5


@given(st.text(max_size=300))
def test_any_text_has_a_fingerprint(text: str) -> None:
    found = fingerprint(story(text))
    assert len(found.signature) in (0, PERMUTATIONS + 1)
    assert found == fingerprint(replace(story(text), id="st-1"))


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "junk", ['"' * 100_000, "“" * 100_000, "A " * 50_000, "1," * 50_000, "Ab’" * 33_000, " " * 100_000]
)
def test_junk_takes_no_time(junk: str) -> None:
    fingerprint(story(junk))
