"""A private PostgreSQL server for the tests: made in a temporary folder, reached over a Unix socket, gone afterwards.

It is Debian's server (`./scripts/test` installs it). Where it is missing the tests that need it fail and say so: a
claim about PostgreSQL that was not tried is not kept. The server refuses to run as root, so root runs it as the user
that Debian's package makes.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

MISSING = (
    "These tests need PostgreSQL's server, and no initdb was found on this machine. ./scripts/test installs it where "
    "apt may; by hand: apt-get install postgresql"
)
RUN_AS = "postgres"
_START_S = 60


@dataclass(frozen=True)
class PostgresServer:
    """A running server; each test makes a database of its own."""

    socket: Path

    def database(self, name: str) -> str:
        """Make an empty database; its SQLAlchemy address."""
        name = re.sub(r"\W+", "_", name.lower())[-60:]
        with psycopg.connect(f"host={self.socket} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return f"postgresql://postgres@/{name}?host={self.socket}"


def binaries() -> Path:
    """The folder with initdb and postgres: the newest of Debian's, or the one on the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = debian[-1] if debian else shutil.which("initdb")
    if found is None:
        raise FileNotFoundError(MISSING)
    return Path(found).resolve().parent


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A fresh cluster, running. Raises `FileNotFoundError` with what to do where there is no server."""
    commands = binaries()
    folder = Path(tempfile.mkdtemp(prefix="tutor-pg-"))  # short: a socket's path may have 107 bytes
    as_user: list[str] = []
    if os.geteuid() == 0:
        as_user = ["setpriv", f"--reuid={RUN_AS}", f"--regid={RUN_AS}", "--clear-groups"]
        shutil.chown(folder, RUN_AS)
    data = str(folder / "data")
    make = ["initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    # A power cut is not what these tests are about: without fsync they are several times as fast.
    serve = ["postgres", "-D", data, "-k", str(folder), *("-c", "listen_addresses="), *("-c", "fsync=off")]
    try:
        with (folder / "log").open("w") as log:
            made = subprocess.run(
                [*as_user, commands / make[0], *make[1:]], cwd=folder, stdout=log, stderr=log, check=False
            )
            if made.returncode:
                raise RuntimeError(f"initdb failed:\n{(folder / 'log').read_text()[-2000:]}")
            # SIGINT is the server's fast shutdown; it also comes when this process dies, however it dies.
            server = subprocess.Popen(
                [*(as_user or ["setpriv"]), "--pdeathsig=INT", commands / serve[0], *serve[1:]],
                cwd=folder,
                stdout=log,
                stderr=log,
            )
        try:
            _wait_until_ready(folder, server)
            yield PostgresServer(folder)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(folder: Path, server: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + _START_S
    while True:
        try:
            psycopg.connect(f"host={folder} user=postgres dbname=postgres").close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()[-2000:]}") from None
            time.sleep(0.05)
