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
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

MISSING = (
    "These tests need PostgreSQL's server, and no initdb was found on this machine. ./scripts/test installs it where "
    "apt may; by hand: apt-get install postgresql"
)
RUN_AS = "postgres"


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
    """The folder with initdb and pg_ctl: the newest of Debian's, or the one on the path."""
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
        as_user = ["runuser", "-u", RUN_AS, "--"]
        shutil.chown(folder, RUN_AS)

    def run(*arguments: str) -> None:
        # The server keeps its parent's output open, so it gets a file and not a pipe that nobody would close.
        with (folder / "log").open("a") as log:
            done = subprocess.run([*as_user, *arguments], cwd=folder, stdout=log, stderr=log, check=False)
        if done.returncode:
            raise RuntimeError(f"{Path(arguments[0]).name} failed:\n{(folder / 'log').read_text()[-2000:]}")

    # A power cut is not what these tests are about: without fsync they are several times as fast.
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=100"
    data = str(folder / "data")
    try:
        run(str(commands / "initdb"), "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        run(str(commands / "pg_ctl"), "-D", data, "-o", options, "-w", "-t", "60", "start")
        try:
            yield PostgresServer(folder)
        finally:
            run(str(commands / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
