"""The public door: few names, each of them there, none loaded before it is used."""

import subprocess
import sys

import pytest

import onrecord


def test_the_door_is_narrow() -> None:
    assert len(onrecord.__all__) <= 15
    assert list(onrecord.__all__) == sorted(onrecord.__all__)


@pytest.mark.parametrize("name", onrecord.__all__)
def test_every_name_is_there_and_documented(name: str) -> None:
    assert getattr(onrecord, name).__doc__


def test_another_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = onrecord.nothing_of_the_kind


def test_importing_loads_nothing() -> None:
    code = "import onrecord, sys; print([m for m in ('spacy', 'sqlalchemy', 'rich') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == "[]"
