import pytest

from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import mail
from onrecord.stories.documents import Document
from onrecord.stories.links import Link

_TEXT = "Two dock workers were wounded on Monday when shells landed beside the quay, the harbour master said. " * 3
_HEAD = (
    "From: Ilka Toren <ilka@ostmark.example>\r\nDate: Tue, 06 May 2031 10:00:00 +0000\r\n"
    "Subject: Quay hit\r\nMessage-ID: <1@ostmark.example>\r\nMIME-Version: 1.0\r\n"
)
_PLAIN = f"{_HEAD}Content-Type: text/plain; charset=utf-8\r\n\r\n{_TEXT}\r\n".encode()
_ALERT = (
    f'{_HEAD}Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\n'
    'Content-Type: text/html; charset=utf-8\r\n\r\n<a href="https://find.example/url?ct=a&amp;url=https://ostmark.example/1&amp;s=2">'
    '<b>Quay</b> hit by shells</a><p>Two were hurt ...</p><a href="https://find.example/alerts/remove?x=1">Take this alert away now</a>'
    "\r\n--b--\r\n"
).encode()
_SAVED = (
    b"From: <Saved>\r\nSnapshot-Content-Location: https://ostmark.example/1\r\nSubject: Quay hit\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=windows-1252\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\nContent-Location: https://ostmark.example/1\r\n\r\n<p>Caf=E9 hit</p>\r\n--b\r\n"
    b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n"
)


def _read(body: bytes, limits: mail.MailLimits | None = None) -> list[Document | Link | Intake]:
    return list(mail.parts(Document("mail", body), ReadOptions(), limits or mail.MailLimits()))


def test_a_message_in_sentences_is_a_story() -> None:
    (item,) = _read(_PLAIN)
    assert isinstance(item, Intake)
    assert item.story is not None
    story = item.story
    assert (item.state, story.headline, story.byline, story.name) == (
        "ok",
        "Quay hit",
        "Ilka Toren",
        "<1@ostmark.example>",
    )
    assert story.text.strip() == _TEXT.strip()
    assert story.published.start is not None
    assert story.published.start.isoformat() == "2031-05-06T10:00:00+00:00"


def test_an_alert_gives_its_links_unwrapped_and_not_itself() -> None:
    assert [(item.url, item.headline) for item in _read(_ALERT) if isinstance(item, Link)] == [
        ("https://ostmark.example/1", "Quay hit by shells")
    ]
    assert len(_read(_ALERT)) == 1
    plain = _PLAIN.replace(_TEXT.encode(), b"Quay hit\r\n<https://find.example/url?url=https://ostmark.example/1>")
    assert [item.url for item in _read(plain) if isinstance(item, Link)] == ["https://ostmark.example/1"]


def test_a_saved_page_is_a_page() -> None:
    (page,) = _read(_SAVED)
    assert isinstance(page, Document)
    assert (page.url, page.media, page.charset) == ("https://ostmark.example/1", "text/html", "windows-1252")
    assert page.body.decode("cp1252").strip() == "<p>Café hit</p>"
    assert page.notes == ()


def test_a_torn_message_is_partial() -> None:
    for whole in (_ALERT, _SAVED):
        for cut in range(whole.index(b"<"), whole.rindex(b"--b--") + 2, 3):
            for item in _read(whole[:cut]):
                notes = item.rejections if isinstance(item, Intake) else item.notes
                assert any(note.lost for note in notes), cut
                assert not isinstance(item, Intake) or item.state in ("partial", "refused")


def test_a_mailbox_is_taken_message_by_message() -> None:
    envelope = b"From ilka@ostmark.example Tue May  6 10:00:00 2031\r\n"
    quoted = _PLAIN.replace(b"the harbour", b"\r\n>From the harbour")
    items = _read(envelope + _PLAIN + b"\r\n" + envelope + quoted + b"\r\n" + envelope + b"rubbish\r\n")
    assert [item.source for item in items] == ["mail#1", "mail#2"]
    assert isinstance(items[1], Intake)
    assert items[1].story is not None
    assert "\nFrom the harbour" in items[1].story.text.replace("\r", "")
    assert len(_read((envelope + _PLAIN + b"\r\n") * 3, mail.MailLimits(messages=1))) == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no message"),
        (b"Only words.", "no message"),
        (b"A: b\nC: d\nContent-Type: image/png\n\nx", "no text"),
        (b"A: b\nC: d\n\nShort.", "no sentences"),
        (b"A: b\nC: d\nContent-Type: multipart/mixed; boundary=-\n\n" + b"---\n\n" * 9000, "parts"),
        (
            b"A: b\nC: d\n"
            + b"".join(b"Content-Type: multipart/mixed; boundary=a%d\n\n--a%d\n" % (n, n) for n in range(999)),
            "deep",
        ),
        (b"A: b\nC: d\n" + b"Content-Type: message/rfc822\n\n" * 30, "deep"),
        (b"A: b\nC: d\nSubject: " + b"=?utf-8?q?=41?= " * 9000 + b"\n\nx", "header longer"),
        (b"A: b\nC: d\n" + b"X: y\n" * 600_000 + b"\nx", "lines"),
    ],
)
def test_hostile_messages_are_refused_by_name(body: bytes, reason: str) -> None:
    (item,) = _read(body)
    assert isinstance(item, Intake)
    assert item.state == "refused"
    assert reason in item.rejections[-1].reason
