import time
import zlib

import pytest

from onrecord.settings import ReadOptions
from onrecord.stories import pdfs
from onrecord.stories.documents import Document

_OPTIONS = ReadOptions()
_LINE = "Two dock workers were wounded on Monday when shells landed beside the quay."


def _pdf(pages: list[str | None], info: str = "", trailer: str = "", squeeze: bool = False) -> bytes:
    """A PDF by hand: a page for each text, lines by its breaks; one of an image for None."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>")
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    image = (
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
    )
    objects.append(f"{image}\nstream\nx\nendstream")
    for n, text in enumerate(pages):
        shown = "/XObject << /I 4 0 R >>" if text is None else "/Font << /F 3 0 R >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << {shown} >> /Contents {6 + 2 * n} 0 R >>"
        )
        lines = " ".join(f"({line}) Tj 0 -14 Td" for line in (text or "").split("\n"))
        drawn = "q 9 0 0 9 0 0 cm /I Do Q" if text is None else f"BT /F 12 Tf 40 700 Td {lines} ET"
        if squeeze:
            packed = zlib.compress(drawn.encode("latin-1")).decode("latin-1")
            objects.append(f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n{packed}\nendstream")
        else:
            objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    if info:
        objects.append(f"<< {info} >>")
        trailer += f" /Info {len(objects)} 0 R"
    out = b"%PDF-1.4\n"
    places = []
    for n, made in enumerate(objects, 1):
        places.append(len(out))
        out += f"{n} 0 obj\n{made}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return out


def _reason(body: bytes, limits: pdfs.PdfLimits | None = None) -> tuple[str, str]:
    item = pdfs.story(Document("a.pdf", body), _OPTIONS, limits or pdfs.PdfLimits())
    assert all(note.lost for note in item.rejections) or item.state == "ok"
    return item.state, " ".join(note.reason for note in item.rejections)


def test_text_by_page_and_what_the_file_states() -> None:
    info = "/Title (Quay hit) /Author (Ilka Toren) /CreationDate (D:20310506120000+02'00')"
    document = Document("a.pdf", _pdf([_LINE, "The harbour stayed shut."], info), url="https://ostmark.example/a.pdf")
    item = pdfs.story(document, _OPTIONS)
    assert item.state == "ok"
    assert item.story is not None
    assert item.story.text == f"{_LINE}\n\nThe harbour stayed shut."
    assert (item.story.headline, item.story.byline, item.story.url) == ("Quay hit", "Ilka Toren", document.url)
    assert item.story.published.basis == "metadata"
    assert item.story.published.start is not None
    assert item.story.published.start.isoformat() == "2031-05-06T10:00:00+00:00"
    assert item.capture is not None
    assert item.capture.body == document.body


def test_the_name_that_a_program_gave_is_no_headline() -> None:
    item = pdfs.story(Document("a.pdf", _pdf([_LINE], "/Title (Microsoft Word - draft3.docx)")), _OPTIONS)
    assert item.story is not None
    assert item.story.headline == ""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The harbour was shut. Nobody left the har-\nbour that day.", "left the harbour\n"),
        ("Nobody left the har-\nbour that day.", "left the har-\nbour"),
        ("A recreation of the re-creation was shown. It was a re-\ncreation.", "a re-\ncreation"),
    ],
)
def test_a_broken_word_is_joined_only_where_the_file_has_it_whole(text: str, kept: str) -> None:
    item = pdfs.story(Document("a.pdf", _pdf([text])), _OPTIONS)
    assert item.story is not None
    assert kept in item.story.text


def test_a_scan_is_refused_by_name_and_a_page_of_one_is_missed() -> None:
    assert _reason(_pdf([None, None])) == (
        "refused",
        "a.pdf holds images of text, and no text: it was scanned. Recognise its text first.",
    )
    state, reason = _reason(_pdf([_LINE, None]))
    assert state == "partial"
    assert "images and no text: 2." in reason


def test_without_its_password_it_is_refused() -> None:
    from io import BytesIO

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(BytesIO(_pdf([_LINE]))))
    writer.encrypt("secret", "owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    assert _reason(out.getvalue())[0] == "refused"
    assert "password" in _reason(out.getvalue())[1]
    writer = PdfWriter(PdfReader(BytesIO(_pdf([_LINE]))))
    writer.encrypt("", "owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    assert _reason(out.getvalue())[0] == "ok"


def test_a_torn_file_is_never_whole() -> None:
    body = _pdf([_LINE, _LINE.replace("quay", "mole")])
    for cut in range(1, len(body.rstrip()) - 1, 23):
        state, reason = _reason(body[:cut])
        assert state in ("partial", "refused"), (cut, reason)
        assert reason


def test_what_is_over_a_limit_is_said_to_be_left_out() -> None:
    body = _pdf([_LINE, _LINE, _LINE])
    state, reason = _reason(body, pdfs.PdfLimits(pages=2))
    assert (state, "behind page 2" in reason) == ("partial", True)
    state, reason = _reason(body, pdfs.PdfLimits(characters=100))
    assert (state, "longer than 100 characters" in reason) == ("partial", True)


def test_a_page_that_fails_is_named_and_the_others_stand() -> None:
    broken = _pdf([_LINE, _LINE.replace("quay", "mole")], squeeze=True)
    at = broken.rindex(b"stream\nx\x9c") + 7
    for torn in (b"!" * 40, broken[at : at + 40].replace(broken[at + 20 : at + 40], b"\0" * 20)):
        state, reason = _reason(broken[:at] + torn + broken[at + 40 :])
        assert state == "partial"
        assert ": 2." in reason


def test_what_is_no_pdf_or_inflates_is_refused_soon() -> None:
    assert _reason(b"<html>")[0] == "refused"
    assert _reason(b"%PDF-1.4\n" + b"1 0 obj " * 5000)[0] == "refused"
    start = time.monotonic()
    assert _reason(_pdf([_LINE + "x" * 300_000], squeeze=True))[0] in ("ok", "partial")
    loop = _pdf([_LINE]).replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")
    assert _reason(loop)[0] in ("refused", "failed")
    assert time.monotonic() - start < 2
