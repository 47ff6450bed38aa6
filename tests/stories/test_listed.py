"""A source can be read file by file, as a cluster does: the same comes of it as of the whole."""

import io
import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from archived import http, record
from onrecord import stories
from onrecord.errors import WrongUse
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import Gathered, Listed

_TEXT = "Two dock workers were wounded on Monday when shells landed beside the quay, the harbour master said."
_OPTIONS = ReadOptions()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    held = io.BytesIO()
    pq.write_table(pa.table({"text": [_TEXT, None], "id": ["p-1", "p-2"]}), held)
    page = f"<html><body><article><p>{_TEXT * 4}</p></article></body></html>".encode()
    files = {
        ".hidden": b"x", ".git/config": b"x", "_SUCCESS": b"", "_temporary/0/part.jsonl": b"{}", "a.txt": _TEXT.encode(),
        "b/2031-05-06.txt": _TEXT.encode(), "b/c/d.html": page, "b/empty.txt": b"", "b.jsonl": json.dumps({"text": _TEXT}).encode() + b"\n{}",
        "c.docx": b"PK", "d.bin": bytes(range(20)), "e.parquet": held.getvalue(), "f.parquet": b"PAR1", "Ünicode.md": _TEXT.encode(),
        "w.warc": record(http(page)) + record(http(page), 2), "w.warc.gz": b"\x1f\x8b",
    }  # fmt: skip
    for name, body in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(body)
    (tmp_path / "link").symlink_to(tmp_path / "b", target_is_directory=True)
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "nowhere.txt").symlink_to(tmp_path / "gone")
    return tmp_path


def _alone(source: str) -> list[Gathered]:
    found: list[Gathered] = []
    for item in stories.listed(source, _OPTIONS):
        found += stories.gather([item.path], _OPTIONS) if isinstance(item, Listed) else [item]
    return found


@pytest.mark.slow
def test_a_folder_read_file_by_file_gives_the_same(folder: Path) -> None:
    whole = list(stories.gather([str(folder)], _OPTIONS))
    assert _alone(str(folder)) == whole
    assert len({item.source for item in whole}) == len(whole) >= 20
    assert {item.state for item in whole if isinstance(item, Intake)} == {"ok", "refused", "failed"}


def test_each_file_is_listed_with_its_size_and_what_is_passed_over_in_its_place(folder: Path) -> None:
    found = list(stories.listed(str(folder), _OPTIONS))
    shown = [(item.path if isinstance(item, Listed) else item.source).removeprefix(f"{folder}/") for item in found]
    assert shown == [
        ".git", ".hidden", "_SUCCESS", "_temporary", "a.txt", "b/2031-05-06.txt", "b/c/d.html", "b/empty.txt", "b.jsonl", "c.docx",
        "d.bin", "e.parquet", "f.parquet", "link", "link.txt", "nowhere.txt", "w.warc", "w.warc.gz", "Ünicode.md",
    ]  # fmt: skip
    passed = [item.source.rpartition("/")[2] for item in found if isinstance(item, Intake)]
    assert passed == [".git", ".hidden", "_SUCCESS", "_temporary", "link"]
    sizes = {Path(item.path).name: item.size for item in found if isinstance(item, Listed)}
    assert (sizes["a.txt"], sizes["nowhere.txt"]) == (len(_TEXT), 0)


def test_a_mark_that_is_named_itself_is_read(folder: Path) -> None:
    (item,) = stories.gather([str(folder / "_temporary" / "0" / "part.jsonl")], _OPTIONS)
    assert item.source.endswith("part.jsonl:1")


@pytest.mark.parametrize("source", ["-", "https://ostmarkpost.example/x"])
def test_what_is_no_file_is_listed_as_itself(source: str) -> None:
    assert list(stories.listed(source, _OPTIONS)) == [Listed(source, 0)]


def test_an_address_of_a_file_is_its_path(folder: Path) -> None:
    named = folder / "b" / "Café 50%.txt"
    named.write_text(_TEXT)
    (item,) = stories.gather([f"file://{folder}/b/Caf%C3%A9%2050%25.txt"], _OPTIONS)
    assert (item.source, isinstance(item, Intake) and item.state) == (str(named), "ok")
    whole = list(stories.listed(str(folder), _OPTIONS))
    assert list(stories.listed(f"file://localhost{folder}", _OPTIONS)) == whole
    with pytest.raises(WrongUse, match="no such file"):
        stories.listed(f"file://{folder}/nothing.txt", _OPTIONS)
    with pytest.raises(WrongUse, match="file:///"):
        stories.listed(f"file://elsewhere{folder}", _OPTIONS)
