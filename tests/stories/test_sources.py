import io
import os
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord import stories
from onrecord.errors import WrongUse
from onrecord.records import InputState, Intake
from onrecord.settings import ReadOptions

_TEXT = "Two dock workers were wounded on Monday when shells landed beside the quay, the harbour master said."
_OPTIONS = ReadOptions()


def _one(path: Path, options: ReadOptions = _OPTIONS) -> Intake:
    (item,) = stories.gather([str(path)], options)
    return item


def _is_sound(item: Intake) -> bool:
    assert item.state in get_args(InputState)
    assert (item.story is not None) == (item.state in ("ok", "partial"))
    assert (item.state == "ok") == (item.story is not None and not any(note.lost for note in item.rejections))
    assert item.rejections or item.state == "ok"
    if item.story is not None:
        assert item.capture is not None
        item.story.text.encode()
        assert all(0 <= f.start < f.end <= len(item.story.text) for f in item.story.furniture)
    return True


def test_a_folder_gives_one_intake_for_everything_in_it(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("x")
    files: dict[str, bytes] = {
        "a.txt": _TEXT.encode(), "b/c.md": _TEXT.encode(), "b/no-suffix": _TEXT.encode(), "c.jsonl": b'{"text": "Shells hit."}\n{}',
        "d.pdf": b"%PDF-1.7", "e.csv": b"url\n", "f.png": b"\x89PNG", "g.json": b"{}", "h.txt": b"", "i.txt": b"%PDF-1.4 x",
        "j.TXT": bytes(range(32)) * 9, ".hidden": b"x", "k.warc.gz": b"\x1f\x8b", "l.html": b"<p>short</p>",
    }  # fmt: skip
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    (tmp_path / "m.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "n").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(tmp_path / "o.txt")
    items = list(stories.gather([str(tmp_path)], _OPTIONS))
    shown = [(Path(item.source).relative_to(tmp_path).as_posix(), item.state) for item in items]
    assert shown == [
        (".git", "refused"), (".hidden", "refused"), ("a.txt", "ok"), ("b/c.md", "ok"), ("b/no-suffix", "ok"),
        ("c.jsonl:1", "ok"), ("c.jsonl:2", "refused"), ("d.pdf", "refused"), ("e.csv", "refused"), ("f.png", "refused"),
        ("g.json", "refused"), ("h.txt", "refused"), ("i.txt", "refused"), ("j.TXT", "refused"), ("k.warc.gz", "refused"),
        ("l.html", "refused"), ("m.txt", "refused"), ("n", "refused"), ("o.txt", "refused"),
    ]  # fmt: skip
    assert all(_is_sound(item) for item in items)
    assert all(item.rejections[0].reason for item in items if item.state != "ok")


def test_an_empty_folder_yields_nothing(tmp_path: Path) -> None:
    assert list(stories.gather([str(tmp_path)], _OPTIONS)) == []


@pytest.mark.parametrize("name", ["nowhere.txt", "nowhere/x", "a\x00b"])
def test_a_path_that_is_not_there_is_wrong_use_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(WrongUse, match="no such"):
        stories.gather([str(tmp_path / name)], _OPTIONS)


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        (f"Shells hit Brenik quay\n\n{_TEXT}", "Shells hit Brenik quay"),
        (f"# Shells hit Brenik quay\r\n\r\n{_TEXT}", "Shells hit Brenik quay"),
        (f"\n\nWho fired on Brenik?\n \n{_TEXT}", "Who fired on Brenik?"),
        (f"Shells hit Brenik quay\n{_TEXT}", ""),
        (f"Shells hit Brenik quay.\n\n{_TEXT}", ""),
        (f"By Ilka Toren, War Correspondent\n\n{_TEXT}", ""),
        (f"Home | War | Tides\n\n{_TEXT}", ""),
        (f"{'Shells and more shells ' * 6}\n\n{_TEXT}", ""),
        ("Shells hit Brenik quay\n\n", ""),
    ],
)
def test_the_headline_of_a_text_is_copied_and_the_text_stays(tmp_path: Path, text: str, headline: str) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(text.encode())
    story = _one(path).story
    assert story is not None
    assert (story.headline, story.text) == (headline, text)
    if headline:
        assert story.furniture[0].kind == "heading"
        assert headline in text[story.furniture[0].start : story.furniture[0].end]


@pytest.mark.parametrize(
    ("body", "text", "state", "notes"),
    [
        ("Brénik was hit.".encode(), "Brénik was hit.", "ok", 0),
        ("Brénik was hit.".encode("utf-8-sig"), "Brénik was hit.", "ok", 0),
        ("Brénik was hit.".encode("utf-16"), "Brénik was hit.", "ok", 0),
        ("Brénik – was hit.".encode("cp1252"), "Brénik – was hit.", "ok", 1),
        (b"Br\x81nik was hit.", "Br\x81nik was hit.", "ok", 1),
        (b"Brenik\x00 was hit.", "Brenik\ufffd was hit.", "partial", 1),
    ],
)
def test_encodings(tmp_path: Path, body: bytes, text: str, state: str, notes: int) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(body)
    item = _one(path)
    assert item.story is not None
    assert (item.story.text, item.state, len(item.rejections)) == (text, state, notes)


@pytest.mark.parametrize(
    ("name", "text", "basis"),
    [
        ("2031-05-06-quay.txt", _TEXT, "file"),
        ("quay.txt", _TEXT, "unknown"),
        ("120312-05-061.txt", _TEXT, "unknown"),
        ("2031-05-06.txt", f"BRENIK, May 5, 2031 (Coast Wire) - {_TEXT}", "dateline"),
        ("quay.txt", f"BRENIK, May 5 (Coast Wire) - {_TEXT}", "unknown"),
        ("quay.txt", "May 5 2031 was the day on which the ferry sank.", "unknown"),
        ("quay.txt", f"May 5, 2031\n\n{_TEXT}", "dateline"),
        ("quay.txt", f"Posted on 6.5.2031 by the editor\n\n{_TEXT}", "dateline"),
        ("quay.txt", f"Posted: 31 February 2031, 25:10\n\n{_TEXT}", "unknown"),
        ("quay.txt", f"Published: May 5, 2031 | 4 min read\n\n{_TEXT}", "dateline"),
    ],
)
def test_dates_from_the_text_and_the_name(tmp_path: Path, name: str, text: str, basis: str) -> None:
    (tmp_path / name).write_text(text)
    story = _one(tmp_path / name).story
    assert story is not None
    assert story.published.basis == basis


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(_TEXT * 10)
    item = _one(tmp_path / "x.txt", ReadOptions(max_bytes=100))
    assert (item.state, item.capture, item.rejections[0].lost) == ("refused", None, len(_TEXT) * 10)


def test_an_endless_line_is_read_in_time(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("shells fell on the quay, " * 440_000)
    start = time.process_time()
    assert _one(tmp_path / "x.txt").state == "ok"
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("body", "source", "media"),
    [
        (b'\xef\xbb\xbf{"text": "Shells hit the quay."}\n', "-:1", "application/json"),
        (b"<!DOCTYPE html><p>" + _TEXT.encode() + b"</p>", "-", "text/html"),
        (_TEXT.encode(), "-", "text/plain"),
        (b"{curly} words are text", "-", "text/plain"),
        ((_TEXT * 900).encode(), "-", "text/plain"),
    ],
)
def test_standard_input_is_seen_for_what_it_is(
    monkeypatch: pytest.MonkeyPatch, body: bytes, source: str, media: str
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(body)))
    (item,) = stories.gather(["-"], _OPTIONS)
    assert item.story is not None
    assert item.capture is not None
    assert (item.source, item.capture.media, item.capture.body) == (source, media, body.strip(b"\xef\xbb\xbf\n"))


def test_other_languages_are_kept(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(
        "Zwei Hafenarbeiter wurden am Montag verletzt, als Granaten neben dem Kai einschlugen."
    )
    (tmp_path / "y.txt").write_text("Kai.")
    german, short = (item.story for item in stories.gather([str(tmp_path)], _OPTIONS))
    assert german is not None
    assert german.language == "de"
    assert short is not None
    assert short.language is None


_PIECES = st.sampled_from(
    [
        b"<p>",
        b"</p>",
        b"<div class='comments'>",
        b"<a href=x>",
        b"<!--",
        b"<![",
        b"<table><tr>",
        b"&#",
        b"&#xd800;",
        b'{"text":',
        b'"',
        b"}",
        b"\\ud800",
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"[" * 50,
        b"9" * 50,
        b"\n",
        b"\r",
        b"PHOTO: ",
        b"BRENIK, May 5 - ",
        _TEXT.encode(),
    ]
)
_BYTES = st.one_of(
    st.binary(max_size=300), st.lists(st.one_of(_PIECES, st.binary(max_size=8)), max_size=25).map(b"".join)
)


@settings(deadline=None, max_examples=120)
@given(body=_BYTES, suffix=st.sampled_from([".txt", ".html", ".jsonl"]))
def test_any_bytes_give_sound_intakes(body: bytes, suffix: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{suffix}"
        path.write_bytes(body)
        items = list(stories.gather([str(path)], _OPTIONS))
    assert items
    assert all(_is_sound(item) for item in items)
    if suffix == ".jsonl":
        lines = [line for line in body.split(b"\n") if line.strip(b" \t\r\n\xef\xbb\xbf")]
        assert len(items) <= max(len(lines), 1) + 1
    else:
        # Of a torn archive one more says that it is torn
        assert len(items) <= 1 + body.startswith((b"WARC/", b"PK"))
