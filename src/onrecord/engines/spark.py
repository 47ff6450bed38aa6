"""Takes apart, reads and finds copies on a cluster, by Spark: the same functions as on one machine, over tables.

What each step gives lies in Parquet before the next begins, so that what died is made again from there. Inputs and readings come
back in rounds, and while one is put into the ledger the next is read.
"""

import os
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from onrecord import families, stories
from onrecord.engines import bands, executing, local, shipping
from onrecord.engines.engine import Known, Outcome
from onrecord.engines.reader import reader_name
from onrecord.errors import CannotWork, TryLater, WrongUse
from onrecord.families import Matrix, Pairs
from onrecord.records import Intake, Reading, Rejection, Story
from onrecord.settings import ReadOptions
from onrecord.stories import Gathered, OnlineOptions, Unchanged

if TYPE_CHECKING:
    from pyspark import StatusTracker
    from pyspark.sql import DataFrame, SparkSession

_ROUND, _ROUND_A_CORE = 4096, 512
"""Stories in a round: at least, and for each core."""
_TASKS = 6
"""Tasks of a round for each core: with few, some cores wait for the slowest."""
_STORIES_A_TASK = 16
_FILES_A_CORE, _TOGETHER = 8, 32_000_000
"""Into how many groups files are put, and how many bytes of small ones go together."""
_SIGNATURES = 100_000
_MISSING = "--engine spark: needs PySpark and Java 17 or newer on this machine: pip install 'onrecord[spark]'"

Told = Callable[[str, int, int], None]
"""Told what is being done, how many tasks of it are done, and how many there are."""


def _silent(_what: str, _done: int, _of: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class SparkOptions:
    """master: where the cluster is, as Spark writes it; "local[*]" takes the cores of this machine. work: a folder that all machines
    of it see under this path, where what was made stays; "" takes one that goes with the run. told: whom to tell how far it is. few: of fewer
    stories copies are found here, which takes seconds. conf: more of Spark's settings. package: the program that is sent to the machines.
    """

    master: str = "local[*]"
    work: str = ""
    told: Told = _silent
    few: int = 50_000
    conf: tuple[tuple[str, str], ...] = ()
    package: Path = shipping.OWN


class Spark:
    """An engine on a cluster. The web is not asked by it: addresses are refused as where nobody may ask.

    Spark is started with the first that is for it to do. That raises CannotWork where PySpark or Java is missing, WrongUse for a folder
    that is none, TryLater where the cluster does not answer.
    """

    batch = 1024

    def __init__(self, options: SparkOptions | None = None) -> None:
        self._options = options or SparkOptions()
        self._outcomes: dict[str, str] = {}
        self._lost: dict[str, Outcome | None] = {}
        self._grouped = 0

    def __enter__(self) -> Self:
        self._opened = ExitStack()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @cached_property
    def _work(self) -> Path:
        return self._opened.enter_context(_work_folder(self._options))

    @cached_property
    def _spark(self) -> "SparkSession":
        self._options.told("starting Spark", 0, 0)
        session = self._opened.enter_context(_session(self._options, self._work))
        archive = shipping.packed(self._work, self._options.package)
        session.sparkContext.addArchive(f"{archive}#{archive.stem}")
        self._archive = archive.stem
        self._cores = max(1, int(session.sparkContext.defaultParallelism))
        session.conf.set("spark.sql.shuffle.partitions", max(4, 2 * self._cores))
        # Nothing is waited for: what is under way ends with the session
        self._thread = ThreadPoolExecutor(1)
        self._opened.callback(self._thread.shutdown, wait=False, cancel_futures=True)
        self._opened.callback(session.sparkContext.cancelAllJobs)
        return session

    def gather(
        self, sources: Sequence[str], options: ReadOptions, online: OnlineOptions | None, known: Known
    ) -> Generator[Gathered, None, None]:
        """What the sources hold, one file a task, in the order of the sources. Stories that are not known are read meanwhile."""
        for source in sources:
            if source == "-" or stories.is_address(source):
                raise WrongUse(f"{source}: --engine spark reads files, folders and stores that all machines see")
        listed = [item for source in sources for item in stories.listed(source, options)]
        return self._gathered(listed, options, known)

    def read(self, stories: Iterable[Story]) -> Iterator[tuple[Story, Outcome | None]]:
        """Each story with what the cluster made of it; one that it was not asked for is read here."""
        for story in stories:
            if story.id in self._lost:
                yield story, self._lost[story.id]
            elif story.id in self._outcomes:
                yield story, _reading(self._outcomes.pop(story.id))
            else:
                yield story, local.outcome_of(story)

    def pairs(self, values: Matrix) -> Pairs:
        """The near copies among signatures."""
        if len(values) < self._options.few:
            return families.pairs(values)
        spark = self._spark
        at = self._work / f"grouping-{self._grouped}"
        self._grouped += 1
        at.mkdir()
        _write_signatures(values, at / "signatures")
        parts = max(8, 2 * self._cores)

        def job() -> None:
            signatures = spark.read.parquet(_uri(at / "signatures"))
            found = bands.pairs(signatures, lambda act: shipping.task(self._archive, act), parts)
            found.write.parquet(_uri(at / "pairs"))
            whole, _ = bands.components(self._table(at / "pairs", executing.EQUAL), at)
            whole.write.parquet(_uri(at / "components"))

        self._done("finding copies", job)
        table = _kept(at / "pairs", ("first", "second", "equal"))
        first, second, equal = (table[name].to_numpy() for name in ("first", "second", "equal"))
        order = np.lexsort((first, second))
        return first[order].astype(np.int32), second[order].astype(np.int32), equal[order].astype(np.uint8)

    def _gathered(self, listed: Sequence[Any], options: ReadOptions, known: Known) -> Generator[Gathered, None, None]:
        files = [(n, item.path, item.size) for n, item in enumerate(listed) if not isinstance(item, Intake)]
        refused = {n: item for n, item in enumerate(listed) if isinstance(item, Intake)}
        if files:
            self._done("taking apart", lambda: self._take_apart(files, options))
            self._done("taking apart", self._list_stories)
        rounds = self._rounds(known) if files else []
        inputs = _in_places(self._work / "inputs", refused, bool(files))
        asked: set[str] = set()
        held: tuple[int, Gathered] | None = next(inputs, None)
        for end in self._read_in(rounds):
            while held is not None and held[0] <= end:
                yield _once(held[1], asked)
                held = next(inputs, None)
        while held is not None:
            yield _once(held[1], asked)
            held = next(inputs, None)

    def _take_apart(self, files: Sequence[tuple[int, str, int]], options: ReadOptions) -> None:
        groups = [[(n, path) for n, path, _ in group] for group in _groups(files, self._cores)]
        rows = self._spark.sparkContext.parallelize(groups, len(groups)).flatMap(lambda group: group)
        given = self._spark.createDataFrame(rows, "file long, path string")
        said = msgspec.json.encode(options).decode()
        made = given.mapInArrow(shipping.task(self._archive, "gather", said), executing.INPUTS)
        made.write.parquet(_uri(self._work / "inputs"))

    def _list_stories(self) -> None:
        """Each story once, where it comes first, in order."""
        inputs = self._table(self._work / "inputs", executing.INPUTS).where("story is not null")
        first = inputs.groupBy("story").agg({"at": "min"}).withColumnRenamed("min(at)", "at")
        told = inputs.join(first, ["story", "at"]).select("at", "story", "told")
        told.sort("at").write.parquet(_uri(self._work / "stories"))

    def _rounds(self, known: Known) -> list[tuple[int, int, int]]:
        """What is to be read: from which place to which, and how many stories that is."""
        table = _kept(self._work / "stories", ("at", "story")).sort_by("at")
        ids = table["story"].to_pylist()
        read = set(known(ids))
        self._known = pa.array(sorted(read), pa.string())
        todo = table["at"].to_numpy()[[id_ not in read for id_ in ids]] if ids else np.zeros(0, dtype=np.int64)
        size = max(_ROUND, _ROUND_A_CORE * self._cores)
        bounds = [*range(0, len(todo), size), len(todo)]
        return [(int(todo[a]), int(todo[b - 1]), b - a) for a, b in pairwise(bounds)] if len(todo) else []

    def _read_in(self, rounds: Sequence[tuple[int, int, int]]) -> Iterator[int]:
        """The last place of each round, once what was read in it is at hand; the next is read meanwhile."""
        ahead: Future[None] | None = None
        for number, (_, end, _) in enumerate(rounds):
            current = ahead or self._begin(number, rounds[number])
            self._wait("reading", current, self._spark.sparkContext.statusTracker())
            ahead = self._begin(number + 1, rounds[number + 1]) if number + 1 < len(rounds) else None
            self._take(number)
            yield end

    def _begin(self, number: int, bounds: tuple[int, int, int]) -> Future[None]:
        return self._thread.submit(self._read_round, number, *bounds)

    def _read_round(self, number: int, first: int, last: int, count: int) -> None:
        told = self._table(self._work / "stories").where(f"at between {first} and {last}")
        if len(self._known):
            known = self._spark.createDataFrame(pa.table({"story": self._known}))
            told = told.join(known, "story", "left_anti").select("at", "story", "told")
        parts = max(1, min(_TASKS * self._cores, count // _STORIES_A_TASK))
        made = told.repartition(parts).mapInArrow(shipping.task(self._archive, "read"), executing.OUTCOMES)
        made.write.parquet(_uri(self._work / f"readings-{number}"))

    def _take(self, number: int) -> None:
        """Takes in what was read in a round, beside what is left of the one before: inputs are committed across rounds."""
        table = _kept(self._work / f"readings-{number}", ("story", "state", "body"))
        for story, state, body in zip(*(table[name].to_pylist() for name in table.column_names), strict=True):
            if state == executing.READ:
                self._outcomes[story] = body
            else:
                # Of two inputs with one text the second comes in another round, and nothing is held of the first
                self._lost[story] = None if state == executing.LEFT else msgspec.json.decode(body, type=Rejection)

    def _table(self, folder: Path, schema: str | None = None) -> "DataFrame":
        reader = self._spark.read if schema is None else self._spark.read.schema(schema)
        return reader.parquet(_uri(folder))

    def _done(self, what: str, job: Callable[[], None]) -> None:
        tracker = self._spark.sparkContext.statusTracker()
        self._wait(what, self._thread.submit(job), tracker)

    def _wait(self, what: str, running: Future[None], tracker: "StatusTracker") -> None:
        """Until a job is done, telling meanwhile how far it is. Raises TryLater where the cluster gave up on it."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        while True:
            try:
                running.result(timeout=0.5)
                return
            except NotYet:
                stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
                known = [stage for stage in stages if stage is not None]
                self._options.told(what, sum(s.numCompletedTasks for s in known), sum(s.numTasks for s in known))
            except (Py4JError, PySparkException, OSError) as error:
                raise TryLater(f"--master {self._options.master}: {what} broke off: {_first_line(error)}") from error


def _once(item: Gathered, asked: set[str]) -> Gathered:
    """The item, or that nothing is new where it refuses an address that was refused before."""
    url = stories.unasked(item)
    if url is None:
        return item
    if url in asked:
        assert isinstance(item, Intake)
        return Unchanged(item.source)
    asked.add(url)
    return item


def _reading(body: str) -> Reading:
    reading = msgspec.json.decode(body, type=Reading)
    if reading.reader != reader_name():
        raise CannotWork(
            f"--engine spark: the machines read as {reading.reader}, and this one as {reader_name()}; install on them what requirements.lock names"
        )
    return reading


def _in_places(folder: Path, refused: dict[int, Intake], any_: bool) -> Iterator[tuple[int, Gathered]]:
    """All inputs with their places, in order: those in files, those that listing the files refused, and those that come late."""
    waiting = sorted(refused.items(), reverse=True)
    last = -1
    for row in _rows(folder, pc.field("at") < executing.LATE) if any_ else ():
        assert row["at"] > last, "inputs lie in order"
        last = row["at"]
        while waiting and waiting[-1][0] * executing.NUMBERS < last:
            n, item = waiting.pop()
            yield n * executing.NUMBERS, item
        yield last, executing.decoded(row["body"], row["told"])
    while waiting:
        n, item = waiting.pop()
        yield n * executing.NUMBERS, item
    for row in _rows(folder, pc.field("at") >= executing.LATE) if any_ else ():
        yield row["at"], executing.decoded(row["body"], row["told"])


def _rows(folder: Path, where: pc.Expression) -> Iterator[dict[str, Any]]:
    for batch in ds.dataset(folder, format="parquet").to_batches(
        columns=["at", "told", "body"], filter=where, batch_size=64, batch_readahead=2, fragment_readahead=1
    ):
        yield from batch.to_pylist()


def _kept(folder: Path, columns: Sequence[str]) -> pa.Table:
    """A table that Spark wrote; one of no rows may have no file."""
    files = sorted(folder.glob("*.parquet"))
    parts = [pq.read_table(file, columns=list(columns)) for file in files]
    return pa.concat_tables(parts) if parts else pa.table({name: pa.array([], pa.int64()) for name in columns})


def _write_signatures(values: Matrix, folder: Path) -> None:
    folder.mkdir()
    for start in range(0, max(1, len(values)), _SIGNATURES):
        some = values[start : start + _SIGNATURES]
        rows = pa.array([row.tobytes() for row in some], pa.binary())
        numbers = pa.array(np.arange(start, start + len(some), dtype=np.int64))
        pq.write_table(pa.table({"n": numbers, "values": rows}), folder / f"part-{start:012}.parquet")


def _groups(files: Sequence[tuple[int, str, int]], cores: int) -> list[list[tuple[int, str, int]]]:
    """Files one after another, small ones together, so that each task has about as much."""
    most = min(_TOGETHER, max(1, sum(size for _, _, size in files) // (_FILES_A_CORE * cores)))
    groups: list[list[tuple[int, str, int]]] = []
    room = 0
    for file in files:
        if not groups or file[2] > room or len(groups[-1]) >= max(1, len(files) // cores):
            groups.append([])
            room = most
        groups[-1].append(file)
        room -= file[2]
    return groups


def _uri(path: Path) -> str:
    return path.absolute().as_uri()


def _cause(log: Path) -> str:
    """What Spark itself says at last that it failed by."""
    said = re.findall(r"(?m)^Caused by: [\w.$]{1,120}: (.{1,300})", log.read_text("utf-8", "replace"))
    return said[-1] if said else ""


def _first_line(error: BaseException) -> str:
    """What went wrong, in a line: of a failure on another machine what it ended with there."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if re.match(r"[\w.]{1,80}(?:Error|Exception|Exit)\b", line)]
    return next(iter(told or lines), type(error).__name__)[:300]


@contextmanager
def _work_folder(options: SparkOptions) -> Iterator[Path]:
    """Where tables are put: below a folder of the user's, to stay there, or in one that goes with the run."""
    if options.work:
        if not Path(options.work).is_dir():
            raise WrongUse(f"--work {options.work}: there is no such folder; make it where all machines see it")
        yield Path(tempfile.mkdtemp(prefix="run-", dir=options.work)).absolute()
        return
    if not options.master.startswith("local"):
        raise WrongUse(f"--master {options.master}: needs --work FOLDER, which all machines of the cluster see")
    with tempfile.TemporaryDirectory(prefix="onrecord-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def _session(options: SparkOptions, work: Path) -> "Iterator[SparkSession]":
    """Spark, with its own words in a file of the work folder: what a user has to know, we say."""
    if shutil.which("java", path=_java_path()) is None:
        raise CannotWork(_MISSING)
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise CannotWork(_MISSING) from error
    # What the user says of other machines holds there; on this one it is the Python that runs
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    builder = SparkSession.builder.appName("onrecord")
    for key, value in {**_conf(options.master, work), **dict(options.conf)}.items():
        builder = builder.config(key, value)
    try:
        with _said_to(work / "spark.log"):
            spark = builder.getOrCreate()
    except Exception as error:
        log = work / "spark.log"
        raise TryLater(
            f"--master {options.master}: Spark does not start: {_cause(log) or _first_line(error)}"
        ) from error
    try:
        yield spark
    finally:
        spark.stop()


def _java_path() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return os.path.join(home, "bin") if home else None  # noqa: PTH118


def _conf(master: str, work: Path) -> dict[str, str]:
    # A machine of its own name would be looked for in the network
    here = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    nearby = master.startswith("local") or any(f"//{host}:" in master for host in ("127.0.0.1", "localhost"))
    return {
        "spark.master": _retrying(master),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "WARN",
        "spark.task.maxFailures": str(executing.TRIES),
        "spark.sql.execution.arrow.maxRecordsPerBatch": "64",
        "spark.executorEnv.OMP_NUM_THREADS": "1",
        "spark.local.dir": str(work / "shuffled"),
        "spark.sql.warehouse.dir": (work / "warehouse").as_uri(),
        **(here if nearby else {}),
    }


def _retrying(master: str) -> str:
    """On one machine Spark tries each task once, unless it is told otherwise."""
    if master == "local":
        return f"local[1,{executing.TRIES}]"
    if master.startswith("local[") and "," not in master:
        return f"{master.removesuffix(']')},{executing.TRIES}]"
    return master


@contextmanager
def _said_to(file: Path) -> Iterator[None]:
    """What is started meanwhile writes what it says into a file."""
    sys.stderr.flush()
    kept = os.dup(2)
    with file.open("ab") as log:
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
