"""Gunicorn in this process: threads, one line with the address, a clean stop. Called by `commands.serve`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from analytics_dash.dashboard.makers import Maker
from analytics_dash.dashboard.metrics import forget_worker
from analytics_dash.dashboard.warm import keep_warm


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn with our settings instead of its command line."""

    def __init__(
        self, make: Callable[[], Flask], maker: Maker, *, host: str, port: int, workers: int, threads: int
    ) -> None:
        self.make, self.maker = make, maker
        self.options: dict[str, Any] = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            "loglevel": "warning",
            "graceful_timeout": 5,
            "proc_name": "adoption-serve",
            "control_socket_disable": True,
            "when_ready": announce,
            "child_exit": forget_worker,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called in each worker, after the fork."""
        app = self.make()
        keep_warm(app)
        return app

    def run(self) -> None:
        """Serve until told to stop."""
        try:
            _Arbiter(self).run()
        finally:
            if os.getpid() == self.maker.server:  # and not in a worker that ends
                self.maker.stop()


class _Arbiter(Arbiter):  # type: ignore[misc]
    """Gunicorn's, which looks each second whether the workers live: also whether the maker of exports does."""

    def manage_workers(self) -> None:
        super().manage_workers()
        self.app.maker.see_to()


def announce(server: Any) -> None:
    """Say where it listens, once it does; port 0 has become a number by then."""
    for listener in server.LISTENERS:
        host, port = listener.sock.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        sys.stdout.write(f"Dashboard on http://{shown}:{port}/\n")
        sys.stdout.flush()
