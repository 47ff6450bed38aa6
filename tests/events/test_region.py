"""Where a report is from, and what that makes of the places of its events."""

import pytest

from onrecord.events import region
from onrecord.records import UNDATED, Furniture, Story, Where

ABROAD = Where("Gentilly", None, "France", 48.8, 2.3, "exact", None)


def story(text, headline="", url=None, furniture=()):
    return Story("st-1", None, url, None, headline, None, UNDATED, "en", text, furniture)


TOLD = [
    # a town of its own name, by body or preposition
    ("A man was shot in Memphis on Monday. Memphis police found him near a bar.", "Memphis", "Tennessee", "United States"),
    # one of many of its name, by its state, short or whole
    ("SPRINGFIELD, Ill. (NPW) - A man was shot on Harn Street, Springfield police said.", "Springfield", "Illinois", "United States"),
    ("Two teens were hurt in Columbus, GA, early on Sunday, police said.", "Columbus", "Georgia", "United States"),
    ("LAWRENCE, KAN. - Lawrence police say that the fire was set.", "Lawrence", "Kansas", "United States"),
    # a county, and a village in it, that speak for each other
    ("Deputies of Harlan County, Ky., found a man shot at his home near Evarts.", "Evarts", "Kentucky", "United States"),
    ("A Rhea County, Tennessee, grand jury charged a man.", "Rhea County", "Tennessee", "United States"),
    ("The St. Mary Parish Sheriff’s Office in Louisiana is looking for a gunman.", "St. Mary Parish", "Louisiana", "United States"),
    # abroad
    ("MAIDUGURI, Nigeria — Gunmen came to Gwoza in Borno state by night and killed 12 farmers.", "Maiduguri", "Borno", "Nigeria"),
    ("A guard was shot in Lyon on Sunday. Lyon police are holding a man from Paris.", "Lyon", "Auvergne-Rhône-Alpes", "France"),
    ("Two rockets fell on farmland in southern Ukraine, and Ukraine’s army said nobody was hurt.", "Ukraine", None, "Ukraine"),
    ("Sheriff’s deputies in Vermont shot a man. Vermont State Police look into it.", "Vermont", None, "United States"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "container", "country"), TOLD)
def test_where_a_story_is_from(text, name, container, country):
    found = region.of_story(story(text))
    assert found is not None
    assert (found.where.name, found.where.container, found.where.country) == (name, container, country)


@pytest.mark.parametrize(
    "text",
    [
        "Two people were hurt on Elm Street, police said. Mr. Jackson, 45, was taken to a clinic.",
        "Verania’s navy said that it had sunk a boat off Port Kessel in the Ombra Strait.",
        "A man was shot in Springfield on Monday.",
        "IN MAY, A MARCH WAS HELD. MOST WERE WELL.",
        "",
    ],
)
def test_none_where_no_names_agree(text):
    found = region.of_story(story(text))
    assert found is None or found.where.precision == "country"


def test_the_outlet_tells_which_of_the_namesakes():
    text = "A man was shot in Peoria on Monday night. He is in a stable state."
    assert region.of_story(story(text, url="https://www.chicagotribune.com/1")).where.container == "Illinois"
    assert region.of_story(story(text, url="https://phoenixdailynews.com/1")).where.container == "Arizona"
    tail = "Man shot in Peoria - Norwick News 9, Chicago, Illinois"
    assert region.of_story(story(text, headline=tail)).where.container == "Illinois"


@pytest.mark.parametrize(
    ("text", "name", "container"),
    [
        # no town is named: it is around the outlet's own
        ("A man was shot on Fallow Street on Monday night, a neighbour said.", "Toledo", "Ohio"),
        # a namesake abroad is larger, and one in the unit is nearer
        ("A woman was hurt in Lima on Monday, officers say.", "Lima", "Ohio"),
        # another town by its state
        ("A man was shot in Macon, Georgia. Macon police look for a red car.", "Macon", "Georgia"),
    ],
)
def test_a_local_outlet_reports_from_around_its_home(text, name, container):
    found = region.of_story(story(text, url="https://www.toledoblade.com/1"))
    assert found is not None
    assert (found.where.name, found.where.container) == (name, container)


def test_what_is_told_where_no_outlet_is_known_is_told_of_nowhere():
    text = "A man was shot on Fallow Street on Monday night, a neighbour said."
    assert region.of_story(story(text, url="https://news.example/1")) is None


def test_a_hospital_or_a_quarter_is_no_town_of_the_story():
    text = "A boy was shot in Boise and taken to Denver Medical Center. Boise police ask for help."
    assert region.of_story(story(text)).where.name == "Boise"
    text = "A man was shot in the Austin neighborhood of Chicago, Chicago police said."
    assert region.of_story(story(text)).where.name == "Chicago"


def test_furniture_tells_nothing_and_a_dateline_does():
    text = "Boise weather Boise sport Boise police\n\nA man was shot in Reno, Nevada."
    assert region.of_story(story(text, furniture=(Furniture("navigation", 0, 38),))).where.name == "Reno"
    text = "RENO, Nev. — A man was shot behind a bar, and a second man was held."
    assert region.of_story(story(text, furniture=(Furniture("dateline", 0, 12),))).where.name == "Reno"


def told(name, container=None, country=None, lat=None, lon=None, precision="unknown"):
    return Where(name, container, country, lat, lon, precision, None)


LOCAL = "A man was shot in New Orleans on Monday, New Orleans police said."


@pytest.mark.parametrize(
    ("where", "container", "near"),
    [
        (told("Gentilly", None, "France", 48.82, 2.34, "exact"), "New Orleans", (30.0, -90.1)),
        (told("Harn Street"), "New Orleans", (30.0, -90.1)),
        (told("South Side", None, "Turkey"), "New Orleans", (30.0, -90.1)),
        # a place of that name in the same state
        (told("Lafayette", None, "United States", 40.4, -86.9, "exact"), None, (30.2, -92.0)),
        # the words say where it is, or everybody knows
        (told("Paris", "Texas", "United States", 33.66, -95.55, "exact"), "Texas", (33.7, -95.6)),
        (told("Chicago", None, "United States", 41.85003, -87.65005, "exact"), None, (41.9, -87.7)),
        (told("Metairie", None, "United States", 29.98, -90.15, "exact"), None, (30.0, -90.2)),
    ],
)
def test_an_event_lies_where_its_story_is_from(where, container, near):
    found = region.settled(where, region.of_story(story(LOCAL)))
    assert (found.name, found.container) == (where.name, container)
    assert (found.lat, found.lon) == pytest.approx(near, abs=0.3)


def test_a_report_from_a_capital_places_no_village():
    report = region.of_story(story("BAMAKO, Mali (NPW) — Gunmen came to Kessel on Monday, the army said in Bamako."))
    assert report is not None
    assert not report.local
    assert region.settled(told("Kessel"), report) == told("Kessel")
    abroad = told("Kessel", None, "Netherlands", 51.29, 6.05, "exact")
    assert region.settled(abroad, report) == told("Kessel", None, "Mali")


def test_nothing_is_settled_without_a_region():
    assert region.settled(ABROAD, None) == ABROAD


def test_the_gist_has_the_region(annotate):
    from onrecord import claims, events

    annotated = annotate("A man was shot dead on Harn Street on Monday, Memphis police said.")
    built = events.build(annotated, claims.find(annotated).claims)
    assert built.gist.where is not None
    assert built.gist.where.name == "Memphis"
    assert built.events[0].where.country == "United States"
    assert (built.events[0].where.name, built.events[0].where.precision) == ("Harn Street", "near")
