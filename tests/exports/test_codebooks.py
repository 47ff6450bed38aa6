"""What the tables of codebooks share: sides, countries, regions, the number of an incident."""

import time
import tomllib
from dataclasses import replace
from importlib.resources import files

import pycountry
import pytest

from filed import incident, ledger
from onrecord.exports import files as exports
from onrecord.exports.codebooks import facts, lands, parties
from onrecord.exports.private import WITHHELD


@pytest.mark.parametrize(
    ("words", "side"),
    [
        ("families of soldiers", "civilians"),
        ("fighters of the Coast Front", "rebel"),
        ("the army's supply column", "state"),
        ("rebel forces", "rebel"),
        ("Kelm police", "state"),
        ("masked gunmen", "militia"),
        ("four people", "unsaid"),
        ("Coast Front", "rebel"),
        ("a front door", None),
        ("a bridge near the barracks", "state"),
        ("a bridge", None),
    ],
)
def test_words_tell_a_side(words: str, side: str | None) -> None:
    assert parties.side(words) == side


def test_a_private_person_is_a_civilian() -> None:
    assert parties.party(WITHHELD).side == "civilians"


def test_the_table_of_actors_stands_before_words() -> None:
    known = parties.party("Chad military")
    assert (known.side, known.country, known.is_named) == ("state", "Chad", True)
    assert not parties.party("masked gunmen").is_named


def test_every_country_has_one_region() -> None:
    raw = tomllib.loads(files("onrecord.exports").joinpath("codebooks/regions.toml").read_text("utf-8"))
    codes = [code for held in raw["acled"].values() for code in held]
    assert len(codes) == len(set(codes))
    assert {code for code in codes if pycountry.countries.get(alpha_2=code) is None} == {"XK"}
    regions = [region for held in raw["ucdp"].values() for region in held]
    assert sorted(regions) == sorted(set(raw["acled"]) - {"Antarctica"})


@pytest.mark.parametrize(
    ("name", "acled", "ucdp"),
    [
        ("Egypt", "Northern Africa", "Middle East"),
        ("Georgia", "Caucasus and Central Asia", "Europe"),
        ("Fiji", "Oceania", "Asia"),
        ("Quelland", None, None),
    ],
)
def test_regions_are_each_codebooks_own(name: str, acled: str | None, ucdp: str | None) -> None:
    land = lands.land(name)
    assert land is not None
    assert (land.acled, land.ucdp) == (acled, ucdp)


def test_an_incident_keeps_its_number() -> None:
    def number(name: str) -> int:
        (one,) = facts.Casebook(ledger(incident(id=name))).facts()
        return one.number

    assert number("in-00000010") == 16
    assert number("in-ffffffff") == 2**32 - 1
    assert 0 <= number("st-0000000000000001-e1") < 2**32


@pytest.mark.slow
@pytest.mark.parametrize("form", ["acled", "ucdp"])
def test_ten_thousand_incidents_take_seconds(form: str) -> None:
    seen = ledger(*(replace(incident(), id=f"in-{at:08x}") for at in range(10_000)))
    start = time.process_time()
    made = dict(exports.made(seen, form))
    assert made[f"{form}.csv"].count(b"\n") == 10_001
    assert time.process_time() - start < 10
