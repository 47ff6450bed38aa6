"""What is counted while a desk runs. Every label is a word of a closed list, or the template of a route: never what somebody wrote."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from starlette.types import Scope

from onrecord.errors import Conflict, OnRecordError, TryLater

# Beside each count it would say since when it is counted, which a restart shows as well
disable_created_metrics()  # type: ignore[no-untyped-call]

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REFUSED = {
    400: "not understood", 401: "token", 403: "origin", 413: "size", 415: "media type", 421: "host", 429: "pace",
    503: "ledger away",
}  # fmt: skip
_STATIC = "/static/"
_PAGES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_DECISIONS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Counts:
    """The counts of one desk, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "onrecord_requests", "Requests, by route and status.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "onrecord_request_seconds",
            "How long requests took, by route.",
            ["route"],
            buckets=_PAGES,
            registry=self.registry,
        )
        self._refused = Counter(
            "onrecord_refused", "Requests that went no further than the door.", ["why"], registry=self.registry
        )
        self._decisions = Counter(
            "onrecord_decisions", "Decisions that were sent, by outcome.", ["outcome"], registry=self.registry
        )
        self._deciding = Histogram(
            "onrecord_decision_seconds",
            "How long decisions took that were kept.",
            buckets=_DECISIONS,
            registry=self.registry,
        )
        for outcome in ("kept", "conflict", "later", "refused"):
            self._decisions.labels(outcome)
        for why in _REFUSED.values():
            self._refused.labels(why)

    def request(self, scope: Scope, status: int, seconds: float) -> None:
        """A request was answered."""
        method, way = scope["method"], route(scope)
        self._requests.labels(method if method in _METHODS else "other", way, str(status)).inc()
        self._seconds.labels(way).observe(seconds)

    def refused(self, status: int) -> None:
        """A request went no further than the door."""
        self._refused.labels(_REFUSED.get(status, "other")).inc()

    @contextmanager
    def deciding(self) -> Iterator[None]:
        """A decision is made within."""
        began = time.perf_counter()
        try:
            yield
        except OnRecordError as error:
            outcome = (
                "conflict" if isinstance(error, Conflict) else "later" if isinstance(error, TryLater) else "refused"
            )
            self._decisions.labels(outcome).inc()
            raise
        self._decisions.labels("kept").inc()
        self._deciding.observe(time.perf_counter() - began)


def route(scope: Scope) -> str:
    """The template of the route that a request came to: "/incidents/{id_}"; "/static/" for files of ours, "none" where there is none."""
    if str(scope["path"]).startswith(_STATIC):
        return _STATIC
    return str(getattr(scope.get("route"), "path", "none"))
