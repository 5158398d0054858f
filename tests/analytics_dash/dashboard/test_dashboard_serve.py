"""`adoption serve` as an operator runs it: one line with the address, health, a clean stop, clear refusals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from analytics_dash.cli import cli
from analytics_dash.errors import REFUSED


def test_it_says_its_address_answers_and_stops_cleanly(register: str) -> None:
    command = [sys.executable, "-m", "analytics_dash.cli", "serve", "--register", register, "--port", "0", "--demo"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("ADOPTION_")}
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


def test_without_a_register_it_says_how_to_make_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["serve", "--register", f"sqlite:///{tmp_path / 'none.sqlite'}", "--demo"])
    assert result.exit_code == REFUSED
    assert "adoption release build" in result.output
