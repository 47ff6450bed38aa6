"""Several coders at once on one server: every decision is kept, and what follows from all of them is what a rebuild makes."""

from contextlib import closing

import pytest

from evaluation import coders
from onrecord.ledger import open_ledger
from servers import Server


@pytest.mark.slow
def test_nothing_that_coders_decide_at_once_is_lost(server: Server) -> None:
    place = server.ledger()
    with closing(open_ledger(place)) as ledger:
        coders.filled(ledger, 150)
        seen = coders.at_once(place, 6, 4)
        assert seen.failed == []
        assert len(seen.kept) == len(seen.seconds) == 24
        assert coders.unsound(ledger, seen) == []
        seen.kept.add("de-0000000000")
        assert coders.unsound(ledger, seen) == ["1 decisions are lost, 0 came from nowhere"]
