"""Addresses as sources: pages, feeds, sitemaps and tables of a site on this machine, from the wire into the ledger."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from loopback import Server, answer
from onrecord import pipeline
from onrecord.errors import WrongUse
from onrecord.exports.versions import differences
from onrecord.ledger import Ledger, inputs, open_ledger, read
from onrecord.pipeline import AddOptions, AddReport, WatchOptions
from onrecord.settings import WebOptions
from onrecord.stories import OnlineOptions, asking

NOW = datetime(2031, 5, 6, 12, 0, tzinfo=UTC)


def page(title: str, *paragraphs: str, head: str = "") -> bytes:
    told = "".join(f"<p>{words}</p>" for words in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{title}</title>{head}'
        '<meta property="og:site_name" content="Marrow Courier">'
        '<meta property="article:published_time" content="2031-05-06T07:00:00Z"></head>'
        f"<body><article><h1>{title}</h1>{told}</article></body></html>"
    ).encode()


RAID = (
    "Shells hit the fish market at Kelm Point on Monday morning, killing {} people, the Harbour Authority of Ostmark said.",
    "The authority said that the shells were fired from across the strait, and that the ferry did not sail that day.",
    "A spokeswoman for the authority, Tova Rell, said that the market would stay closed until the end of the week.",
)


def raid(number: str) -> bytes:
    return page("Shells hit market at Kelm Point", RAID[0].format(number), *RAID[1:])


def feed(site: Server, *paths: str) -> bytes:
    items = "".join(
        f"<item><title>Story {path}</title><link>http://127.0.0.1:{site.port}{path}</link></item>" for path in paths
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Courier</title>{items}</channel></rss>'.encode()


@pytest.fixture
def site() -> Iterator[Server]:
    made = Server("127.0.0.1")
    made.pages["/a"] = answer(raid("three"), Content_Type="text/html", ETag='"a1"')
    made.pages["/b"] = answer(
        page("Ferry stopped", "The ferry to Brenik was stopped by a patrol boat on Monday, its owner said.", *RAID[1:]),
        Content_Type="text/html",
    )
    yield made
    made.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = open_ledger(str(tmp_path / "l.db"), create=True)
    yield made
    made.close()


def web(site: Server) -> OnlineOptions:
    made = asking(WebOptions("desk@reader.example", gap=0.001, allow=(f"127.0.0.1:{site.port}",)))
    assert made is not None
    ports = (*made.fetch.ports, site.port)
    return replace(made, fetch=replace(made.fetch, ports=ports, pause=0.01, clock=lambda: NOW))


def add(ledger: Ledger, site: Server, *sources: str, now: datetime = NOW) -> AddReport:
    return pipeline.add(ledger, sources, AddOptions(now, workers=1, online=web(site)))


def url(site: Server, path: str) -> str:
    return f"http://127.0.0.1:{site.port}{path}"


def books(ledger: Ledger) -> dict[str, str]:
    return {row.source: row.state for row in inputs.intake(ledger)}


def test_a_page_by_its_address(site: Server, ledger: Ledger) -> None:
    report = add(ledger, site, url(site, "/a"))
    assert (report.offered, report.states) == (1, {"ok": 1})
    (story,) = read.stories(ledger)
    assert (story.outlet, story.headline) == ("Marrow Courier", "Shells hit market at Kelm Point")
    assert story.url == url(site, "/a")
    copy = inputs.copy_of(ledger, url(site, "/a"))
    assert copy is not None
    assert copy.etag == '"a1"'
    assert report.incidents == 1


def test_nothing_is_asked_for_without_a_contact(site: Server, ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="--contact"):
        pipeline.add(ledger, [url(site, "/a")], AddOptions(NOW, workers=1))
    (tmp_path / "t.csv").write_text(f"url\n{url(site, '/a')}\n")
    report = pipeline.add(ledger, [str(tmp_path / "t.csv")], AddOptions(NOW, workers=1))
    assert report.states == {"refused": 1}
    assert "--contact" in report.refused[0].rejections[0].reason
    assert site.accepted == 0


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("t.csv", "url,title\n{0}/a,One\n{0}/b,Two\n{0}/a,Again\n"),
        ("t.txt", "{0}/a\n{0}/b\n{0}/a\n"),
        ("t.jsonl", '{{"url": "{0}/a"}}\n{{"url": "{0}/b"}}\n{{"url": "{0}/a"}}\n'),
        ("t.json", '{{"articles": [{{"url": "{0}/a", "seendate": "20310506T100000Z"}}, {{"url": "{0}/b", "seendate": "20310506T100000Z"}}, {{"url": "{0}/a", "seendate": "20310506T100000Z"}}]}}'),
    ],
)  # fmt: skip
def test_addresses_in_a_file(site: Server, ledger: Ledger, tmp_path: Path, name: str, body: str) -> None:
    (tmp_path / name).write_text(body.format(url(site, "")))
    report = add(ledger, site, str(tmp_path / name))
    assert (report.offered, report.held, report.states) == (3, 1, {"ok": 2})
    assert len(list(read.stories(ledger))) == 2
    assert sorted(site.asked) == ["/a", "/b", "/robots.txt"]


def test_a_feed_is_followed_once_and_what_is_behind_it(site: Server, ledger: Ledger) -> None:
    site.pages["/feed"] = answer(feed(site, "/a", "/b", "/gone"), Content_Type="application/rss+xml", ETag='"f1"')
    report = add(ledger, site, url(site, "/feed"))
    assert report.states == {"ok": 3, "refused": 1}
    assert books(ledger) == {
        url(site, "/a"): "ok", url(site, "/b"): "ok", url(site, "/feed"): "ok", url(site, "/gone"): "refused",
    }  # fmt: skip
    # A feed that is the same is not followed again
    site.pages["/feed"] = answer(b"", "304 Not Modified")
    site.asked.clear()
    again = add(ledger, site, url(site, "/feed"))
    assert (again.offered, again.held, site.asked) == (1, 1, ["/robots.txt", "/feed"])
    assert 'If-None-Match: "f1"' in site.heads[-1]


def test_a_list_behind_which_something_failed_is_asked_for_whole_again(site: Server, ledger: Ledger) -> None:
    site.pages["/feed"] = answer(feed(site, "/a", "/busy"), Content_Type="application/rss+xml", ETag='"f1"')
    site.pages["/busy"] = answer(b"", "503 Service Unavailable")
    first = add(ledger, site, url(site, "/feed"))
    assert first.states == {"ok": 1, "failed": 1}
    site.pages["/busy"] = site.pages["/b"]
    second = add(ledger, site, url(site, "/feed"))
    # The page is new, and so is the list, now that all behind it is there; the other page is fresh
    assert (second.held, second.states) == (1, {"ok": 2})


def test_an_index_of_sitemaps(site: Server, ledger: Ledger) -> None:
    root = url(site, "")
    site.pages["/map"] = answer(f"<sitemapindex><sitemap><loc>{root}/news.xml</loc></sitemap></sitemapindex>".encode())
    site.pages["/news.xml"] = answer(
        f"<urlset><url><loc>{root}/a</loc></url><url><loc>{root}/b</loc></url></urlset>".encode(),
        Content_Type="application/xml",
    )
    report = add(ledger, site, f"{root}/map")
    assert report.states == {"ok": 4}
    assert len(list(read.stories(ledger))) == 2


def test_a_list_that_nobody_named_is_not_followed(site: Server, ledger: Ledger) -> None:
    site.pages["/feed"] = answer(feed(site, "/other"), Content_Type="application/rss+xml")
    site.pages["/other"] = answer(feed(site, "/a"), Content_Type="application/rss+xml")
    report = add(ledger, site, url(site, "/feed"))
    assert report.states == {"ok": 1, "refused": 1}
    assert "/a" not in site.asked


def test_an_edit_is_a_new_version_and_shown(site: Server, ledger: Ledger) -> None:
    add(ledger, site, url(site, "/a"))
    site.pages["/a"] = answer(raid("five"), Content_Type="text/html", ETag='"a2"')
    report = add(ledger, site, url(site, "/a"), now=NOW + timedelta(hours=2))
    ((was, now),) = report.edited
    before, after = read.story(ledger, was), read.story(ledger, now)
    assert before is not None
    assert after is not None
    assert [sign + words for sign, words in differences(before, after)] == [
        f"-{RAID[0].format('three')}", f"+{RAID[0].format('five')}",
    ]  # fmt: skip
    (incident,) = pipeline.view(ledger).derived.incidents
    assert (incident.killed.best, incident.reports) == (5, ("Marrow Courier",))


def test_a_page_that_shrank_is_partial(site: Server, ledger: Ledger) -> None:
    add(ledger, site, url(site, "/a"))
    site.pages["/a"] = answer(
        page("Shells hit market at Kelm Point", RAID[0].format("three")), Content_Type="text/html"
    )
    report = add(ledger, site, url(site, "/a"))
    assert report.states == {"partial": 1}
    assert "less than half" in report.refused[0].rejections[-1].reason


def test_a_page_that_is_gone_leaves_the_copy(site: Server, ledger: Ledger) -> None:
    add(ledger, site, url(site, "/a"))
    del site.pages["/a"]
    report = add(ledger, site, url(site, "/a"))
    assert (report.states, report.incidents) == ({"refused": 1}, 1)
    assert "404" in report.refused[0].rejections[0].reason


def test_whose_server_it_was_is_not_whose_story_it_is(site: Server, ledger: Ledger) -> None:
    head = '<link rel="canonical" href="https://courier.example/market">'
    site.pages["/a"] = answer(page("Shells hit market", RAID[0].format("three"), *RAID[1:], head=head))
    add(ledger, site, url(site, "/a"))
    (story,) = read.stories(ledger)
    assert story.url == "https://courier.example/market"
    assert "came from 127.0.0.1" in next(row.reason or "" for row in inputs.intake(ledger))


def test_watching(site: Server, ledger: Ledger) -> None:
    site.pages["/feed"] = answer(feed(site, "/a"), Content_Type="application/rss+xml", ETag='"f1"')
    clock = [NOW]

    def sleep(seconds: float) -> None:
        clock[0] += timedelta(seconds=seconds)

    online = web(site)
    online = replace(online, fetch=replace(online.fetch, clock=lambda: clock[0]))
    how = WatchOptions(AddOptions(NOW, workers=1, online=online), lambda: clock[0], sleep)
    rounds = pipeline.watch(ledger, [url(site, "/feed")], how)
    assert next(rounds).report.states == {"ok": 2}
    site.pages["/feed"] = answer(b"", "304 Not Modified")
    site.pages["/a"] = answer(b"", "304 Not Modified")
    # Half an hour later nothing is due; after an hour the page is looked at again, and not the time after that
    looked = [next(rounds).looked_at for _ in range(4)]
    assert looked == [0, 1, 0, 0]
    site.pages["/a"] = answer(raid("five"), Content_Type="text/html", ETag='"a2"')
    edited = [next(rounds).report.edited for _ in range(9)]
    assert [len(found) for found in edited if found] == [1]


def test_an_item_that_its_agency_takes_back(site: Server, ledger: Ledger, tmp_path: Path) -> None:
    item = (
        '{{"uri": "urn:agency:1", "version": "{0}", "pubstatus": "{1}", "versioncreated": "2031-05-06T0{0}:00:00Z", '
        '"headline": "Shells hit market", "body_text": "{2}"{3}}}'
    )
    text = " ".join((RAID[0].format("three"), *RAID[1:]))
    (tmp_path / "1.json").write_text(item.format(1, "usable", text, ""))
    (tmp_path / "2.json").write_text(item.format(2, "canceled", "", ', "ednote": "The market was not hit"'))
    assert add(ledger, site, str(tmp_path / "1.json")).incidents == 1
    report = add(ledger, site, str(tmp_path / "2.json"))
    assert (report.states, report.incidents) == ({"ok": 1}, 0)
    assert report.withdrawn > 0
    decisions = pipeline.view(ledger).decisions
    assert {(one.verdict, one.by) for one in decisions} == {("reject", "publisher")}
    assert "The market was not hit" in decisions[0].reason
    # Said once
    assert add(ledger, site, str(tmp_path / "2.json")).withdrawn == 0
    # The same in the other order
    other = open_ledger(str(tmp_path / "other.db"), create=True)
    add(other, site, str(tmp_path / "2.json"))
    assert add(other, site, str(tmp_path / "1.json")).incidents == 0
    other.close()
