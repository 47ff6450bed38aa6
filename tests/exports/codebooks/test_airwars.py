"""Airwars: a minimum and a maximum of who was harmed, and who is said to have done it."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from invented import masthead, reading, span, story, view
from onrecord import pipeline
from onrecord.exports import files
from onrecord.exports.codebooks import airwars
from onrecord.exports.sheets import columns_of
from onrecord.ledger import Ledger
from onrecord.pipeline import View
from onrecord.records import (
    Bounds,
    Count,
    Mutation,
    Name,
    Published,
    Quantity,
    Read,
    Span,
    Statement,
    Where,
)
from onrecord.wording import kinds

GROUPS = [
    "civilian_non_combatants",
    "children",
    "women",
    "men",
    "human_rights_defenders",
    "journalists",
    "trade_unionists",
    "healthcare_personnel",
    "other_civilian_non_combatants",
    "undetermined",
    "other_protected_persons",
    "medical_and_religious_personnel_state",
    "medical_and_religious_personnel_non_state",
    "persons_hors_de_combat",
    "belligerents",
    "member_of_armed_forces",
    "persons_directly_participating_in_hostilities",
    "civilian_role_in_military",
]
HEADER = [
    "post_id",
    "post_status",
    "post_published",
    "post_modified",
    "permalink",
    "code",
    "previous_codes",
    "date_type",
    "date",
    "date_end",
    "local_time_type",
    "local_time",
    "local_time_start",
    "local_time_end",
    "local_time_of_day",
    "local_first_reported_date_time",
    "local_first_reported_by",
    "local_first_reported_url",
    "country_name",
    "country_slug",
    "location_name",
    "location_name_arabic",
    "location_name_hebrew",
    "location_name_ukrainian",
    "region",
    "strike_status_name",
    "strike_status_slug",
    "infrastructure_name",
    "infrastructure_slug",
    "strike_type_name",
    "strike_type_slug",
    "targeted_belligerent_name",
    "targeted_belligerent_slug",
    "observation_name",
    "observation_slug",
    "impact_name",
    "impact_slug",
    "total_strikes",
    "civilian_harm_reported",
    "civilian_harm_status_name",
    "civilian_harm_status_slug",
    "cause_of_death_injury_name",
    "cause_of_death_injury_slug",
    "geolocated",
    "latitude",
    "longitude",
    "geolocation_status_name",
    "geolocation_status_slug",
    "geolocation_accuracy_name",
    "geolocation_accuracy_slug",
    "geojson_caption",
    "geolocation_notes",
    "geolocation_notes_internal",
    "geolocation_sign_off_assessor",
    "geolocation_sign_off_date_time",
    "num_media",
    "num_victims",
    "num_victims_named",
    "num_victims_named_english",
    "num_victims_named_arabic",
    "num_victims_named_hebrew",
    "num_victims_named_ukrainian",
    "num_reconciled",
    "num_families",
    "num_individuals",
    "victim_average_age",
    "declassified_assessment",
    "press_release",
]
HEADER += [f"{group}_{what}_{end}" for group in GROUPS for what in ("killed", "injured") for end in ("min", "max")]
HEADER += ["num_sources", *(f"num_sources_{media}" for media in ("twitter", "facebook", "telegram", "other"))]
HEADER += [
    f"belligerent_{number}_{field}"
    for number in (1, 2, 3, 4)
    for field in (
        "belligerent_id", "belligerent_name", "belligerent_slug", "type", "assessment_name", "assessment_slug",
        "deaths_conceded_min", "deaths_conceded_max", "injuries_conceded_min", "injuries_conceded_max", "location",
        "mgrs_coordinate", "mgrs_accuracy", "civcas_statements", "strike_reports",
    )
]  # fmt: skip

VIEW = replace(view(), profile="airwars")
TOLD = story()
INCIDENT = VIEW.derived.incidents[0]
KILLED = INCIDENT.killed


def changed(seen: View = VIEW, **fields: Any) -> View:
    """The invented ledger under the profile, with one incident that is otherwise."""
    return replace(seen, derived=replace(seen.derived, incidents=(replace(INCIDENT, **fields),)))


def tables(seen: View) -> dict[str, list[dict[str, str]]]:
    found = dict(files.made(seen, "airwars"))
    return {
        name: list(csv.DictReader(io.StringIO(data.decode(), newline="")))
        for name, data in found.items()
        if ".csv" in name
    }


def row(seen: View) -> dict[str, str]:
    (found,) = tables(seen)["incidents.csv"]
    return found


def report(seen: View) -> list[dict[str, Any]]:
    losses: list[dict[str, Any]] = json.loads(dict(files.made(seen, "airwars"))["loss.json"])["losses"]
    return losses


def lost(seen: View, act: str) -> dict[str | None, tuple[str | None, str | None]]:
    mine = (one for one in report(seen) if one["record"] == INCIDENT.id and one["act"] == act)
    return {one["column"]: (one["had"], one["wrote"]) for one in mine}


def says(field: str, value: str, source: str, bounds: Bounds | None = None, *, told: str = TOLD.id) -> Statement:
    return Statement(field, value, bounds, source, told, None, True)


# ---- shape


def test_the_columns_are_those_of_airwars() -> None:
    assert [column.name for column in columns_of("airwars")] == HEADER
    found = {name: data.decode().partition("\n")[0].split(",") for name, data in files.made(VIEW, "airwars")}
    assert found["incidents.csv"] == HEADER
    assert found["sources.csv"] == ["post_id", "code", "date", "name", "language", "url", "archive_url", "media"]
    assert found["belligerent_statements.csv"] == [
        "post_id", "code", "belligerent_id", "belligerent_name", "belligerent_slug", "date", "url", "statement",
    ]  # fmt: skip
    assert "victims.csv" not in found


def test_every_incident_and_plan_of_the_sample_is_a_row_or_left_out(sample_ledger: Ledger) -> None:
    seen = pipeline.view(sample_ledger)
    ids = [one["code"] for one in tables(seen)["incidents.csv"]]
    out = {one["record"] for one in report(seen) if one["act"] == "left out" and one["column"] is None}
    assert {one.id for one in seen.derived.incidents} <= {*ids, *out}
    assert {one.id for one in seen.derived.plans} <= out
    assert not out & set(ids)


def test_columns_said_to_be_empty_are(sample_ledger: Ledger) -> None:
    found = tables(pipeline.view(sample_ledger))
    for name, table in (
        ("incidents", "airwars"), ("sources", "airwars_sources"), ("belligerent_statements", "airwars_statements")
    ):  # fmt: skip
        for column in airwars._table(table)["empty"]:
            assert {one[column] for one in found[f"{name}.csv"]} == {""}


def test_pandas_reads_the_tables(tmp_path: Path) -> None:
    files.export(VIEW, "airwars", tmp_path)
    found = pd.read_csv(tmp_path / "incidents.csv")
    assert list(found.columns) == HEADER
    assert found["longitude"].tolist() == [-3.25]


def test_the_words_of_the_tables_are_known() -> None:
    names = {kind.name for kind in kinds.all_kinds()}
    table = airwars._table("airwars")
    assert set(table["strikes"]) <= names
    assert set(table["groups"]) <= set(GROUPS)


# ---- which incidents


def test_what_harms_nobody_has_no_row() -> None:
    nothing = Bounds(None, None, None)
    seen = changed(kind="designation", killed=nothing, injured=nothing)
    assert tables(seen)["incidents.csv"] == []
    assert lost(seen, "left out") == {None: ("designation, ongoing", None)}
    assert row(changed(kind="designation", killed=Bounds(1, None, 1), injured=nothing))["code"] == INCIDENT.id
    assert row(changed(killed=nothing, injured=nothing))["code"] == INCIDENT.id


def test_former_names_lead_to_the_row() -> None:
    names = (Name("in-00000007", "redirected", INCIDENT.id, ()), Name("in-00000008", "deleted", None, ()))
    assert row(replace(VIEW, names=(*VIEW.names, *names)))["previous_codes"] == "in-00000007"


# ---- who was harmed


def test_unknown_is_blank_and_told_zero_is_zero() -> None:
    found = row(changed(killed=Bounds(0, None, 0), injured=Bounds(None, None, None)))
    assert found["civilian_non_combatants_killed_min"] == found["civilian_non_combatants_killed_max"] == "0"
    assert found["civilian_non_combatants_injured_min"] == found["civilian_non_combatants_injured_max"] == ""
    assert (found["civilian_harm_reported"], found["civilian_harm_status_name"]) == ("0", "")
    unknown = row(changed(killed=Bounds(None, None, None), injured=Bounds(None, None, None)))
    assert (unknown["civilian_harm_reported"], unknown["civilian_harm_status_name"]) == ("", "")
    assert {unknown[f"{group}_killed_min"] for group in GROUPS} == {""}


def test_civilians_are_the_figures_of_the_incident() -> None:
    found = row(VIEW)
    assert (found["civilian_non_combatants_killed_min"], found["civilian_non_combatants_killed_max"]) == ("6", "")
    assert "civilian_non_combatants_killed_max" not in lost(VIEW, "guessed"), "dockers are civilians"
    assert lost(VIEW, "guessed")["civilian_non_combatants_injured_max"] == ("9 to 9", "9 to 9")


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("Confirmed", "confirmed"), ("Fair", "fair"), ("Weak", "weak"), ("Contested", "contested"), ("Discounted", "discounted"),
    ],
)  # fmt: skip
def test_the_grade_is_a_suggestion(word: str, slug: str) -> None:
    status = says("status", "withdrawn", "Varn Courier")
    fields: dict[str, dict[str, Any]] = {
        "Confirmed": {"statements": (says("responsibility", "confirms", "Tern Brigade"),)},
        "Fair": {"reports": ("Varn Courier", "Ostrey Post")},
        "Weak": {},
        "Contested": {"statements": (says("responsibility", "denies", "Tern Brigade"),)},
        "Discounted": {"statements": (status,)},
    }
    seen = changed(**fields[word])
    found = row(seen)
    assert (found["civilian_harm_status_name"], found["civilian_harm_status_slug"]) == (word, slug)
    assert lost(seen, "guessed")["civilian_harm_status_name"][1] == word


def counting(*told: tuple[str, Quantity, str | None], story_number: int = 1) -> Read:
    """A story whose shelling has these counts: what, how many, of whom."""
    one = story(story_number)
    found = reading(one)
    words = [span(one, piece) for piece in ("Shells", "quay", "Varnholm", "Monday", "Nine")]
    counts = tuple(
        Count(what, quantity, replace(at, text="…"), of, part=True)  # type: ignore[arg-type]
        for (what, quantity, of), at in zip(told, words, strict=False)
    )
    hit = found.events[0]
    mention = replace(hit.mentions[0], counts=())
    return Read(
        masthead(one), replace(found, events=(replace(hit, counts=counts, mentions=(mention,)), *found.events[1:]))
    )


def groups(*reads: Read, **fields: Any) -> dict[str, tuple[str, str]]:
    """The groups of killed that have a figure, without civilians."""
    events = tuple(read.reading.events[0].id for read in reads)
    stories = tuple(read.story.id for read in reads)
    seen = changed(replace(VIEW, reads=reads), events=events, stories=stories, **fields)
    found = row(seen)
    ranges = {group: (found[f"{group}_killed_min"], found[f"{group}_killed_max"]) for group in GROUPS[1:]}
    return {group: ends for group, ends in ranges.items() if ends != ("", "")}


def n(number: int, modifier: str | None = None) -> Quantity:
    return Quantity(number, modifier=modifier)


def test_groups_are_told_by_the_words_of_counts() -> None:
    read = counting(("killed", n(2), "children"), ("killed", n(1), "woman"), ("injured", n(5), "women"))
    assert groups(read) == {"children": ("2", "2"), "women": ("1", "1")}
    assert groups(counting(("killed", n(3), "gunmen"))) == {
        "belligerents": ("3", "3"), "persons_directly_participating_in_hostilities": ("3", "3"),
    }  # fmt: skip
    assert groups(counting(("killed", n(3), "rights activists"))) == {"human_rights_defenders": ("3", "3")}
    assert groups(counting(("killed", n(3), "dockers"), ("detained", n(4), "children"))) == {}


def test_groups_run_from_the_fewest_to_the_most() -> None:
    both = counting(("killed", n(2), "children")), counting(("killed", n(4), "boys"), story_number=2)
    assert groups(*both) == {"children": ("2", "4")}
    open_ = counting(("killed", n(2), "children")), counting(("killed", n(3, "at_least"), "children"), story_number=2)
    assert groups(*open_) == {"children": ("2", "3")}
    assert groups(counting(("killed", n(3, "at_least"), "children"))) == {"children": ("3", "")}


def test_armed_men_that_one_story_tells_apart_are_added_up() -> None:
    apart = counting(("killed", n(2), "soldiers"), ("killed", n(3), "rebels"))
    found = groups(apart)
    assert found["belligerents"] == ("5", "5")
    assert (found["member_of_armed_forces"], found["persons_directly_participating_in_hostilities"]) == (
        ("2", "2"),
        ("3", "3"),
    )
    two = counting(("killed", n(2), "soldiers")), counting(("killed", n(3), "rebels"), story_number=2)
    assert groups(*two)["belligerents"] == ("2", "3"), "two stories may call the same men by two words"


def test_what_was_taken_back_or_changed_on_the_way_is_no_figure() -> None:
    read = counting(("killed", n(2), "children"))
    at: Span = read.reading.events[0].counts[0].span
    back = Statement("killed", "…", None, "Harbour Authority", read.story.id, at, False)
    assert groups(read, statements=(back,)) == {}
    changed_ = Mutation(read.story.id, "st-0", "killed", "1", "2", None, None)
    seen = replace(VIEW, reads=(read,), derived=replace(VIEW.derived, mutations=(changed_,)))
    assert row(seen)["children_killed_min"] == ""
    armed = counting(("killed", n(2), "soldiers"))
    left = Statement(
        "killed", "…", None, "Harbour Authority", read.story.id, armed.reading.events[0].counts[0].span, False
    )
    assert groups(armed, statements=(left,))["member_of_armed_forces"] == ("2", "2"), (
        "the profile left them out, no source"
    )


# ---- the strike


@pytest.mark.parametrize(
    ("statements", "reports", "status"),
    [
        ([says("responsibility", "claims", "Tern Brigade")], ("Varn Courier",), "Declared strike"),
        ([says("responsibility", "confirms", "Gull Guard")], ("Varn Courier",), "Declared strike"),
        ([says("responsibility", "confirms", "Harbour Authority")], ("Varn Courier",), "Single source claim"),
        ([says("responsibility", "claims", one) for one in ("Tern Brigade", "Heron Front")], ("A", "B"), "Contested strike"),
        ([says("responsibility", "denies", "Gull Guard")], ("A", "B"), "Contested strike"),
        ([says("responsibility", v, "Gull Guard") for v in ("denies", "confirms")], ("A", "B"), "Declared strike"),
        ([says("status", "negated", "Harbour Authority")], ("A", "B"), "Contested strike"),
        ([], ("A", "B"), "Likely strike"),
        ([], ("A",), "Single source claim"),
        ([], (), ""),
        ([says("responsibility", "denies", "Gull Guard"), says("actor", "Gull Guard", "de-1", told="")], ("A", "B"), "Likely strike"),
    ],
)  # fmt: skip
def test_the_status_of_a_strike(statements: list[Statement], reports: tuple[str, ...], status: str) -> None:
    found = row(changed(statements=tuple(statements), reports=reports, actor="Gull Guard"))
    assert found["strike_status_name"] == status
    assert found["strike_status_slug"] == status.casefold().replace(" ", "-")


@pytest.mark.parametrize(
    ("precision", "slug", "act"),
    [("exact", "town", "rounded"), ("near", "nearby_landmark", "rounded"), ("admin2", "district", None),
     ("admin1", "province_governorate", None), ("country", "", "dropped"), ("unknown", "", None)],
)  # fmt: skip
def test_accuracy_follows_precision(precision: Any, slug: str, act: str | None) -> None:
    seen = changed(where=Where("Sunnmark", "Quell Valley", "Quelland", None, None, precision, None))
    found = row(seen)
    assert found["geolocation_accuracy_slug"] == slug
    assert (found["geolocated"], found["latitude"], found["region"]) == ("0", "", "Quell Valley")
    assert (found["country_name"], found["country_slug"]) == ("Quelland", "quelland")
    acts = {one for one in ("rounded", "dropped") if "geolocation_accuracy_name" in lost(seen, one)}
    assert acts == ({act} if act else set())


def test_a_target_is_a_side_only_where_it_is_armed_and_known() -> None:
    assert row(changed(target="German army"))["targeted_belligerent_name"] == "German army"
    seen = changed(target="fuel quay")
    assert row(seen)["targeted_belligerent_name"] == ""
    assert lost(seen, "dropped")["targeted_belligerent_name"] == ("fuel quay", None)


def test_a_kind_without_a_type_of_strike_is_told() -> None:
    assert row(VIEW)["strike_type_name"] == "Artillery"
    seen = changed(kind="bombing")
    assert row(seen)["strike_type_name"] == ""
    assert lost(seen, "dropped")["strike_type_name"] == ("bombing", None)


# ---- who tells of it


def told_at(number: int, outlet: str, url: str | None, hour: int, precision: str = "second") -> Read:
    at = datetime(2031, 4, 1, hour, tzinfo=UTC)
    one = story(number, outlet=outlet, url=url, published=Published(at, at, precision, "given"))
    return Read(masthead(one), reading(one))


def test_sources_are_counted_by_outlet_and_the_first_is_named() -> None:
    reads = (
        told_at(1, "Varn Courier", "https://varn.example/1", 9),
        told_at(2, "Varn Courier", "https://varn.example/2", 10),
        told_at(3, "Harbour Watch", "https://t.me/watch/3", 8),
    )
    seen = changed(replace(VIEW, reads=reads), stories=tuple(read.story.id for read in reads))
    found = row(seen)
    assert [found[f"num_sources{end}"] for end in ("", "_twitter", "_facebook", "_telegram", "_other")] == list("20011")
    assert found["local_first_reported_date_time"] == "2031-04-01T08:00:00+00:00"
    assert (found["local_first_reported_by"], found["local_first_reported_url"]) == (
        "Harbour Watch",
        "https://t.me/watch/3",
    )
    sources = tables(seen)["sources.csv"]
    assert [(one["name"], one["media"]) for one in sources] == [
        ("Varn Courier", "Other"), ("Varn Courier", "Other"), ("Harbour Watch", "Telegram"),
    ]  # fmt: skip
    assert {one["code"] for one in sources} == {INCIDENT.id}


def test_a_day_is_no_moment() -> None:
    assert row(VIEW)["local_first_reported_date_time"] == "2031-04-01"


# ---- who did it


def test_parties_are_known_where_they_say_so_themselves() -> None:
    seen = changed(
        actor="Gull Guard",
        statements=(
            says("responsibility", "claims", "Tern Brigade"),
            says("killed", "two", "Tern Brigade", Bounds(2, 2, 2)),
            says("killed", "four", "Tern Brigade", Bounds(4, 4, None)),
            says("killed", "nine", "Harbour Authority", Bounds(9, 9, 9)),
        ),
    )
    found = row(seen)
    assert [(found[f"belligerent_{n}_belligerent_name"], found[f"belligerent_{n}_type"]) for n in (1, 2, 3)] == [
        ("Gull Guard", "Suspected"), ("Tern Brigade", "Known"), ("", ""),
    ]  # fmt: skip
    assert found["belligerent_2_belligerent_slug"] == "tern-brigade"
    assert (found["belligerent_2_deaths_conceded_min"], found["belligerent_2_deaths_conceded_max"]) == ("2", "4")
    assert found["belligerent_1_deaths_conceded_min"] == found["belligerent_2_injuries_conceded_min"] == ""


def test_one_party_under_two_wordings_is_one() -> None:
    claims = (says("responsibility", "claims", "Tern Brigade"),)
    found = row(changed(actor="the Tern Brigade of Ostrey", statements=claims))
    assert (found["belligerent_1_type"], found["belligerent_2_belligerent_name"]) == ("Known", "")


def test_where_a_person_set_who_did_it_nobody_else_did() -> None:
    statements = says("responsibility", "claims", "Tern Brigade"), says("actor", "Gull Guard", "de-1", told="")
    found = row(changed(actor="Gull Guard", statements=statements))
    assert (found["belligerent_1_belligerent_name"], found["belligerent_1_type"]) == ("Gull Guard", "Suspected")
    assert found["belligerent_2_belligerent_name"] == ""


def test_a_fifth_party_is_told_in_the_losses() -> None:
    names = ("Tern Brigade", "Heron Front", "Gull Guard", "Plover League", "Stork Union")
    seen = changed(statements=tuple(says("responsibility", "claims", name) for name in names))
    assert row(seen)["belligerent_4_belligerent_name"] == "Plover League"
    assert lost(seen, "dropped")["belligerent_5_belligerent_name"] == ("Stork Union", None)


def test_statements_of_a_party_stand_in_their_table() -> None:
    seen = changed(actor="Harbour Authority")
    (found,) = tables(seen)["belligerent_statements.csv"]
    words = "Shells hit the quay at Varnholm on Monday, killing at least six dockers"
    assert (found["code"], found["belligerent_name"], found["statement"]) == (INCIDENT.id, "Harbour Authority", words)
    assert found["date"] == "2031-04-01"
    assert row(seen)["belligerent_1_civcas_statements"] == f"2031-04-01, {words}"
    assert tables(VIEW)["belligerent_statements.csv"] == [], "who did not do it has no statement here"


# ---- names


def test_names_of_private_persons_are_withheld() -> None:
    seen = changed(
        actor="Oda Brenk", target="the stall of Oda Brenk", statements=(says("responsibility", "claims", "Oda Brenk"),)
    )
    found = b"".join(data for _, data in files.made(seen, "airwars")).decode()
    assert "brenk" not in found.casefold()
    assert "(name withheld)" in found
