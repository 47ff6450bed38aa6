from datetime import date
from pathlib import Path

import pytest

from onrecord.errors import BadTable, WrongUse
from onrecord.settings import ReadOptions, Settings, load


def test_without_a_file_the_defaults_hold() -> None:
    assert load(None) == Settings() == Settings("onrecord.db", ReadOptions(None, 20_000_000, 5_000_000))


def test_a_full_file(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text('ledger = "a.db"\n[read]\npublished = 2031-05-06\nmax_bytes = 10\n')
    assert load(path) == Settings("a.db", ReadOptions(date(2031, 5, 6), 10))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("leger = 'a'", "leger is not a setting"),
        ("[read]\nmax_byte = 1", "read.max_byte is not a setting"),
        ("read = 3", '"read" has to be a table'),
        ("ledger = 3", "ledger has to be of type str"),
        ("[read]\nmax_bytes = true", "read.max_bytes has to be of type int"),
        ("[read]\nmax_bytes = 0", "above zero"),
        ("[read]\npublished = 2031-05-06T10:00:00Z", "read.published has to be of type date"),
        ("= 3", "not a TOML file"),
        ("stamp = 3", '"stamp" has to be a table'),
        ("[stamp]\nadress = 'a'", "stamp.adress is not a setting. Known here: allow, roots, url"),
        ("[stamp]\nurl = 3", "stamp.url has to be of type str"),
        ("[stamp]\nurl = 'https://stamps.example'", "stamp.url needs stamp.roots"),
        ("[stamp]\nallow = 'inside.example:80'", "stamp.allow has to be a list of words"),
        ("[stamp]\nallow = [80]", "stamp.allow has to be a list of words"),
    ],
)
def test_a_bad_file_names_the_key(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text)
    with pytest.raises(BadTable, match=words):
        load(path)


def test_a_missing_file_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="cannot be read"):
        load(tmp_path / "nowhere.toml")
