"""The API does what its description says, whatever it is asked; its page and its client say the same."""

import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from asking import API, THINGS, all_of, client, invented_ledger, served
from invented import NOW
from onrecord import pipeline
from onrecord.ledger import Ledger
from onrecord.web import api
from served import serving

DOCS = Path(__file__).resolve().parents[2] / "docs"
# That all valid data is taken is not asked: whether a cursor or the name of a campaign is one no schema can tell
NIGHTLY = bool(os.environ.get("ONRECORD_NIGHTLY"))
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance, negative_data_rejection, unsupported_method,
]  # fmt: skip
OWN = {"Host": "127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
OPERATIONS = sorted(
    f"{method.upper()} {path}" for path, methods in api.described()["paths"].items() for method in methods
)


@pytest.fixture(scope="module")
def stalls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    ledger = invented_ledger(tmp_path_factory.mktemp("openapi") / "stalls.db", ["Oda Brenk", "Pell Harrow"])
    incident = pipeline.view(ledger, now=NOW).derived.incidents[0].id
    pipeline.decide(ledger, pipeline.Judgement("confirm", incident, "ines"), NOW)
    yield ledger
    ledger.close()


@pytest.fixture(scope="module")
def schema(stalls: Ledger) -> Any:
    return schemathesis.openapi.from_asgi(f"{API}/openapi.json", served(stalls, "lead"), headers=OWN)


def held_to_its_description(schema: Any, operation: str, examples: int) -> None:
    method, _, path = operation.partition(" ")

    @given(case=schema[path][method].as_strategy())
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    def asked(case: Any) -> None:
        case.call_and_validate(checks=CHECKS, headers=OWN)

    asked()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_answers_as_described(schema: Any, operation: str) -> None:
    held_to_its_description(schema, operation, 8)


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_answers_as_described_whatever_it_is_asked(schema: Any, operation: str) -> None:
    held_to_its_description(schema, operation, 300 if NIGHTLY else 25)


@pytest.mark.parametrize("table", THINGS)
def test_what_is_there_is_given_as_described(schema: Any, stalls: Ledger, table: str) -> None:
    asks = client(stalls)
    path = f"{API}/{table}/{{id}}"
    for row in all_of(asks, table)[:6]:
        answer = (
            schema[path]["GET"]
            .Case(path_parameters={"id": row["id"]})
            .call_and_validate(checks=CHECKS[:5], headers=OWN)
        )
        assert answer.status_code == 200


def test_the_description_is_the_one_that_is_kept() -> None:
    made: dict[str, str] = runpy.run_path(str(DOCS / "make.py"))["pages"]()
    assert (DOCS / "openapi.json").read_text("utf-8") == made["openapi.json"], "run make docs"


def test_everything_is_described() -> None:
    described = api.described()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert {"401", "403", "429", "500", "503"} <= set(operation["responses"])
            for parameter in operation.get("parameters", ()):
                assert parameter.get("description"), (path, parameter["name"])
    for name, shape in described["components"]["schemas"].items():
        for field, meaning in shape.get("properties", {}).items():
            told = meaning.get("description") or "$ref" in meaning
            assert told, (name, field)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / "api.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_the_client_of_the_documentation_runs(stalls: Ledger, tmp_path: Path) -> None:
    (text,) = blocks("python")
    with serving(stalls) as address:
        assert "http://127.0.0.1:8000" in text
        program = tmp_path / "client.py"
        program.write_text(text.replace("http://127.0.0.1:8000", address), encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, str(program)], capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
        )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "shelling" in ran.stdout
    assert "201" in ran.stdout


def test_routes_that_the_documentation_names_are_there() -> None:
    paths = set(api.described()["paths"])
    named = set(re.findall(r"`(?:GET|POST) (/[^`?]*)", (DOCS / "api.md").read_text("utf-8")))
    assert named
    assert {f"{API}{path}" for path in named} == paths


def test_json_in_the_documentation_is_json() -> None:
    for block in blocks("json"):
        json.loads(block)
