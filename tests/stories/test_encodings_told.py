"""Which characters the bytes are, and what told so: never nonsense without a note."""

import pytest

from onrecord.settings import ReadOptions
from onrecord.stories.documents import Document
from onrecord.stories.encoding import binary, decode
from onrecord.stories.parsing import parse

_RU = (
    "Совет города Бреник сообщил, что на набережной разорвались снаряды, двое рабочих порта ранены, а школа у переправы закрыта. "
    * 3
)
_UK = "Рада міста Бренік повідомила, що на набережній вибухнули снаряди і двоє робітників порту дістали поранення. " * 3
_BG = "Градският съвет на Бреник съобщи, че на кея са паднали снаряди и двама работници от пристанището са ранени. " * 3
_SR = "Градско веће Бреника саопштило је да су гранате пале на обалу и да су два лучка радника рањена. " * 3
_ZH = "布雷尼克市议会表示，炮弹落在码头附近，两名工人受伤，渡口旁的学校已经关闭。" * 5
_JA = "ブレニク市議会は、砲弾が埠頭の近くに落ち、作業員二人が負傷したと発表した。" * 5
_FR = (
    "Deux ouvriers ont été blessés à Brénik, où des obus sont tombés près du quai; l'école a été fermée après l'attaque. "
    * 5
)
_PL = "Rada miasta Brenik policzyła pociski na nabrzeżu i zamknęła szkołę; dwóch robotników zostało rannych. " * 5


@pytest.mark.parametrize(
    ("text", "encoding", "declared", "noted"),
    [
        (_RU, "utf-8", None, ""),
        (_RU, "utf-8", "utf-8", ""),
        (_RU, "utf-8", "windows-1251", "declared to be cp1251; by its bytes it is UTF-8"),
        (_RU, "cp1251", "windows-1251", ""),
        (_RU, "cp1251", "utf-8", "declared to be UTF-8, which it is not|guessed to be cp1251"),
        (_RU, "cp1251", "iso-8859-1", "by its letters it was read as cp1251, with low confidence"),
        (_RU, "koi8-r", "koi8-r", ""),
        (_RU, "koi8-r", None, "guessed to be koi8"),
        (_RU, "koi8-r", "windows-1251", "declared to be cp1251; by its letters it was read as koi8"),
        (_RU.upper(), "koi8-r", "windows-1251", "by its letters it was read as koi8"),
        (_RU, "iso8859-5", "windows-1251", "by its letters it was read as iso8859-5"),
        (_RU, "cp866", None, "guessed to be cp866"),
        (_UK, "cp1251", "utf-8", "guessed to be cp1251"),
        (_UK, "koi8-u", None, "guessed to be koi8-u"),
        (_BG, "cp1251", "windows-1252", "read as cp1251"),
        (_SR, "cp1251", None, "guessed to be cp1251"),
        (_ZH, "gb18030", "gb2312", ""),
        (_ZH, "gb18030", "utf-8", "guessed to be gb18030, with low confidence"),
        (_JA, "shift_jis", "Shift_JIS", ""),
        (_JA, "iso-2022-jp", "iso-2022-jp", ""),
        (_FR, "cp1252", "utf-8", "guessed to be cp1252, with low confidence"),
        (_FR, "cp1252", "iso-8859-1", ""),
        (_PL, "cp1250", "windows-1250", ""),
        (_FR, "utf-16-le", None, "no byte order mark; by its bytes it was read as utf-16-le"),
        (_RU, "utf-16-le", None, "read as utf-16-le"),
        (_RU, "utf-16-be", "utf-8", "read as utf-16-be"),
    ],
)
def test_the_text_comes_out_and_what_was_in_doubt_is_noted(
    text: str, encoding: str, declared: str | None, noted: str
) -> None:
    body = text.encode(encoding)
    assert binary(body) is None
    found = decode(body, "x", declared)
    assert found.text == text
    told = " ".join(note.reason for note in found.notes)
    assert bool(told) == bool(noted)
    assert all(part in told for part in noted.split("|"))
    assert all(note.lost == 0 for note in found.notes)


def test_a_mark_goes_before_the_header_and_that_before_the_page() -> None:
    found = decode(b"\xef\xbb\xbf" + _RU.encode(), "x", "windows-1251", "koi8-r")
    assert (found.text, found.encoding, found.reason) == (_RU, "utf-8", "mark")
    assert "declared to be koi8-r; by its byte order mark" in found.notes[0].reason
    found = decode(_PL.encode("cp1250"), "x", "iso-8859-2", "windows-1250")
    assert (found.text, found.reason) == (_PL, "header")
    assert "The header says cp1250, the page iso-8859-2" in found.notes[0].reason
    found = decode(_PL.encode("cp1250"), "x", "windows-1250", "utf-8")
    assert (found.text, found.reason) == (_PL, "page")


@pytest.mark.parametrize("named", ["utf-7", "UTF-7", "unicode-1-1-utf-7", "x-user-defined"])
@pytest.mark.parametrize("place", ["header", "page"])
def test_utf_7_is_refused(named: str, place: str) -> None:
    page = f"<meta charset='{named}'>" if place == "page" else ""
    body = f"<html><head>{page}</head><p>+ADw-script+AD4- {_FR}".encode("ascii", "ignore")
    (item,) = parse(Document("x.html", body, "text/html", named if place == "header" else None), ReadOptions())
    assert (item.state, item.rejections[-1].lost) == ("refused", len(body))
    assert "save it as UTF-8" in item.rejections[-1].reason
    assert item.capture is not None


@pytest.mark.parametrize(
    "named", ["unicode_escape", "rot13", "zip", "idna", "punycode", "base64", "no-such", "", "\x00"]
)
def test_what_is_no_set_of_characters_is_never_used(named: str) -> None:
    found = decode(_FR.encode("cp1252"), "x", named)
    assert (found.text, found.encoding) == (_FR, "cp1252")


def test_a_slip_in_utf_8_costs_itself_alone() -> None:
    found = decode(_RU.encode() + b"\xd0", "x", "utf-8")
    assert found.text == _RU + "\ufffd"
    assert [note.lost for note in found.notes] == [1]


def test_a_page_says_its_set_in_its_first_line_too() -> None:
    body = f"<?xml version='1.0' encoding='windows-1250'?><html><body><p>{_PL}</p></body></html>".encode("cp1250")
    (item,) = parse(Document("x", body), ReadOptions())
    assert item.story is not None
    assert (item.story.text.strip(), item.state, item.rejections) == (_PL.strip(), "ok", ())


def test_pages_in_every_set_reach_the_story_with_the_note() -> None:
    body = f"<html><head><meta charset='utf-8'></head><body><p>{_RU}</p></body></html>".encode("cp1251")
    (item,) = parse(Document("x", body), ReadOptions())
    assert item.story is not None
    assert item.story.text == _RU.strip()
    assert "cp1251" in item.rejections[-1].reason
