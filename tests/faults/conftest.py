"""Ledgers on which the acts are done; made once, for reading takes longer than most tests."""

from pathlib import Path

import acts
import pytest


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with stories, what the reader finds in them, and for each act the ledger that it is done on."""
    folder = tmp_path_factory.mktemp("prepared")
    acts.prepare(folder)
    return folder
