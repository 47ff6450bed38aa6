"""Documents → intakes in processes that can harm nobody: the parsers of others get a limited time, memory and no network.

What holds: a document that takes too long, too much memory or the life of its process is one failed intake, and the next one
is not touched. A cell writes no file, has few open ones, and what it sends back is read as data of known types, never run. The
network is out of reach where the system lets a process leave it (Linux, where namespaces of users are allowed); elsewhere
Python's own sockets refuse to connect, which stops a careless parser and not one that has been taken over. Reading files is
not stopped.
"""

import errno
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from multiprocessing.connection import Connection, wait
from typing import Any

import msgspec

from onrecord.errors import TryLater
from onrecord.records import Books, InputState, Intake, Rejection, Story
from onrecord.settings import ReadOptions
from onrecord.stories import parsing
from onrecord.stories.compose import capture
from onrecord.stories.confined import begun, confine, live_with_the_parent, spend, without_network
from onrecord.stories.documents import Document
from onrecord.stories.links import Item, Link, Retraction

PARSE = "onrecord.stories.parsing:parse"
_READY = 120.0  # seconds in which a process has to come up, on a machine under load
_FIRST = (
    b"<html><body><p>"
    + b"The council of Brenik counted the shells that fell beside the quay on Monday. " * 4
    + b"</p></body></html>"
)
_AHEAD = 3  # documents under way for each worker


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take. wall, cpu: seconds; memory: bytes of address space beyond what the parsers themselves take
    once they are loaded; output: bytes of what comes back, without the document itself; files: open ones beyond those that a
    process needs.
    """

    wall: float = 20.0
    cpu: int = 15
    memory: int = 1 << 30
    output: int = 64 << 20
    files: int = 32


class _Kept(msgspec.Struct, array_like=True):
    """A capture on its way back. body: None where it is the document's own."""

    media: str
    source: str
    body: bytes | None


class _Part(msgspec.Struct, array_like=True, tag="intake"):
    source: str
    state: InputState
    kept: _Kept | None
    story: Story | None
    rejections: tuple[Rejection, ...]
    how: dict[str, Any]
    books: Books | None


class _Listed(msgspec.Struct, array_like=True, tag="link"):
    link: Link


class _Withdrawn(msgspec.Struct, array_like=True, tag="retraction"):
    retraction: Retraction


class _Within(msgspec.Struct, array_like=True, tag="document"):
    """A document that another one held, a saved page its message."""

    document: Document


class _Answer(msgspec.Struct, array_like=True):
    """What a worker says: the items; or why the machine failed it ("later"); or which limit was met."""

    parts: tuple[_Part | _Listed | _Withdrawn | _Within, ...] = ()
    later: str = ""
    limit: str = ""


@dataclass(slots=True)
class _Task:
    document: Document | Intake
    done: tuple[Item, ...] | None = None


class Cells:
    """Parses documents, each in a process of its own kind. Use it in a `with`: its processes end with the block.

    workers: how many processes; 0 takes one for each core. They start with the first document that needs one: plain text is
    read where the caller is, since no parser of others has a part in it.
    """

    def __init__(self, workers: int = 0, limits: Limits | None = None, options: ReadOptions | None = None) -> None:
        self._limits = limits or Limits()
        self._options = options or ReadOptions()
        self._most = workers or os.cpu_count() or 1
        self._workers: list[_Worker] = []

    def __enter__(self) -> "Cells":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._workers = []

    def parse(self, documents: Iterable[Document | Intake]) -> Iterator[tuple[Document | Intake, tuple[Item, ...]]]:
        """Each document with what it holds, in the order given; a few are under way at a time. An intake among the
        documents, the refusal of a container's member, is passed on in its place.

        Raises TryLater where the machine has not enough memory, files or processes.
        """
        source = iter(documents)
        queue: deque[_Task] = deque()
        waiting: deque[_Task] = deque()
        more = True
        try:
            while more or queue:
                while more and len(queue) < _AHEAD * self._most and not (queue and queue[0].done is not None):
                    document = next(source, None)
                    more = document is not None
                    if document is not None:
                        queue.append(task := self._taken(document))
                        if task.done is None:
                            waiting.append(task)
                    self._turn(waiting, 0.0)
                while queue and queue[0].done is None:
                    self._turn(waiting, 1.0)
                while queue and queue[0].done is not None:
                    task = queue.popleft()
                    assert task.done is not None
                    yield task.document, task.done
        finally:
            # Left in the middle: whatever is still being parsed is of no use to anybody
            for worker in [worker for worker in self._workers if worker.task]:
                self._drop(worker)

    def _taken(self, document: Document | Intake) -> _Task:
        """A document as a task; done at once where no worker is needed for it."""
        if isinstance(document, Intake):
            return _Task(document, (document,))
        kind = parsing.kind_of(document)
        if isinstance(kind, parsing.Kind) and kind.apart:
            refusal = parsing.turned_away(document, kind, self._options)
            return _Task(document, (_with_how(refusal, document),) if refusal else None)
        return _Task(document, tuple(_with_how(item, document) for item in parsing.parse(document, self._options)))

    def _turn(self, waiting: deque[_Task], seconds: float) -> None:
        """Gives out work, and takes in what is done within the seconds or has overrun."""
        self._give_out(waiting)
        if not self._workers:
            return
        busy = [worker for worker in self._workers if worker.task or not worker.ready]
        if not busy:
            return
        seconds = min(seconds, max(min(worker.deadline for worker in busy) - time.monotonic(), 0))
        said = set(wait([worker.line for worker in busy], seconds))
        for worker in busy:
            if worker.line in said:
                self._hear(worker, waiting)
            elif time.monotonic() > worker.deadline:
                if not worker.ready:
                    raise TryLater(
                        "A process that parses pages does not start; try again when the machine is less busy."
                    )
                self._lost(worker, f"it took longer than {self._limits.wall:g} seconds")
        self._give_out(waiting)

    def _give_out(self, waiting: deque[_Task]) -> None:
        idle = [worker for worker in self._workers if worker.ready and worker.task is None]
        starting = sum(not worker.ready for worker in self._workers)
        while idle and waiting:
            worker = idle.pop()
            task = waiting.popleft()
            if not worker.give(task, self._options, self._limits):
                waiting.appendleft(task)
                self._drop(worker)
        while len(waiting) > starting and len(self._workers) < self._most:
            self._workers.append(_Worker(self._limits))
            starting += 1

    def _hear(self, worker: "_Worker", waiting: deque[_Task]) -> None:
        try:
            said = worker.line.recv_bytes(self._limits.output + 1024)
        except EOFError:
            self._died(worker)
            return
        except OSError:
            # Longer than allowed, or broken off: the line cannot be used any more
            self._lost(worker, f"what was found is more than {self._limits.output:,} bytes")
            return
        if not worker.ready:
            worker.ready = True
            return
        task = worker.task
        assert task is not None
        assert isinstance(task.document, Document)
        try:
            answer = msgspec.msgpack.decode(said, type=_Answer)
        except msgspec.MsgspecError:
            self._lost(worker, "what came back is no answer")
            return
        if answer.later:
            raise TryLater(answer.later)
        if answer.limit:
            self._lost(worker, answer.limit)
            return
        task.done = tuple(_whole(part, task.document) for part in answer.parts)
        worker.task = None

    def _died(self, worker: "_Worker") -> None:
        worker.process.join(5)
        code = worker.process.exitcode
        if worker.task is None:
            self._drop(worker)
            reason = f"A process that parses pages ends as it starts (status {code}); there may be too little memory."
            raise TryLater(reason)
        if code == -getattr(signal, "SIGXCPU", 0):
            self._lost(worker, f"it took more than {self._limits.cpu} seconds of computing")
        else:
            how = signal.Signals(-code).name if code is not None and code < 0 else f"status {code}"
            self._lost(worker, f"the process that parsed it died ({how})")

    def _lost(self, worker: "_Worker", limit: str) -> None:
        """The document that a worker was on becomes a failed intake; the worker goes."""
        task = worker.task
        self._drop(worker)
        if task is not None and isinstance(task.document, Document):
            task.done = (_given_up(task.document, limit),)

    def _drop(self, worker: "_Worker") -> None:
        self._workers.remove(worker)
        worker.end()


class _Worker:
    """A process and the line to it."""

    def __init__(self, limits: Limits) -> None:
        self.task: _Task | None = None
        self.ready = False
        self.deadline = time.monotonic() + _READY
        try:
            self.line, self.process = begun(_work, limits, PARSE)
        except OSError as error:
            raise TryLater(f"No process could be started to parse pages ({error.strerror}).") from error

    def give(self, task: _Task, options: ReadOptions, limits: Limits) -> bool:
        """Whether the worker took it."""
        assert isinstance(task.document, Document)
        try:
            self.line.send((replace(task.document, how={}), options))
        except OSError:
            return False
        self.task, self.deadline = task, time.monotonic() + limits.wall
        return True

    def end(self) -> None:
        """At once, whatever it is doing."""
        self.line.close()
        self.process.kill()
        self.process.join()
        self.process.close()


def _given_up(document: Document, limit: str) -> Intake:
    kind = parsing.kind_of(document)
    kept = capture(document.source, kind.name if isinstance(kind, parsing.Kind) else "text/html", document.body)
    lost = len(document.body)
    reason = f"{document.source} was given up: {limit}. Its {lost:,} bytes are kept and not read."
    rejections = (*document.notes, Rejection(document.source, reason, lost))
    return Intake(document.source, "failed", kept, None, rejections, document.how)


def _whole(part: _Part | _Listed | _Withdrawn | _Within, document: Document) -> Item:
    match part:
        case _Listed(link):
            return link
        case _Withdrawn(retraction):
            return retraction
        case _Within(within):
            return replace(within, how=document.how)
    kept = None
    if part.kept is not None:
        body = document.body if part.kept.body is None else part.kept.body
        # Counted here: what a cell says of a hash is hearsay
        kept = capture(part.kept.source, part.kept.media, body)
    return Intake(part.source, part.state, kept, part.story, part.rejections, {**document.how, **part.how}, part.books)


def _with_how(item: Item, document: Document) -> Item:
    return replace(item, how={**document.how, **item.how}) if isinstance(item, Intake) else item


def _work(line: Connection, limits: Limits, parse: str) -> None:
    """What a worker does until its line is closed."""
    without_network()
    live_with_the_parent()
    module, _, function = parse.partition(":")
    read: Callable[[Document, ReadOptions], tuple[Item, ...]] = getattr(import_module(module), function)
    # What the parsers load with the first page is no part of that page's memory and files
    parsing.parse(Document("", _FIRST), ReadOptions())
    held = confine(limits.memory, limits.files)
    line.send_bytes(b"ready")
    with suppress(EOFError, OSError):
        while True:
            document, options = line.recv()
            spend(limits.cpu)
            line.send_bytes(_answer(read, document, options, limits, held))


def _answer(
    read: "Callable[[Document, ReadOptions], tuple[Item, ...]]",
    document: Document,
    options: ReadOptions,
    limits: Limits,
    held: bool,
) -> bytes:
    try:
        parts = tuple(_part(item, document) for item in read(document, options))
        said = msgspec.msgpack.encode(_Answer(parts))
    except (TryLater, MemoryError, OSError) as error:
        return msgspec.msgpack.encode(_lacking(error, document.source, limits, held))
    if len(said) > limits.output:
        return msgspec.msgpack.encode(_Answer(limit=f"what was found is more than {limits.output:,} bytes"))
    return said


def _lacking(error: Exception, source: str, limits: Limits, held: bool) -> _Answer:
    """Whether it was one of our limits that was met, or the machine's."""
    cause = (error.__cause__ or error) if isinstance(error, TryLater) else error
    if isinstance(cause, MemoryError) and held:
        return _Answer(limit=f"it took more than {limits.memory:,} bytes of memory")
    if isinstance(cause, OSError) and cause.errno in (errno.EMFILE, errno.EFBIG):
        return _Answer(limit="its parser opened more files, or larger ones, than it may")
    return _Answer(later=str(error) or f"{source}: there is not enough memory to read it")


def _part(item: Item, document: Document) -> _Part | _Listed | _Withdrawn | _Within:
    match item:
        case Link():
            return _Listed(item)
        case Retraction():
            return _Withdrawn(item)
        case Document():
            return _Within(item)
    kept = None
    if item.capture is not None:
        own = item.capture.body == document.body
        kept = _Kept(item.capture.media, item.capture.source, None if own else item.capture.body)
    return _Part(item.source, item.state, kept, item.story, item.rejections, dict(item.how), item.books)
