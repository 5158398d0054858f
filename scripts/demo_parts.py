"""The parts of the demonstration: where each listens, how it is started, how to tell that it is ready.

`demo.py` starts and stops them. They are the programs that an operator would start, with settings from the
environment; the keys they share are made once for each data directory.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
STOP_WITHIN_S = 8
PACE_MS = 60  # between the offline engine's words: slow enough to watch an answer being written


class DemoError(Exception):
    """The demonstration cannot start or go on; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where each part listens and keeps its state. Ports follow `--port-base`: N, N+100, N+50; the engine N+101."""

    base: int
    data: Path

    @property
    def lms(self) -> str:
        return f"http://127.0.0.1:{self.base}"

    @property
    def dashboard(self) -> str:
        return f"http://127.0.0.1:{self.base + 50}"

    @property
    def gateway(self) -> str:
        return f"http://127.0.0.1:{self.base + 100}"

    @property
    def engine(self) -> str:
        return f"http://127.0.0.1:{self.base + 101}"

    @property
    def warehouse(self) -> str:
        return f"duckdb:///{self.data / 'warehouse.duckdb'}"

    @property
    def tracking_log(self) -> Path:
        return self.data / "lms" / "tracking.log"


@dataclass(slots=True)
class Service:
    """One program of the house: how it starts, how to tell that it is ready, and where its output goes."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    ready: str
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            # Its own session: Ctrl-C reaches this script alone, which then stops the parts in order.
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self, deadline: float) -> None:
        while time.monotonic() < deadline:
            self.must_be_running()
            if answers(self.ready):
                return
            time.sleep(0.1)
        raise DemoError(f"The {self.name} did not answer at {self.ready} in time.\n{self.last_words()}")

    def must_be_running(self) -> None:
        if self.process is not None and self.process.poll() is not None:
            raise DemoError(f"The {self.name} stopped (exit code {self.process.returncode}).\n{self.last_words()}")

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-15:] if self.log.exists() else []
        return f"The end of {self.log}:\n" + "\n".join(f"  {line}" for line in lines)

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)  # its own session, so only what it started
            self.process.wait()


def answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as response:
            return bool(response.status < 500)
    except urllib.error.HTTPError as refused:
        return refused.code < 500
    except OSError:
        return False


def keys(data: Path) -> dict[str, str]:
    """The deployment's secrets, made once for this data directory and readable by its owner alone."""
    path = data / "secrets.json"
    if path.exists():
        return dict(json.loads(path.read_text()))
    made = {
        "service": secrets.token_urlsafe(48),
        "ticket": secrets.token_urlsafe(48),
        "transcript": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "session": secrets.token_urlsafe(48),
    }
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(made, file)
    return made


def model_endpoint(places: Places, env: Mapping[str, str]) -> tuple[str, str, bool]:
    """Which model answers: (base URL, API key, whether it is the offline engine).

    The real API needs both a key and a host that the operator names; without a host the key is not used, because
    the SDK's own default host stores data outside the United Kingdom.
    """
    key = env.get("OPENAI_API_KEY", "")
    host = env.get("TUTOR_MODEL_BASE_URL") or env.get("OPENAI_BASE_URL") or ""
    if host:
        return host, key or "no-key", False
    if key:
        print(
            "OPENAI_API_KEY is set but no host is: the offline engine answers. For the real API with UK storage "
            "set TUTOR_MODEL_BASE_URL=https://gb.api.openai.com/v1 as well.",
            flush=True,
        )
    return f"{places.engine}/v1", "offline", True


def residency_evidence(env: Mapping[str, str]) -> dict[str, str]:
    """What the demonstration goes by on the real API: the provider's record where there is an Admin key for it.

    Otherwise the address alone, which a gateway accepts only when it is told to; and it tells its learners so.
    """
    settings = {
        "TUTOR_MODEL_PROJECT": env.get("TUTOR_MODEL_PROJECT") or env.get("OPENAI_PROJECT_ID", ""),
        "TUTOR_MODEL_ORGANISATION": env.get("TUTOR_MODEL_ORGANISATION") or env.get("OPENAI_ORG_ID", ""),
    }
    if not env.get("TUTOR_ADMIN_API_KEY") and not env.get("TUTOR_RESIDENCY_EVIDENCE"):
        print(
            "No TUTOR_ADMIN_API_KEY is set: the demonstration takes the endpoint's address as evidence of where words "
            "are stored, and says that nothing is proven by it (TUTOR_RESIDENCY_EVIDENCE=address).",
            flush=True,
        )
        settings["TUTOR_RESIDENCY_EVIDENCE"] = "address"
    return settings


def services(places: Places, secret: Mapping[str, str]) -> list[Service]:
    logs = places.data / "logs"
    env = {name: value for name, value in os.environ.items() if not name.upper().startswith("OPENAI_")}
    env |= {"ADOPTION_HOME": str(places.data), "PYTHONUNBUFFERED": "1"}
    base_url, api_key, offline = model_endpoint(places, os.environ)
    gateway_env = env | {
        "TUTOR_DATABASE_URL": f"sqlite:///{places.data / 'gateway.sqlite'}",
        "TUTOR_SERVICE_KEY": secret["service"],
        "TUTOR_TICKET_KEY": secret["ticket"],
        "TUTOR_TRANSCRIPT_KEY": secret["transcript"],
        "TUTOR_MODEL_BASE_URL": base_url,
        "TUTOR_MODEL_API_KEY": api_key,
        "TUTOR_ALLOWED_ORIGINS": f"{places.lms},http://localhost:{places.base}",
    }
    if offline:
        # No country is declared: the learner is told "this machine", which is all that is known of it.
        gateway_env |= {"TUTOR_MODEL": "offline-engine"}
    else:
        gateway_env |= residency_evidence(os.environ)
    lms_env = env | {
        "AI_TUTOR_GATEWAY_URL": places.gateway,
        "AI_TUTOR_GATEWAY_PUBLIC_URL": places.gateway,
        "AI_TUTOR_SERVICE_KEY": secret["service"],
        "AI_TUTOR_TRACKING_LOG": str(places.tracking_log),
    }
    engine = Service(
        "offline engine",
        [str(BIN / "tutor-gateway"), "engine", "--port", str(places.base + 101), "--pace", str(PACE_MS)],
        env,
        f"{places.engine}/v1/models",
        logs / "engine.log",
    )
    gateway = Service(
        "tutor gateway",
        [str(BIN / "tutor-gateway"), "serve", "--port", str(places.base + 100)],
        gateway_env,
        f"{places.gateway}/healthz",
        logs / "gateway.log",
    )
    lms = Service(
        "learning platform",
        [
            *(str(BIN / "python"), "-m", "xblock_ai_tutor.workbench", "--port", str(places.base)),
            *("--data", str(places.data / "lms"), "--content", str(ROOT / "content")),
        ],
        lms_env,
        f"{places.lms}/",
        logs / "lms.log",
    )
    dashboard = Service(
        "dashboard",
        [str(BIN / "adoption"), "serve", "--demo", "--port", str(places.base + 50)],
        env | {"ADOPTION_SESSION_KEY": secret["session"]},
        f"{places.dashboard}/healthz",
        logs / "dashboard.log",
    )
    return [engine, gateway, lms, dashboard] if offline else [gateway, lms, dashboard]
