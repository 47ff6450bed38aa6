"""Names of places, their countries, and places told by others."""

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.wording import gazetteer, places
from onrecord.wording.places import Offset

# name, hints, expected country, latitude, longitude, precision; coordinates to about half a degree
RESOLVED = [
    ("Paris", (), "France", 48.9, 2.3, "exact"),
    ("Paris, Texas", (), "United States", 33.7, -95.6, "exact"),
    ("Athens, Ga.", (), "United States", 34.0, -83.4, "exact"),
    ("Washington", (), "United States", 38.9, -77.0, "exact"),
    ("Washington state", (), "United States", 47.3, -121.2, "admin1"),
    ("New York", (), "United States", 40.7, -74.0, "exact"),
    ("Kiev", (), "Ukraine", 50.5, 30.5, "exact"),
    ("Sana'a", (), "Yemen", 15.4, 44.2, "exact"),
    ("Hodeidah", (), "Yemen", 14.8, 43.0, "exact"),
    ("St. Petersburg", ("Moscow", "Russia"), "Russia", 59.9, 30.3, "exact"),
    ("Tripoli", (), "Libya", 32.9, 13.2, "exact"),
    ("Tripoli", ("Lebanon", "Beirut"), "Lebanon", 34.4, 35.8, "exact"),
    ("Georgia", (), "Georgia", 42.0, 43.5, "country"),
    ("Georgia", ("Atlanta", "Alabama"), "United States", 32.9, -83.4, "admin1"),
    ("Georgia", ("Tbilisi", "Moscow"), "Georgia", 42.0, 43.5, "country"),
    ("Punjab", ("Lahore", "Pakistan"), "Pakistan", 31.3, 72.7, "admin1"),
    ("Idlib province", (), "Syria", 35.8, 36.6, "admin1"),
    ("Kherson region", (), "Ukraine", 46.6, 33.4, "admin1"),
    ("Kherson", (), "Ukraine", 46.6, 32.6, "exact"),
    ("the Red Sea", (), None, 20.0, 38.5, "sea"),
    ("Gaza", (), "Palestine", 31.4, 34.35, "region"),
    ("Gaza City", (), "Palestine", 31.5, 34.5, "exact"),
    ("northern Mali", (), "Mali", 18.0, -2.0, "country"),
    ("U.S.", (), "United States", 39.8, -98.5, "country"),
    ("Iranian", (), "Iran", 32.0, 53.0, "country"),
    ("Kharkiv's", (), "Ukraine", 50.0, 36.2, "exact"),
    ("Beirut-based", (), "Lebanon", 33.9, 35.5, "exact"),
    ("Calif.", (), "United States", 37.0, -119.7, "admin1"),
]  # fmt: skip

UNDECIDED = [
    ("Springfield", ()),
    ("Springfield, Peru", ()),
    ("Paris, Verania", ()),
    ("Arlington", ()),
    ("Kessel", ("Verania", "Ostmark")),
    ("Chasiv Yar", ()),
    ("Walker County", ()),
]

UNKNOWN = ["Verania", "Port Kessel", "Ostmark Ridge", "Lamskoye Depot 7", "", "the", "us", ".", "x" * 5000]


@pytest.mark.parametrize(("name", "hints", "country", "lat", "lon", "precision"), RESOLVED)
def test_where_a_name_is(name, hints, country, lat, lon, precision):
    where = places.resolve(name, hints)
    assert where is not None
    assert (where.country, where.precision, where.span) == (country, precision, None)
    assert where.lat == pytest.approx(lat, abs=0.6)
    assert where.lon == pytest.approx(lon, abs=0.6)


@pytest.mark.parametrize(("name", "hints"), UNDECIDED)
def test_a_name_of_many_places_has_no_coordinates(name, hints):
    where = places.resolve(name, hints)
    assert where is not None
    assert (where.lat, where.lon, where.precision) == (None, None, "unknown")


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_name_of_no_place_is_none(name):
    assert places.resolve(name) is None


def test_the_container_is_kept_as_worded():
    where = places.resolve("Springfield, Ill.")
    assert where is not None
    assert (where.name, where.container, where.country) == ("Springfield", "Ill.", "United States")


def test_a_village_needs_a_hint():
    where = places.resolve("Chasiv Yar", ("Ukraine",))
    assert where is not None
    assert (where.country, where.precision) == ("Ukraine", "exact")
    bare = places.resolve("Chasiv Yar")
    assert bare is not None
    assert bare.country is None


def test_the_order_of_hints_does_not_matter():
    hints = ("Ohio", "Columbus", "Kentucky", "Jordan")
    assert places.resolve("Dublin", hints) == places.resolve("Dublin", tuple(reversed(hints)))


@pytest.mark.parametrize(
    ("words", "country"),
    [
        ("Iranian", "Iran"), ("Iranians", "Iran"), ("the UK", "United Kingdom"), ("U.S.", "United States"),
        ("Iran's", "Iran"), ("the Congolese", "Democratic Republic of the Congo"), ("South Korean", "South Korea"),
        ("Côte d'Ivoire", "Ivory Coast"), ("Tehran", None), ("us", None), ("Us", None), ("Veranian", None), ("polish", None),
        ("", None),
    ],
)  # fmt: skip
def test_country_of(words, country):
    assert places.country_of(words) == country


@pytest.mark.parametrize(
    ("word", "answer"), [("Iranian", True), ("Iran", False), ("Veranian", False), ("turkish", False)]
)
def test_is_demonym(word, answer):
    assert places.is_demonym(word) is answer


OFFSETS = [
    ("some 30 km north of Lamsk", [("offset", "Lamsk", 30.0, 0.0)]),
    ("12 nautical miles south-east of St. Orlo", [("offset", "St. Orlo", 22.224, 135.0)]),
    ("twenty kilometres south of the town of Bel Amar", [("offset", "Bel Amar", 20.0, 180.0)]),
    ("40 miles (64 km) off the Veranian coast", [("off", "Veranian", 64.374, None)]),
    ("5km from Dorn", [("offset", "Dorn", 5.0, None)]),
    ("1,200 km from Dorn", [("offset", "Dorn", 1200.0, None)]),
    ("1.5 miles east of Dorn", [("offset", "Dorn", 2.414, 90.0)]),
    ("just west of Dorn", [("offset", "Dorn", None, 270.0)]),
    ("in waters off the southern coast of Ostmark", [("off", "Ostmark", None, None)]),
    ("near Port Kessel and outside Dorn", [("near", "Port Kessel", None, None), ("outside", "Dorn", None, None)]),
    ("close to the city of Tarn", [("near", "Tarn", None, None)]),
    ("around Monday, near the border, called off by May", []),
    ("30 km long", []),
]


@pytest.mark.parametrize(("text", "expected"), OFFSETS)
def test_places_told_by_another(text, expected):
    found = places.near(text)
    assert [(o.relation, o.anchor, o.km, o.bearing) for o in found] == expected
    for offset in found:
        assert offset.anchor in text[offset.start : offset.end]


def test_offset_point():
    assert places.offset_point(0.0, 0.0, 111.195, "north") == pytest.approx((1.0, 0.0), abs=0.001)
    assert places.offset_point(10.0, 179.9, 100.0, "eastern") == pytest.approx((10.0, -179.187), abs=0.01)
    assert places.offset_point(0.0, 0.0, 10.0, "upwards") is None


def test_displaced_moves_the_anchor_as_far_as_is_told():
    anchor = places.resolve("Kharkiv")
    assert anchor is not None
    moved = places.displaced(anchor, Offset("offset", "Kharkiv", 50.0, 90.0, 0, 1))
    assert (moved.precision, moved.country) == ("near", "Ukraine")
    assert moved.lon > anchor.lon + 0.5
    beside = places.displaced(anchor, Offset("near", "Kharkiv", None, None, 0, 1))
    assert (beside.lat, beside.lon, beside.precision) == (anchor.lat, anchor.lon, "near")
    assert places.displaced(anchor, Offset("off", "Kharkiv", None, None, 0, 1)).precision == "sea"


@given(
    st.floats(-80, 80), st.floats(-180, 180), st.floats(0, 3000),
    st.sampled_from(["north", "north-east", "southwest", "south-southeast", "western"]),
)  # fmt: skip
def test_an_offset_lies_as_far_as_it_says(lat, lon, km, bearing):
    point = places.offset_point(lat, lon, km, bearing)
    assert point is not None
    assert -90 <= point[0] <= 90
    assert -180 <= point[1] <= 180
    a, b, c, d = map(math.radians, (lat, lon, *point))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    assert 2 * 6371.0 * math.asin(min(1.0, math.sqrt(h))) == pytest.approx(km, abs=0.05)


@given(st.text(max_size=80), st.tuples(st.text(max_size=20)))
def test_any_words_are_borne(words, hints):
    where = places.resolve(words, hints)
    if where is not None:
        assert (where.lat is None) == (where.lon is None)
    for offset in places.near(words):
        assert 0 <= offset.start < offset.end <= len(words)


def test_the_tables_are_sound():
    assert len(gazetteer._by_code()) >= 195
    seas = [place for found in gazetteer._own().values() for place in found if place.kind in ("sea", "region")]
    assert len({place.key for place in seas}) >= 300
    for place in seas:
        assert -90 <= place.lat <= 90
        assert -180 <= place.lon <= 180


@pytest.mark.parametrize(
    "filler", ["a", " ", "1", ",", "A", "A ", "near Aa", "1 km ", "12 km north of ", "off the coast of "]
)
def test_long_texts_take_no_time(filler):
    text = filler * (100_000 // len(filler))
    places.near("")
    began = time.process_time()
    places.near(text)
    places.resolve(text)
    places.country_of(text)
    assert time.process_time() - began < 2
