"""What the program does to a ledger, each time in a process that kills itself at one point on the way.

`command(FOLDER, ACT, POINT)` runs the act on a copy of FOLDER/ACT.db for every point there is, one process each, and
prints for each copy a line of JSON. POINT: "before" or "after" a commit, or "statement": before each one sent.
`command(LEDGER, "endless", SEED)` changes a ledger until it is killed, `command(LEDGER, "in turn", "ACT,ACT...")` does acts
one after the other and dies of nothing.
"""

import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite as Driver

from invented import NOW, rows, write_rows
from onrecord import pipeline
from onrecord.engines import local, reader_name
from onrecord.errors import TryLater, WrongUse
from onrecord.ledger import Ledger, open_ledger, read, write
from onrecord.ledger.codec import decode, encode
from onrecord.pipeline import Judgement, adding, rereading
from onrecord.records import Campaign, Incident, Reading
from onrecord.settings import ReadOptions

SMALL = 6
EARLIER = "an earlier reader"
WATCHES = [Campaign("Harbour", places=("Varnholm",)), Campaign("Coast", kinds=("drone_strike",))]
Acknowledge = Callable[[str], None]


def command(*args: object) -> list[str]:
    """The command that runs this file, with the modules that this process has."""
    code = f"import sys; sys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}; import acts, pathlib; "
    code += "acts.main(pathlib.Path(sys.argv[1]), *sys.argv[2:])"
    return [sys.executable, "-c", code, *map(str, args)]


def command_line(folder: Path, *args: object) -> list[str]:
    """The command line of the program, in a process that has the readings of a folder and loads no model."""
    code = f"import sys; sys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}; import acts, pathlib; "
    code += (
        f"acts.remember(pathlib.Path({str(folder)!r})); acts.local.outcome_of = lambda story: acts.READINGS[story.id]; "
    )
    code += "from onrecord import cli; cli.main()"
    return [sys.executable, "-c", code, *map(str, args)]


def tell(*words: str) -> None:
    """A line to whoever started this process, there before the next thing is done."""
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def making(ledger: Ledger, _ack: Acknowledge) -> None:
    """Nothing but the opening, which makes the ledger."""


def add(ledger: Ledger, ack: Acknowledge) -> None:
    """Adds stories in batches of two; a batch is acknowledged when the program says so."""

    def progress(stage: str, number: int) -> None:
        if stage == "read":
            ack("intake " * number)

    pipeline.add(ledger, ["s.jsonl"], pipeline.AddOptions(NOW, workers=1, progress=progress))


def told_of(ledger: Ledger) -> Incident:
    """The first incident that the reader found; what people add stands beside it."""
    found = pipeline.view(ledger, now=NOW).derived.incidents
    return min((one for one in found if any("-e" in event for event in one.events)), key=lambda one: one.events)


def decide(ledger: Ledger, ack: Acknowledge) -> None:
    """Three decisions, each under its key, so that the same call after a kill makes none twice."""
    incident = told_of(ledger)
    told = incident.stories[0]
    for key, asked in {
        "a": Judgement("confirm", incident.id, "Ida Roon"),
        "b": Judgement("set", incident.id, "Ida Roon", field="killed", value="12"),
        "c": Judgement("add", told, "Bo Lund", field="event", value="shelling", words=(f"{told}:0-30",)),
    }.items():
        pipeline.decide(ledger, replace(asked, key=key), NOW)
        ack("decision")


def reread(ledger: Ledger, ack: Acknowledge) -> None:
    """Reads what an earlier reader has read."""
    ack("reading " * pipeline.reread(ledger, pipeline.RereadOptions(NOW, workers=1)).read)


def go_back(ledger: Ledger, ack: Acknowledge) -> None:
    """Goes back to the readings of an earlier reader."""
    if pipeline.reread(ledger, pipeline.RereadOptions(NOW, reader=EARLIER)).switched:
        ack("switch")


def start_campaigns(ledger: Ledger, ack: Acknowledge) -> None:
    """Starts two watches."""
    ack("campaign " * pipeline.start_campaigns(ledger, WATCHES, NOW))


def end_campaign(ledger: Ledger, ack: Acknowledge) -> None:
    """Ends one; done twice, it is told that none is there."""
    with suppress(WrongUse):
        pipeline.end_campaign(ledger, WATCHES[0].name, NOW)
        ack("campaign")
    pipeline.view(ledger, now=NOW)


def rebuild(ledger: Ledger, _ack: Acknowledge) -> None:
    """Derives everything anew, by another codebook."""
    pipeline.rebuild(ledger, "acled", NOW)


ACTS: dict[str, Callable[[Ledger, Acknowledge], None]] = {
    a.__name__: a for a in (making, add, decide, reread, go_back, start_campaigns, end_campaign, rebuild)
}


READINGS: dict[str, Reading] = {}
"""What the reader finds in the stories: read once, for the ledger is what dies here."""


@contextmanager
def small_and_quick() -> Iterator[None]:
    """Batches of two inputs, so that a few stories make several transactions; what was read before is not read again."""
    batch, reads = adding.BATCH, local.outcome_of
    adding.BATCH = rereading.BATCH = 2  # type: ignore[misc]
    if READINGS:
        local.outcome_of = lambda story: READINGS[story.id]
    try:
        yield
    finally:
        adding.BATCH = rereading.BATCH = batch  # type: ignore[misc]
        local.outcome_of = reads


def perform(act: str, path: Path, ack: Acknowledge = lambda _: None) -> None:
    """The act on a ledger, from opening it to closing it, in the folder of the ledger."""
    with chdir(path.parent):
        ledger = open_ledger(path.name, create=True)
        try:
            with small_and_quick():
                ACTS[act](ledger, ack)
        finally:
            ledger.close()


def prepare(folder: Path) -> None:
    """For each act the ledger it is done on."""
    write_rows(folder / "s.jsonl", rows(SMALL))
    perform("add", folder / "decide.db")
    ledger = open_ledger(str(folder / "decide.db"))
    with ledger.reading() as connection:
        found = tuple(one.reading for one in read.reads(connection))
    ledger.close()
    (folder / "readings.json").write_text(encode(found), "utf-8")
    remember(folder)
    for name in ("start_campaigns", "end_campaign", "reread", "rebuild"):
        shutil.copy(folder / "decide.db", folder / f"{name}.db")
    perform("start_campaigns", folder / "end_campaign.db")
    perform("making", folder / "add.db")
    earlier(folder / "decide.db", folder / "reread.db")
    perform("decide", folder / "reread.db")
    shutil.copy(folder / "reread.db", folder / "go_back.db")
    perform("reread", folder / "go_back.db")


def remember(folder: Path) -> None:
    """Takes the readings of the stories from the folder."""
    found: tuple[Reading, ...] = decode((folder / "readings.json").read_text("utf-8"), tuple[Reading, ...])
    READINGS.update({one.story: one for one in found})


def earlier(source: Path, path: Path) -> None:
    """A ledger with the stories of another, as an earlier reader has read them."""
    path.unlink()
    given, made = open_ledger(str(source)), open_ledger(str(path), create=True)
    with given.reading() as connection:
        readings = [replace(one.reading, reader=EARLIER) for one in read.reads(connection)]
    with chdir(path.parent):
        write.store(made, list(pipeline.check(["s.jsonl"], ReadOptions())), readings, NOW)
    given.close()
    made.close()


def die_at(point: str, number: int) -> None:
    """Has this process kill itself at the point of that number."""
    passed = count(1)
    commit = Driver.do_commit

    def die() -> None:
        if next(passed) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def commits(self: Driver, connection: Any) -> None:
        if point == "before":
            die()
        commit(self, connection)
        if point == "after":
            die()

    Driver.do_commit = commits  # type: ignore[method-assign]
    if point == "statement":
        sa.event.listen(sa.Engine, "before_cursor_execute", lambda *_: die())


def on_a_copy(folder: Path, act: str, point: str, number: int) -> bool:
    """Runs the act in a process that dies at a point; False where it ended before it came there."""
    place = folder / f"{act}-{point}-{number}"
    place.mkdir()
    shutil.copy(folder / "s.jsonl", place)
    if (folder / f"{act}.db").exists():
        shutil.copy(folder / f"{act}.db", place / "held.db")
    acks = os.open(place / "acks", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    child = os.fork()
    if not child:
        try:
            die_at(point, number)
            perform(act, place / "held.db", lambda words: os.write(acks, words.encode() + b" ") and None)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(acks)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    said = {"place": str(place), "killed": killed, "status": status, "acks": (place / "acks").read_text().split()}
    tell(json.dumps(said))
    return killed


def endless(path: Path, seed: int) -> None:
    """Decides, switches readers and starts watches until it is killed; prints what the ledger has acknowledged."""
    chance, ledger = random.Random(seed), open_ledger(str(path))
    incident = told_of(ledger)
    for number in count():
        act = chance.choice(["decide"] * 4 + ["reader", "watch"])
        if act == "decide":
            asked = Judgement("set", incident.id, "Ida Roon", field="killed", value=str(number))
            tell("decision", pipeline.decide(ledger, asked, NOW).decision.id)
        elif act == "reader":
            reader = chance.choice([EARLIER, reader_name()])
            pipeline.reread(ledger, pipeline.RereadOptions(NOW, reader=reader))
            tell("reader", reader)
        else:
            pipeline.start_campaigns(ledger, [Campaign(f"Watch {number}")], NOW)
            tell("campaign", f"Watch {number}")


def in_turn(path: Path, names: str) -> None:
    """Acts one after the other on one ledger; what each acknowledges goes into the file "acks" beside it."""
    remember(path.parent)
    acks = os.open(path.parent / "acks", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    for name in names.split(","):
        perform(name, path, lambda words: os.write(acks, words.encode() + b" ") and None)
    os.close(acks)


def tried(path: Path, name: str) -> None:
    """One act; where the ledger cannot be changed now, the process says why and ends as the program does."""
    remember(path.parent)
    try:
        perform(name, path)
    except TryLater as error:
        sys.stderr.write(f"onrecord: {error}\n")
        sys.exit(error.exit_code)


def main(place: Path, act: str, rest: str) -> None:
    """What the command line asks for."""
    if act == "endless":
        endless(place, int(rest))
    elif act in ("in turn", "tried"):
        {"in turn": in_turn, "tried": tried}[act](place, rest)
    else:
        remember(place)
        number = 1
        while on_a_copy(place, act, rest, number):
            number += 1
