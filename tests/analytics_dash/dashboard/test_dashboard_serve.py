"""`adoption serve` as an operator runs it: one line with the address, health, a clean stop, clear refusals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from flask import Flask

from analytics_dash.cli import cli
from analytics_dash.dashboard.config import METRICS_FOLDER
from analytics_dash.errors import REFUSED
from tests.support.api import served


def test_it_says_its_address_answers_and_stops_cleanly(register: str) -> None:
    command = [sys.executable, "-m", "analytics_dash.cli", "serve", "--register", register, "--port", "0", "--demo"]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ADOPTION_", "PROMETHEUS_"))}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            assert line.startswith("Dashboard on http://127.0.0.1:"), server.stderr and server.stderr.read()
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(line.split()[-1] + "healthz", timeout=20) as answer:
                assert answer.status == 200
        finally:
            server.send_signal(signal.SIGTERM)
        out, err = server.communicate(timeout=20)
    assert server.returncode == 0
    assert "Traceback" not in out + err


def test_without_demo_it_refuses_and_says_what_is_missing(register: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADOPTION_SESSION_KEY", raising=False)
    result = CliRunner().invoke(cli, ["serve", "--register", register])
    assert result.exit_code == REFUSED
    assert "No identity provider" in result.output
    assert "ADOPTION_SESSION_KEY" in result.output


def test_an_operator_sees_that_it_is_ready_and_how_it_does_over_all_workers(register: str, tmp_path: Path) -> None:
    token = "a token of the operator's"
    with served(register, "--demo", "--workers", "2", log=tmp_path / "log", ADOPTION_METRICS_TOKEN=token) as address:
        for _ in range(6):
            assert requests.get(f"{address}/readyz", timeout=20).json() == {"status": "ready"}
        assert requests.get(f"{address}/metrics", timeout=20).status_code == 401
        counts = requests.get(f"{address}/metrics", timeout=20, headers={"Authorization": f"Bearer {token}"}).text
    assert 'adoption_requests_total{route="operations.readyz",status="200"} 6.0' in counts
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_with_an_identity_provider_it_serves_real_readers(register: str, tmp_path: Path) -> None:
    identity = tmp_path / "identity.toml"
    identity.write_text('issuer = "https://login.example"\nclient_id = "a"\n[roles]\n"analysts" = "analyst"\n')
    env = {
        "ADOPTION_IDENTITY_FILE": str(identity),
        "ADOPTION_OIDC_CLIENT_SECRET": "s",
        "ADOPTION_PUBLIC_URL": "https://adoption.example",
        "ADOPTION_SESSION_KEY": "k" * 40,
        "ADOPTION_PROXIES": "1",
    }
    with served(register, log=tmp_path / "log", **env) as address:
        behind = {"Host": "adoption.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        page = requests.get(f"{address}/sign-in", headers=behind, timeout=20)
        assert "/sign-in/start" in page.text
        assert "Demonstration" not in page.text
        assert page.headers["Strict-Transport-Security"]
        assert requests.get(f"{address}/readyz", timeout=20).json() == {"status": "ready"}
        assert requests.get(f"{address}/sign-in", headers={"Host": "rebound.example"}, timeout=20).status_code == 400


def test_there_are_no_metrics_without_a_token(app: Flask) -> None:
    assert app.test_client().get("/metrics").status_code == 404


def test_check_says_all_that_is_wrong_or_that_nothing_is(register: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["serve", "--register", register, "--demo", "--check"])
    assert METRICS_FOLDER not in os.environ, "the folder is gone, and so is its name"
    assert (result.exit_code, "in order" in result.output) == (0, True)
    identity = tmp_path / "identity.toml"
    identity.write_text('issuer = "http://login.example"\n')
    env = {"ADOPTION_IDENTITY_FILE": str(identity), "ADOPTION_PUBLIC_URL": "http://x", "ADOPTION_PROXIES": "many"}
    result = CliRunner().invoke(cli, ["serve", "--register", register, "--check"], env=env)
    assert result.exit_code == REFUSED
    for words in ("https", "client_id", "[roles]", "CLIENT_SECRET", "PUBLIC_URL", "SESSION_KEY", "ADOPTION_PROXIES"):
        assert words in result.output


def test_without_a_register_it_says_how_to_make_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["serve", "--register", f"sqlite:///{tmp_path / 'none.sqlite'}", "--demo"])
    assert result.exit_code == REFUSED
    assert "adoption release build" in result.output
