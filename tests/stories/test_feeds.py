import json

import pytest

from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import feeds
from onrecord.stories.documents import Document
from onrecord.stories.links import Link
from onrecord.stories.published import Stated

_SENTENCE = "Two dock workers were wounded on Monday when shells landed beside the quay, the harbour master said."
_FULL = f"<p>{_SENTENCE}</p>" * 6
_RSS = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Ostmark Post</title>'
)


def _rss(*items: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_RSS}{"".join(items)}</channel></rss>'.encode()


def _read(body: bytes, limits: feeds.FeedLimits | None = None) -> list[Link | Intake]:
    return list(feeds.entries(Document("feed", body), ReadOptions(), limits or feeds.FeedLimits()))


def test_a_teaser_is_a_link_and_a_full_text_a_story() -> None:
    head = "<title>Quay &amp;amp; mole hit</title><link>https://ostmark.example/1</link><pubDate>Tue, 06 May 2031 10:00:00 GMT</pubDate>"
    teaser, full = _read(
        _rss(
            f"<item>{head}<guid>g1</guid><description>{_SENTENCE}</description></item>",
            f"<item>{head}<guid>g2</guid><content:encoded><![CDATA[{_FULL}]]></content:encoded></item>",
        )
    )
    assert teaser == Link(
        "https://ostmark.example/1",
        "feed#1",
        "Quay & mole hit",
        "Ostmark Post",
        None,
        (Stated("Tue, 06 May 2031 10:00:00 GMT", "metadata"),),
        "g1",
    )
    assert isinstance(full, Intake)
    assert (full.state, full.source) == ("ok", "feed#2")
    assert full.story is not None
    assert (full.story.name, full.story.url, full.story.outlet) == ("g2", "https://ostmark.example/1", "Ostmark Post")
    assert full.story.text == "\n".join([_SENTENCE] * 6)
    assert full.story.published.precision == "second"
    assert full.capture is not None
    assert full.capture.body.startswith(b"<item>")


def test_content_that_breaks_off_is_a_teaser() -> None:
    cut = _FULL.removesuffix("</p>") + " […]</p>"
    (item,) = _read(
        _rss(f"<item><link>https://ostmark.example/1</link><content:encoded><![CDATA[{cut}]]></content:encoded></item>")
    )
    assert isinstance(item, Link)
    (item,) = _read(_rss(f"<item><content:encoded><![CDATA[{cut}]]></content:encoded></item>"))
    assert isinstance(item, Intake)
    assert item.state == "partial"


def test_no_two_entries_are_taken_for_one() -> None:
    item = "<item><guid>same</guid><link>https://ostmark.example/1</link><content:encoded><![CDATA[{}]]></content:encoded></item>"
    one, two, three = _read(
        _rss(item.format(_FULL), item.format(_FULL.replace("Two", "Three")), "<item><title>x</title></item>")
    )
    assert isinstance(one, Intake)
    assert isinstance(two, Intake)
    assert one.story is not None
    assert two.story is not None
    assert one.story.name == two.story.name == "same"
    assert one.story.id != two.story.id
    assert isinstance(three, Intake)
    assert (three.state, three.rejections[0].lost > 0) == ("refused", True)


def test_atom_and_rdf() -> None:
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:1</id><title type="html">Quay &lt;b&gt;hit&lt;/b&gt;</title>
        <link rel="alternate" href="https://ostmark.example/1"/><author><name>Ilka Toren</name></author>
        <published>2031-05-06T10:00:00Z</published><content type="html">{_FULL.replace("<", "&lt;")}</content></entry>
        <title>Ostmark Post</title></feed>"""
    (item,) = _read(atom.encode())
    assert isinstance(item, Intake)
    assert item.story is not None
    assert (item.story.headline, item.story.byline, item.story.outlet) == ("Quay hit", "Ilka Toren", "Ostmark Post")
    rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x">
        <title>Ostmark Post</title></channel><item rdf:about="y"><title>Quay hit</title><link>https://ostmark.example/2</link></item></rdf:RDF>"""
    (item,) = _read(rdf.encode())
    assert isinstance(item, Link)
    assert (item.url, item.headline, item.outlet) == ("https://ostmark.example/2", "Quay hit", "Ostmark Post")


def test_an_entry_that_is_no_xml_spoils_no_other() -> None:
    bad = "<item><title>Quay & mole<br> hit</title><link>https://ostmark.example/1</link></item>"
    good = "<item><title>Mole</title><link>https://ostmark.example/2</link></item>"
    items = _read(_rss(bad, good, "<item><link>javascript:alert(1)</link></item>"))
    assert [item.url if isinstance(item, Link) else item.state for item in items] == [
        "https://ostmark.example/1",
        "https://ostmark.example/2",
        "refused",
    ]


def test_an_entry_without_an_end_is_refused_where_the_next_begins() -> None:
    good = "<item><link>https://ostmark.example/2</link></item>"
    items = _read(_rss("<item><link>https://ostmark.example/1</link>", good))
    assert [type(item) for item in items] == [Link, Intake]
    assert isinstance(items[0], Link)
    assert items[0].url == "https://ostmark.example/2"
    assert isinstance(items[1], Intake)
    assert items[1].rejections[0].lost == len("<item><link>https://ostmark.example/1</link>")


def test_a_declared_encoding_holds() -> None:
    body = '<?xml version="1.0" encoding="windows-1251"?><rss><channel><item><title>Причал</title><link>https://ostmark.example/1</link></item></channel></rss>'
    (item,) = _read(body.encode("cp1251"))
    assert isinstance(item, Link)
    assert item.headline == "Причал"
    (item,) = _read(body.encode("utf-16"))
    assert isinstance(item, Link)
    assert item.headline == "Причал"


def test_json_feed() -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Ostmark Post", "items": [
        {"id": 1, "url": "https://ostmark.example/1", "title": "Quay hit", "authors": [{"name": "Ilka Toren"}], "content_html": _FULL,
         "date_published": "2031-05-06T10:00:00Z"},
        {"id": "2", "url": "https://ostmark.example/2", "summary": "Short."}, 7, {"id": "3"},
    ]}  # fmt: skip
    full, link, *bad = _read(json.dumps(feed).encode())
    assert isinstance(full, Intake)
    assert full.story is not None
    assert (full.story.name, full.story.byline, full.story.outlet) == ("1", "Ilka Toren", "Ostmark Post")
    assert isinstance(link, Link)
    assert (link.url, link.name) == ("https://ostmark.example/2", "2")
    assert [item.state for item in bad if isinstance(item, Intake)] == ["refused", "refused"]


@pytest.mark.parametrize(
    "body", [b"", b"<html><p>x</p></html>", b"{", b'{"items": 1}', b"[]", b"<rss><channel></channel></rss>"]
)
def test_what_is_no_feed_or_an_empty_one_is_refused_once(body: bytes) -> None:
    (item,) = _read(body)
    assert isinstance(item, Intake)
    assert item.state == "refused"


def test_over_the_limit_is_counted() -> None:
    items = _read(_rss(*["<item><link>https://ostmark.example/1</link></item>"] * 3), feeds.FeedLimits(entries=2))
    assert [type(item) for item in items] == [Link, Link, Intake]
