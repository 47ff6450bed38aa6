"""What a cluster is sent and what becomes of what it gives back, as far as no cluster is needed."""

import sys
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from invented import intake, story
from onrecord import families
from onrecord.engines import executing, shipping, spark
from onrecord.engines.spark import Spark, SparkOptions
from onrecord.errors import CannotWork, TryLater, WrongUse
from onrecord.families.copies import LEAST_EQUAL, LEAST_MET
from onrecord.families.fingerprint import PERMUTATIONS
from onrecord.families.stars import stars
from onrecord.records import Intake, Reading, Rejection
from onrecord.settings import ReadOptions
from onrecord.stories import Unchanged, gather


@given(st.integers(0, 60), st.integers(0, 5), st.integers(0, 2**32 - 1), st.integers(1, 9))
def test_stars_of_parts_come_to_the_pairs_of_all(count: int, kinds: int, seed: int, parts: int) -> None:
    """Few different stories, so that some values are those of more than are all compared."""
    random = np.random.default_rng(seed)
    made = random.integers(0, 2**32, (kinds + 1, PERMUTATIONS), dtype=np.uint32)
    values = made[random.integers(0, kinds + 1, count)]
    other = random.random(values.shape) < random.choice([0, 0.3, 0.97], (count, 1))
    values = np.where(other, random.integers(0, 2**32, values.shape, dtype=np.uint32), values)
    batch = pa.RecordBatch.from_pydict(
        {"n": pa.array(range(count), pa.int64()), "values": pa.array([row.tobytes() for row in values], pa.binary())}
    )
    (entries,) = executing.entries(iter([batch]), 0)
    keys, rows = entries["key"].to_numpy(), entries["n"].to_numpy()
    met: dict[tuple[int, int], int] = {}
    for part in range(parts):
        mine = np.flatnonzero(keys % parts == part)
        for pair in zip(*(side.tolist() for side in stars(keys[mine], rows[mine])), strict=True):
            met[pair] = met.get(pair, 0) + 1
    found = sorted((b, a) for (a, b), times in met.items() if times >= LEAST_MET)
    equal = {(b, a): int((values[a] == values[b]).sum()) for b, a in found}
    first, second, agree = families.pairs(values)
    expected = dict(zip(zip(second.tolist(), first.tolist(), strict=True), agree.tolist(), strict=True))
    assert {pair: times for pair, times in equal.items() if times >= LEAST_EQUAL} == expected


def test_agreeing_counts_the_values_that_two_share() -> None:
    one, two = np.arange(128, dtype=np.uint32), np.arange(128, dtype=np.uint32)
    two[:28] += 1000
    columns = {"first": [3], "second": [9], "these": [one.tobytes()], "those": [two.tobytes()]}
    types = {"first": pa.int64(), "second": pa.int64(), "these": pa.binary(), "those": pa.binary()}
    batch = pa.RecordBatch.from_pydict({name: pa.array(column, types[name]) for name, column in columns.items()})
    (found,) = executing.agreeing(iter([batch]), 0)
    assert found.to_pydict() == {"first": [3], "second": [9], "equal": [100]}


def test_inputs_come_back_as_they_were() -> None:
    for item in (
        intake(story()),
        Intake(
            "half\udcff.txt".encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"),
            "refused",
            None,
            None,
        ),
        Intake("a", "failed", None, None, (Rejection("a", "why", 3),), {"headers": ["x", "y"], "status": "200"}),
        Unchanged("https://ostmarkpost.example/ä"),
    ):
        told = msgspec.msgpack.encode(item.story) if isinstance(item, Intake) and item.story else None
        assert executing.decoded(executing.encoded(item), told) == item


def files(*paths: Path) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(
        {"file": pa.array(range(5, 5 + len(paths)), pa.int64()), "path": pa.array(map(str, paths))}
    )


def test_a_file_is_taken_apart_into_places_and_what_it_lists_comes_late(tmp_path: Path) -> None:
    rows, table = tmp_path / "a.jsonl", tmp_path / "b.csv"
    rows.write_text('{"text": "Shells hit the quay at Varnholm on Monday, the harbour said."}\nno row\n')
    table.write_text("url\nhttps://ostmarkpost.example/1\n")
    options = msgspec.json.encode(ReadOptions()).decode()
    found = [row for batch in executing.gather(iter([files(rows, table)]), 0, options) for row in batch.to_pylist()]
    places = [row["at"] for row in found]
    assert places == [5 << 32, (5 << 32) + 1, (6 << 32) + executing.LATE]
    items = [executing.decoded(row["body"], row["told"]) for row in found]
    assert items == list(gather([str(rows), str(table)], ReadOptions()))
    # What died each time is not looked at again
    (given_up,) = executing.gather(iter([files(rows)]), executing.TRIES - 1, options)
    (row,) = given_up.to_pylist()
    item = executing.decoded(row["body"], row["told"])
    assert isinstance(item, Intake)
    assert (item.source, item.state, row["story"]) == (str(rows), "failed", None)


@pytest.mark.parametrize("attempt", range(executing.TRIES))
def test_a_story_is_read_more_carefully_each_time(monkeypatch: pytest.MonkeyPatch, attempt: int) -> None:
    reading = Reading(story(1).id, "fake", (), (), (), ())
    monkeypatch.setattr(
        executing.local, "outcome_of", lambda told: reading if told.id == story(1).id else Rejection(told.id, "no")
    )
    alone: list[str] = []
    monkeypatch.setattr(
        executing.local,
        "outcomes_alone",
        lambda told: alone.extend(one.id for one in told) or [executing.local.outcome_of(one) for one in told],
    )
    told = [story(1), story(2)]
    batch = pa.RecordBatch.from_pydict(
        {"at": [7, 8], "story": [one.id for one in told], "told": [msgspec.msgpack.encode(one) for one in told]}
    )
    (found,) = executing.read(iter([batch]), attempt)
    states = found["state"].to_pylist()
    assert found["at"].to_pylist() == [7, 8]
    assert states == ["left", "left"] if attempt == executing.TRIES - 1 else ["read", "failed"]
    assert bool(alone) == (0 < attempt < executing.TRIES - 1)
    if states[0] == "read":
        assert msgspec.json.decode(found["body"][0].as_py(), type=Reading) == reading


def test_the_program_is_packed_with_its_weights_and_named_after_them(tmp_path: Path) -> None:
    package = tmp_path / "onrecord"
    (package / "engines" / "__pycache__").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "engines" / "weights.bin").write_bytes(bytes(9))
    (package / "engines" / "__pycache__" / "x.pyc").write_bytes(b"old")
    first = shipping.packed(tmp_path, package)
    with zipfile.ZipFile(first) as made:
        names = set(made.namelist())
    assert {"onrecord/__init__.py", "onrecord/engines/weights.bin"} == {n for n in names if "dist-info" not in n}
    assert any(name.endswith(".dist-info/METADATA") for name in names)
    assert shipping.packed(tmp_path, package) == first
    (package / "engines" / "weights.bin").write_bytes(bytes(8) + b"\1")
    assert shipping.packed(tmp_path, package) != first


@pytest.mark.parametrize(
    ("given_", "made"),
    [
        ("local", "local[1,4]"),
        ("local[2]", "local[2,4]"),
        ("local[*]", "local[*,4]"),
        ("local[2,9]", "local[2,9]"),
        ("spark://127.0.0.1:7077", "spark://127.0.0.1:7077"),
        ("yarn", "yarn"),
    ],
)
def test_one_machine_tries_again_too(given_: str, made: str) -> None:
    assert spark._retrying(given_) == made


@given(st.lists(st.integers(0, 90_000_000), max_size=60), st.integers(1, 9))
def test_files_go_together_in_order(sizes: list[int], cores: int) -> None:
    listed = [(n, f"{n}.txt", size) for n, size in enumerate(sizes)]
    groups = spark._groups(listed, cores)
    assert [file for group in groups for file in group] == listed
    assert all(groups)
    for group in groups:
        assert len(group) == 1 or sum(size for *_, size in group) <= 32_000_000
        assert len(group) <= max(1, len(sizes) // cores)


def test_refusals_stand_where_the_files_would(tmp_path: Path) -> None:
    folder = tmp_path / "inputs"
    folder.mkdir()
    n = executing.NUMBERS

    def one(source: str) -> Intake:
        return Intake(source, "refused", None, None, (Rejection(source, "no"),))

    rows = [(1 * n, "b"), (1 * n + 1, "c"), (3 * n + executing.LATE, "z"), (4 * n, "e")]
    table = pa.table(
        {
            "at": pa.array([at for at, _ in rows]),
            "told": pa.array([None] * len(rows), pa.binary()),
            "body": pa.array([executing.encoded(one(name)) for _, name in rows]),
        }
    )
    pq.write_table(table, folder / "part-0.parquet")
    found = spark._in_places(folder, {0: one("a"), 2: one("d"), 5: one("f")}, True)
    assert [item.source for _, item in found] == ["a", "b", "c", "d", "e", "f", "z"]
    assert [item.source for _, item in spark._in_places(folder, {0: one("a")}, False)] == ["a"]


def test_what_cannot_be_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Spark()
    for source in ("-", "https://ostmarkpost.example/"):
        with pytest.raises(WrongUse, match="reads files, folders"):
            engine.gather([source], ReadOptions(), None, lambda _: ())
    with pytest.raises(WrongUse, match=r"nowhere\.txt: there is no such file"):
        engine.gather(["nowhere.txt"], ReadOptions(), None, lambda _: ())
    file = tmp_path / "a.txt"
    file.write_text("Shells hit the quay at Varnholm on Monday.")

    def run(options: SparkOptions) -> None:
        with Spark(options) as started:
            list(started.gather([str(file)], ReadOptions(), None, lambda _: ()))

    with pytest.raises(WrongUse, match="needs --work FOLDER"):
        run(SparkOptions("spark://127.0.0.1:1"))
    with pytest.raises(WrongUse, match="there is no such folder"):
        run(SparkOptions(work=str(tmp_path / "no")))
    monkeypatch.setattr(spark.shutil, "which", lambda *_, **__: None)
    with pytest.raises(CannotWork, match="needs PySpark and Java"):
        run(SparkOptions())
    monkeypatch.setattr(spark.shutil, "which", lambda *_, **__: "/bin/true")
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(CannotWork, match=r"onrecord\[spark\]"):
        run(SparkOptions())
    # Where there is nothing to do, Spark is not started
    (tmp_path / "empty").mkdir()
    with Spark() as idle:
        assert list(idle.gather([str(tmp_path / "empty")], ReadOptions(), None, lambda _: ())) == []


def test_of_a_failure_far_away_its_last_words_are_told() -> None:
    said = "An exception was thrown from the Python worker:\nTraceback (most recent call last):\n  File x\nOSError: [Errno 28] No space left on device\n"
    assert spark._first_line(RuntimeError(said)) == "OSError: [Errno 28] No space left on device"
    assert spark._first_line(RuntimeError("Job aborted.\nmore")) == "Job aborted."
    assert spark._first_line(TryLater("")) == "TryLater"


def test_a_round_leaves_what_is_not_yet_asked_for_of_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inputs are committed by so many, wherever a round ends; to read here what the cluster has read would be to do it twice."""
    monkeypatch.setattr(spark, "reader_name", lambda: "fake")
    monkeypatch.setattr(spark.local, "outcome_of", lambda told: pytest.fail(f"{told.id} is read here"))
    engine = Spark()
    engine.__dict__["_work"] = tmp_path
    for number in (0, 1):
        reading = Reading(story(number).id, "fake", (), (), (), ())
        body = msgspec.json.encode(reading).decode()
        (tmp_path / f"readings-{number}").mkdir()
        table = pa.table({"story": [reading.story], "state": [executing.READ], "body": [body]})
        pq.write_table(table, tmp_path / f"readings-{number}" / "part-0.parquet")
        engine._take(number)
    told = [story(0), story(1)]
    assert [outcome.story for _, outcome in engine.read(told) if isinstance(outcome, Reading)] == [
        one.id for one in told
    ]
    assert not engine._outcomes
