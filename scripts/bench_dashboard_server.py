"""The dashboard under its production server, with a stopwatch around the application. Started by bench-dashboard.

Each request leaves a line: what it was, its status, its time by the clock and its time of the thread's processor. The
stopwatch is outside of everything that the product does, so the product has none.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from bench_dashboard_data import KEY

from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import DashboardConfig
from analytics_dash.dashboard.makers import Maker
from analytics_dash.dashboard.server import Server
from analytics_dash.exporting.settings import ExportSettings


class Stopwatch:
    """A WSGI application around another."""

    def __init__(self, inner: Any, folder: Path) -> None:
        self.inner = inner
        self.file = (folder / f"times-{os.getpid()}").open("a", buffering=1)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        status: list[str] = []

        def started(given: str, *rest: Any) -> Any:
            status.append(given[:3])
            return start_response(given, *rest)

        clock, processor = time.perf_counter(), time.thread_time()
        answer = self.inner(environ, started)
        clock, processor = time.perf_counter() - clock, time.thread_time() - processor
        path = environ["PATH_INFO"].replace(" ", "_")
        self.file.write(f"{path} {status[0]} {clock * 1000:.3f} {processor * 1000:.3f}\n")
        return answer


def main() -> None:
    url, folder, at_once, workers = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[5])
    exports = ExportSettings(folder / "shelf", at_once=at_once)
    config = DashboardConfig(url, KEY, demo=True, exports_per_hour=1_000_000, exports=exports)

    def make() -> Any:
        app = create_app(config)
        app.wsgi_app = Stopwatch(app.wsgi_app, folder)  # type: ignore[method-assign]
        return app

    maker = Maker(url, exports, demo=True)
    Server(make, maker, host="127.0.0.1", port=int(sys.argv[4]), workers=workers, threads=8).run()


main()
