"""Start the whole house on loopback with a demonstration government; `./scripts/demo` calls it inside `.venv`.

It starts the same programs that an operator would (the workbench LMS, `tutor-gateway`, `adoption serve`), waits
until each answers, says what to try, and stops them on Ctrl-C. Nothing here knows how any of them works inside.
What `--check` drives is in `demo_check.py`.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
READY_WITHIN_S = 60
STOP_WITHIN_S = 8
THROUGH = "2026-10"


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


def say(text: str = "") -> None:
    print(text, flush=True)


def check_ports(places: Places) -> None:
    for port in (places.base, places.base + 50, places.base + 100, places.base + 101):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise DemoError(
                    f"Port {port} is in use. Stop what uses it, or choose others: ./scripts/demo --port-base N"
                ) from None


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
        say(
            "OPENAI_API_KEY is set but no host is: the offline engine answers. For the real API with UK storage "
            "set TUTOR_MODEL_BASE_URL=https://gb.api.openai.com/v1 as well."
        )
    return f"{places.engine}/v1", "offline", True


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
        gateway_env |= {"TUTOR_MODEL": "offline-engine", "TUTOR_OPERATOR_COUNTRY": "GB"}
    lms_env = env | {
        "AI_TUTOR_GATEWAY_URL": places.gateway,
        "AI_TUTOR_GATEWAY_PUBLIC_URL": places.gateway,
        "AI_TUTOR_SERVICE_KEY": secret["service"],
        "AI_TUTOR_TRACKING_LOG": str(places.tracking_log),
    }
    engine = Service(
        "offline engine",
        [str(BIN / "tutor-gateway"), "engine", "--port", str(places.base + 101)],
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


def prepare(places: Places) -> None:
    """Build the demonstration government, load it and publish its release; quick when that was done before."""
    done = subprocess.run(
        [str(BIN / "adoption"), "demo", "prepare", "--data", str(places.data)],
        env=os.environ | {"ADOPTION_HOME": str(places.data)},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise DemoError(f"The demonstration data could not be prepared (adoption demo prepare: {done.returncode}).")


def invitation(places: Places) -> str:
    adoption = f"ADOPTION_HOME={places.data} .venv/bin/adoption"
    return f"""
Ready. Everything runs on this machine; the data is fictional.

  Learner     {places.lms}/          a lesson, with the tutor beside it
  Gateway     {places.gateway}/openapi.json
  Dashboard   {places.dashboard}/          sign in as training manager, department head or auditor

Try: do the lesson with the keyboard alone · ask the tutor about a passage · give it a National Insurance
number (AB 12 34 56 C, say) · mark a question OFFICIAL-SENSITIVE · then load what you did:

  {adoption} load --warehouse {places.warehouse} --kind openedx-log {places.tracking_log}

Ctrl-C stops it. State is kept in {places.data}.
"""


def run(places: Places, *, check: bool) -> int:
    places.data.mkdir(parents=True, exist_ok=True)
    check_ports(places)
    began = time.monotonic()
    parts = services(places, keys(places.data))
    try:
        # The parts start while the data is built: none of them needs it until somebody looks. The dashboard
        # comes last, so that it finds the register.
        *early, dashboard = parts
        for part in early:
            say(f"Starting the {part.name} …")
            part.start()
        prepare(places)
        say(f"Starting the {dashboard.name} …")
        dashboard.start()
        for part in parts:
            part.wait_until_ready(began + READY_WITHIN_S + 60)
            say(f"  {part.name} answers")
        say(f"All of it ready after {time.monotonic() - began:.0f} s.")
        if check:
            import demo_check  # noqa: PLC0415 - beside this file; only a check needs it

            return demo_check.run(places, THROUGH)
        say(invitation(places))
        watch(parts)
    finally:
        for part in reversed(parts):
            part.stop()
        say("Stopped.")
    return 0


def watch(parts: list[Service]) -> None:
    """Wait for Ctrl-C or SIGTERM; a part that dies ends the demonstration and says so."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(0.5):
        for part in parts:
            part.must_be_running()
    say("\nStopping …")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="./scripts/demo",
        description="The learning platform, the tutor and the dashboard on this machine, with fictional data.",
        epilog="Without a key the offline engine answers. For the real API set OPENAI_API_KEY and "
        "TUTOR_MODEL_BASE_URL=https://gb.api.openai.com/v1. Exit codes: 0 all well; 1 something failed, and is named.",
    )
    parser.add_argument(
        "--port-base", type=int, default=8000, metavar="N", help="LMS on N, dashboard N+50, gateway N+100"
    )
    parser.add_argument("--data", type=Path, default=ROOT / "var" / "demo", metavar="DIR", help="where state lives")
    parser.add_argument("--check", action="store_true", help="start, drive each part once over HTTP, stop; for CI")
    options = parser.parse_args()
    if not 1024 <= options.port_base <= 65535 - 101:
        parser.error(f"--port-base {options.port_base} does not fit: choose 1024 to {65535 - 101}.")
    # SIGTERM before everything is up ends it as Ctrl-C does: through the `finally` that stops the parts.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return run(Places(options.port_base, options.data.resolve()), check=options.check)
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
