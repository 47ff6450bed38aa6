import pytest

from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import sheets
from onrecord.stories.documents import Document
from onrecord.stories.links import Link
from onrecord.stories.published import Stated

_TEXT = "Two dock workers were wounded on Monday when shells landed beside the quay."


def _read(body: bytes | str, limits: sheets.SheetLimits | None = None) -> list[Link | Intake]:
    document = Document("sheet", body.encode() if isinstance(body, str) else body)
    return list(sheets.links(document, ReadOptions(), limits or sheets.SheetLimits()))


def _shown(items: list[Link | Intake]) -> list[str]:
    return [f"{item.source} {item.url if isinstance(item, Link) else item.state}" for item in items]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_an_archiver_s_sheet(encoding: str) -> None:
    sheet = (
        "Link,Archive status,Archive location,Upload title,Upload timestamp\r\n"
        'https://ostmark.example/1,done,https://keep.example/1,"Quay, hit",2031-05-06T10:00:00Z\r\n'
        "\r\n,failed,https://keep.example/2,,\r\n"
    )
    link, bad = _read(sheet.encode(encoding))
    day = (Stated("2031-05-06T10:00:00Z", "metadata"),)
    assert link == Link("https://ostmark.example/1", "sheet:2", "Quay, hit", dates=day)
    assert isinstance(bad, Intake)
    assert (bad.source, bad.state) == ("sheet:4", "refused")


def test_addresses_in_any_column_and_a_head_further_down() -> None:
    items = _read("Our list\nNo;Where;What we saw\n1;Port;https://ostmark.example/1\n2;Port;\n")
    assert _shown(items) == [
        "sheet:1 refused",
        "sheet:2 refused",
        "sheet:3 https://ostmark.example/1",
        "sheet:4 refused",
    ]
    items = _read("Our list\nNo;Title;URL\n1;Quay hit;https://ostmark.example/1\n")
    assert _shown(items) == ["sheet:1 refused", "sheet:3 https://ostmark.example/1"]
    assert isinstance(items[1], Link)
    assert items[1].headline == "Quay hit"


def test_a_bare_list_keeps_the_commas_of_its_addresses() -> None:
    items = _read("# ours\nhttps://ostmark.example/1,2;3\r\nnone\r\nhttps://ostmark.example/2")
    assert _shown(items) == [
        "sheet:2 https://ostmark.example/1,2;3",
        "sheet:3 refused",
        "sheet:4 https://ostmark.example/2",
    ]
    items = _read("url\nhttps://ostmark.example/1,2\n")
    assert _shown(items) == ["sheet:2 https://ostmark.example/1,2"]
    items = _read("https://ostmark.example/1,2;3\r\nhttps://ostmark.example/2")
    assert _shown(items) == ["sheet:1 https://ostmark.example/1,2;3", "sheet:2 https://ostmark.example/2"]


def test_a_text_makes_a_story() -> None:
    (item,) = _read(f"id\turl\tpublished\ttext\n7\thttps://ostmark.example/1\t2031-05-06\t{_TEXT}\n")
    assert isinstance(item, Intake)
    assert item.story is not None
    assert (item.state, item.story.name, item.story.text, item.story.published.basis) == ("ok", "7", _TEXT, "given")


def test_a_torn_table_hands_on_nothing_torn() -> None:
    whole = f'url,text\nhttps://ostmark.example/1,"{_TEXT}"\nhttps://ostmark.example/2,"{_TEXT}"\n'
    for cut in range(whole.rindex("https"), len(whole) - 2):
        _, *torn = _read(whole[:cut])
        assert all(isinstance(item, Link) or item.state in ("partial", "refused") for item in torn)
    (_, unquoted) = _read(f"url,text\nhttps://ostmark.example/1,{_TEXT}\nhttps://ostmark.example/2,{_TEXT[:30]}")
    assert isinstance(unquoted, Intake)
    assert unquoted.state == "partial"


def test_a_row_that_cannot_be_read_spoils_no_other() -> None:
    items = _read(
        'name,url\na"b,https://ostmark.example/1\n"a"b,https://ostmark.example/2\na,https://ostmark.example/3\n'
    )
    assert _shown(items)[-1] == "sheet:4 https://ostmark.example/3"
    assert "sheet:3 refused" in _shown(items)


def test_hostile_cells() -> None:
    items = _read(f"url,title\nhttps://ostmark.example/\x00,a\nhttps://ostmark.example/1,a\x00b\nhttps://ostmark.example/2,{'x' * 300}\n",
                  sheets.SheetLimits(field=200))  # fmt: skip
    assert _shown(items) == ["sheet:2 refused", "sheet:3 https://ostmark.example/1", "sheet:4 refused"]
    assert isinstance(items[1], Link)
    assert items[1].headline == "a\ufffdb"
    assert _shown(_read("a,b\n" + "," * 5000)) == ["sheet:2 refused"]
    assert _shown(_read("")) == ["sheet refused"]
    assert len(_read("https://ostmark.example/1\n" * 9, sheets.SheetLimits(rows=3))) == 4
