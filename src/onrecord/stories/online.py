"""Links → the documents behind them, several hosts at a time, in the order of the links."""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from onrecord.records import InputState, Intake, Rejection
from onrecord.settings import WebOptions
from onrecord.stories.documents import Document
from onrecord.stories.fetched import Unfetched
from onrecord.stories.fetching import Fetcher, FetchOptions
from onrecord.stories.links import Link

_AHEAD = 4  # links under way for each thread


@dataclass(frozen=True, slots=True)
class Held:
    """The copy of a page that is at hand. at: when it was fetched; etag and modified: as its server named that copy."""

    at: datetime
    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """An address at which nothing has changed, or that was asked too short a while ago to be asked again."""

    source: str


def _nothing(_url: str) -> Held | None:
    return None


@dataclass(frozen=True, slots=True)
class OnlineOptions:
    """How links are followed. fetch: how each is asked for; held: what is at hand of an address; fresh: seconds in which a
    page that a list names is not asked for again; threads: pages under way at a time; most: links of one list that are followed.
    """

    fetch: FetchOptions
    held: Callable[[str], Held | None] = _nothing
    fresh: float = 3600.0
    threads: int = 8
    most: int = 10_000


def asking(web: WebOptions) -> OnlineOptions | None:
    """How the web is asked by somebody's settings; None where they name nobody to write to. Raises WrongUse for a contact or
    a private place that is none.
    """
    if not web.contact:
        return None
    fetch = FetchOptions(web.contact, deadline=web.deadline, gap=web.gap, allow=web.allow)
    return OnlineOptions(fetch, fresh=web.fresh, threads=web.threads, most=web.most)


class Online:
    """Follows links. Use it in a `with`. Its threads end with the program, whatever they are waiting for."""

    def __init__(self, options: OnlineOptions) -> None:
        self.options = options
        self.fetcher = Fetcher(options.fetch)
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._started = 0

    def __enter__(self) -> "Online":
        return self

    def __exit__(self, *_error: object) -> None:
        for _each in range(self._started):
            self._tasks.put(None)
        self._started = 0

    def documents(self, links: Iterable[tuple[Link, int]]) -> Iterator[Document | Intake | Unchanged]:
        """What lies behind each link, or why it could not be had. The number beside a link: how many lists deep the
        addresses in its document are followed.
        """
        under_way: deque[_Task] = deque()
        for link, follow in links:
            while self._started < self.options.threads:
                threading.Thread(target=self._work, daemon=True).start()
                self._started += 1
            under_way.append(task := _Task(link, follow, self.options.held(link.url)))
            self._tasks.put(task)
            while len(under_way) > _AHEAD * self.options.threads:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                task.done.put(self._fetched(task))
            except BaseException as error:
                # Raised again where it is waited for
                task.done.put(error)

    def _fetched(self, task: "_Task") -> Document | Intake | Unchanged:
        link, held = task.link, task.held
        named = link.source == link.url
        if held is not None and not named:
            age = self.options.fetch.clock() - held.at
            if timedelta(0) <= age < timedelta(seconds=self.options.fresh):
                return Unchanged(link.source)
        try:
            page = self.fetcher.get(link.url, held.etag if held else None, held.modified if held else None)
        except Unfetched as error:
            return _not_had(link, error)
        if page.not_modified:
            return Unchanged(link.source)
        document = page.document()
        how = document.how if named else {**document.how, "listed_in": link.source}
        return replace(
            document,
            name=link.name,
            outlet=link.outlet,
            headline=link.headline,
            byline=link.byline,
            dates=link.dates,
            notes=(*link.notes, *document.notes),
            how=how,
            follow=task.follow,
        )


class _Task:
    def __init__(self, link: Link, follow: int, held: Held | None) -> None:
        self.link, self.follow, self.held = link, follow, held
        self.done: queue.SimpleQueue[Document | Intake | Unchanged | BaseException] = queue.SimpleQueue()

    def result(self) -> Document | Intake | Unchanged:
        # In short waits: in one long one no signal would be heard on every system
        while True:
            try:
                found = self.done.get(timeout=0.5)
            except queue.Empty:
                continue
            if isinstance(found, BaseException):
                raise found
            return found


def _not_had(link: Link, error: Unfetched) -> Intake:
    """A page that was not had: refused where another try has no use, failed where it may."""
    how: dict[str, object] = {} if link.source == link.url else {"listed_in": link.source}
    if error.status is not None:
        how["status"] = str(error.status)
    if error.redirects:
        how["redirects"] = [f"{step.status} {step.url} ({step.address})" for step in error.redirects]
    state: InputState = "failed" if error.again else "refused"
    return Intake(link.url, state, None, None, (*link.notes, Rejection(link.url, str(error))), how)
