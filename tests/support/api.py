"""Read the dashboard's API as a program does, with a token of any role; and serve it for real."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from analytics_dash.releases import Role, Scope
from analytics_dash.releases.access import create_token

_made: dict[tuple[int, str, str | None], str] = {}


def token_of(app: Flask, role: Role, department: str | None = None) -> str:
    """A token of this role, made once for each application."""
    key = (id(app), role, department)
    if key not in _made:
        name = f"test-{role}-{len(_made)}".replace("_", "-")
        with app.app_context():
            _made[key] = create_token(name, Scope(role, department), days=1)
    return _made[key]


class Program:
    """A program with a token: `get` reads an address of the API."""

    def __init__(self, app: Flask, role: Role, department: str | None = None) -> None:
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token_of(app, role, department)}"}

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        address = path if path.startswith("/") else f"/api/v1/{path}"
        return self.client.get(address, query_string=query or None, headers=self.headers | (headers or {}))

    def every(self, path: str, of: str, **query: Any) -> list[Any]:
        """All entries of a listing, page after page."""
        answer = self.get(path, **query).json
        found = list(answer[of])
        while answer["next"]:
            answer = self.get(answer["next"]).json
            found += answer[of]
        return found


@contextmanager
def served(register: str, *arguments: str, log: Path, **env: str) -> Iterator[str]:
    """`adoption serve` as a real process on a free port of loopback: its address. Stopped at the end."""
    command = [sys.executable, "-m", "analytics_dash.cli", "serve", "--register", register, "--port", "0", *arguments]
    # A test that called `serve` in this process has left its folder of metrics named there, and that folder is gone.
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ADOPTION_", "PROMETHEUS_"))}
    with log.open("w") as errors:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=clean | env)
        assert server.stdout is not None
        try:
            line = server.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found is not None, line + log.read_text()
            yield found[0]
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)
            server.stdout.close()
