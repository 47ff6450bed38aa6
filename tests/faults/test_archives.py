"""Archives that are torn, wrong, or made to do harm: each record has its state, and nothing short passes as whole."""

import gzip
import io

import pytest

from archived import PAGES, packed, record, three
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import warc
from onrecord.stories.documents import Document

_OPTIONS = ReadOptions()


def _read(data: bytes) -> list[Document | Intake]:
    return list(warc.documents(io.BytesIO(data), "a.warc", _OPTIONS))


def _whole(items: list[Document | Intake]) -> list[bytes]:
    return [item.body for item in items if isinstance(item, Document) and not any(n.lost for n in item.notes)]


def _ends(parts: list[bytes]) -> list[int]:
    ends = [0]
    for part in parts:
        ends.append(ends[-1] + len(part))
    return ends


def _cut(parts: list[bytes], step: int) -> tuple[int, int]:
    """How many cuts were tried, and how many gave a whole body that is none, or lost a word about it."""
    data, ends, silent, tried = b"".join(parts), _ends(parts), 0, 0
    for cut in range(0, len(data), step):
        items = _read(data[:cut])
        tried += 1
        done = sum(end <= cut for end in ends[1:])
        silent += _whole(items) != list(PAGES[:done])
        marked = [i for i in items if isinstance(i, Intake) and i.source == "a.warc" and i.rejections]
        assert bool(marked) == (cut not in ends or cut == 0), cut
        if cut not in ends:
            assert all(i.rejections[0].lost > 0 for i in marked), cut
            torn = [
                i
                for i in items
                if i.source == f"a.warc#{done + 1}" and (isinstance(i, Intake) or any(note.lost for note in i.notes))
            ]
            # Of a compressed record the first bytes may unpack to nothing yet
            assert len(torn) <= 1, cut
            assert len(items) == done + 1 + len(torn), cut
    return tried, silent


@pytest.mark.parametrize("digests", [False, True])
def test_a_tenth_of_all_cuts(digests: bool) -> None:
    tried, silent = _cut(three(digests), 7)
    assert (tried > 150, silent) == (True, 0)
    tried, silent = _cut([gzip.compress(one, mtime=0) for one in three(digests)], 7)
    assert (tried > 100, silent) == (True, 0)


@pytest.mark.slow
def test_every_cut() -> None:
    for digests in (False, True):
        assert _cut(three(digests), 1)[1] == 0
        assert _cut([gzip.compress(one, mtime=0) for one in three(digests)], 1)[1] == 0
    whole = gzip.compress(b"".join(three()), mtime=0)
    for cut in range(len(whole)):
        items = _read(whole[:cut])
        assert all(body in PAGES for body in _whole(items)), cut
        assert any(isinstance(i, Intake) and i.source == "a.warc" for i in items), cut
