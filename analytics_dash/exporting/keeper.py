"""The process that makes exports: claims jobs, starts a short-lived process for each, at most so many at a time.

`adoption serve` starts one beside its workers and starts it again when it dies; `adoption report work` is one by
itself. Each job has a process of its own, of low priority, which can be killed when the job is cancelled or takes too
long, and gives its memory back. They come from a fork server, which has what they import loaded and no connection open.
Killed at any moment, nothing is lost: the claim's beat stops, and the next keeper takes the job up again.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import secrets
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

from analytics_dash.errors import UserError
from analytics_dash.exporting import queue, shelf
from analytics_dash.exporting.making import check, for_reader, make
from analytics_dash.exporting.order import digest
from analytics_dash.exporting.settings import ExportSettings
from analytics_dash.questions import ChoiceError
from analytics_dash.releases import register_app
from analytics_dash.releases.models import db

LOOK_SECONDS: Final = 0.25
BEAT_SECONDS: Final = 2.0
SWEEP_SECONDS: Final = 60.0
LONGEST_SECONDS: Final = 900.0
"""One export that takes longer is ended; it counts as an attempt."""

NICENESS: Final = 10
_SAY_SECONDS: Final = 0.3  # progress is written no more often

log: Final = logging.getLogger(__name__)


class _Lost(Exception):  # noqa: N818 - the job is somebody else's now, or nobody's
    """The job was cancelled or taken over."""


@dataclass(frozen=True, slots=True)
class _Making:
    worker: str
    process: BaseProcess
    since: float


class Keeper:
    """Sees to the queue until it is told to stop."""

    def __init__(self, register_url: str, settings: ExportSettings, *, demo: bool) -> None:
        self.register_url, self.settings, self.demo = register_url, settings, demo
        self.making: dict[str, _Making] = {}
        self.stopping = False
        self._beat = self._swept = float("-inf")
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__, "typst", "xlsxwriter", "odfdo"])

    def run(self, *, parent: int | None = None) -> None:
        """Work until SIGTERM or SIGINT; with `parent`, the process that started this one, also until that is gone."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        app = register_app(self.register_url)
        with app.app_context():
            try:
                while not self.stopping and parent in (None, os.getppid()):
                    self.step()
                    time.sleep(LOOK_SECONDS)
            finally:
                self._end_all()
                db.session.remove()
                db.engine.dispose()

    def step(self) -> None:
        """One look: who has finished, whose claim is gone, what is next, what can be thrown away."""
        now = time.monotonic()
        self._reap(now)
        if now - self._beat >= BEAT_SECONDS:
            self._beat = now
            for job_id in queue.beat({job_id: each.worker for job_id, each in self.making.items()}):
                self._end(job_id)  # cancelled, or taken over
        while len(self.making) < self.settings.at_once and queue.any_free():
            worker = secrets.token_hex(8)
            job = queue.claim(worker)
            if job is None:
                break
            self.making[job.id] = self._started(job.id, worker)
        if now - self._swept >= SWEEP_SECONDS:
            self._swept = now
            shelf.sweep(self.settings.folder, keep=queue.forget_ended())

    def _started(self, job_id: str, worker: str) -> _Making:
        arguments = (self.register_url, str(self.settings.folder), job_id, worker, self.demo)
        process = self._context.Process(target=make_one, args=arguments, name=f"export-{job_id}")
        process.start()
        return _Making(worker, process, time.monotonic())

    def _reap(self, now: float) -> None:
        for job_id, each in list(self.making.items()):
            if each.process.exitcode is None and now - each.since <= LONGEST_SECONDS:
                continue
            if each.process.exitcode is None:
                log.warning("An export took longer than %s seconds and was ended.", LONGEST_SECONDS)
            self._end(job_id)
            queue.give_back(job_id, each.worker, crashed=True)  # where it has not said itself how it ended

    def _end(self, job_id: str) -> None:
        each = self.making.pop(job_id)
        each.process.kill()
        each.process.join()
        each.process.close()

    def _end_all(self) -> None:
        for job_id, each in list(self.making.items()):
            self._end(job_id)
            queue.give_back(job_id, each.worker)

    def _stop(self, _number: int, _frame: Any) -> None:
        self.stopping = True


def make_one(register_url: str, folder: str, job_id: str, worker: str, demo: bool) -> None:
    """The process of one job: make the file, put it on the shelf, say so."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the keeper decides
    with suppress(OSError):
        os.nice(NICENESS)
    app = register_app(register_url)
    with app.app_context():
        try:
            make_claimed(Path(folder), job_id, worker, demo=demo)
        finally:
            db.session.remove()
            db.engine.dispose()


def make_claimed(folder: Path, job_id: str, worker: str, *, demo: bool) -> None:
    """Make the job that `worker` has claimed, in this application context."""
    job = queue.claimed(job_id, worker)
    if job is None:
        return
    said = [0.0]

    def on_part(done: int, parts: int) -> None:
        if done == parts or time.monotonic() - said[0] >= _SAY_SECONDS:
            said[0] = time.monotonic()
            if not queue.progress(job_id, worker, done, parts):
                raise _Lost

    try:
        order = for_reader(job.caller.scope, replace(job.order, demo=demo))
        if digest(order, check(job.caller.scope, order)) != job.digest:
            queue.finish(job_id, worker, problem="version")
            return
        if shelf.find(folder, job.file) is None:
            shelf.put(folder, job.file, make(job.caller.scope, order, on_part))
        queue.finish(job_id, worker)
    except _Lost:
        return
    except (UserError, ChoiceError):
        db.session.rollback()
        queue.finish(job_id, worker, problem="refused")
    except Exception as error:  # whatever a library throws is the job's end, not the keeper's
        db.session.rollback()
        log.error("An export failed: %s.", type(error).__name__)  # its text may quote a name
        queue.finish(job_id, worker, problem="internal")
        sys.exit(1)
