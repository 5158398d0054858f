"""Gunicorn's settings for the gateway, as `tutor-gateway serve` starts it (`-c python:…`). Names are gunicorn's own.

One gevent worker holds hundreds of streams. No access log of gunicorn's: it would write addresses; the app writes its
own line. A timer in each worker does the housekeeping, one looks at the kill switch, and one repeats the
residency check.
"""

from __future__ import annotations

import gc
import os
import platform
import shutil
import time
from typing import Any

import gevent

from xblock_ai_tutor.gateway.config import METRICS_FOLDER
from xblock_ai_tutor.gateway.housekeeping import forget_what_expired, release_stranded, sweep_transcripts
from xblock_ai_tutor.gateway.logs import log
from xblock_ai_tutor.gateway.services import services_of
from xblock_ai_tutor.gateway.switches import watch

worker_class = "gevent"
wsgi_app = "xblock_ai_tutor.gateway.wsgi:app"
accesslog = None
errorlog = "-"
loglevel = "warning"
graceful_timeout = 30  # a stream that is running when SIGTERM comes may end
control_socket_disable = True
proc_name = "tutor-gateway"

_RELEASE_EVERY_S = 5  # how long what a killed worker held stays held
_SWEEP_EVERY_S = 3600
_COLLECT = (20_000, 20, 20)
_RESIDENCY_LOOK_S = 15


def post_worker_init(worker: Any) -> None:
    """The app is loaded and the worker is about to accept: say so once, and start the timer."""
    # The SDK names the platform, for which Python starts a process: once here, and not in each of the first turns.
    platform.platform()
    # What is loaded stays: the collector need not look through it again, nor look as often as a small script needs.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT)
    gevent.spawn(_housekeeping, worker.wsgi)
    gevent.spawn(_watching, worker.wsgi)
    gevent.spawn(_residency, worker.wsgi)
    if worker.age == 1:
        host, port = worker.sockets[0].getsockname()[:2]
        print(f"Tutor gateway ready on http://{host}:{port}", flush=True)  # noqa: T201 - for who started it


def child_exit(_server: Any, worker: Any) -> None:
    """A worker is gone."""
    # Imported late: it brings in ssl, which gevent must patch first.
    from xblock_ai_tutor.gateway.metrics import forget_process  # noqa: PLC0415

    forget_process(worker.pid)


def on_exit(_server: Any) -> None:
    """The gateway stops: its workers' counts go."""
    shutil.rmtree(os.environ.get(METRICS_FOLDER, ""), ignore_errors=True)


def _housekeeping(app: Any) -> None:
    services = services_of(app)
    swept = float("-inf")
    while True:
        try:
            with app.app_context():
                release_stranded(services, int(time.time() * 1000))
                if time.monotonic() - swept >= _SWEEP_EVERY_S:
                    forget_what_expired(services, int(time.time() * 1000))
                    sweep_transcripts(services, actor="housekeeping")
                    swept = time.monotonic()
        except Exception as mistake:
            log("housekeeping_failed", error=type(mistake).__name__)
        gevent.sleep(_RELEASE_EVERY_S)


def _watching(app: Any) -> None:
    with app.app_context():
        watch(services_of(app).switches, gevent.sleep)


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
