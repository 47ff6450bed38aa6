import json

import pytest

from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import exports
from onrecord.stories.documents import Document
from onrecord.stories.links import Link, Retraction
from onrecord.stories.published import Stated

_TEXT = "Two dock workers were wounded on Monday when shells landed beside the quay."
_URL = "https://ostmark.example/1"


def _read(value: object) -> list[Link | Retraction | Intake]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(exports.items(Document("export", body), ReadOptions()))


@pytest.mark.parametrize(
    "item",
    [
        {"maintext": _TEXT, "source_domain": "Ostmark Post", "authors": ["Ilka Toren", "Bo Ard"], "title": "Quay hit",
         "date_publish": "2031-05-06 10:00:00", "url": _URL},
        {"plaintext": _TEXT, "publisher": "Ostmark Post", "authors": ["Ilka Toren", "Bo Ard"], "title": "Quay hit",
         "publishing_date": "2031-05-06 10:00:00+00:00", "html": {"requested_url": _URL}},
        {"body": {"summary": [], "sections": [{"headline": [], "paragraphs": [_TEXT]}]}, "publisher": {"name": "Ostmark Post"},
         "authors": ["Ilka Toren", "Bo Ard"], "title": "Quay hit", "publishing_date": "2031-05-06", "html": {"requested_url": _URL}},
        {"text": _TEXT, "outlet": "Ostmark Post", "byline": "Ilka Toren, Bo Ard", "title": "Quay hit", "date": "2031-05-06", "url": _URL},
    ],
)  # fmt: skip
def test_stories(item: dict[str, object]) -> None:
    for value in (item, [item]):
        (made,) = _read(value)
        assert isinstance(made, Intake)
        story = made.story
        assert story is not None
        assert (made.state, story.text, story.url, story.outlet) == ("ok", _TEXT, _URL, "Ostmark Post")
        assert (story.headline, story.byline, story.published.basis) == ("Quay hit", "Ilka Toren, Bo Ard", "given")
    rows = (json.dumps(item) + "\n").encode() * 2
    assert [made.source for made in _read(rows)] == ["export:1", "export:2"]


@pytest.mark.parametrize(
    ("value", "name", "outlet", "day"),
    [
        ({"articles": [{"url": _URL, "title": "Quay hit", "seendate": "20310506T101500Z", "domain": "ostmark.example"}]},
         None, "ostmark.example", "2031-05-06T10:15:00Z"),
        ([{"stories_id": 7, "url": _URL, "title": "Quay hit", "media_name": "Ostmark Post", "publish_date": "2031-05-06"}],
         "7", "Ostmark Post", "2031-05-06"),
        ({"stories": [{"id": "7", "url": _URL, "title": "Quay hit", "media_name": "Ostmark Post", "publish_date": "2031-05-06"}]},
         "7", "Ostmark Post", "2031-05-06"),
        ([{"maintext": None, "url": _URL, "title": "Quay hit", "source_domain": "ostmark.example", "date_publish": "2031-05-06"}],
         None, "ostmark.example", "2031-05-06"),
    ],
)  # fmt: skip
def test_links(value: object, name: str | None, outlet: str, day: str) -> None:
    assert _read(value) == [Link(_URL, "export#1", "Quay hit", outlet, None, (Stated(day, "metadata"),), name)]


@pytest.mark.parametrize(("cells", "url", "seen"), [(61, 60, 59), (58, 57, 56), (27, 4, 1)])
def test_tables_without_a_head(cells: int, url: int, seen: int) -> None:
    row = ["x"] * cells
    row[url], row[seen] = _URL, "20310506101500"
    whole = "\t".join(row) + "\n"
    link, *torn = _read((whole + whole[:-9]).encode())
    assert isinstance(link, Link)
    assert (link.url, link.dates[0].words) == (_URL, "2031-05-06T10:15:00Z")
    assert all(isinstance(item, Intake) and item.state == "refused" for item in torn) or url < cells - 1


def test_ninjs_takes_back_what_it_withdraws() -> None:
    item = {"uri": "urn:ostmark:1", "version": "2", "versioncreated": "2031-05-06T10:00:00Z", "ednote": "Wrong quay."}
    for status in ("canceled", "withheld", "stat:canceled"):
        (made,) = _read({**item, "pubstatus": status})
        assert isinstance(made, Retraction)
        assert (made.uri, made.version, made.at) == ("urn:ostmark:1", "2", "2031-05-06T10:00:00Z")
        assert made.why.endswith(": Wrong quay.")
        assert made.capture is not None
    (made,) = _read({**item, "pubstatus": "draft", "body_text": _TEXT})
    assert isinstance(made, Intake)
    assert made.state == "refused"


@pytest.mark.parametrize(
    "more",
    [
        {"headline": "Quay hit", "body_text": _TEXT},
        {"headline": "Quay hit", "body_xhtml": f"<p>{_TEXT}</p>"},
        {"headlines": [{"role": "main", "value": "Quay hit"}],
         "bodies": [{"contenttype": "image/png", "value": "x"}, {"contenttype": "text/plain", "value": _TEXT}]},
        {"headlines": [{"value": "Quay hit"}], "bodies": [{"contenttype": "text/html", "value": f"<p>{_TEXT}</p>"}]},
    ],
)  # fmt: skip
def test_ninjs_in_both_its_versions(more: dict[str, object]) -> None:
    item = {
        "uri": "urn:ostmark:1",
        "pubstatus": "usable",
        "byline": "Ilka Toren",
        "versioncreated": "2031-05-06T10:00:00Z",
    }
    (made,) = _read({**item, **more, "embargoed": "2031-05-07T10:00:00Z"})
    assert isinstance(made, Intake)
    assert made.story is not None
    assert (made.state, made.story.name, made.story.text, made.story.byline) == (
        "ok",
        "urn:ostmark:1",
        _TEXT,
        "Ilka Toren",
    )
    assert made.story.headline == "Quay hit"
    assert [note.what for note in made.rejections] == ["embargoed"]
    (made,) = _read({"_items": [{**item, "uri": _URL, "type": "picture"}]})
    assert isinstance(made, Intake)
    assert made.state == "refused"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"7", b"null", b"[7]", b"x\ty", b'{"uri": 7, "pubstatus": "usable"}', b'{"articles": 7}'],
)
def test_what_is_of_no_kind_is_refused_once(body: bytes) -> None:
    (item,) = _read(body)
    assert isinstance(item, Intake)
    assert item.state == "refused"
