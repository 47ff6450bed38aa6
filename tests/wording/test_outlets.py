"""Names and addresses of news outlets."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.wording import outlets, places, shelf

NAMED = [
    ("the Daily Mail", "Daily Mail"),
    ("AP", "Associated Press"),
    ("the AP", "Associated Press"),
    ("NBC", "NBC News"),
    ("BBC's", "BBC"),
    ("The Guardian", "The Guardian"),
    ("Guardian", "The Guardian"),
    ("THE NEW YORK TIMES", "New York Times"),
    ("Iran’s Tasnim news agency", "Tasnim News Agency"),
    ("the newspaper Haaretz", "Haaretz"),
    ("Israeli newspaper Haaretz", "Haaretz"),
    ("People's Daily", "People's Daily"),
    ("Agence France-Presse,", "Agence France-Presse"),
]

NOT_NAMED = ["time", "Ap", "Hill", "Times", "Ostmark Post", "", "the", "news", "x" * 3000]


@pytest.mark.parametrize(("words", "name"), NAMED)
def test_named(words, name):
    found = outlets.named(words)
    assert found is not None
    assert found.name == name
    assert outlets.canonical(words) == name
    assert outlets.looks_like_outlet(words)


@pytest.mark.parametrize("words", NOT_NAMED)
def test_not_named(words):
    assert outlets.named(words) is None


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("the Ostmark Post", "Ostmark Post"), ("Verania's Ostmark Post", "Ostmark Post"), ("Meridian Press,", "Meridian Press"),
        ("the Lampion news agency", "Lampion"), ("state news agency Lampion", "Lampion"),
        ("Verania's state-run news agency Lampion", "Lampion"), ("Veranian daily Fackel", "Fackel"),
        ("Ostmark Post's", "Ostmark Post"), ("Radio Verania", "Radio Verania"), ("Evening Lantern", "Evening Lantern"),
        ("Verania News Agency", "Verania News Agency"), ("Channel 7", "Channel 7"),
    ],
)  # fmt: skip
def test_invented_outlets(words, name):
    assert outlets.looks_like_outlet(words)
    assert outlets.canonical(words) == name


@pytest.mark.parametrize(
    "words",
    [
        "Herald", "Lampion", "Information Centre", "Press Secretary", "Post Office", "Times Square", "News Agency",
        "English Channel", "Kessel Border Post", "state television", "Verania's army", "Sunday Morning", "a border post", "",
    ],
)  # fmt: skip
def test_what_is_no_outlet(words):
    assert not outlets.looks_like_outlet(words)


@pytest.mark.parametrize(
    ("url", "host", "name", "country"),
    [
        ("https://www.bbc.co.uk/news/1", "bbc.co.uk", "BBC", "United Kingdom"),
        ("http://edition.cnn.com/a", "edition.cnn.com", "CNN", "United States"),
        ("nytimes.com", "nytimes.com", "New York Times", "United States"),
        ("https://ostmark-post.example.de/x", "ostmark-post.example.de", None, "Germany"),
        ("https://lampion.example.co.uk", "lampion.example.co.uk", None, "United Kingdom"),
        ("https://ostmark-post.example/x", "ostmark-post.example", None, None),
        ("https://lampion.tv", "lampion.tv", None, None),
        ("https://notbbc.com", "notbbc.com", None, None),
        ("http://[", None, None, None),
        ("mailto:x", None, None, None),
        ("", None, None, None),
    ],
)
def test_addresses(url, host, name, country):
    assert outlets.host(url) == host
    found = outlets.of_url(url)
    assert (found.name if found else None) == name
    assert outlets.country_of_url(url) == country


def test_the_table_is_sound():
    rows = outlets._rows()
    assert len(rows) >= 400
    assert len({outlet.name for outlet, _ in rows}) == len(rows)
    assert sum(outlet.agency for outlet, _ in rows) >= 80
    outlets._names()
    outlets._domains()
    for outlet, _ in rows:
        assert outlet.country is None or places.country_of(outlet.country) == outlet.country, outlet


def test_every_name_of_the_table_finds_its_row():
    for outlet, aliases in outlets._rows():
        for name in (outlet.name, *aliases):
            found = outlets.named(name)
            assert found is not None, name
            assert found.name == outlet.name, name


@given(st.text(max_size=100))
def test_any_words_are_borne(words):
    name = outlets.canonical(words)
    assert bool(name) or not any(c.isalpha() for c in words)
    assert outlets.canonical(name) == outlets.canonical(outlets.canonical(name)) or outlets.named(words) is None
    outlets.looks_like_outlet(words)
    outlets.of_url(words)


@pytest.mark.parametrize("filler", ["a", " ", "1", ",", "A", "A ", "the ", "suspected ", "news agency "])
def test_long_words_take_no_time(filler):
    text = filler * (100_000 // len(filler))
    outlets.canonical("Ostmark Front")
    began = time.process_time()
    outlets.canonical(text)
    outlets.looks_like_outlet(text)
    outlets.host(text)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Al-Marra", "almarra"),
        ("The Varn Courier", "varn courier"),
        ("Daily Tern", "dailytern"),
        ("Al Tern", "al-tern"),
    ],
)
def test_names_that_are_compared_are_one(one, other):
    assert outlets.key(one) == outlets.key(other)


@pytest.mark.parametrize("name", ["Alto", "The X", "-", ""])
def test_short_names_keep_what_they_have(name):
    assert outlets.key(name) == (outlets.canonical(name).casefold().replace(" ", "") or name)


def test_a_local_outlet_is_at_home_in_a_town():
    assert outlets.home("www.toledoblade.com") == "Toledo, Ohio"
    assert outlets.home("m.TOLEDOBLADE.com") == "Toledo, Ohio"
    assert outlets.home("reuters.com") == outlets.home("") == ""


def test_every_home_is_a_town_that_the_gazetteer_holds():
    for town in shelf.toml("homes.toml")["homes"]:
        name, _, outer = town.partition(", ")
        assert places.candidates(name, outer or "nowhere"), town
