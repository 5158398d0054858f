"""kill -9 at random moments of many exports, of the server, the maker or one job's process; then start again and look.

After the last start every export must come, whole and with the bytes that an undisturbed making gives; no file that was
ever on the shelf, and none that was handed out, may be anything else; the register must be sound and its schedule
there. `scripts/fuzz-exports` runs a hundred, `tests/analytics_dash/exporting` a few.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from analytics_dash.exporting import queue
from analytics_dash.exporting.making import make
from analytics_dash.exporting.order import Order
from analytics_dash.releases import Scope, register_app
from analytics_dash.releases.access import Caller, open_session
from analytics_dash.releases.models import db
from analytics_dash.schedules import book
from tests.support.releases import DEPARTMENTS, make_register

KEY = "k" * 40
SECTIONS = ("trained", "use", "safety", "equity", "cost")
READERS = 5
LIMIT = {"ADOPTION_EXPORTS_PER_HOUR": "1000"}


@dataclass
class Seen:
    """What the run saw: how many were killed, how many files were looked at, and everything that was wrong."""

    exports: int = 0
    kills: int = 0
    looks: int = 0
    wrong: list[str] | None = None
    seconds: float = 0.0


class House:
    """The server as an operator runs it, killed and started again."""

    def __init__(self, folder: Path, url: str, at_once: int) -> None:
        self.folder, self.url, self.shelf = folder, url, folder / "shelf"
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("ADOPTION_", "PROMETHEUS_"))}
        self.env = (
            clean
            | LIMIT
            | {
                "ADOPTION_SESSION_KEY": KEY,
                "ADOPTION_EXPORTS_FOLDER": str(self.shelf),
                "ADOPTION_EXPORTS_AT_ONCE": str(at_once),
            }
        )
        self.server: subprocess.Popen[str] | None = None
        self.address = ""

    def start(self) -> None:
        command = [sys.executable, "-m", "analytics_dash.cli", "serve", "--demo", "--port", "0", "--register", self.url]
        with (self.folder / "log").open("a") as log:
            self.server = subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.server.stdout is not None
        found = re.search(r"http://\S+[0-9]", self.server.stdout.readline())
        assert found is not None, (self.folder / "log").read_text()
        self.address = found[0]

    def stop(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.wait(30)
            assert self.server.stdout is not None
            self.server.stdout.close()

    def kill(self, rng: random.Random) -> str:
        """Kill one of our processes; the server is started again, the others are started again by themselves."""
        assert self.server is not None
        jobs = [pid for pid in _below(self.server.pid) if "forkserver" in _command(pid)]
        makers = [pid for pid in _below(self.server.pid) if "report work" in _command(pid).replace("\0", " ")]
        what = rng.choice(["server", *(["maker"] if makers else []), *(["job"] if jobs else [])])
        if what != "server":
            with suppress(ProcessLookupError):
                os.kill(rng.choice(jobs if what == "job" else makers), signal.SIGKILL)
            return what
        self.server.kill()
        self.server.wait(30)
        assert self.server.stdout is not None
        self.server.stdout.close()
        self.start()
        return what


def run(exports: int, kills: int, *, seed: int, at_once: int = 2) -> Seen:
    """Ask for so many exports, kill so often meanwhile, start again, and look at everything."""
    rng, seen, began = random.Random(seed), Seen(exports=exports, wrong=[]), time.monotonic()
    assert seen.wrong is not None
    with tempfile.TemporaryDirectory(prefix="adoption-kills-") as name:
        folder = Path(name)
        url, release = make_register(folder)
        house = House(folder, url, at_once)
        orders = list(itertools.islice(_orders(release.id), exports))
        with register_app(url).app_context():
            _write_a_schedule()
            readers = [_signed_in(number) for number in range(READERS)]
            db.session.remove()
            db.engine.dispose()
        house.start()
        try:
            with ThreadPoolExecutor(READERS) as pool:
                asked = [
                    pool.submit(_ask, house, readers[number % READERS], order) for number, order in enumerate(orders)
                ]
                addresses = [each.result() for each in asked]
            for _ in range(kills):
                time.sleep(rng.uniform(0.05, 1.5))
                house.kill(rng)
                seen.kills += 1
                seen.looks += len(_files(house.shelf))
            _wait(house, addresses, readers, seen)
            _look(house, orders, addresses, readers, seen)
        finally:
            house.stop()
    seen.seconds = time.monotonic() - began
    return seen


def _orders(release: str) -> Iterator[Order]:
    """Orders that all differ."""
    for language, sections, kind, department in itertools.product(
        ("en", "cy", "fr"), SECTIONS, ("html", "xlsx", "csv", "ods", "pdf"), ("", *DEPARTMENTS)
    ):
        yield Order(release, kind, department, (sections,), language=language, demo=True)


def _signed_in(number: int) -> dict[str, str]:
    """Cookies of a reader, as the sign-in would have given them."""
    app = Flask("cookies")
    app.secret_key = KEY
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    key = open_session(Caller(f"reader-{number}", Scope("analyst")), hours=8)
    return {"adoption_session": str(signer.dumps({"key": key, "csrf": "c" * 20}))}


def _ask(house: House, cookies: dict[str, str], order: Order) -> str:
    form = {
        "csrf_token": "c" * 20,
        "format": order.format,
        "department": order.department,
        "language": order.language,
        "section": list(order.sections),
    }
    for _ in range(50):
        answer = requests.post(
            f"{house.address}/exports", data=form, cookies=cookies, timeout=60, allow_redirects=False
        )
        if answer.status_code == 302:
            return answer.headers["Location"]
        assert answer.status_code == 429, answer.text  # many of this reader's are waiting
        time.sleep(1)
    raise AssertionError("the queue does not move")


def _wait(house: House, addresses: list[str], readers: list[dict[str, str]], seen: Seen) -> None:
    until, open_ones = time.monotonic() + 60 + 5 * len(addresses), dict(enumerate(addresses))
    while open_ones and time.monotonic() < until:
        for number, address in list(open_ones.items()):
            state = requests.get(
                f"{house.address}{address}/state", cookies=readers[number % READERS], timeout=60
            ).json()["state"]
            if state not in ("queued", "making"):
                del open_ones[number]
            if state in ("failed", "cancelled"):
                (seen.wrong or []).append(f"{address} {state}")
        time.sleep(0.2)
    assert seen.wrong is not None
    seen.wrong += [f"{address} never came" for address in open_ones.values()]


def _look(house: House, orders: list[Order], addresses: list[str], readers: list[dict[str, str]], seen: Seen) -> None:
    assert seen.wrong is not None
    files = _files(house.shelf)
    with register_app(house.url).app_context():
        for number, (order, address) in enumerate(zip(orders, addresses, strict=True)):
            expected = make(Scope("analyst"), order)
            mine, other = readers[number % READERS], readers[(number + 1) % READERS]
            answer = requests.get(f"{house.address}{address}/file", cookies=mine, timeout=60)
            if answer.content != expected:
                seen.wrong.append(f"{address}: other bytes ({answer.status_code}, {len(answer.content)})")
            if requests.get(f"{house.address}{address}/file", cookies=other, timeout=60).status_code != 404:
                seen.wrong.append(f"{address}: handed to somebody else")
            job = queue.job(f"reader-{number % READERS}", address.rpartition("/")[2])
            if job is None or files.pop(job.file, None) != expected:
                seen.wrong.append(f"{address}: the shelf holds something else")
            seen.looks += 1
        seen.wrong += [f"{name}: of no order" for name in files]
        if db.session.execute(db.text("PRAGMA integrity_check")).scalar() != "ok":
            seen.wrong.append("the register is damaged")
        if [each.name for each in book.schedules()] != ["monthly"]:
            seen.wrong.append("the schedule is gone")
        db.session.remove()
        db.engine.dispose()


def _write_a_schedule() -> None:
    book.set_recipient("head@weather.example.gov.uk", Scope("department_head", "Ministry of Weather"))
    wanted = book.Schedule(
        *("monthly", "", (), ("pdf",), "en", "release"),
        paused=False,
        created_at=datetime.now(UTC),
        recipients=(),
    )
    book.add_schedule(wanted, ["head@weather.example.gov.uk"])


def _files(shelf: Path) -> dict[str, bytes]:
    """What is on the shelf under a name by which it could be handed out."""
    if not shelf.is_dir():
        return {}
    return {path.name: path.read_bytes() for path in shelf.iterdir() if not path.name.startswith(".")}


def _below(pid: int) -> list[int]:
    """All processes under this one."""
    found: list[int] = []
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *_below(int(child))]
    return found


def _command(pid: int) -> str:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exports", type=int, default=100)
    parser.add_argument("--kills", type=int, default=15)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    seen = run(arguments.exports, arguments.kills, seed=arguments.seed, at_once=arguments.at_once)
    print(f"{seen.exports} exports, {seen.kills} kills, {seen.looks} looks at files, {seen.seconds:.0f} s")
    for line in seen.wrong or ():
        print(f"WRONG: {line}")
    print("nothing was lost, nothing half was kept" if not seen.wrong else f"{len(seen.wrong)} wrong")
    return 1 if seen.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
