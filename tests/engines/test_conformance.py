"""Whichever engine reads, and whatever becomes of its machines: one ledger."""

import gzip
import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

import archived
from evaluation import cluster, generator
from onrecord import families, pipeline
from onrecord.engines import Engine, Local, shipping
from onrecord.engines.spark import Spark, SparkOptions
from onrecord.exports import files
from onrecord.ledger import inputs, open_ledger
from onrecord.pipeline import AddOptions, AddReport

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
NOW = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
POISON, TROUBLE = "The harbour of Poisonholm was shelled.", "The harbour of Troubleholm was shelled."


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    if not cluster.is_here():
        pytest.skip(cluster.MISSING)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A folder of each kind that goes to a cluster, and a file beside it that repeats a part."""
    folder = tmp_path_factory.mktemp("sources")
    rows = [json.dumps(generator.row(one)) for one in generator.told(90)]
    many, more = folder / "many", folder / "more.jsonl"
    (many / "deeper").mkdir(parents=True)
    (many / "a.jsonl").write_text("\n".join([*rows[:60], "no row", ""]))
    (many / "deeper" / "b.jsonl.gz").write_bytes(gzip.compress("\n".join(rows[60:80]).encode()))
    (many / "crawl.warc.gz").write_bytes(b"".join(map(gzip.compress, archived.three())))
    (many / "note.txt").write_text("Two dockers were killed when shells hit the quay at Varnholm, the harbour said.")
    (many / "list.csv").write_text("url\nhttps://ostmarkpost.example/9\nhttps://ostmarkpost.example/8\n")
    (many / "empty.txt").write_text("")
    (many / ".hidden.txt").write_text("Not to be seen.")
    more.write_text("\n".join([*rows[50:60], *rows[80:]]))
    (many / "z.csv").write_text("url\nhttps://ostmarkpost.example/8\n")
    return [str(many), str(more)]


class Kept:
    """What a run left: its report, its books, the content of its ledger, its exports."""

    def __init__(self, place: Path, sources: list[str], engine: Engine) -> None:
        place.mkdir(exist_ok=True)
        with closing(open_ledger(str(place / "kept.db"), create=True)) as ledger:
            self.report: AddReport = pipeline.add(ledger, sources, AddOptions(NOW, engine=engine))
            seen = pipeline.view(ledger, "joint", NOW)
            self.books = list(inputs.intake(ledger))
            self.content = pipeline.content(seen)
            self.derived = replace(seen.derived, standings=())
            self.read = [one.reading for one in seen.reads]
            self.files = dict(files.made(seen, "csv")) | dict(files.made(seen, "acled"))


def same(found: Kept, as_: Kept) -> None:
    assert found.report == as_.report
    assert found.books == as_.books
    assert found.read == as_.read
    assert found.derived == as_.derived
    assert found.content == as_.content
    assert found.files == as_.files


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, sources: list[str]) -> Kept:
    return Kept(tmp_path_factory.mktemp("local"), sources, Local(2))


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cluster.Cluster]:
    with cluster.Cluster(tmp_path_factory.mktemp("cluster")).running(2) as made:
        yield made


def test_spark_on_this_machine_gives_what_local_gives(tmp_path: Path, sources: list[str], plain: Kept) -> None:
    assert plain.report.states["ok"] == 104
    assert plain.report.incidents > 5
    assert any(one.relation != "original" for one in plain.derived.derivations)
    same(Kept(tmp_path / "one", sources, Spark(SparkOptions("local[2]"))), plain)


def test_a_cluster_of_two_gives_it_too_and_another_time_nothing_new(
    tmp_path: Path, sources: list[str], plain: Kept, two: cluster.Cluster
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    found = Kept(tmp_path / "two", sources, Spark(SparkOptions(two.master, str(work), few=0)))
    same(found, plain)
    assert next(work.glob("run-*/grouping-0/components/*.parquet"))
    again = Kept(tmp_path / "two", sources, Spark(SparkOptions(two.master, str(work))))
    assert again.report.states == {}
    assert again.report.held == again.report.offered == plain.report.offered
    assert again.content == plain.content


def test_killed_machines_change_nothing(tmp_path: Path, sources: list[str], plain: Kept, two: cluster.Cluster) -> None:
    killed: list[int] = []
    at_once = Lock()

    def told(what: str, _done: int, of: int) -> None:
        with at_once:
            if what == "reading" and of and len(killed) < 2 and (running := two.executors()):
                killed.append(running[len(killed) % len(running)])
                os.kill(killed[-1], signal.SIGKILL)

    work = tmp_path / "work"
    work.mkdir()
    found = Kept(tmp_path / "torn", sources, Spark(SparkOptions(two.master, str(work), told)))
    assert killed
    same(found, plain)


_DEADLY = f"""
import os
_plain, _each = local.outcome_of, _outcomes


def _outcomes(told, attempt):
    if attempt < TRIES - 1 and any({TROUBLE!r} in story.text for story in told):
        os.kill(os.getpid(), 9)
    return _each(told, attempt)
"""
_DEADLY_STORY = f"""
_plain = outcome_of


def outcome_of(story):
    if {POISON!r} in story.text:
        os.kill(os.getpid(), 9)
    return _plain(story)
"""


def test_what_kills_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    """One story that ends each process that reads it, and one that ends its whole task each time."""
    deadly = tmp_path / "onrecord"
    shutil.copytree(shipping.OWN, deadly, ignore=shutil.ignore_patterns("__pycache__"))
    for name, code in (("executing.py", _DEADLY), ("local.py", _DEADLY_STORY)):
        path = deadly / "engines" / name
        path.write_text(path.read_text("utf-8") + code)
    rows = [json.dumps(generator.row(one)) for one in generator.told(46)]
    poison, trouble = (json.dumps({"text": text, "outlet": "Varn Courier"}) for text in (POISON, TROUBLE))
    file, without = tmp_path / "rows.jsonl", tmp_path / "without.jsonl"
    file.write_text("\n".join([*rows[:20], poison, *rows[20:], trouble]))
    without.write_text("\n".join([*rows, trouble]))
    expected = Kept(tmp_path / "plain", [str(without)], Local(1))

    first = Kept(tmp_path / "found", [str(file)], Spark(SparkOptions("local[2]", package=deadly)))
    left = set(first.report.left)
    assert f"{file}:48" in left
    assert len(left) < 40
    failed = [row for row in first.books if row.state == "failed"]
    if f"{file}:21" not in left:
        assert [row.source for row in failed] == [f"{file}:21"]
        assert "died, twice" in failed[0].reason
    assert {row.source for row in first.books} | left == {f"{file}:{n}" for n in range(1, 49)}

    mended = tmp_path / "mended"
    shutil.copytree(shipping.OWN, mended, ignore=shutil.ignore_patterns("__pycache__"))
    local = mended / "engines" / "local.py"
    local.write_text(local.read_text("utf-8") + _DEADLY_STORY)
    second = Kept(tmp_path / "found", [str(file)], Spark(SparkOptions("local[2]", package=mended)))
    assert second.report.left == ()
    assert [row.source for row in second.books if row.state == "failed"] == [f"{file}:21"]
    assert second.content == expected.content


def test_copies_and_what_hangs_together_are_found_as_on_one_machine(tmp_path: Path) -> None:
    values = np.array([one.read.reading.signature[:-1] for one in generator.told(400)], dtype=np.uint32)
    values[40:70] = values[7]
    values[90:95, :60] = values[3, :60]
    first, second, equal = families.pairs(values)
    with Spark(SparkOptions("local[2]", str(tmp_path), few=0)) as engine:
        found = engine.pairs(values)
    for mine, theirs in zip(found, (first, second, equal), strict=True):
        assert mine.dtype == theirs.dtype
        assert mine.tolist() == theirs.tolist()
    import pyarrow.dataset as ds

    (work,) = tmp_path.glob("run-*")
    table = ds.dataset(work / "grouping-0" / "components", format="parquet").to_table()
    roots = dict(zip(table["n"].to_pylist(), table["root"].to_pylist(), strict=True))
    count, labels = connected_components(coo_matrix((np.ones(len(first)), (first, second)), shape=(400, 400)))
    least = {label: int(np.flatnonzero(labels == label)[0]) for label in range(count)}
    assert len(first) > 400
    assert all(roots.get(n, n) == least[labels[n]] for n in range(400))
    assert len(table) == len(roots)


def test_nothing_is_left_running() -> None:
    from pyspark import SparkContext

    with Spark(SparkOptions("local[2]", few=0)) as engine:
        engine.pairs(np.zeros((2, 128), dtype=np.uint32))
        work = engine._work
        assert any(work.iterdir())
    assert not work.exists()
    assert SparkContext._active_spark_context is None
