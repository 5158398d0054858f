"""The process beside the server that makes long exports: started, and again when it dies. Called by `server`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Final

from analytics_dash.exporting.settings import ExportSettings

PAUSE_SECONDS: Final = 5.0
"""Between two starts, so that one that cannot start does not take the machine."""


class Maker:
    """`adoption report work` as a child of this server; it ends when the server is gone, however that ended."""

    def __init__(self, register_url: str, settings: ExportSettings, *, demo: bool) -> None:
        self.command = [sys.executable, "-m", "analytics_dash.cli", "report", "work"]
        # By its number: a server that is killed while this one starts is gone before it can be looked up.
        self.command += ["--parent", str(os.getpid())]
        self.command += ["--demo"] if demo else []
        # The address may hold a password, so it is in no command line; and no secret of the server goes along.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ADOPTION_")}
        self.env = kept | {
            "ADOPTION_REGISTER": register_url,
            "ADOPTION_EXPORTS_FOLDER": str(settings.folder),
            "ADOPTION_EXPORTS_AT_ONCE": str(settings.at_once),
        }
        self.wanted = settings.at_once > 0
        self.server = os.getpid()
        self._process: subprocess.Popen[bytes] | None = None
        self._started = float("-inf")

    def see_to(self) -> None:
        """Start it where it is wanted and does not run."""
        running = self._process is not None and self._process.poll() is None
        if self.wanted and not running and time.monotonic() - self._started >= PAUSE_SECONDS:
            self._started = time.monotonic()
            self._process = subprocess.Popen(self.command, env=self.env, stdin=subprocess.DEVNULL)  # noqa: S603 (ours)

    def stop(self) -> None:
        """End it; what it was making goes back into the queue."""
        self.wanted = False
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
