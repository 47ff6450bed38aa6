"""Pages made to lose text or time: what was asked for is in the story, or its loss is told."""

import random
import time
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from figures import Seen
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import pages, visible
from onrecord.stories.cell import Cells
from onrecord.stories.documents import Document
from onrecord.stories.parsing import parse

_OPTIONS = ReadOptions()
_SENTINEL = "The lighthouse keeper of Duvra said that nobody had been on the island when the rockets came down."
_AFTER = "The ferry office of Duvra said that the boats would run again once the channel had been searched."
_PROSE = (
    "The town council of Brenik counted {} shells on the waterfront and closed the school beside the ferry landing."
)
_STORY = "".join(f"<p>{_PROSE.format(n)}</p>" for n in range(5))


def _read(html: str | bytes, options: ReadOptions = _OPTIONS) -> Intake:
    (item,) = parse(Document("page.html", html if isinstance(html, bytes) else html.encode(), "text/html"), options)
    return item


def _told(item: Intake, *sentences: str) -> None:
    """Each sentence is in the story, or so much is said to be lost."""
    text = item.story.text if item.story else ""
    missing = sum(len(sentence) for sentence in sentences if sentence not in text)
    assert sum(note.lost for note in item.rejections) >= missing
    assert (item.state == "ok") == (item.story is not None and not any(note.lost for note in item.rejections))


@pytest.mark.parametrize("depth", [100, 190, 250, 255, 256, 300, 2040, 2050, 20_000])
@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "section"])
def test_nothing_is_lost_in_deep_nesting(depth: int, tag: str, seen: Seen) -> None:
    item = _read(
        f"<html><body><article>{_STORY}{f'<{tag}>' * depth}<p>{_SENTINEL}</p>{f'</{tag}>' * depth}<p>{_AFTER}</p></article></body></html>"
    )
    _told(item, _SENTINEL, _AFTER)
    assert item.story is not None
    seen(pages=1, sentences_missing=sum(words not in item.story.text for words in (_SENTINEL, _AFTER)))
    assert _SENTINEL in item.story.text
    assert _AFTER in item.story.text


@pytest.mark.parametrize("tag", ["div", "span", "section"])
def test_paragraphs_in_tags_that_never_close(tag: str, seen: Seen) -> None:
    said = [_PROSE.format(n) for n in range(400)]
    item = _read("<html><body>" + "".join(f"<{tag}><p>{words}</p>" for words in said) + "</body></html>")
    assert item.story is not None
    missing = [words for words in said if words not in item.story.text]
    seen(sentences=len(said), missing=len(missing))
    assert missing == []
    assert item.state == "ok"


def test_flattening_keeps_what_a_page_shows_and_states() -> None:
    html = f"<head><title>Shells &amp; more</title><meta name=a content=b></head><body>{'<div>' * 600}<script>var a = '<p>x';</script><p>{_SENTINEL}<br>More<p>{_AFTER}"
    flat = visible.flat(html)
    before, after = visible.look(html), visible.look(flat)
    assert after.deepest <= 202
    assert [p.text for p in after.paragraphs] == [p.text for p in before.paragraphs] == [_SENTINEL, "More", _AFTER]
    assert after.meta == before.meta
    assert "<title>Shells &amp; more</title>" in flat


@pytest.mark.slow
@pytest.mark.parametrize(
    "html",
    [
        f"<p>{_SENTINEL}</p><p>" + _PROSE.format(1) * 100_000 + f"{_AFTER}</p>",
        f'<p>{_SENTINEL}</p><p title="' + "x" * 20_000_000 + f'">{_AFTER}</p>',
        f"<p>{_SENTINEL}</p>" + f"<p>{_PROSE.format(1)}</p>" * 86_000 + f"<p>{_AFTER}</p>",
    ],
    ids=["text", "attribute", "line"],
)
def test_one_thing_of_many_megabytes(html: str, seen: Seen) -> None:
    """By the ordinary limit refused; with a higher one in full, or told."""
    refused = _read(html)
    assert (refused.state, refused.rejections[0].lost) == ("refused", len(html))
    with Cells(1, options=ReadOptions(max_page_bytes=50_000_000, max_bytes=50_000_000)) as cells:
        start = time.monotonic()
        ((_, (item,)), (_, (after,))) = cells.parse(
            [Document("a.html", html.encode(), "text/html"), Document("b.html", _STORY.encode(), "text/html")]
        )
        took = time.monotonic() - start
    seen(pages=1)
    seen.most(seconds=took)
    assert took < 90
    _told(item, _SENTINEL, _AFTER)
    assert after.state == "ok"


@pytest.mark.slow
@pytest.mark.parametrize(
    "html",
    [
        "<p>" * 200_000,
        "<a href=x>y</a>" * 100_000,
        "<p " + "".join(f"a{n}=1 " for n in range(400_000)) + ">",
        "<table><tr><td>x" * 10_000,
        "<a " * 8000,
        "<!--" * 8000,
        "<b>" * 100_000,
    ],
    ids=["paragraphs", "links", "attributes", "tables", "open tags", "comments", "nested"],
)
def test_bombs_end_in_time_and_the_next_page_is_read(html: str, seen: Seen) -> None:
    with Cells(1) as cells:
        start = time.monotonic()
        ((_, (bomb,)), (_, (after,))) = cells.parse(
            [
                Document("a.html", (html + f"<p>{_SENTINEL}</p>").encode(), "text/html"),
                Document("b.html", _STORY.encode(), "text/html"),
            ]
        )
        took = time.monotonic() - start
    seen(bombs=1, given_up_at_the_limit=bomb.state == "failed", next_pages_harmed=after.state != "ok")
    seen.most(seconds=took)
    assert took < 60
    _told(bomb, _SENTINEL)
    assert after.state == "ok"


@pytest.mark.parametrize("cut", ["<p class='bod", "<!-- the rest", "<script>var x = 1;", '<p title="', "</p"])
def test_a_page_that_ends_within_a_tag_is_torn(cut: str) -> None:
    item = _read(f"<html><body><article>{_STORY}{cut}")
    assert item.state == "partial"
    assert "ends within a tag" in item.rejections[-1].reason
    assert 0 < item.rejections[-1].lost <= len(cut)


@pytest.mark.parametrize(
    "odd",
    [
        "\x00",
        "\ufffe",
        "\u202e",
        "\u200b",
        "\u0301" * 10_000,
        "&#xd800;",
        "&#0;",
        "\u2066\u2069",
        "\U0001f6a2",
        "\ufeff",
    ],
    ids=["NUL", "FFFE", "RTL", "zero width", "marks", "surrogate", "NUL by number", "isolates", "emoji", "mark"],
)
@pytest.mark.parametrize("media", ["text/html", "text/plain"])
def test_odd_characters_end_no_text_and_can_be_kept(odd: str, media: str) -> None:
    words = f"{_PROSE.format(1)} Shells {odd} fell.\n\n{_SENTINEL}"
    html = "".join(f"<p>{part}</p>" for part in words.split("\n\n")) if media == "text/html" else words
    (item,) = parse(Document("x", f"{html}\n".encode(), media), _OPTIONS)
    assert item.story is not None
    assert _SENTINEL in item.story.text
    assert "\x00" not in item.story.text
    item.story.text.encode()
    assert (item.state == "partial") == (odd == "\x00")


_WORDS = st.sampled_from(
    [
        "Brenik",
        "shells",
        "naïve",
        "naïve",
        "🚢🏽",
        "\r\n",
        "\n",
        "\n\n",
        "\t",
        "PHOTO: ",
        "Advertisement",
        "&amp;",
        "\u200b",
        ". ",
        "By Ilka Toren",
        "BRENIK, May 5 (Coast Wire) — ",
        _SENTINEL,
        "Read more:",
        "# ",
        "* * *",
        "(Reporting by A. Holm)",
    ]
)


@settings(max_examples=60)
@given(words=st.lists(_WORDS, min_size=1, max_size=30), form=st.sampled_from(["NFC", "NFD"]))
def test_marks_stand_where_they_say(words: list[str], form: str) -> None:
    text = unicodedata.normalize(form, " ".join([*words, "Shells fell."]))  # type: ignore[arg-type]
    (item,) = parse(Document("x.txt", text.encode()), _OPTIONS)
    assert item.story is not None
    assert item.story.text == text, "the text is neither composed nor cut"
    end = 0
    for mark in item.story.furniture:
        assert end <= mark.start < mark.end <= len(text)
        assert not text[mark.start].isspace()
        end = mark.end
    raw = item.story.text.encode()
    for mark in item.story.furniture:
        at = len(text[: mark.start].encode())
        assert raw[at : at + len(text[mark.start : mark.end].encode())].decode() == text[mark.start : mark.end]


# The fixture adds up what all examples show
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_the_books_of_a_page_balance(seen: Seen, seed: int) -> None:
    """Every character that was put on the page is kept, dropped for a reason, or lost."""
    draw = random.Random(seed)
    blocks, shown = [], 0
    for n in range(draw.randint(1, 25)):
        words = draw.choice([_PROSE.format(n), "Short line", f"More on {n}", _SENTINEL[: draw.randint(5, 90)].strip()])
        blocks.append(
            draw.choice(
                [
                    "<p>{}</p>", "<div>{}", "<nav>{}</nav>", "<aside class='related'><p>{}</p></aside>", "<p><a href=x>{}</a></p>",
                    "<li>{}</li>", "<h2>{}</h2>", "<div id=comments>{}</div>", "<footer>{}</footer>",
                ]
            ).format(words)
        )  # fmt: skip
        shown += len(words)
        blocks.append(
            draw.choice(["", "<script>var x = 'Unseen words.';</script>", "<!-- unseen -->", "<style>p{}</style>"])
        )
    item = pages.story(Document("x.html", f"<html><body>{''.join(blocks)}</body></html>".encode()), _OPTIONS)
    books = item.books
    assert books is not None
    seen(pages=1, characters=books.visible, unaccounted=books.visible - shown)
    assert books.visible == shown
    assert books.visible == books.kept + sum(books.dropped.values()) + books.lost
    assert min(books.kept, books.lost, *books.dropped.values()) >= 0
    assert item.story is None or (item.state == "ok") == (books.lost == 0 and not item.rejections)
