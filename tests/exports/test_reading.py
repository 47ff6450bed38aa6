"""The JSON of a reading is what its schema says, and the schema's lists are those of the records."""

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any, Literal, get_args, get_origin

import jsonschema
import pytest

from invented import DAY, intake, reading, story
from onrecord import records
from onrecord.exports.reading import as_json
from onrecord.records import UNDATED, Rejection

SCHEMA: dict[str, Any] = json.loads(files("onrecord.exports").joinpath("reading.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SHAPE = {
    "": {"source", "story", "credits", "claims", "events", "tallies", "rejected"},
    "story": {"id", "url", "outlet", "headline", "byline", "published", "language", "state"},
    "credit": {"outlet", "relation", "span"},
    "claim": {"id", "content", "cue", "form", "stance", "source"},
    "event": {"id", "kind", "status", "background", "modes", "actor", "target", "instrument", "claims", "when", "where", "counts", "mentions"},
    "when": {"start", "end", "precision", "text"},
    "where": {"name", "container", "lat", "lon", "precision", "country", "text"},
    "count": {"what", "low", "best", "high", "words", "of", "part", "span"},
    "tally": {"id", "unit", "count", "scope", "since", "as_of", "claim", "span"},
    "rejection": {"what", "reason", "lost", "span"},
    "span": {"part", "start", "end", "text"},
}  # fmt: skip


def objects(node: Any) -> list[dict[str, Any]]:
    found = [node] if isinstance(node, dict) and "properties" in node else []
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return found + [deep for one in inner for deep in objects(one)]


def test_the_schema_is_one_and_closed() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for one in objects(SCHEMA):
        assert one["additionalProperties"] is False
        assert one["required"] == list(one["properties"])


@pytest.mark.parametrize("name", SHAPE)
def test_the_shape_is_the_agreed_one(name: str) -> None:
    assert set((SCHEMA["$defs"][name] if name else SCHEMA)["properties"]) == SHAPE[name]


def test_its_lists_are_those_of_the_records() -> None:
    literals = {frozenset(get_args(t)) for t in vars(records).values() if get_origin(t) is Literal}
    precisions = frozenset(["second", "minute", "day", "month", "year", "unknown"])
    enums: list[frozenset[str]] = []

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            if "enum" in node:
                enums.append(frozenset(node["enum"]))
            for one in node.values():
                collect(one)
        elif isinstance(node, list):
            for one in node:
                collect(one)

    collect(SCHEMA)
    assert set(enums) <= literals | {precisions}
    assert {
        frozenset(get_args(t)) for t in (records.EventKind, records.Status, records.Stance, records.TallyUnit)
    } <= set(enums)


TOLD = story()
FOUND = reading(TOLD)
REFUSED = intake(None, "x.bin", [Rejection("x.bin", "is binary", 12)])
CASES = {
    "read": (intake(TOLD), FOUND),
    "bare": (intake(replace(TOLD, name=None, outlet=None, headline="", published=UNDATED, language=None)), FOUND),
    "refused": (REFUSED, None),
    "failed": (intake(TOLD), Rejection(TOLD.id, "the reader failed", 9)),
    "lost": (intake(TOLD), replace(FOUND, rejections=(Rejection(TOLD.id, "x", 4, FOUND.tallies[0].span),))),
}


@pytest.mark.parametrize("case", CASES)
def test_a_reading_is_as_the_schema_says(case: str) -> None:
    found = json.loads(json.dumps(as_json(*CASES[case]), allow_nan=False))
    assert [error.message for error in VALIDATOR.iter_errors(found)] == []


def test_the_schema_refuses_other_words() -> None:
    found = as_json(*CASES["read"])
    found["events"][0]["kind"] = "party"
    found["more"] = 1
    assert len(list(VALIDATOR.iter_errors(found))) == 2


@pytest.mark.parametrize(("case", "state"), [("read", "ok"), ("failed", "failed"), ("lost", "partial")])
def test_the_state_counts_what_the_reader_lost(case: str, state: str) -> None:
    assert as_json(*CASES[case])["story"]["state"] == state


def test_values_are_the_records() -> None:
    found = as_json(*CASES["read"])
    assert found["story"]["published"] == {
        "start": "2031-04-01T00:00:00+00:00", "end": "2031-04-02T00:00:00+00:00", "precision": "day", "basis": "given",
    }  # fmt: skip
    assert DAY.day is not None
    event, plan = found["events"]
    assert event["where"] | {"text": 0} == {
        "name": "Varnholm", "container": None, "lat": 54.5, "lon": -3.25, "precision": "exact", "country": "Quelland", "text": 0,
    }  # fmt: skip
    killed = event["counts"][0]
    assert (killed["low"], killed["best"], killed["high"], killed["of"], killed["part"]) == (
        6,
        6,
        None,
        "dockers",
        False,
    )
    assert (plan["status"], plan["when"], plan["where"], plan["actor"]) == ("planned", None, None, "Tern Brigade")
    text = TOLD.text
    for claim in found["claims"]:
        for piece in claim["content"]:
            assert text[piece["start"] : piece["end"]] == piece["text"]
    assert as_json(*CASES["refused"])["rejected"] == [
        {"what": "x.bin", "reason": "is binary", "lost": 12, "span": None}
    ]
