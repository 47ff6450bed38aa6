"""What a desk is like at the moment when its metrics are asked for."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version

from prometheus_client import Metric, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from onrecord.errors import OnRecordError
from onrecord.ledger import chain, checkpoints, condition, opening
from onrecord.web import health, turns
from onrecord.web.desk import Desk
from onrecord.web.health import Health

_ROWS = 60.0
"""Seconds for which rows that were counted hold: counting looks at every one."""


class Gauges(Collector):
    """Asks a desk, its ledger and the machine. backups: a folder of copies, or None."""

    def __init__(self, desk: Desk, checks: Health, backups: str | None) -> None:
        self._desk, self._checks, self._backups = desk, checks, backups
        self._lock = threading.Lock()
        self._rows: tuple[float, tuple[int, str], dict[str, int]] | None = None

    def collect(self) -> Iterable[Metric]:
        """All of them; what cannot be told now is left out."""
        parts: tuple[Callable[[], Iterator[Metric]], ...] = (
            self._program,
            self._health,
            self._board,
            self._ledger,
            self._copies,
        )
        for part in parts:
            try:
                yield from list(part())
            except (OnRecordError, OSError):
                continue

    def _program(self) -> Iterator[Metric]:
        told = {"version": version("onrecord"), "schema": opening.newest()}
        yield InfoMetricFamily("onrecord_program", "The program that runs.", told)
        yield _gauge("onrecord_pages_under_way", "Pages that are being made.", turns.PAGE.count)
        yield _gauge(
            "onrecord_decisions_waiting", "Decisions that are being made, or wait for it.", turns.DECISIONS.count
        )
        held = condition.connections(self._desk.ledger)
        made = GaugeMetricFamily("onrecord_connections", "Connections to the database.", labels=["sort"])
        for sort, number in (("kept", held.kept), ("out", held.out), ("beyond", held.beyond)):
            made.add_metric([sort], number)
        yield made

    def _health(self) -> Iterator[Metric]:
        found = self._checks.report()
        yield _gauge("onrecord_ready", "1 where the desk can be worked at.", found.ready)
        yield _gauge("onrecord_behind", "1 where what is derived is of older facts.", found.behind)
        one = GaugeMetricFamily("onrecord_check", "1 where a check found nothing wrong.", labels=["check"])
        took = GaugeMetricFamily("onrecord_check_seconds", "How long a check took.", labels=["check"])
        for check in found.checks:
            one.add_metric([check.name], check.state != "failed")
            took.add_metric([check.name], check.seconds)
        yield from (one, took)

    def _board(self) -> Iterator[Metric]:
        number, made = self._desk.laid_out
        yield _gauge("onrecord_board_version", "How many times the ledger was laid out since the start.", number)
        yield _gauge("onrecord_board_age_seconds", "Since when it has not been laid out anew.", time.monotonic() - made)

    def _ledger(self) -> Iterator[Metric]:
        ledger = self._desk.ledger
        with ledger.reading() as connection:
            entries, last = chain.head(connection)
            with self._lock:
                now = time.monotonic()
                if self._rows is None or (self._rows[1] != (entries, last) and now - self._rows[0] > _ROWS):
                    self._rows = (now, (entries, last), checkpoints.counted(connection))
                rows = self._rows[2]
            size = condition.size(ledger, connection)
        yield _gauge("onrecord_log_entries", "Entries in the log of the ledger.", entries)
        yield _gauge("onrecord_ledger_bytes", "How large the ledger is.", size)
        made = GaugeMetricFamily("onrecord_ledger_rows", "Rows of facts, a minute old at most.", labels=["table"])
        for table, number in rows.items():
            made.add_metric([table], number)
        yield made
        free = condition.room(ledger)
        if free is not None:
            yield _gauge("onrecord_disk_free_bytes", "Room on the disk of the ledger.", free)

    def _copies(self) -> Iterator[Metric]:
        found, now = health.copies(self._backups), time.time()
        for name, at in (("backup", found.backup), ("checkpoint", found.checkpoint)):
            if at is not None:
                yield _gauge(f"onrecord_{name}_age_seconds", f"Since the newest {name}.", now - at.timestamp())


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(name, told, value=float(value))


def install(desk: Desk, checks: Health, backups: str | None) -> None:
    """Lets the registry of a desk ask for all that, and for what its two processes take of the machine."""
    registry = desk.counts.registry
    registry.register(Gauges(desk, checks, backups))
    ProcessCollector(registry=registry)
    ProcessCollector(namespace="onrecord_beside", pid=lambda: desk.keeper.pid, registry=registry)
