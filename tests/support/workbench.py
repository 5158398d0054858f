"""The demonstration LMS, the tutor gateway and the offline engine as processes: the real things, for tests to drive."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

ROOT = Path(__file__).parents[2]
READY_WITHIN_S = 60


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Workbench:
    """A running demonstration LMS: its address and its data folder."""

    url: str
    data: Path

    def learner(self, lesson: str = "sample", student: str = "student_1") -> str:
        return f"{self.url}/scenario/{lesson}/student_view/?student={student}"

    def studio(self, lesson: str = "sample") -> str:
        return f"{self.url}/scenario/{lesson}/studio_view/"

    def tracking(self) -> list[dict[str, Any]]:
        """The lines of the tracking log, parsed."""
        return [json.loads(line) for line in self.tracking_text().splitlines()]

    def tracking_text(self) -> str:
        path = self.data / "tracking.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""


@contextmanager
def process(arguments: list[str], probe: str, log: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Run a server until `probe` answers, then until the block ends; SIGTERM must end it within seconds."""
    with log.open("wb") as output:
        running = subprocess.Popen(
            arguments, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **environment}, cwd=log.parent
        )
        try:
            _wait(running, probe, log)
            yield
        finally:
            running.send_signal(signal.SIGTERM)
            try:
                running.wait(timeout=20)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
                raise


def _wait(running: subprocess.Popen[bytes], probe: str, log: Path) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        if running.poll() is not None:
            raise RuntimeError(f"It stopped with {running.returncode}:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(probe, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"It did not answer:\n{log.read_text()}")


@contextmanager
def workbench(
    data: Path, *, port: int = 0, content: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Workbench]:
    """The demonstration LMS, with the sample lesson or the lessons of a content folder."""
    port = port or free_port()
    data.mkdir(parents=True, exist_ok=True)
    arguments = [sys.executable, "-m", "xblock_ai_tutor.workbench", "--port", str(port), "--data", str(data)]
    if content is not None:
        arguments += ["--content", str(content)]
    url = f"http://127.0.0.1:{port}"
    # Whoever runs the tests with another XBlock put first gets it in the process as well.
    path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT)]))
    clean = {"AI_TUTOR_GATEWAY_URL": "", "AI_TUTOR_TRACKING_LOG": "", "AI_TUTOR_CONTENT": "", "PYTHONPATH": path}
    with process(arguments, f"{url}/healthz", data / "workbench.log", {**clean, **(environment or {})}):
        yield Workbench(url, data)


@dataclass(frozen=True)
class House:
    """The demonstration LMS with a tutor: LMS, gateway, and where the gateway keeps its things."""

    lms: Workbench
    gateway: str
    data: Path


@contextmanager
def house(data: Path, *, content: Path, pace_ms: int = 60) -> Iterator[House]:
    """LMS, gateway and offline engine together. `pace_ms`: how slowly the engine writes, ms between pieces."""
    lms, gateway, engine = free_port(), free_port(), free_port()
    service_key = secrets.token_urlsafe(48)
    gateway_data = data / "gateway"
    gateway_data.mkdir(parents=True)
    tutor = str(Path(sys.executable).with_name("tutor-gateway"))
    gateway_url, engine_url = f"http://127.0.0.1:{gateway}", f"http://127.0.0.1:{engine}/v1"
    settings = {
        "TUTOR_DATABASE_URL": f"sqlite:///{gateway_data}/gateway.sqlite",
        "TUTOR_SERVICE_KEY": service_key,
        "TUTOR_TICKET_KEY": secrets.token_urlsafe(48),
        "TUTOR_TRANSCRIPT_KEY": Fernet.generate_key().decode(),
        "TUTOR_MODEL_BASE_URL": engine_url,
        "TUTOR_MODEL_API_KEY": "offline",
        "TUTOR_MODEL": "offline-engine",
        "TUTOR_OPERATOR_COUNTRY": "GB",
        "TUTOR_ALLOWED_ORIGINS": f"http://127.0.0.1:{lms}",
    }
    pace = ["engine", "--port", str(engine), "--pace", str(pace_ms)]
    with (
        process([tutor, *pace], f"{engine_url}/models", gateway_data / "engine.log", {}),
        process(
            [tutor, "serve", "--port", str(gateway)], f"{gateway_url}/healthz", gateway_data / "gateway.log", settings
        ),
        workbench(
            data / "lms",
            port=lms,
            content=content,
            environment={"AI_TUTOR_GATEWAY_URL": gateway_url, "AI_TUTOR_SERVICE_KEY": service_key},
        ) as running,
    ):
        yield House(running, gateway_url, gateway_data)
