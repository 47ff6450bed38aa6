"""Sources → intakes: what each holds is taken apart, parsed in a cell, and the addresses that it lists are followed."""

import hashlib
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from onrecord.errors import WrongUse
from onrecord.records import Intake, Rejection
from onrecord.settings import ReadOptions
from onrecord.stories import containers, sources
from onrecord.stories.cell import Cells
from onrecord.stories.compose import capture, refused
from onrecord.stories.documents import FOLLOW, Document
from onrecord.stories.links import Item, Link, Retraction
from onrecord.stories.online import Online, OnlineOptions, Unchanged

Gathered = Intake | Unchanged
"""What becomes of an input. Unchanged: it is at hand as it is."""

_NO_CONTACT = (
    "pages are not asked for without somebody to write to: give --contact with a mail address or the address of a page "
    'about you, or contact = "..." under [web] in onrecord.toml'
)


def gather(
    named: Sequence[str], options: ReadOptions, online: OnlineOptions | None = None, workers: int = 0
) -> Generator[Gathered, None, None]:
    """What the sources hold, in their order, the pages behind the addresses in them after that. Without options for the
    web nothing is asked for, and each address is refused.

    Raises:
        WrongUse: a source is not there, or is an address while the web may not be asked; on the call, before anything is
        yielded.
    """
    if online is None and (url := next(filter(sources.is_address, named), None)):
        raise WrongUse(f"{url}: {_NO_CONTACT}.")
    return _gathered([sources.read(source, options) for source in named], options, online, workers)


def _gathered(
    found: list[Iterator[containers.Found]], options: ReadOptions, online: OnlineOptions | None, workers: int
) -> Generator[Gathered, None, None]:
    with Cells(workers, options=options) as cells:
        if online is None:
            yield from _Gathering(cells, options, None).all(found)
            return
        with Online(online) as web:
            yield from _Gathering(cells, options, web).all(found)


class _Gathering:
    """One round over sources."""

    def __init__(self, cells: Cells, options: ReadOptions, online: Online | None) -> None:
        self._cells, self._options, self._online = cells, options, online
        self._links: deque[tuple[Link, int]] = deque()
        self._said: deque[Gathered] = deque()
        self._asked: set[str] = set()
        self._lists: dict[str, Intake] = {}
        self._listed_in: dict[str, str] = {}

    def all(self, found: Iterable[Iterable[containers.Found]]) -> Iterator[Gathered]:
        """What is in the sources, then behind the links in that, until no link is left."""
        for source in found:
            yield from self._parsed(self._to_parse(source, FOLLOW))
        while self._links:
            links, self._links = self._links, deque()
            for item in self._parsed(self._behind(links)):
                if isinstance(item, Intake) and item.state == "failed":
                    # What is asked for again has to be found again
                    self._lists.pop(self._listed_in.get(item.source, ""), None)
                yield item
        yield from self._lists.values()

    def _behind(self, links: deque[tuple[Link, int]]) -> Iterator[Document | Intake]:
        if self._online is None:
            for link, _ in links:
                yield Intake(link.source, "refused", None, None, (_unasked(link.url),))
            return
        for found in self._online.documents(links):
            if isinstance(found, Unchanged):
                self._said.append(found)
            elif isinstance(found, Intake):
                yield found
            else:
                yield from self._to_parse(containers.expand(found, self._options), found.follow)

    def _to_parse(self, found: Iterable[containers.Found], follow: int) -> Iterator[Document | Intake]:
        """Takes out the links, to be followed so many lists deep."""
        for item in found:
            match item:
                case Link():
                    self._note([item], item.source, follow)
                case Retraction():
                    yield withdrawal(item)
                case _:
                    yield item

    def _parsed(self, documents: Iterator[Document | Intake]) -> Iterator[Gathered]:
        within: list[Document] = []
        for document, items in self._cells.parse(documents):
            yield from self._spoken()
            yield from self._sorted(document, items, within)
        yield from self._spoken()
        if within:
            yield from self._parsed(iter(within))

    def _spoken(self) -> Iterator[Gathered]:
        while self._said:
            yield self._said.popleft()

    def _sorted(
        self, document: Document | Intake, items: tuple[Item, ...], within: list[Document]
    ) -> Iterator[Gathered]:
        links: list[Link] = []
        for item in items:
            match item:
                case Link():
                    links.append(item)
                case Retraction():
                    yield withdrawal(item)
                case Document():
                    within.append(item)
                case _:
                    yield _carried(item)
        if links and isinstance(document, Document):
            if document.follow > 0:
                self._note(links, document.source, document.follow)
                if document.how:
                    self._lists[document.source] = _of_list(document, len(links))
                yield from self._spoken()
            else:
                kept = capture(document.source, document.media or "application/octet-stream", document.body)
                reason = f"It lists {len(links)} addresses, which are asked for only where the list itself is named."
                yield replace(refused(document.source, reason, 0, kept), how=document.how)

    def _note(self, links: list[Link], source: str, follow: int) -> None:
        """Puts links on the list of those to follow, each address once."""
        most = self._online.options.most if self._online is not None else len(links)
        for number, link in enumerate(links):
            if number == most:
                reason = f"It lists {len(links)} addresses, and {most} of one list are followed: split it."
                self._said.append(refused(source, reason, len(links) - most))
                return
            if link.url in self._asked:
                self._said.append(Unchanged(link.source))
                continue
            self._asked.add(link.url)
            self._listed_in[link.url] = source
            further = follow if link.source == link.url else follow - 1 if link.kind == "sitemap" else 0
            self._links.append((link, further))


def _of_list(document: Document, count: int) -> Intake:
    """A list that came over the web, as an input. It comes after all that it names: a copy that is at hand is not followed
    again, so nothing behind it may be missing.
    """
    said = hashlib.sha256(document.body).hexdigest()
    note = Rejection(document.source, f"It is a list of {count} addresses or stories (SHA-256 {said}).")
    return Intake(document.source, "ok", None, None, (note,), document.how)


def unasked(item: Gathered) -> str | None:
    """The address that was found while the web may not be asked, where the item is its refusal. These come after all else."""
    if not isinstance(item, Intake) or not item.rejections:
        return None
    url = item.rejections[0].what
    return url if item.rejections == (_unasked(url),) else None


def _unasked(url: str) -> Rejection:
    return Rejection(url, f"{url}: {_NO_CONTACT}.")


def withdrawal(item: Retraction) -> Intake:
    """A publisher's word that an item is taken back, as an input: used, and no story."""
    how = {"retracts": item.uri, "why": item.why}
    how |= {key: value for key, value in (("at", item.at), ("version", item.version)) if value}
    return Intake(item.source, "ok", item.capture, None, (), how)


def _carried(item: Intake) -> Intake:
    """A note where a page says that it is published elsewhere: whose server it came from is not whose story it is."""
    came = item.how.get("final_url")
    if item.story is None or item.story.url is None or not isinstance(came, str):
        return item
    said, host = urlsplit(item.story.url).hostname, urlsplit(came).hostname
    if said == host:
        return item
    note = Rejection("url", f"It came from {host}, and says that its address is at {said}.")
    return replace(item, rejections=(*item.rejections, note))
