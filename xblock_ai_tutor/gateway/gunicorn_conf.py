"""Gunicorn's settings for the gateway, as `tutor-gateway serve` starts it (`-c python:…`). Names are gunicorn's own.

One gevent worker holds hundreds of streams. No access log of gunicorn's: it would write addresses; the app writes its
own line. One timer in each worker does the housekeeping, another repeats the residency check.
"""

from __future__ import annotations

import os
import time
from typing import Any

import gevent

from xblock_ai_tutor.gateway.housekeeping import release_stranded, sweep_transcripts
from xblock_ai_tutor.gateway.logs import log
from xblock_ai_tutor.gateway.services import services_of

worker_class = "gevent"
wsgi_app = "xblock_ai_tutor.gateway.wsgi:app"
accesslog = None
errorlog = "-"
loglevel = "warning"
graceful_timeout = 30  # a stream that is running when SIGTERM comes may end
control_socket_disable = True
proc_name = "tutor-gateway"

_RELEASE_EVERY_S = 30
_SWEEP_EVERY_S = 3600
_RESIDENCY_LOOK_S = 15


def post_worker_init(worker: Any) -> None:
    """The app is loaded and the worker is about to accept: say so once, and start the timer."""
    gevent.spawn(_housekeeping, worker.wsgi)
    gevent.spawn(_residency, worker.wsgi)
    if worker.age == 1:
        host, port = worker.sockets[0].getsockname()[:2]
        print(f"Tutor gateway ready on http://{host}:{port}", flush=True)  # noqa: T201 - for who started it


def _housekeeping(app: Any) -> None:
    services = services_of(app)
    swept = float("-inf")
    while True:
        try:
            with app.app_context():
                release_stranded(services, int(time.time() * 1000))
                if time.monotonic() - swept >= _SWEEP_EVERY_S:
                    sweep_transcripts(services, actor="housekeeping")
                    swept = time.monotonic()
        except Exception as mistake:
            log("housekeeping_failed", error=type(mistake).__name__)
        gevent.sleep(_RELEASE_EVERY_S)


def _residency(app: Any) -> None:
    """Repeat the residency check. It has a timer of its own: an Admin API that is silent holds up nothing else."""
    # Imported late: the SDK brings in ssl, which gevent must patch first.
    from xblock_ai_tutor.gateway.residency.record import check_when_due, wait_ms  # noqa: PLC0415

    services = services_of(app)
    pause_s = min(_RESIDENCY_LOOK_S, wait_ms(services.settings, "passed") / 4000)
    while True:
        try:
            with app.app_context():
                if check_when_due(services.settings, environ=os.environ, now_ms=int(time.time() * 1000)):
                    services.residency.forget()
        except Exception as mistake:
            log("residency_check_failed", error=type(mistake).__name__)
        gevent.sleep(pause_s)
