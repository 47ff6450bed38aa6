from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.ledger import Ledger, open_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    held = open_ledger(str(tmp_path / "held.db"), create=True)
    yield held
    held.close()
