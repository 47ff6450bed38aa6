"""Makes `evaluation` importable, which is no part of the installed package, and gives the tests one tiny campaign."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

Rows = list[dict[str, Any]]

STORIES: Rows = [
    {
        "id": "s1",
        "outlet": "Marrow Gazette",
        "published": "2031-05-06",
        "headline": "Rocket kills three at Tolm harbour, navy says",
        "text": "TOLM, May 6 (Marrow Gazette) - A rocket hit the harbour of Tolm on Monday, killing three dockers and wounding "
        "five others, the Navy of Orvia said.\n\nIt was the second strike in Tolm since April 1; the two strikes have "
        "killed seven people, the navy said.\n\nOrvia plans to send 200 marines to the harbour next week.",
    },
    {
        "id": "s2",
        "outlet": "Kettle Wire",
        "published": "2031-05-07",
        "headline": "Three dead in Tolm",
        "text": "A rocket hit the harbour of Tolm on Monday, killing three dockers and wounding five others, the Marrow "
        "Gazette reported, citing the Navy of Orvia.",
    },
]


@pytest.fixture
def campaign(tmp_path: Path, lines: Callable[..., Path]) -> Path:
    return lines("stories.jsonl", STORIES)


@pytest.fixture
def lines(tmp_path: Path) -> Callable[[str, Rows], Path]:
    """Writes rows as JSON Lines under the name."""

    def written(name: str, rows: Rows) -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return written
