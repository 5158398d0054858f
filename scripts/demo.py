"""Start the whole house on loopback with a demonstration government; `./scripts/demo` calls it inside `.venv`.

It starts the same programs that an operator would (the workbench LMS, `tutor-gateway`, `adoption serve`), waits
until each answers, says what to try, and stops them on Ctrl-C. Nothing here knows how any of them works inside.
The parts are in `demo_parts.py`; what `--check` drives is in `demo_check.py`.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from demo_parts import BIN, ROOT, DemoError, Places, Service, keys, services

READY_WITHIN_S = 120
THROUGH = "2026-10"


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


def prepare(places: Places, *, history: bool) -> None:
    """Build the demonstration government, load it and publish its releases; quick when that was done before."""
    done = subprocess.run(
        [str(BIN / "adoption"), "demo", "prepare", "--data", str(places.data), *(["--history"] if history else [])],
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
  Dashboard   {places.dashboard}/          sign in as any of the five roles

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
        prepare(places, history=not check)
        say(f"Starting the {dashboard.name} …")
        dashboard.start()
        # From now: how long the data took hangs on the machine, and says nothing about the parts.
        ready_by = time.monotonic() + READY_WITHIN_S
        for part in parts:
            part.wait_until_ready(ready_by)
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
