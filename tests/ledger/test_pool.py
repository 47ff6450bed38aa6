"""Connections to a server are few, and where there is none left, that is said and nothing breaks."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import psycopg
import pytest
import sqlalchemy as sa

from invented import NOW, intake
from onrecord.errors import TryLater, WrongUse
from onrecord.ledger import inputs, open_ledger, servers, write
from onrecord.records import Rejection
from servers import OWNER, PASSWORD, Server


def test_an_address_may_say_how_many_connections(server: Server) -> None:
    with closing(open_ledger(f"{server.ledger()}&pool=2&overflow=1&pool_wait=1")) as ledger, ExitStack() as held:
        assert "pool=2" in ledger.address, "another process is to have the same"
        for _ in range(3):
            held.enter_context(ledger.reading()).execute(sa.text("SELECT 1"))
        with pytest.raises(TryLater, match="all connections of this program are in use"), ledger.reading():
            pass
        held.close()
        with ledger.reading() as connection:
            assert connection.execute(sa.text("SELECT 1")).scalar() == 1


@pytest.mark.parametrize(
    "said", ["pool=0", "pool=many", "pool=-1", "overflow=1001", "pool_wait=0", "pool=1&pool=2", "pool=²"]
)
def test_what_is_no_number_of_connections_is_told(said: str) -> None:
    with pytest.raises(WrongUse, match="is a number from"):
        servers.engine(servers.address(f"postgresql://keeper:secret@host/db?{said}"))


def test_a_full_server_is_told(server: Server) -> None:
    address = server.ledger()
    with ExitStack() as held:
        full = False
        for _ in range(60):
            try:
                held.enter_context(
                    psycopg.connect(host=str(server.folder), dbname="postgres", user=OWNER, password=PASSWORD)
                )
            except psycopg.OperationalError:
                full = True
                break
        assert full
        with pytest.raises(TryLater, match="the server has no connection left") as told:
            open_ledger(address)
        assert PASSWORD not in str(told.value)
    with closing(open_ledger(address)) as ledger:
        assert list(inputs.intake(ledger)) == []


def test_more_at_once_than_connections_wait_for_one(server: Server) -> None:
    with closing(open_ledger(f"{server.ledger()}&pool=2&overflow=0")) as ledger, ThreadPoolExecutor(12) as many:
        items = [intake(None, f"{n}.bin", [Rejection("x", "is binary", 1)]) for n in range(60)]
        done = list(many.map(lambda item: write.store(ledger, [item], [], NOW), items))
        assert [len(new) for new in done] == [1] * 60
