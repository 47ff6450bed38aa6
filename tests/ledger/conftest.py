from collections.abc import Callable, Iterator

import pytest

from onrecord.ledger import Ledger, open_ledger


@pytest.fixture
def ledger(new_place: Callable[[str], str]) -> Iterator[Ledger]:
    """An empty ledger: in a file, and then on a server."""
    held = open_ledger(new_place("held"), create=True)
    yield held
    held.close()
