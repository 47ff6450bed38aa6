"""Feeds and other forms that are torn, that inflate, that ask for more, and numbers that are none."""

import json
import math
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from figures import Seen
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import exports, feeds, sitemaps
from onrecord.stories.documents import Document
from onrecord.stories.links import Item, Link

_OPTIONS = ReadOptions()
_FULL = "<p>Two dock workers were wounded on Monday when shells landed beside the quay, the mayor said.</p>" * 6
_FEED = (
    '<?xml version="1.0" encoding="utf-8"?><rss xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    "<title>Östmark</title><item><guid>same</guid><link>https://ostmark.example/1</link></item>"
    f"<item><guid>same</guid><title>Räume</title><content:encoded><![CDATA[{_FULL}]]></content:encoded></item>"
    "<item><link>https://ostmark.example/22</link><title>Quay</title></item></channel></rss>"
).encode()


def _feed(body: bytes) -> list[Item]:
    return list(feeds.entries(Document("feed", body), _OPTIONS))


def _map(body: bytes) -> list[Item]:
    return list(sitemaps.links(Document("map", body), _OPTIONS))


def _used(items: list[Item]) -> list[Item]:
    return [item for item in items if not isinstance(item, Intake) or item.state in ("ok", "partial")]


def test_a_feed_cut_anywhere_hands_on_whole_entries_alone(seen: Seen) -> None:
    """N7."""
    whole = _used(_feed(_FEED))
    assert len(whole) == 3
    ends = [at + 7 for at in range(len(_FEED)) if _FEED.startswith(b"</item>", at)]
    # Within the long text every seventh place, for the sake of time
    inner = range(_FEED.index(b"<p>") + 20, _FEED.rindex(b"</p>") - 20)
    for cut in (n for n in range(len(_FEED)) if n not in inner or not n % 7):
        items = _feed(_FEED[:cut])
        torn = _used(items) != whole[: sum(end <= cut for end in ends)]
        seen(cuts=1, torn_entries_handed_on=torn)
        assert not torn, cut
        assert any(isinstance(item, Intake) and item.state == "refused" for item in items), cut


_LAUGHS = '<!DOCTYPE rss [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
) + "]>"  # fmt: skip
_BOMBS = {
    "billion laughs": f"{_LAUGHS}<ROOT><title>&j;</title></ROOT>",
    "quadratic": f'<!DOCTYPE rss [<!ENTITY a "{"x" * 100_000}">]><ROOT>{"&a;" * 10_000}</ROOT>',
    "nested": "<ROOT>" + "<a>" * 200_000 + "</a>" * 200_000 + "</ROOT>",
    "nested in an item": "<ROOT><ITEM>" + "<a>" * 200_000,
    "wide": "<ROOT>" + "<a/>" * 2_100_000 + "</ROOT>",
    "ends": "<ROOT>" + "</a>" * 3_000_000,
    "comments": "<ROOT>" + "<!---->" * 500_000 + "<a>" * 300,
}


def _seconds(read: Callable[[bytes], list[Item]], body: bytes) -> float:
    start = time.process_time()
    read(body)
    return time.process_time() - start


@pytest.mark.parametrize("bomb", _BOMBS)
@pytest.mark.parametrize(("read", "root", "item"), [(_feed, "rss", "item"), (_map, "urlset", "url")])
def test_what_inflates_is_refused_soon(
    bomb: str, read: Callable[[bytes], list[Item]], root: str, item: str, seen: Seen
) -> None:
    """B1."""
    body = _BOMBS[bomb].replace("ROOT", root).replace("ITEM", item).encode()
    read(b"<rss></rss>")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    items = read(body)
    took = min(_seconds(read, body) for _ in range(3))  # beside other work the same steps take twice as long
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    seen(bombs=1)
    seen.most(seconds=took, megabytes=grown / 1000)
    assert took < 1
    assert not _used(items)
    assert items
    assert grown < 200_000


@pytest.fixture
def listener() -> Iterator[tuple[int, list[int]]]:
    """A port on this machine, and a list that grows with each connection to it."""
    accepted: list[int] = []
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.05)
        done = threading.Event()

        def accept() -> None:
            while not done.is_set():
                try:
                    server.accept()[0].close()
                    accepted.append(1)
                except TimeoutError:
                    continue

        thread = threading.Thread(target=accept)
        thread.start()
        yield server.getsockname()[1], accepted
        done.set()
        thread.join()


_ASKING = [
    '<!DOCTYPE rss [<!ENTITY x SYSTEM "{file}">]><ROOT><ITEM><link>https://ostmark.example/&x;</link><loc>&x;</loc></ITEM></ROOT>',
    '<!DOCTYPE rss [<!ENTITY x SYSTEM "{web}">]><ROOT><ITEM><title>&x;</title><loc>&x;</loc></ITEM></ROOT>',
    '<!DOCTYPE rss SYSTEM "{web}"><ROOT><ITEM><title>&x;</title><link>https://ostmark.example/1</link><loc>https://ostmark.example/1</loc></ITEM></ROOT>',
    '<!DOCTYPE rss [<!ENTITY % p SYSTEM "{web}"> %p;]><ROOT><ITEM><title>&x;</title></ITEM></ROOT>',
    '<!doctype rss PUBLIC "-//x" "{web}" [<!ENTITY % p "x">]><ROOT/>',
    ('<ROOT xmlns:xi="http://www.w3.org/2001/XInclude"><ITEM><title><xi:include href="{file}" parse="text"/></title>'
    '<xi:include href="{web}"/><link>https://ostmark.example/1</link><loc>https://ostmark.example/1</loc></ITEM></ROOT>'),
    '<?xml-stylesheet type="text/xsl" href="{web}"?><ROOT><ITEM><link>https://ostmark.example/1</link><loc>https://ostmark.example/1</loc></ITEM></ROOT>',
    "{web}",
    "{file}",
]  # fmt: skip


@pytest.mark.parametrize("asking", _ASKING)
@pytest.mark.parametrize(("read", "root", "item"), [(_feed, "rss", "item"), (_map, "urlset", "url")])
def test_nothing_is_opened_or_fetched(
    asking: str,
    read: Callable[[bytes], list[Item]],
    root: str,
    item: str,
    listener: tuple[int, list[int]],
    tmp_path: Path,
    seen: Seen,
) -> None:
    """B2."""
    port, accepted = listener
    (tmp_path / "secret").write_text("hunter's moon")
    body = asking.replace("ROOT", root).replace("ITEM", item)
    items = read(body.format(file=(tmp_path / "secret").as_uri(), web=f"http://127.0.0.1:{port}/x").encode())
    assert items
    time.sleep(0.1)
    seen(inputs=1, files_read="hunter" in repr(items), connections=len(accepted))
    assert "hunter" not in repr(items)
    assert accepted == []


_NUMBERS = ["NaN", "-Infinity", "1e999", "-0", "-0.0", "9" * 5000, "9223372036854775808", "1e-999", "0.1"]


def _floats(value: object) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, Intake | Link):
        yield from _floats(value.story if isinstance(value, Intake) else [value.name, value.headline])
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _floats(part)


@pytest.mark.parametrize("number", _NUMBERS)
def test_numbers_are_words_or_refused(number: str) -> None:
    """B8."""
    text = '"text": "Shells hit the quay."'
    for body in (
        f'{{"id": {number}, {text}}}',
        f'[{{"id": {number}, {text}}}]',
        f'{{"items": [{{"id": {number}, "url": {number}}}]}}',
    ):
        for items in (list(exports.items(Document("e", body.encode()), _OPTIONS)), _feed(body.encode())):
            (item,) = items
            assert isinstance(item, Intake)
            assert item.state in ("ok", "refused")
            assert not any(math.isinf(n) or math.isnan(n) for n in _floats(item))
            if number in ("NaN", "-Infinity"):
                assert item.state == "refused"
            elif item.story is not None:
                assert item.story.name == (number if number != "-0" else "0")


_VALUES = {
    "deep": b'{"text": ' + b"[" * 200_000,
    "deep objects": b'{"a":' * 200_000,
    "twice": b'{"text": "Shells hit the quay.", "text": "None did."}',
    "no number": b'{"text": "Shells hit the quay.", "n": NaN}',
    "no UTF-8": b'{"text": "Shells hit the quay \xff."}',
    "cut": b'{"text": "Shells hit the',
    "wide": b"[" + b"{}," * 1_200_000 + b"{}]",
    "UTF-16 cut": json.dumps({"text": "Shells hit the quay."}).encode("utf-16")[:-1],
}


@pytest.mark.parametrize("value", _VALUES)
def test_json_that_is_none_is_refused_with_its_reason(value: str) -> None:
    """B9."""
    for items in (list(exports.items(Document("e", _VALUES[value]), _OPTIONS)), _feed(_VALUES[value])):
        assert not _used(items)
        assert all(isinstance(item, Intake) and item.rejections[-1].reason for item in items)


def test_half_characters_are_replaced_and_counted() -> None:
    """B9."""
    (item,) = exports.items(Document("e", rb'{"id": "\ud800", "text": "Shells \ud800 hit the quay."}'), _OPTIONS)
    assert isinstance(item, Intake)
    assert (item.state, item.rejections[-1].lost) == ("partial", 1)
    (link,) = exports.items(Document("e", rb'{"title": "\ud800", "url": "https://ostmark.example/1"}'), _OPTIONS)
    assert isinstance(link, Link)
    link.headline.encode()
