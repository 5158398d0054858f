"""Apache Superset on the same cells, in an environment of its own: installed, given the register's file, and asked.

It is given what is fair: a production server of the same shape as ours (one process, eight threads), its data cache in
memory switched on, and the same SQLite file as its database. For bench-dashboard.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench_dashboard_load import post
from bench_servers import MissingError, Server, free_port, running

PACKAGES = ("apache-superset==6.1.0", "flask-caching<2.4", "rich", "cachetools")  # what 6.1.0 needs and does not say
MOST_SECONDS = 600
CONFIG = """
SECRET_KEY = {key!r}
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/superset.db"
PREVENT_UNSAFE_DB_CONNECTIONS = False
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
RATELIMIT_ENABLED = False
CACHE_CONFIG = DATA_CACHE_CONFIG = {{"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": 86400}}
FILTER_STATE_CACHE_CONFIG = EXPLORE_FORM_DATA_CACHE_CONFIG = CACHE_CONFIG
"""


def installed(folder: Path, given: str | None) -> Path:
    """An environment with Superset: the given one, or a new one. Raises `MissingError` where it does not install."""
    if given:
        return Path(given)
    venv = folder / "superset-env"
    print(f"Installing {PACKAGES[0]} into {venv} (at most {MOST_SECONDS} s) …", flush=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", venv], check=True, timeout=120)
        pip = [venv / "bin/pip", "install", "-q", "--disable-pip-version-check", *PACKAGES]
        subprocess.run(pip, check=True, timeout=MOST_SECONDS, stderr=subprocess.DEVNULL)
    except (subprocess.SubprocessError, OSError) as error:
        raise MissingError(f"Superset does not install here: {type(error).__name__}.") from error
    return venv


@contextlib.contextmanager
def superset(folder: Path, venv: Path, register: Path) -> Iterator[tuple[Server, int, bytes]]:
    """A running Superset: the server, its port, and the request for one chart's data, cells of one release by month."""
    home = folder / "superset"
    home.mkdir()
    (home / "config.py").write_text(CONFIG.format(key="x" * 48, folder=home))
    env = dict(os.environ) | {"SUPERSET_CONFIG_PATH": str(home / "config.py"), "FLASK_APP": "superset"}
    admin = ["fab", "create-admin", "--username", "a", "--firstname", "a", "--lastname", "a", "--email", "a@a.example"]
    try:
        for step in (["db", "upgrade"], [*admin, "--password", "a"], ["init"]):
            with (home / "setup.log").open("ab") as log:
                command = [str(venv / "bin/superset"), *step]
                subprocess.run(command, check=True, env=env, stdout=log, stderr=log, timeout=MOST_SECONDS)
    except subprocess.SubprocessError as error:
        said = (home / "setup.log").read_text().strip().splitlines()[-1:]
        raise MissingError(f"Superset cannot be set up here: {' '.join(said)}") from error
    port = free_port()
    serve = [str(venv / "bin/gunicorn"), "-w", "1", "-k", "gthread", "--threads", "8", "-b", f"127.0.0.1:{port}"]
    with running([*serve, "superset.app:create_app()"], port=port, log=home / "log", env=env, within_s=180) as pid:
        yield Server(None, (pid,)), port, _chart(port, register)


def _chart(port: int, register: Path) -> bytes:
    """Log in, connect the register's file, and make the request."""
    login = {"username": "a", "password": "a", "provider": "db", "refresh": False}
    for _ in range(60):  # its worker is slow to start
        try:
            token = _call(port, "/api/v1/security/login", login)["access_token"]
            break
        except (OSError, MissingError):
            time.sleep(1)
    else:
        raise MissingError("Superset does not answer.")
    database = _call(
        port, "/api/v1/database/", {"database_name": "cells", "sqlalchemy_uri": f"sqlite:///{register}"}, token
    )
    dataset = _call(port, "/api/v1/dataset/", {"database": database["id"], "table_name": "cell"}, token)
    query = {
        "datasource": {"id": dataset["id"], "type": "table"},
        "queries": [
            {
                "columns": ["month", "arm"],
                "metrics": [{"expressionType": "SQL", "sqlExpression": "MAX(value)", "label": "value"}],
                "filters": [
                    {"col": "release", "op": "==", "val": "2026-11.1"},
                    {"col": "indicator", "op": "==", "val": "active_use"},
                    {"col": "view", "op": "==", "val": "month"},
                ],
                "row_limit": 1000,
            }
        ],
        "result_format": "json",
        "result_type": "full",
    }
    answer = _call(port, "/api/v1/chart/data", query, token)
    rows = answer["result"][0]["rowcount"]
    if rows != 12:
        raise MissingError(f"Superset gives {rows} rows for the chart, not 12.")
    return post("/api/v1/chart/data", json.dumps(query).encode(), Authorization=f"Bearer {token}")


def _call(port: int, path: str, body: dict[str, Any], token: str = "") -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(asked, timeout=120) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise MissingError(f"Superset answers {path} with {error.code}: {error.read()[:300]!r}") from error
