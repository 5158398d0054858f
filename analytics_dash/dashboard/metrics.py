"""Counts for Prometheus at `/metrics`: how many requests, how they ended, how long they took. No readers, no addresses.

Under `adoption serve` the workers share their counts through files in PROMETHEUS_MULTIPROC_DIR, which the command sets
before this module is imported (the library reads it at its own import), so any worker can answer for all.
"""

from __future__ import annotations

import hmac
import os
import time
from typing import Any, Final

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from analytics_dash.dashboard.config import METRICS_FOLDER
from analytics_dash.exporting import queue
from analytics_dash.schedules import book

bp: Final = Blueprint("metrics", __name__)

_REQUESTS: Final = Counter("adoption_requests", "Requests, by route and status.", ["route", "status"])
_SECONDS: Final = Histogram(
    "adoption_request_seconds",
    "Time that the server took, by route.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def init_metrics(app: Flask) -> None:
    """Count every request of `app`, and answer `/metrics` to whoever has the token."""
    app.register_blueprint(bp)

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        route = request.endpoint or "none"
        _REQUESTS.labels(route, str(response.status_code)).inc()
        _SECONDS.labels(route).observe(time.perf_counter() - g.get("began", time.perf_counter()))
        return response


@bp.get("/metrics")
def metrics() -> Response:
    """The counts of all workers; absent without a configured token."""
    wanted = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "").partition(" ")[2]
    if not wanted:
        abort(404)
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        abort(401)
    return Response(_exposition() + _queues(), content_type=CONTENT_TYPE_LATEST)


def forget_worker(_server: Any, worker: Any) -> None:
    """Gunicorn's hook: the counts of a worker that has ended stay, what it holds now does not."""
    if os.environ.get(METRICS_FOLDER):
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def _queues() -> bytes:
    """What waits and what failed, as the register says it now: exports, mails, schedules."""
    registry = CollectorRegistry()
    for name, by_state in {"exports": queue.counts(), **book.counts()}.items():
        gauge = Gauge(
            f"adoption_{name}", f"{name.capitalize()} in the register, by state.", ["state"], registry=registry
        )
        for state, number in by_state.items():
            gauge.labels(state).set(number)
    return generate_latest(registry)


def _exposition() -> bytes:
    if not os.environ.get(METRICS_FOLDER):
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
