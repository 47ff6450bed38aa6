"""Parquet files are read as JSON Lines are; what is wrong with one is said, and harms nobody."""

import datetime as dt
import gzip
import io
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from figures import Seen
from onrecord import stories
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import parquet
from onrecord.stories.links import Link, Retraction
from onrecord.stories.parquet import ParquetLimits

_TEXT = "Two dock workers were wounded on Monday when shells landed beside the quay, the harbour master said."
_OPTIONS = ReadOptions()


def _written(table: Any, **how: Any) -> bytes:
    held = io.BytesIO()
    pq.write_table(table, held, **how)
    return held.getvalue()


def _read(body: bytes, options: ReadOptions = _OPTIONS, **limits: Any) -> list[Intake | Link | Retraction]:
    return list(parquet.table(io.BytesIO(body), "t.parquet", options, ParquetLimits(**limits)))


def _gathered(path: Path, options: ReadOptions = _OPTIONS) -> list[Intake]:
    return [item for item in stories.gather([str(path)], options) if isinstance(item, Intake)]


def _only(items: list[Any]) -> tuple[str, str]:
    (item,) = items
    return item.state, item.rejections[0].reason


def _rows(count: int = 40) -> list[dict[str, Any]]:
    return [
        {
            "id": f"a-{n}", "url": f"https://ostmarkpost.example/{n}", "outlet": "Ostmark Post", "published": "2031-05-06",
            "headline": f"Shells hit quay {n}" if n % 3 else None, "author": "Ilka Toren", "text": f"{_TEXT} Őrhely {n}.",
        }
        for n in range(count)
    ]  # fmt: skip


def test_a_table_and_json_lines_of_the_same_rows_give_the_same(tmp_path: Path) -> None:
    rows = [*_rows(), {**_rows(1)[0], "text": None}, {**_rows(1)[0], "text": " "}, {**_rows(1)[0], "text": "a\x00b c"}]
    (tmp_path / "r.parquet").write_bytes(_written(pa.Table.from_pylist(rows), row_group_size=7))
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (tmp_path / "r.jsonl").write_text(lines, "utf-8")
    ours, theirs = _gathered(tmp_path / "r.parquet"), _gathered(tmp_path / "r.jsonl")
    assert [item.story for item in ours] == [item.story for item in theirs]
    assert [(item.state, len(item.rejections)) for item in ours] == [(i.state, len(i.rejections)) for i in theirs]
    assert [item.source for item in ours] == [i.source.replace("jsonl", "parquet") for i in theirs]
    assert len(ours) == len(rows)
    assert [i.capture.body for i in ours if i.capture] == [i.capture.body for i in theirs if i.capture]
    assert {i.capture.media for i in ours if i.capture} == {"application/json"}
    assert sorted(item.state for item in ours[-3:]) == ["partial", "refused", "refused"]


def test_types_of_columns() -> None:
    when = dt.datetime(2031, 5, 6, 10, 30, tzinfo=dt.UTC)
    table = pa.table(
        {
            "text": pa.array([_TEXT], pa.large_string()),
            "id": pa.array([17], pa.int64()),
            "publisher": pa.array(["Ostmark Post"]).dictionary_encode(),
            "published": pa.array([when], pa.timestamp("ns", "Europe/Lisbon")),
            "date": pa.array([when.date()], pa.date32()),
            "title": pa.array([b"Shells hit quay"], pa.binary()),
            "author": pa.array([1.5]),
            "byline": pa.array([None], pa.null()),
            "unknown": pa.array([b"\xff"]),
        }
    )
    (item,) = _read(_written(table))
    assert isinstance(item, Intake)
    story, kept = item.story, item.capture
    assert story is not None
    assert kept is not None
    assert (story.name, story.outlet, story.headline, story.byline) == ("17", "Ostmark Post", "Shells hit quay", "1.5")
    assert story.published.start == when
    assert json.loads(kept.body) == {
        "text": _TEXT, "id": 17, "publisher": "Ostmark Post", "published": when.isoformat(), "date": "2031-05-06",
        "title": "Shells hit quay", "author": 1.5, "byline": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (pa.timestamp("us"), 86_400_000_000, "1970-01-02T00:00:00"),
        (pa.date64(), 86_400_000, "1970-01-02"),
        (pa.timestamp("ms"), 10**17, 10**17),
        (pa.date32(), 10**9, 10**9 * 86_400_000_000),
    ],
)
def test_times_that_no_calendar_has_stay_numbers(kind: Any, value: int, shown: object) -> None:
    column = pa.array([value], pa.int32() if kind == pa.date32() else pa.int64()).cast(kind)
    (item,) = _read(_written(pa.table({"text": [_TEXT], "published": column})))
    assert isinstance(item, Intake)
    assert item.capture is not None
    # Long numbers stay the words they were written in
    assert json.loads(item.capture.body)["published"] == shown
    assert bool(item.rejections) == isinstance(shown, int)


def _flawed() -> dict[str, tuple[bytes, str, str]]:
    whole = _written(pa.Table.from_pylist(_rows(3)))
    lists = pa.table({"text": [["a"], ["b"]]})
    twice = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text", "text"])
    return {
        "torn": (whole[:-20], "failed", "no whole Parquet file"),
        "short": (b"PAR1", "failed", "too short"),
        "no Parquet": (b"PAR1" + b"The quay was hit. " * 10, "failed", "no whole Parquet file"),
        "a text": (b"The quay was hit. " * 10, "failed", "no whole Parquet file"),
        "without a text": (_written(pa.table({"body": ["a"]})), "refused", 'without a column "text" (it has body)'),
        "lists": (_written(lists), "refused", 'column "text" holds list<'),
        "twice": (_written(twice), "refused", 'more than one column "text"'),
        "encrypted": (b"PARE" + whole[4:-4] + b"PARE", "refused", "encrypted"),
        "no rows": (_written(pa.table({"text": pa.array([], pa.string())})), "refused", "holds no rows"),
    }


@pytest.mark.parametrize("flaw", _flawed())
def test_a_file_of_no_use_says_why(tmp_path: Path, flaw: str, seen: Seen) -> None:
    body, state, words = _flawed()[flaw]
    (tmp_path / "t.parquet").write_bytes(body)
    found = _only(_gathered(tmp_path / "t.parquet"))
    seen(inputs=1)
    assert (found[0], words in found[1]) == (state, True), found


def test_bytes_that_are_no_letters_are_counted() -> None:
    (item,) = _read(_written(pa.table({"text": pa.array([f"{_TEXT} ".encode() + b"\xff\xfe"], pa.binary())})))
    assert isinstance(item, Intake)
    assert (item.state, item.rejections[0].lost) == ("partial", 2)


def test_a_column_of_lists_is_left_out_and_named() -> None:
    items = _read(_written(pa.table({"author": [["Ilka", "Oda"]], "text": [_TEXT]})))
    assert [item.state for item in items if isinstance(item, Intake)] == ["refused", "ok"]
    assert 'its column "author" holds list<' in items[0].rejections[0].reason  # type: ignore[union-attr]


def test_rows_before_a_tear_are_used(seen: Seen) -> None:
    """A page in the middle is overwritten: its checksum, its compression or its letters are wrong."""
    body = bytearray(
        _written(pa.Table.from_pylist(_rows(300)), row_group_size=100, use_dictionary=False, compression="zstd")
    )
    begin = pq.ParquetFile(io.BytesIO(bytes(body))).metadata.row_group(1).column(6).data_page_offset
    body[begin : begin + 200] = b"\x00" * 200
    items = [item for item in _read(bytes(body)) if isinstance(item, Intake)]
    seen(inputs=1)
    assert [item.state for item in items[:-1]] == ["ok"] * 100
    assert items[-1].source == "t.parquet"
    assert "is not whole after row 100" in items[-1].rejections[0].reason


def test_a_row_over_the_limit_is_refused_alone() -> None:
    texts = [_TEXT, "shells " * 400_000, f"\x01{_TEXT}"]
    items = _read(_written(pa.table({"text": texts})), ReadOptions(max_bytes=1_500_000))
    assert [item.state for item in items if isinstance(item, Intake)] == ["ok", "refused", "ok"]
    assert items[1].rejections[0].lost >= 2_800_000  # type: ignore[union-attr]


@pytest.mark.parametrize("form", ["gz", "zip", "bytes"])
def test_tables_within_others(tmp_path: Path, form: str) -> None:
    body = _written(pa.Table.from_pylist(_rows(3)))
    path = tmp_path / {"gz": "t.parquet.gz", "zip": "t.zip", "bytes": "t"}[form]
    if form == "zip":
        with zipfile.ZipFile(path, "w") as made:
            made.writestr("in/t.parquet", body)
    else:
        path.write_bytes(gzip.compress(body) if form == "gz" else body)
    named = f"{path}!in/t.parquet" if form == "zip" else str(path)
    assert [(i.source, i.state) for i in _gathered(path)] == [(f"{named}:{n}", "ok") for n in (1, 2, 3)]


def test_a_stream_over_the_limit_of_copies_is_refused() -> None:
    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

    body = _written(pa.Table.from_pylist(_rows(3)))
    (item,) = parquet.table(Stream(body), "t", _OPTIONS, ParquetLimits(copied=100))
    assert _only([item]) == (
        "refused",
        "t is larger than 100 bytes and comes as a stream: save it as a file of its own.",
    )
    assert len(list(parquet.table(Stream(body), "t", _OPTIONS))) == 3


# ---- what inflates


def _same() -> bytes:
    value = pa.array(["x" * 20_000_000])
    places = pa.array([0] * 1_000_000, pa.int32())
    return _written(pa.table({"text": pa.DictionaryArray.from_arrays(places, value)}), compression="zstd")


def _packed() -> bytes:
    return _written(pa.table({"text": ["shells " * 2_000_000] * 6}), use_dictionary=False, compression="zstd")


def _nulls() -> bytes:
    held = io.BytesIO()
    with pq.ParquetWriter(held, pa.schema([("text", pa.string())])) as writer:
        for _ in range(4):
            writer.write_table(pa.table({"text": pa.nulls(5_000_000, pa.string())}), row_group_size=5_000_000)
    return held.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("made", [_same, _nulls, _packed])
def test_what_inflates_is_stopped(made: Callable[[], bytes], seen: Seen) -> None:
    """One long value a million times, nothing twenty million times, letters that compress well."""
    body = made()
    before = _resident()
    start = time.monotonic()
    last, count, most = None, 0, 0
    for item in parquet.table(io.BytesIO(body), "t.parquet", _OPTIONS):
        last, count = item, count + 1
        most = max(most, _resident()) if count % 1000 < 2 else most
    seen(inputs=1)
    seen.most(seconds=time.monotonic() - start, megabytes=(most - before) / 1e6)
    assert isinstance(last, Intake)
    assert last.state in ("refused", "failed")
    assert "times its size" in last.rejections[-1].reason
    assert most - before < 300e6


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_more_memory_than_allowed_ends_the_file_not_the_run() -> None:
    body = _written(pa.table({"text": ["shells " * 2_000_000] * 12}), use_dictionary=False, compression="zstd")
    (*_, item) = _read(body, memory=100 << 20)
    assert isinstance(item, Intake)
    assert ("memory" in item.rejections[0].reason) or ("died" in item.rejections[0].reason)


def test_a_size_that_a_page_lies_about_is_found_out() -> None:
    """The head of a page says how large it unpacks: every byte of the heads is changed in turn."""
    body = _written(pa.table({"text": [_TEXT] * 50}), compression="zstd", use_dictionary=False)
    for at in (5, 7, 9):
        changed = bytearray(body)
        changed[at : at + 4] = b"\xfe\xff\xff\xff"
        (*_, item) = _read(bytes(changed))
        assert isinstance(item, Intake)
        assert item.state in ("failed", "refused", "ok")
        assert item.state == "ok" or item.rejections


# ---- processes


def test_a_reader_that_goes_leaves_no_process() -> None:
    body = _written(pa.Table.from_pylist(_rows(5000)), row_group_size=100)
    before = set(multiprocessing.active_children())
    found = parquet.table(io.BytesIO(body), "t.parquet", _OPTIONS)
    next(found)
    assert len(set(multiprocessing.active_children()) - before) == 1
    found.close()
    assert not set(multiprocessing.active_children()) - before


_READS = """
import sys, time
from pathlib import Path
from onrecord.settings import ReadOptions
from onrecord.stories import parquet
if __name__ == "__main__":
    for item in parquet.table(Path(sys.argv[1]).open("rb"), "t", ReadOptions()):
        print(item.source, flush=True)
        time.sleep(60)
"""


def _readers(group: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_who_ends_leaves_no_process_behind(tmp_path: Path, how: str) -> None:
    (tmp_path / "t.parquet").write_bytes(_written(pa.Table.from_pylist(_rows(200_000)), row_group_size=1000))
    program = tmp_path / "reads.py"
    program.write_text(_READS)
    run = subprocess.Popen(
        [sys.executable, str(program), str(tmp_path / "t.parquet")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert run.stdout is not None
    assert run.stdout.readline() == b"t:1\n"
    assert len(_readers(run.pid)) >= 3
    run.send_signal(getattr(signal, how))
    run.wait(20)
    run.stdout.close()
    deadline = time.monotonic() + 20
    while _readers(run.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _readers(run.pid) == []
