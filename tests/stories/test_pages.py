import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from onrecord import stories
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import plain, visible
from onrecord.stories.documents import Document

_PAGE = (Path(__file__).parent / "data" / "harbour.html").read_text("utf-8")
_PROSE = (
    "The town council of Brenik counted {} shells on the waterfront and closed the school beside the ferry landing."
)


def _read(tmp_path: Path, html: str | bytes) -> Intake:
    path = tmp_path / "page.html"
    path.write_bytes(html.encode() if isinstance(html, str) else html)
    (item,) = stories.gather([str(path)], ReadOptions())
    return item


def test_a_page_with_its_metadata(tmp_path: Path) -> None:
    item = _read(tmp_path, _PAGE)
    story = item.story
    assert item.state == "ok"
    assert story is not None
    assert item.capture is not None
    assert item.capture.media == "text/html"
    assert story.headline == "Two wounded as shells land near Brenik harbour"
    assert (story.outlet, story.byline) == ("Ostmark Post", "Ilka Toren")
    assert story.url == "https://www.ostmarkpost.example/2031/05/06/brenik-harbour"
    assert (story.published.start, story.published.basis) == (datetime(2031, 5, 6, 5, 45, tzinfo=UTC), "metadata")
    assert "Ferries to the islands" in story.text
    assert "tracker" not in story.text
    assert "telephone" not in story.text
    assert [(f.kind, story.text[f.start : f.end]) for f in story.furniture] == [
        ("heading", "Two wounded as shells land near Brenik harbour"),
        ("dateline", "BRENIK, Verania (Ostmark Wire) — "),
        ("heading", "Third time in a month"),
    ]


def test_a_declared_encoding_is_used(tmp_path: Path) -> None:
    item = _read(tmp_path, _PAGE.replace("utf-8", "windows-1250").replace("Holm", "Hołm").encode("cp1250"))
    assert item.state == "ok"
    assert item.story is not None
    assert "Petra Hołm" in item.story.text
    assert item.rejections == ()


def test_comments_are_no_loss(tmp_path: Path) -> None:
    comments = "".join(f"<p>{_PROSE.format(n)}</p>" for n in range(20))
    item = _read(tmp_path, _PAGE.replace("</article>", f"</article><div class='comments'>{comments}</div>"))
    assert item.state == "ok"
    assert item.story is not None
    assert "counted 7 shells" not in item.story.text


def _seen(*paragraphs: str) -> visible.Page:
    return visible.look("<article>" + "".join(f"<p>{words}</p>" for words in paragraphs) + "</article>")


_FOUR = [_PROSE.format(n) for n in range(4)]


@pytest.mark.parametrize(
    ("text", "share", "tail"),
    [
        ("\n".join(_FOUR), 0.0, False),
        ("\n".join(_FOUR).replace(" ", "  ").upper(), 0.0, False),
        ("\n".join(_FOUR[1:]), 0.25, False),
        ("\n".join(_FOUR[:3]), 0.25, True),
        (_FOUR[3], 0.75, False),
        ("", 1.0, False),
    ],
)
def test_what_is_missing_is_measured(text: str, share: float, tail: bool) -> None:
    found = visible.compared(_seen(*_FOUR), text)
    assert (found.share, found.tail) == (share, tail)
    assert found.gone == round(share * sum(map(len, _FOUR)))


@pytest.mark.parametrize(
    ("kept", "state"), [(_FOUR, "ok"), (_FOUR[:3], "partial"), (_FOUR[3:], "partial"), (_FOUR[1:], "ok")]
)
def test_a_story_that_lost_much_or_its_end_is_partial(
    monkeypatch: pytest.MonkeyPatch, kept: list[str], state: str
) -> None:
    from onrecord.stories import pages

    monkeypatch.setattr(pages, "_main", lambda html, undated: {"text": "\n".join(kept)})
    page = "<article>" + "".join(f"<p>{words}</p>" for words in _FOUR) + "</article>"
    item = pages.story(Document("page.html", page.encode()), ReadOptions())
    assert item.state == state
    assert bool(item.rejections) == (state == "partial")
    assert sum(note.lost for note in item.rejections) == (len(_FOUR[0]) * (4 - len(kept)) if state == "partial" else 0)


def test_a_page_without_prose_is_refused(tmp_path: Path) -> None:
    item = _read(
        tmp_path, "<html><body><nav><a href='/'>Home</a></nav><script>var x = 'Sentence.';</script></body></html>"
    )
    assert item.state == "refused"
    assert item.capture is not None
    assert "no paragraph" in item.rejections[0].reason


def test_a_parser_that_fails_is_one_failed_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: object) -> Intake:
        raise RecursionError

    monkeypatch.setattr(plain, "story", broken)
    (tmp_path / "x.txt").write_text("Shells hit the quay.")
    (item,) = stories.gather([str(tmp_path)], ReadOptions())
    assert item.state == "failed"
    assert "RecursionError" in item.rejections[0].reason
    assert item.capture is not None


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<!--", "<![", "</", "<p>", "<b>", '<a href="', "&#", '"', "<div><p>a", "<td>", "<meta a=", "</p>"],
)
def test_time_is_bounded_on_broken_markup(piece: str) -> None:
    html = "<html>" + (piece * 200_000)[:200_000]
    start = time.process_time()
    visible.look(html)
    assert time.process_time() - start < 3  # a tenth of that here


def test_words_in_links_and_asides_are_no_prose() -> None:
    page = visible.look(
        f"<nav><p>{_FOUR[0]}</p></nav><p><a href=x>{_FOUR[1]}</a></p><p id='sidebar'>{_FOUR[2]}</p><p>{_FOUR[3]}<p>Short. <3 &amp; more"
    )
    assert [p.text for p in page.paragraphs if p.is_prose] == [_FOUR[3]]
    assert page.paragraphs[-1].text == "Short. <3 & more"


def test_the_parsers_are_loaded_for_pages_only() -> None:
    import subprocess

    code = "import sys, onrecord.stories; sys.exit('trafilatura' in sys.modules or 'py3langid' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
