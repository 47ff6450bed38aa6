import pytest

from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import sitemaps
from onrecord.stories.documents import Document
from onrecord.stories.links import Link
from onrecord.stories.published import Stated

_NEWS = b"""<?xml version="1.0" encoding="UTF-8"?><urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> https://ostmark.example/1 </loc><lastmod>2031-05-09</lastmod><news:news><news:publication><news:name>Ostmark Post</news:name>
</news:publication><news:publication_date>2031-05-06</news:publication_date><news:title>Quay &amp; mole hit</news:title></news:news></url>
<url><loc>ftp://ostmark.example/2</loc></url></urlset>"""


def _read(body: bytes, limits: sitemaps.SitemapLimits | None = None) -> list[Link | Intake]:
    return list(sitemaps.links(Document("map", body), ReadOptions(), limits or sitemaps.SitemapLimits()))


def test_a_news_sitemap() -> None:
    link, bad = _read(_NEWS)
    day = (Stated("2031-05-06", "metadata"),)
    assert link == Link("https://ostmark.example/1", "map#1", "Quay & mole hit", "Ostmark Post", dates=day)
    assert isinstance(bad, Intake)
    assert (bad.state, bad.source) == ("refused", "map#2")


def test_an_index_leads_to_sitemaps() -> None:
    (link,) = _read(b"<sitemapindex><sitemap><loc>https://ostmark.example/a.xml</loc></sitemap></sitemapindex>")
    assert isinstance(link, Link)
    assert link.kind == "sitemap"


def test_a_plain_list() -> None:
    items = _read(b"\xef\xbb\xbfhttps://ostmark.example/1\r\nhttps://ostmark.example/2\r\n")
    assert [item.url for item in items if isinstance(item, Link)] == [f"https://ostmark.example/{n}" for n in (1, 2)]


def test_cut_anywhere_no_half_address_is_handed_on() -> None:
    for cut in range(len(_NEWS)):
        *links, last = _read(_NEWS[:cut])
        assert isinstance(last, Intake), cut
        assert all(item.url == "https://ostmark.example/1" for item in links if isinstance(item, Link))


def test_limits() -> None:
    many = b"<urlset>" + b"<url><loc>https://ostmark.example/1</loc></url>" * 4 + b"</urlset>"
    items = _read(many, sitemaps.SitemapLimits(links=3))
    assert [type(item) for item in items] == [Link, Link, Link, Intake]
    assert isinstance(items[-1], Intake)
    assert items[-1].rejections[0].lost > 40


@pytest.mark.parametrize("body", [b"", b"<html/>", b"<urlset></urlset>", b"<urlset>" + b"<a>" * 200_000])
def test_what_is_none_is_refused_once(body: bytes) -> None:
    (item,) = _read(body)
    assert isinstance(item, Intake)
    assert item.state == "refused"
