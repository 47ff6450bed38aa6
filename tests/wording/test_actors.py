"""Names of states, forces, groups and bodies."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.wording import actors, places

NAMED = [
    ("IDF", "Israel Defense Forces", "forces", "Israel"),
    ("the Israeli military", "Israel Defense Forces", "forces", "Israel"),
    ("Israeli warplanes", "Israel Defense Forces", "forces", "Israel"),
    ("the Pentagon", "United States Department of Defense", "body", "United States"),
    ("U.S. forces", "United States military", "forces", "United States"),
    ("American fighter jets", "United States military", "forces", "United States"),
    ("Kenyan police", "Kenya police", "police", "Kenya"),
    ("South Korean military", "South Korea military", "forces", "South Korea"),
    ("Turkish air force F-16 jets", "Turkish Armed Forces", "forces", "Turkey"),
    ("Chad's army", "Chad military", "forces", "Chad"),
    ("Iranian government", "Iran government", "state", "Iran"),
    ("Russia", "Russia", "state", "Russia"),
    ("US", "United States", "state", "United States"),
    ("Houthi", "Houthis", "rebel", "Yemen"),
    ("Iran-backed Houthi rebels", "Houthis", "rebel", "Yemen"),
    ("suspected Houthi fighters", "Houthis", "rebel", "Yemen"),
    ("the alleged militant group Hamas", "Hamas", "rebel", "Palestine"),
    ("Lebanon's Hezbollah", "Hezbollah", "rebel", "Lebanon"),
    ("al-Shabab gunmen", "Al-Shabaab", "rebel", "Somalia"),
    ("HAMAS", "Hamas", "rebel", "Palestine"),
    ("WHO", "World Health Organization", "igo", None),
]


@pytest.mark.parametrize(("words", "name", "kind", "country"), NAMED)
def test_named(words, name, kind, country):
    found = actors.named(words)
    assert found is not None
    assert (found.name, found.kind, found.country) == (name, kind, country)
    assert actors.canonical(words) == name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("the Veranian army", "Veranian army"), ("the Ostmark Front", "Ostmark Front"), ("Army of Verania", "Army of Verania"),
        ("suspected Tarnish Brigade members", "Tarnish Brigade members"), ("an unknown gunman", "unknown gunman"),
        ("the Russian-backed separatist forces", "Russian-backed separatist forces"), ("Syrian rebel forces", "Syrian rebel forces"),
        ("leaders of Hamas", "leaders of Hamas"), ("Taliban officials", "Taliban officials"), ("Who", "Who"), ("us", "us"),
        ("Russian missiles and drones", "Russian missiles and drones"), ("Ukrainian", "Ukrainian"), ("the", "the"),
        ("Dorn's Children", "Dorn's Children"), ("suspected", "suspected"),
    ],
)  # fmt: skip
def test_others_pass_through(words, name):
    assert actors.named(words) is None
    assert actors.canonical(words) == name


@pytest.mark.parametrize(
    ("words", "hedge"),
    [
        ("suspected rebels", "suspected"), ("the alleged smugglers", "alleged"), ("so-called Ostmark Front", "so-called"),
        ("a man believed to be", None), ("Ostmark Front", None), ("suspected", None), ("", None),
    ],
)  # fmt: skip
def test_hedge(words, hedge):
    assert actors.hedge(words) == hedge


def test_the_table_is_sound():
    rows = set(actors._names().values())
    assert len(rows) >= 300
    for actor in rows:
        assert actor.country is None or places.country_of(actor.country) == actor.country, actor


def test_every_name_of_the_table_finds_its_row():
    for key, actor in actors._names().items():
        if any(c.isupper() or c.isdigit() for c in actor.name):
            assert actors.canonical(actor.name) == actor.name
            assert actors.named(key.upper()) == actor or not key.isupper()


@given(st.text(max_size=100))
def test_any_words_are_borne(words):
    name = actors.canonical(words)
    assert bool(name) or not any(c.isalpha() for c in words)
    actors.hedge(words)


@pytest.mark.parametrize("filler", ["a", " ", "1", ",", "A", "A ", "the ", "suspected ", "news agency "])
def test_long_words_take_no_time(filler):
    text = filler * (100_000 // len(filler))
    actors.canonical("Ostmark Front")
    began = time.process_time()
    actors.canonical(text)
    actors.hedge(text)
    assert time.process_time() - began < 2
