import json
from datetime import date
from pathlib import Path

import pytest

from onrecord import stories
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.wording import outlets
from onrecord.wording.outlets import Outlet

_OPTIONS = ReadOptions()
_TEXT = "Two dock workers were wounded on Monday when shells landed beside the quay, the harbour master said."


def _read(folder: Path, *lines: str | bytes, options: ReadOptions = _OPTIONS) -> list[Intake]:
    path = folder / "rows.jsonl"
    path.write_bytes(
        b"\n".join(line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line for line in lines)
    )
    return list(stories.gather([str(path)], options))


def test_a_full_row(tmp_path: Path) -> None:
    row = {
        "id": "a-1", "url": "https://ostmarkpost.example/x", "publisher": "Ostmark Post", "date": "2031-05-06T10:00:00Z",
        "title": " Shells hit quay ", "author": "Ilka Toren", "text": f"  {_TEXT}\r\n",
    }  # fmt: skip
    line = json.dumps(row)
    (item,) = _read(tmp_path, line)
    assert item.state == "ok"
    assert item.rejections == ()
    assert item.source.endswith("rows.jsonl:1")
    story, capture = item.story, item.capture
    assert story is not None
    assert capture is not None
    assert (story.name, story.outlet, story.headline, story.byline) == (
        "a-1",
        "Ostmark Post",
        "Shells hit quay",
        "Ilka Toren",
    )
    assert (story.text, story.language, story.published.basis) == (row["text"], "en", "given")
    assert (capture.body, capture.media, capture.source) == (line.encode(), "application/json", item.source)


def test_only_a_text_is_needed(tmp_path: Path) -> None:
    (item,) = _read(tmp_path, json.dumps({"text": _TEXT}), options=ReadOptions(published=date(2031, 5, 6)))
    assert item.state == "ok"
    assert item.story is not None
    assert (item.story.name, item.story.url, item.story.outlet, item.story.headline) == (None, None, None, "")
    assert item.story.published.day == date(2031, 5, 6)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not a JSON object"),
        ("[1, 2]", "no object"),
        ('"text"', "no object"),
        ('{"id": "x"}', 'no "text"'),
        ('{"text": 7}', "no string"),
        ('{"text": " \\n "}', "holds no text"),
        ('{"text": "one", "text": "two"}', "twice"),
        ('{"text": "one", "more": {"a": 1, "a": 2}}', "twice"),
        ('{"text": "one", "n": NaN}', "NaN"),
        ('{"text": "one", "n": -Infinity}', "Infinity"),
        ('{"text": "one", "deep": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested"),
    ],
)
def test_a_bad_line_is_refused_and_the_rest_goes_on(tmp_path: Path, line: str, reason: str) -> None:
    good = json.dumps({"text": _TEXT})
    items = _read(tmp_path, good, line, "", good)
    assert [item.state for item in items] == ["ok", "refused", "ok"]
    assert reason in items[1].rejections[-1].reason
    assert items[1].source.endswith(":2")
    assert items[1].capture is not None
    assert items[1].capture.body == line.encode()
    assert items[2].source.endswith(":4")


def test_half_characters_and_nul_are_replaced_one_for_one(tmp_path: Path) -> None:
    (item,) = _read(tmp_path, r'{"id": "\udfff", "text": "Shell\ud800s hit\u0000 the quay \ud83d\ude00 at dawn."}')
    assert item.state == "partial"
    assert item.story is not None
    assert item.story.text == "Shell\ufffds hit\ufffd the quay \N{GRINNING FACE} at dawn."
    assert [note.lost for note in item.rejections] == [2]
    item.story.id.encode()
    assert item.story.name == "\ufffd"


def test_long_numbers_are_kept_as_words(tmp_path: Path) -> None:
    (item,) = _read(tmp_path, '{"id": ' + "9" * 5000 + ', "n": 1e99999, "text": "Shells hit the quay."}')
    assert item.state == "ok"
    assert item.story is not None
    assert item.story.name == "9" * 5000


def test_fields_of_odd_types_are_noted(tmp_path: Path) -> None:
    (item,) = _read(
        tmp_path, '{"id": 7, "headline": ["a"], "title": "Quay hit", "url": true, "text": "Shells hit the quay."}'
    )
    assert item.state == "ok"
    assert item.story is not None
    assert (item.story.name, item.story.headline, item.story.url) == ("7", "Quay hit", None)
    assert [note.what for note in item.rejections] == ["url", "headline"]


def test_an_absurd_date_is_unknown_and_listed(tmp_path: Path) -> None:
    (item,) = _read(tmp_path, json.dumps({"text": _TEXT, "published": "31 February 2031"}))
    assert item.state == "ok"
    assert item.story is not None
    assert item.story.published.basis == "unknown"
    assert "31 February 2031" in item.rejections[0].reason


def test_a_line_over_the_limit_is_passed_over(tmp_path: Path) -> None:
    good, long = json.dumps({"text": "Shells hit the quay."}), json.dumps({"text": "x" * 300_000})
    items = _read(tmp_path, good, long, good, options=ReadOptions(max_bytes=1000))
    assert [item.state for item in items] == ["ok", "refused", "ok"]
    assert items[1].rejections[0].lost == len(long) + 1


def test_encodings(tmp_path: Path) -> None:
    good = json.dumps({"text": "Shells hit Brénik."}, ensure_ascii=False)
    bom, latin = _read(tmp_path, b"\xef\xbb\xbf" + good.encode(), good.encode("cp1252"))
    assert bom.state == latin.state == "ok"
    assert bom.story is not None
    assert latin.story is not None
    assert bom.story.text == latin.story.text == "Shells hit Brénik."
    assert bom.rejections == ()
    assert "guessed" in latin.rejections[0].reason
    (wide,) = _read(tmp_path, good.encode("utf-16"))
    assert wide.state == "refused"
    assert "UTF-8" in wide.rejections[0].reason


def test_a_file_without_rows_says_so(tmp_path: Path) -> None:
    (item,) = _read(tmp_path, "", " ")
    assert item.state == "refused"
    assert "no rows" in item.rejections[0].reason


def test_the_same_version_has_the_same_id_and_another_has_not(tmp_path: Path) -> None:
    rows = [{"text": _TEXT}, {"text": _TEXT}, {"text": _TEXT + " "}, {"text": _TEXT, "outlet": "Coast Wire"}]
    ids = [item.story.id for item in _read(tmp_path, *map(json.dumps, rows)) if item.story]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all(len(i) == 19 and i.startswith("st-") for i in ids)


def test_the_address_tells_the_outlet_where_nothing_else_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    post = Outlet("Ostmark Post", agency=False, country=None, domains=("ostmarkpost.example",))
    monkeypatch.setattr(outlets, "of_url", lambda url: post if "ostmarkpost.example" in url else None)
    rows: list[dict[str, str]] = [
        {"text": _TEXT, "url": "https://ostmarkpost.example/1"},
        {"text": _TEXT, "url": "https://ostmarkpost.example/1", "outlet": "Coast Wire"},
        {"text": _TEXT, "url": "https://elsewhere.example/1"},
    ]
    items = _read(tmp_path, *map(json.dumps, rows))
    assert [item.story and item.story.outlet for item in items] == ["Ostmark Post", "Coast Wire", None]


@pytest.mark.parametrize(
    "url", ["http://[bad", "http://x:99999999/", "//", "\ud800://", "javascript:x", "http://" + "a." * 5000]
)
def test_odd_addresses_are_kept_and_harm_nothing(tmp_path: Path, url: str) -> None:
    (item,) = _read(tmp_path, json.dumps({"text": _TEXT, "url": url}))
    assert item.state == "ok"
    assert item.story is not None
    assert item.story.outlet is None


def test_a_row_that_breaks_a_reader_is_one_failed_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(url: str) -> None:
        raise RuntimeError(url)

    monkeypatch.setattr(outlets, "of_url", broken)
    rows = [{"text": _TEXT, "url": "https://x.example"}, {"text": _TEXT}]
    items = _read(tmp_path, *map(json.dumps, rows))
    assert [item.state for item in items] == ["failed", "ok"]
    assert "RuntimeError" in items[0].rejections[0].reason
