"""Full text: what is found, in which order, by whom; and that no question, however odd, is an error."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from invented import NOW, intake, reading, story
from newsdesk import opened
from onrecord import pipeline
from onrecord.errors import TryLater, WrongUse
from onrecord.ledger import Ledger, open_ledger, write
from onrecord.pipeline import Judgement
from onrecord.records import Claim, Published, Reading, Source, Span, Story
from onrecord.web import Options, application, searching
from onrecord.web.board import Board
from onrecord.web.desk import Desk
from onrecord.web.pages_search import page_of, pieces
from onrecord.wording import words
from seats import seated


def on(day: int) -> Published:
    start = datetime(2031, 4, day, tzinfo=UTC)
    return Published(start, start + timedelta(days=1), "day", "given")


def bare(told: Story, *claims: Claim) -> Reading:
    return Reading(told.id, "by hand", claims, (), (), (), ())


def store(ledger: Ledger, told: Iterable[Story]) -> None:
    told = list(told)
    write.store(ledger, [intake(one, f"{one.id}.txt") for one in told], [bare(one) for one in told], NOW)


def said_by(told: Story, name: str, words_: str, kind: str = "named_person", role: str | None = None) -> Claim:
    at = told.text.index(words_)
    content = Span(told.id, "text", at, at + len(words_), words_)
    return Claim(f"{told.id}-c1", (content,), None, Source(kind, name, role=role), "indirect", "asserts")  # type: ignore[arg-type]


TOLD = [
    story(1, "The ferry lay at the quay. A drone struck the grain store, the mill owners said.", headline="Mill burns"),
    story(2, "A ferry was seized off Tolle Roads.", headline="Ferry seized", outlet="Sound Gazette", published=on(3)),
    story(3, "Łódka Café-Brücke: the façade fell. O’Dell saw it.", headline="Facade", byline="Rut Åkerø"),
    story(4, "港口管理局称，炮弹周一击中码头。", headline="码头遭炮击", published=on(5)),
    story(5, "กระสุนตกใส่ท่าเรือเมื่อวันจันทร์", headline="ท่าเรือ"),
    story(6, "قالت سلطة المرفأ إن القذائف أصابت الرَّصيف", headline="المرفأ"),
    story(7, "Снаряды попали в причал, сообщили в порту.", headline="Причал"),
    story(8, "砲弾が波止場に命中したと港湾局が発表した。", headline="波止場"),
    story(9, "គ្រាប់ផ្លោងបានធ្លាក់លើផែ", headline="ផែ"),
    story(10, "घाट पर गोले गिरे", headline="घाट"),
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with closing(opened(tmp_path_factory.mktemp("told"))) as ledger:
        store(ledger, TOLD)
        yield Desk(ledger)


def found(desk: Desk, q: str, *, masked: bool = False) -> list[int]:
    """The numbers of the stories found."""
    return [int(hit.story.removeprefix("st-"), 16) for hit in desk.search(q, masked, 100, None)[0]]


@pytest.mark.parametrize(
    ("q", "numbers"),
    [
        ("ferry", [2, 1]),
        ("FERRY quay", [1]),
        ("ferry -quay", [2]),
        ("-quay", []),
        ("ferry -tolle -quay", []),
        ('"drone struck"', [1]),
        ('"struck drone"', []),
        ("“drone struck the”", [1]),
        ('"drone stru"', []),
        ('"drone stru"*', [1]),
        ("stru*", [1]),
        ("stru", []),
        ('ferry -"tolle roads"', [1]),
        ("gazette", [2]),
        ("akero", [3]),
        ("Rut", [3]),
        ("cafe", [3]),
        ("CAFÉ", [3]),
        ("cafe-brucke", [3]),
        ("lodka", [3]),
        ("facade", [3]),
        ("o'dell", [3]),
        ("炮弹", [4]),
        ("弹周", [4]),
        ("弹炮", []),
        ("管理 码头", [4]),
        ("ท่าเรือ", [5]),
        ("เรือเมื่อ", [5]),
        ("الرصيف", [6]),
        ("المرفا", [6]),
        ("причал", [7]),
        ("ПРИЧ*", [7]),
        ("命中した", [8]),
        ("ធ្លាក់", [9]),
        ("गोले", [10]),
        ("", []),
        ("   ", []),
        ('""', []),
        ("* - ( )", []),
        ("\N{SHIP}", []),
        ("ferry \N{SHIP}", [2, 1]),
        ("headline:ferry", []),
        ("ferry AND quay", []),
        ("ferry\x00quay", []),
        ("(ferry)", [2, 1]),
        ('ferry"', [2, 1]),
        ('"ferry', [2, 1]),
        ("NEAR(ferry quay)", []),
    ],
)
def test_it_finds(shared: Desk, q: str, numbers: list[int]) -> None:
    assert found(shared, q) == numbers


SIGNS = st.one_of(
    st.sampled_from(
        ['"', "“", "*", "-", "+", "^", ":", "(", ")", "{", "}", "\x00", "'", ";", "--", " ", "\\", "NEAR(", "AND", "OR",
         "NOT", "NEAR/3", "headline:", "rowid", "ferry", "quay", "\N{SHIP}", "\N{ZERO WIDTH JOINER}", "ا", "码", "\u0301"]
    ),
    st.text(max_size=4),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(parts=st.lists(SIGNS, max_size=12), masked=st.booleans())
def test_no_question_is_an_error(shared: Desk, parts: list[str], masked: bool) -> None:
    q = "".join(parts)
    hits, _ = shared.search(q, masked, 5, None)
    asked = [term for term in words.terms(q) if not term.out]
    assert asked or not hits
    for hit in hits:
        text, marks = hit.snippet
        assert all(0 <= start < end <= len(text) for start, end in marks)
        assert "".join(piece for piece, _ in pieces(text, marks)) == text


@pytest.mark.parametrize("q", ["ferry " * 5000, '"' * 5000, "a" * 100_000, "-a " * 3000, '"a b" ' * 2000, "a*" * 999])
def test_long_questions_are_cut(shared: Desk, q: str) -> None:
    shared.search(q, False, 5, None)


def test_a_snippet_marks_the_words(shared: Desk) -> None:
    (hit,), _ = shared.search('stru* "mill owners"', False, 5, None)
    text, marks = hit.snippet
    assert [text[start:end] for start, end in marks] == ["struck", "mill owners"]
    (hit,), _ = shared.search("“周一击”", False, 5, None)
    text, marks = hit.snippet
    assert "".join(text[start:end] for start, end in marks) == "周一击"


def test_a_snippet_lies_around_its_match(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        store(ledger, [story(1, "Quiet words. " * 400 + "Then the silo blew up. " + "More words. " * 400)])
        (hit,), _ = Desk(ledger).search("silo", False, 5, None)
        text, ((start, end),) = hit.snippet
        assert text[start:end] == "silo"
        assert len(text) < 300
        assert text.startswith("…")
        assert text.endswith("…")


def test_the_order_is_headline_then_newest_then_id(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        alike = "The kiln was hit at noon by a shell from across the sound."
        store(
            ledger,
            [
                story(1, alike, headline="Morning news", published=on(4)),
                story(2, alike, headline="Morning news", published=on(9)),
                story(4, alike, headline="Morning news", published=on(4)),
                story(3, alike, headline="Kiln hit", published=on(1)),
                story(5, alike, headline="Morning news", published=Published(None, None, "unknown", "unknown")),
            ],
        )
        assert found(Desk(ledger), "kiln") == [3, 2, 1, 4, 5]


def paged(desk: Desk, q: str, size: int, between: Callable[[], object] = lambda: None) -> list[str]:
    ids: list[str] = []
    after = None
    while True:
        hits, after = desk.search(q, False, size, after)
        ids += [hit.story for hit in hits]
        if after is None:
            return ids
        between()


def test_pages_are_stable_while_stories_come(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        text = "The weir was hit. " + "Nothing else is known. "
        store(ledger, [story(n, text + "Calm. " * (n % 7), published=on(1 + n % 9)) for n in range(1, 60)])
        desk = Desk(ledger)
        whole = paged(desk, "weir", 100)
        assert len(whole) == len(set(whole)) == 59
        assert paged(desk, "weir", 7) == whole
        numbers = iter(range(100, 200))

        def one_more() -> None:
            store(ledger, [story(next(numbers), "Elsewhere the sluice was hit.")])

        assert paged(desk, "weir", 7, one_more) == whole


@pytest.mark.parametrize("after", ["x", "é", "W10", "bnVsbA", "WzEsMiwz", "W1tdLDEsIiJd", "e30", "!!!!", "A" * 5000])
def test_what_is_no_place_in_a_list_is_refused(shared: Desk, after: str) -> None:
    with pytest.raises(WrongUse, match="is no place in a list of hits"):
        shared.search("ferry", False, 5, after)


def test_stories_that_come_are_found_and_outlets_set_right(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        store(ledger, TOLD[:1])
        desk = Desk(ledger)
        assert found(desk, "seized") == []
        store(ledger, TOLD[1:2])
        assert found(desk, "seized") == [2]
        desk.decide(Judgement("set", TOLD[1].id, "Ada Holm", field="outlet", value="Harbour Lamp"))
        assert found(desk, "gazette") == []
        assert found(desk, "lamp seized") == [2]


def test_it_is_the_same_on_every_database(new_place: Callable[[str], str]) -> None:
    with closing(open_ledger(new_place("held"), create=True)) as ledger:
        store(ledger, TOLD)
        desk = Desk(ledger)
        assert found(desk, "ferry") == [2, 1]
        assert found(desk, "炮弹") == [4]


# ---- names of private persons

TALE = "A shell fell in the yard, said Oda Brenk, who sells fish there. Brenk was not hurt. The kiosk burned."


@pytest.fixture
def hidden(tmp_path: Path) -> Iterator[Desk]:
    """Two stories that name a fishmonger, one of which quotes her; and one without."""
    with closing(opened(tmp_path)) as ledger:
        first = story(1, TALE, headline="ODA BRENK SPEAKS")
        second = story(
            2, "At the market, Oda Brenk shut her stall; the kiosk stayed open.", headline="BRENK'S STALL SHUT"
        )
        third = story(3, "The kiosk was closed.")
        claims = [bare(first, said_by(first, "Oda Brenk", "A shell fell in the yard")), bare(second), bare(third)]
        told = [first, second, third]
        write.store(ledger, [intake(one, f"{one.id}.txt") for one in told], claims, NOW)
        yield Desk(ledger)


@pytest.mark.parametrize(
    "q", ["Brenk", "brenk", "Oda Brenk", '"oda brenk"', "bren*", "kiosk brenk", '"said oda"', "b* r*"]
)
def test_a_reader_does_not_find_a_private_name(hidden: Desk, q: str) -> None:
    assert found(hidden, q, masked=True) == []


def test_a_coder_does(hidden: Desk) -> None:
    assert sorted(found(hidden, "brenk")) == [1, 2]
    assert sorted(found(hidden, "kiosk")) == [1, 2, 3]


def test_leaving_a_name_out_tells_a_reader_nothing(hidden: Desk) -> None:
    assert found(hidden, "kiosk -brenk", masked=True) == found(hidden, "kiosk", masked=True)
    assert sorted(found(hidden, "kiosk", masked=True)) == [1, 2, 3]
    assert found(hidden, "kiosk -brenk") == [3]
    for hit in hidden.search("kiosk", True, 9, None)[0]:
        assert "brenk" not in f"{hit.headline} {hit.snippet[0]}".casefold()


def test_it_follows_who_is_private(hidden: Desk) -> None:
    """A decision says that it was not she who spoke; later, that is taken back."""
    assert found(hidden, "brenk", masked=True) == []
    claim = hidden.board().view.reads[0].reading.claims[0].id
    made = hidden.decide(Judgement("set", claim, "Ada Holm", field="source", value="the guard"))
    assert sorted(found(hidden, "brenk", masked=True)) == [1, 2]
    hidden.decide(Judgement("undo", made.decision.id, "Ada Holm"))
    assert found(hidden, "brenk", masked=True) == []
    assert sorted(found(hidden, "brenk")) == [1, 2]


def test_many_names_at_once_are_followed_too(hidden: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_MOST_NAMES", 0)
    test_it_follows_who_is_private(hidden)


# ---- together and in the background


def test_many_search_while_stories_come(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        store(ledger, [story(n, "The weir was hit.") for n in range(1, 20)])
        desk, failed = Desk(ledger), list[BaseException]()

        def search() -> None:
            try:
                for _ in range(15):
                    assert len(desk.search("weir", False, 100, None)[0]) >= 19
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=search) for _ in range(6)]
        for thread in threads:
            thread.start()
        for n in range(20, 30):
            store(ledger, [story(n, "The weir was hit again.")])
        for thread in threads:
            thread.join()
        assert failed == []
        assert len(found(desk, "weir")) == 29


def test_a_search_before_it_is_ready_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_WAIT", 0.05)
    with closing(opened(tmp_path)) as ledger:
        store(ledger, TOLD[:2])
        desk, go = Desk(ledger), threading.Event()
        board = desk.board()

        def slow() -> Board:
            go.wait(10)
            return board

        desk._index.begin(slow, desk.stories)
        with pytest.raises(TryLater, match="search again in a moment"):
            desk.search("ferry", False, 5, None)
        app = application(ledger, Options(by="me"))
        app.state.desk = desk
        page = TestClient(app, base_url="http://127.0.0.1:8000").get("/search?q=ferry")
        assert page.status_code == 503
        assert "search again in a moment" in page.text
        assert "No story has" not in page.text
        go.set()
        until = time.monotonic() + 10
        while not desk._index._made.is_set() and time.monotonic() < until:
            time.sleep(0.01)
        assert found(desk, "ferry") == [2, 1]


def test_a_making_that_failed_is_begun_again(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        store(ledger, TOLD[:2])
        desk = Desk(ledger)

        def fails() -> Board:
            raise TryLater("locked")

        desk._index.begin(fails, desk.stories)
        assert desk._index._first is not None
        desk._index._first.join()
        assert found(desk, "ferry") == [2, 1]


# ---- the page


@pytest.fixture
def page(shared: Desk) -> TestClient:
    app = application(shared.ledger, Options(by="me"))
    return TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)


def test_the_page_shows_hits_with_marked_words(page: TestClient) -> None:
    shown = page.get("/search", params={"q": "drone"})
    assert shown.status_code == 200
    assert "drone</mark>" in shown.text
    assert f'href="/stories/{TOLD[0].id}"' in shown.text
    assert '<label for="asked">' in shown.text
    assert "style=" not in shown.text


def test_the_page_says_when_nothing_is_found_and_asks_nothing_of_an_empty_one(page: TestClient) -> None:
    assert "No story has all of these words" in page.get("/search", params={"q": "zeppelin"}).text
    assert "No story has" not in page.get("/search").text


def test_what_was_asked_is_shown_as_text(page: TestClient) -> None:
    shown = page.get("/search", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


def test_pages_follow_each_other(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        store(ledger, [story(n, "The weir was hit.") for n in range(1, 48)])
        client = TestClient(application(ledger, Options(by="me")), base_url="http://127.0.0.1:8000")
        address, seen = "/search?q=weir", list[str]()
        while address:
            text = client.get(address).text
            seen += [part.partition('"')[0] for part in text.split('<a href="/stories/')[1:]]
            _, _, rest = text.partition('<a rel="next" href="')
            address = rest.partition('"')[0].replace("&amp;", "&")
        assert len(seen) == len(set(seen)) == 47


def test_a_reader_sees_what_was_asked_as_it_was(hidden: Desk) -> None:
    """Blotted out in the form, a name would be known to be a private one."""
    shown = seated(hidden.ledger, "r", "reader").get("/search", params={"q": "Oda Brenk"}).text
    assert 'value="Oda Brenk"' in shown
    assert "█" not in shown
    assert "No story has" in shown


def test_ids_lead_to_their_pages(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        told, copy = story(1), story(2, outlet="Sound Gazette", published=on(2))
        items = [intake(told, "a.txt"), intake(copy, "b.txt")]
        write.store(ledger, items, [reading(told), reading(copy)], NOW)
        desk = Desk(ledger)
        view = desk.board().view
        incident = view.derived.incidents[0]
        made = desk.decide(Judgement("confirm", incident.id, "Ada Holm"))
        board = desk.board()
        claim = view.reads[0].reading.claims[0]
        assert page_of(board, told.id) == f"/stories/{told.id}"
        assert page_of(board, claim.id) == f"/stories/{told.id}#{claim.id}"
        assert page_of(board, incident.id) == f"/incidents/{incident.id}"
        assert page_of(board, view.derived.families[0].id) == f"/families/{view.derived.families[0].id}"
        assert page_of(board, made.decision.id) == f"/decisions/{made.decision.id}"
        for other in ("st-0", "in-00000000", "ferry", "de-facto", "", "st-../../x"):
            assert page_of(board, other) is None
        client = TestClient(application(ledger, Options(by="me")), base_url="http://127.0.0.1:8000")
        led = client.get("/search", params={"q": f" {incident.id} "}, follow_redirects=False)
        assert (led.status_code, led.headers["location"]) == (303, f"/incidents/{incident.id}")


def test_versions_of_one_text_are_found_each(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        one = story(1, "The weir was hit.", url="https://courier.example/weir")
        store(ledger, [one, replace(one, id="st-0000000000000002", text="The weir was hit twice.")])
        assert sorted(found(Desk(ledger), "weir")) == [1, 2]
        assert pipeline.view(ledger, now=NOW).reads[1].story.version == 2
