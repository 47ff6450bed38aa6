"""What one document does to its process is no other document's affair."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord.errors import TryLater
from onrecord.records import Intake
from onrecord.stories import cell, compose
from onrecord.stories.cell import Cells, Limits
from onrecord.stories.documents import Document

_LIMITS = Limits(wall=20.0, cpu=1, memory=300 << 20, output=100_000)
_PAGE = (Path(__file__).parent / "data" / "harbour.html").read_bytes()
linux = pytest.mark.skipif(sys.platform != "linux", reason="these limits are Linux's: forbidden here")


@pytest.fixture
def cells(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Cells]:
    """Cells whose parser does what the document says."""
    monkeypatch.setattr(cell, "PARSE", "misbehaving:parse")
    with Cells(2, getattr(request, "param", _LIMITS)) as made:
        yield made


def _acts(cells: Cells, *acts: str) -> list[Intake]:
    documents = [Document(f"d{n}", f"<p>{act}".encode(), "text/html") for n, act in enumerate(acts)]
    found = list(cells.parse(documents))
    assert [document for document, _ in found] == documents
    assert all(len(items) == 1 for _, items in found)
    return [items[0] for _, items in found]


@linux
@pytest.mark.parametrize(
    ("cells", "act", "reason"),
    [
        (Limits(wall=1.5), "hang", "it took longer than 1.5 seconds"),
        (_LIMITS, "compute", "it took more than 1 seconds of computing"),
        (_LIMITS, "take 900000000", "it took more than 314,572,800 bytes of memory"),
        (_LIMITS, "crash", "the process that parsed it died (SIGSEGV)"),
        (_LIMITS, "exit 3", "the process that parsed it died (status 3)"),
        (_LIMITS, "much 200000", "what was found is more than 100,000 bytes"),
        (_LIMITS, "open", "its parser opened more files, or larger ones, than it may"),
    ],
    indirect=["cells"],
)
def test_a_document_over_a_limit_is_failed_by_name_and_its_neighbours_are_not(
    cells: Cells, act: str, reason: str
) -> None:
    start = time.monotonic()
    before, bad, *after = _acts(cells, "fine", act, "fine", "fine", "fine")
    assert time.monotonic() - start < 60
    assert [item.state for item in (before, *after)] == ["ok"] * 4
    assert (bad.state, bad.story) == ("failed", None)
    assert reason in bad.rejections[-1].reason
    assert bad.capture is not None
    assert bad.rejections[-1].lost == len(bad.capture.body)


def test_a_parser_that_raises_needs_no_new_process(cells: Cells) -> None:
    deep, *_ = _acts(cells, "deep")
    assert deep.state == "failed"
    assert "RecursionError" in deep.rejections[0].reason


@linux
def test_no_file_is_written_and_interrupts_are_left_to_the_parent(cells: Cells) -> None:
    told = [item.story.text for item in _acts(cells, "write", "limits") if item.story]
    assert told[0].endswith("EFBIG") or told[0].endswith("No usable temporary directory")
    assert told[1].endswith("(0, 0) (0, 0) True")


def test_a_document_cannot_call_out(cells: Cells) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        (item,) = _acts(cells, f"call {server.getsockname()[1]}")
        assert item.story is not None
        assert item.story.text.endswith("refused refused refused")
        with pytest.raises(TimeoutError):
            server.accept()


@linux
def test_nor_can_a_parser_in_c_where_the_system_allows_namespaces(cells: Cells) -> None:
    allowed = "import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x50000000) != 0)"
    if subprocess.run([sys.executable, "-c", allowed], check=False).returncode:
        pytest.skip("namespaces of users are forbidden here")
    with socket.create_server(("127.0.0.1", 0)) as server:
        (item,) = _acts(cells, f"call_below {server.getsockname()[1]}")
        assert item.story is not None
        assert item.story.text.endswith("refused")


def test_what_the_machine_lacks_is_no_fault_of_the_document(cells: Cells) -> None:
    with pytest.raises(TryLater, match=r"d0.*No space left"):
        _acts(cells, "lack", "fine")
    assert [item.state for item in _acts(cells, "fine")] == ["ok"]


def test_processes_are_used_again_and_end_with_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell, "PARSE", "misbehaving:parse")
    with Cells(1, _LIMITS) as cells:
        told = {item.story.text.split()[-2] for item in _acts(cells, *["pid"] * 5) if item.story}
    assert len(told) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.pop()), 0)


@linux
@pytest.mark.parametrize("act", ["hang", "compute"])
def test_processes_end_with_a_parent_that_is_killed(tmp_path: Path, act: str) -> None:
    code = f"""
from onrecord.stories import cell
from onrecord.stories.documents import Document
cell.PARSE = "misbehaving:parse"
if __name__ == "__main__":
    with cell.Cells(1) as cells:
        for _, (item,) in cells.parse(Document("d", b"<p>" + act, "text/html") for act in (b"pid", *[b"{act}"] * 9)):
            print(item.story.text.split()[-2] if item.story else "-", flush=True)
"""
    script = tmp_path / "run.py"
    script.write_text(code)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    end = time.monotonic() + 10
    while time.monotonic() < end and Path(f"/proc/{worker}").exists():
        time.sleep(0.05)
    assert not Path(f"/proc/{worker}").exists()


def test_text_needs_no_process_and_refusals_keep_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell, "_Worker", None)
    words = b"Two dock workers were wounded when shells landed beside the quay at Brenik."
    refusal = compose.refused("crawl.warc#3", "The record is torn.", 7)
    offered = [Document("a.txt", words), refusal, Document("b", b"\x89PNG x", "text/html"), Document("c", b"  ")]
    with Cells(2) as cells:
        found = list(cells.parse(offered))
    assert [document for document, _ in found] == offered
    assert [items[0].state for _, items in found] == ["ok", "refused", "refused", "refused"]
    assert found[1][1] == (refusal,)


def test_pages_come_back_as_they_would_without_a_cell_one_after_the_other() -> None:
    from onrecord.settings import ReadOptions
    from onrecord.stories.parsing import parse

    drawn: list[int] = []

    def offered() -> Iterator[Document]:
        for n in range(30):
            drawn.append(n)
            yield Document(f"p{n}.html", _PAGE.replace(b"Brenik", f"Brenik {n}".encode()), how={"status": n})

    with Cells(2) as cells:
        for n, (document, items) in enumerate(cells.parse(offered())):
            assert items == tuple(replace(item, how={"status": n}) for item in parse(document, ReadOptions()))
            assert (document.source, document.how) == (f"p{n}.html", {"status": n})
            assert len(drawn) <= n + 7, "a few are under way, and no more"
    assert len(drawn) == 30


def test_leaving_in_the_middle_leaves_nothing_behind(cells: Cells) -> None:
    documents = [Document(str(n), b"<p>fine", "text/html") for n in range(9)]
    for _ in cells.parse(documents):
        break
    assert [item.state for item in _acts(cells, "fine")] == ["ok"]


def test_a_script_without_a_guard_may_read_pages(tmp_path: Path) -> None:
    """Nothing of the program that runs is loaded again in a process that parses."""
    (tmp_path / "page.html").write_bytes(_PAGE)
    script = tmp_path / "mine.py"
    script.write_text(
        "from onrecord import stories\nprint('begun')\n"
        "print([item.state for item in stories.gather(['page.html'], stories.ReadOptions())])\n"
    )
    command = [sys.executable, "mine.py"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert (ran.returncode, ran.stdout.split("\n")) == (0, ["begun", "['ok']", ""])
