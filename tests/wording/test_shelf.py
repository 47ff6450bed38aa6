"""Tables that the user adds to. Each case runs in a program of its own: tables are read once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from onrecord.wording import shelf


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, shelf.VARIABLE: str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def told(folder: Path, code: str) -> str:
    done = run(folder, code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_lists_go_on_and_rows_come_behind(tmp_path):
    (tmp_path / "people.toml").write_text('[anonymity]\nterms = ["under the rose"]\n', encoding="utf-8")
    (tmp_path / "outlets.csv").write_text(
        "name,aliases,domains,agency,country\nQuarnholm Lantern,The Quarn,quarn.example,no,\n", encoding="utf-8"
    )
    code = (
        "from onrecord.wording import people, outlets;"
        "print(people.anonymity('He spoke under the rose.'), people.anonymity('on condition of anonymity'));"
        "print(outlets.named('The Quarn').name)"
    )
    terms, outlet = told(tmp_path, code).splitlines()
    assert terms == "((9, 23),) ((0, 25),)"
    assert outlet == "Quarnholm Lantern"


def test_a_verb_of_the_users_opens_a_frame(tmp_path):
    (tmp_path / "cues.toml").write_text(
        '[[verb]]\nstance = "asserts"\nstrength = "strong"\nwords = ["gurgle"]\n', encoding="utf-8"
    )
    code = (
        "from onrecord.claims import find; from onrecord.language import Annotator; from onrecord.records import *;"
        "text = 'The Interior Ministry gurgled that two boats had been sunk off Varn.';"
        "story = Story('st-0', None, None, None, '', None, UNDATED, 'en', text);"
        "print([c.source.name for c in find(Annotator().annotate(story)).claims])"
    )
    assert told(tmp_path, code) == "['Interior Ministry']"


def test_readings_name_the_users_tables(tmp_path):
    code = "from onrecord.engines import reader_name; print(reader_name())"
    plain = told(tmp_path, code)
    (tmp_path / "people.toml").write_text('[anonymity]\nterms = ["under the rose"]\n', encoding="utf-8")
    other = told(tmp_path, code)
    assert other != plain
    assert "tables " in other


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("cues.toml", "not toml", "not a TOML file"),
        ("cues.toml", "verb = 3", "has to be a list"),
        ("cues.toml", "[refusal]\nphrases = 'x'", "has to be a list"),
        ("outlets.csv", "name,home\nQuarn,\n", "columns"),
        ("cue.toml", "", "adds to no table"),
    ],
)
def test_a_bad_file_is_named(tmp_path, name, text, words):
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = run(tmp_path, "from onrecord.wording import shelf; shelf.toml('cues.toml'); shelf.rows('outlets.csv')")
    assert done.returncode
    assert str(tmp_path / name) in done.stderr
    assert words in done.stderr


def test_a_folder_that_is_not_there_is_named(tmp_path):
    done = run(tmp_path / "none", "from onrecord.wording import shelf; shelf.toml('cues.toml')")
    assert "is no folder" in done.stderr
