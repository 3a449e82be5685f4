"""Counters and histograms as Prometheus reads them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

import ratchet
from ratchet.execution.document import Execution
from ratchet.execution.executions import Executions
from ratchet.sandbox.pool import Pool

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """What this server has counted since it started."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        info = Gauge("ratchet_info", "The version that runs", ["version"], registry=registry)
        info.labels(ratchet.__version__).set(1)
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "ratchet_http_requests", "Requests that were answered", ["method", "route", "status"], registry=registry
        )
        self._request_seconds = Histogram(
            "ratchet_http_request_duration_seconds", "Time of a request", ["method", "route"],
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._executions = Counter(
            "ratchet_executions", "Executions that have ended", ["status", "code"], registry=registry
        )
        self._execution_seconds = Histogram(
            "ratchet_execution_duration_seconds", "Time of an execution in its worker",
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._queued_seconds = Histogram(
            "ratchet_execution_queued_seconds", "Time that an execution waited for a worker",
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip

    def watch(self, executions: Executions, pool: Pool) -> None:
        """Show what is under way whenever somebody reads the metrics."""
        under_way = Gauge("ratchet_executions_under_way", "Executions that have not ended", registry=self._registry)
        under_way.set_function(lambda: executions.under_way)
        workers = Gauge("ratchet_workers", "Workers by what they do", ["state"], registry=self._registry)
        workers.labels("busy").set_function(lambda: pool.busy)
        workers.labels("ready").set_function(lambda: pool.ready)
        waiting = Gauge("ratchet_executions_waiting", "Executions that wait for a worker", registry=self._registry)
        waiting.set_function(lambda: pool.waiting)

    def request_ended(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        # A client may make methods up.
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._request_seconds.labels(known, route).observe(seconds)

    def execution_ended(self, execution: Execution) -> None:
        """Count an execution."""
        self._executions.labels(execution.status, execution.error.code if execution.error else "").inc()
        if execution.duration_ms is not None:
            self._execution_seconds.observe(execution.duration_ms / 1000)
        if execution.queued_ms is not None:
            self._queued_seconds.observe(execution.queued_ms / 1000)

    def render(self) -> bytes:
        """Return everything in the text format."""
        return generate_latest(self._registry)
