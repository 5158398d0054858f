"""Measures the dashboard: time in the server under 50 and 500 viewers, pages a second of one core, memory; beside the
same page as a file, and a chart of Apache Superset on the same cells; first paint and bytes in Chromium. Exit code 1
where a figure of issue 6 is missed.

A viewer opens the page, reads for some seconds, chooses a department, reads, and so on. Time in the server is taken
around the application: by the clock, with waiting for other threads, and by its own processor. Everything runs on one
machine, the load too, so what others do on it shows in the clock.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import requests
from bench_dashboard_browser import first_loads, save_page
from bench_dashboard_data import departments, make_year, signed_in
from bench_dashboard_load import PAGES, Asked, Viewer, flood, get, look
from bench_servers import MissingError, Server, free_port, running
from bench_superset import installed, superset

NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  types {{ text/html html; text/css css; text/javascript js; image/svg+xml svg; application/json json; }}
  access_log off; client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5; gzip on; gzip_comp_level 9;
  gzip_types text/css text/javascript application/json;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""
SERVER_TIME, CHARTS, PAINT, BYTES = 50.0, 10.0, 1.5, 1_000_000
CHARTED = "/use"
"""The page whose charts stand beside Superset's: use by month, trained and untrained."""


Verdicts = list[tuple[str, bool]]


@dataclass
class Carried:
    """What one core carries: answers for a second of its time, milliseconds and memory."""

    per_core_s: float
    cpu_ms: float
    memory_mb: float
    failed: int


@contextlib.contextmanager
def dashboard(url: str, folder: Path, *, workers: int, at_once: int = 0) -> Iterator[tuple[Server, int]]:
    """The dashboard under its production server: so many processes of eight threads."""
    port, log = free_port(), folder / "dashboard.log"
    command = [sys.executable, str(Path(__file__).with_name("bench_dashboard_server.py")), url, str(folder)]
    with running([*command, str(at_once), str(port), str(workers)], port=port, log=log, within_s=60) as pid:
        yield Server(None, (pid,)), port


def times_of(folder: Path) -> dict[str, list[tuple[float, float]]]:
    """Each route's times since the last look: by the clock and by the processor, in milliseconds."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for file in folder.glob("times-*"):
        for line in file.read_text().splitlines():
            path, status, clock, processor = line.split(" ")
            if status == "200":
                found[path].append((float(clock), float(processor)))
        with file.open("w"):
            pass
    return found


def quantiles(values: list[float]) -> tuple[float, float]:
    """The median and the 95th of a hundred."""
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


def under_viewers(port: int, folder: Path, people: list[Viewer], options: argparse.Namespace) -> tuple[float, float]:
    """Print what so many viewers meant for the server; return the worst p95 of all pages, of the trees and of the
    callbacks: by the clock, and by the processor.
    """
    times_of(folder)
    seen = look(port, people, seconds=options.seconds)
    answers = len(seen.times)
    print(f"\n{len(people)} viewers: {answers} answers, {answers / seen.seconds:.0f} a second, {seen.failed} failed")
    by_path = times_of(folder)
    pages = [time for path, times in by_path.items() if path in PAGES for time in times]
    worst = (0.0, 0.0)
    for name, times in {"all pages": pages, **{path: by_path[path] for path in sorted(by_path)}}.items():
        if not times:
            continue
        (middle, high), (own, own_high) = (quantiles(list(each)) for each in zip(*times, strict=True))
        if name not in PAGES:
            worst = max(worst[0], high), max(worst[1], own_high)
        print(
            f"  {name:<26} {len(times):>6}   server p50 {middle:6.1f} p95 {high:6.1f} ms"
            f"   of its processor p50 {own:5.1f} p95 {own_high:5.1f} ms"
        )
    middle, high = quantiles(seen.times)
    print(f"  as the viewers saw it              p50 {middle:6.1f} p95 {high:6.1f} ms")
    return worst


def carried(server: Server, port: int, request: Callable[[int], bytes], options: argparse.Namespace) -> Carried:
    """How much one core carries, eight at once."""
    flood(port, request, at_once=8, seconds=1)
    before = server.cpu_s()
    seen: Asked = flood(port, request, at_once=8, seconds=options.seconds / 2)
    used = server.cpu_s() - before
    good = len(seen.times) - seen.failed
    return Carried(good / used if used else 0.0, 1000 * used / max(good, 1), server.memory_mb(), seen.failed)


def show(name: str, found: Carried) -> None:
    print(
        f"  {name:<44} {found.per_core_s:8.0f} a second and core {found.cpu_ms:8.2f} ms {found.memory_mb:6.0f} MB"
        + (f"  {found.failed} failed" if found.failed else "")
    )


@contextlib.contextmanager
def files(root: Path, folder: Path) -> Iterator[tuple[Server, int, str]]:
    """The page as files: from nginx where it is, else from Python's own server."""
    port = free_port()
    if nginx := shutil.which("nginx"):
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, root=root))
        command, name = [nginx, "-c", str(folder / "nginx.conf")], "nginx"
    else:
        name = "python -m http.server"
        command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(root)]
    with running(command, port=port, log=folder / "files.log") as pid:
        yield Server(None, (pid,)), port, name


def main() -> int:
    options = _options()
    verdicts: Verdicts = []
    with tempfile.TemporaryDirectory(prefix="bench-dashboard-") as name:
        folder = Path(name)
        began = time.process_time()
        url, cells = make_year(folder, options.departments, options.releases)
        print(
            f"{options.releases} releases of {options.departments} departments, {cells} cells in the latest "
            f"({time.process_time() - began:.0f} s of processor)"
        )
        ours, charts = _ours(url, folder, options, verdicts)
        if options.superset:
            _beside_superset(folder, charts * ours.per_core_s, options, verdicts)
    print()
    for what, good in verdicts:
        print(f"{'reached' if good else 'MISSED '}  {what}")
    return 0 if all(good for _what, good in verdicts) else 1


def _ours(url: str, folder: Path, options: argparse.Namespace, verdicts: Verdicts) -> tuple[Carried, int]:
    """All about the dashboard by itself; return what one core carries of a page's tree, and how many charts it has."""
    people = viewers(url, options)
    with dashboard(url, folder, workers=options.workers) as (server, port):
        for path in PAGES if options.warm else ():
            flood(port, lambda _n, path=path: get(path, _cookie(people[1])), at_once=1, seconds=0.1)
        for count in options.viewers:
            clock, processor = under_viewers(port, folder, people[:count], options)
            print(f"  memory of the server {server.memory_mb():.0f} MB")
            if count == 50:
                for what, found in (("by the clock", clock), ("of its processor", processor)):
                    said = f"p95 in the server at 50 viewers, {what}: {found:.1f} ms (at most {SERVER_TIME:.0f})"
                    verdicts.append((said, found <= SERVER_TIME))
        with _exports_going_on(url, folder, options):
            print("\nThe same while exports are made, two at a time:", end="")
            under_viewers(port, folder, people[: min(options.viewers)], options)
        print("\nOne core, eight at once:")
        cookie = _cookie(people[1])
        page = carried(server, port, lambda _n: get(CHARTED, cookie), options)
        asked = get("/_dash-layout", cookie, Referer=f"http://localhost{CHARTED}")
        tree = carried(server, port, lambda _n: asked, options)
        charts = _charts(port, people[1].cookie)
        show("this dashboard: a page", page)
        show(f"this dashboard: its words and its {charts} charts", tree)
        _beside_files(f"http://127.0.0.1:{port}{CHARTED}", people[1].cookie, folder, options, verdicts)
    return tree, charts


def _cookie(person: Viewer) -> str:
    return f"adoption_session={person.cookie}"


def _charts(port: int, cookie: str) -> int:
    with requests.Session() as session:
        session.trust_env = False
        session.cookies.set("adoption_session", cookie)
        referer = {"Referer": f"http://localhost{CHARTED}"}
        return session.get(f"http://127.0.0.1:{port}/_dash-layout", headers=referer, timeout=60).text.count('"Graph"')


def _beside_files(address: str, session: str, folder: Path, options: argparse.Namespace, verdicts: Verdicts) -> None:
    root, cookie = folder / "static", ("adoption_session", session)
    root.mkdir()
    save_page(address, cookie, root)
    folder.chmod(0o755)  # nginx's worker is another account
    with files(root, folder) as (server, port, who):
        show(f"{who}: the page as a file", carried(server, port, lambda _n: get("/index.html"), options))
        if options.browser:
            _in_the_browser(address, f"http://127.0.0.1:{port}/index.html", cookie, options, verdicts)


def viewers(url: str, options: argparse.Namespace) -> list[Viewer]:
    """As many as are needed: analysts, and every third the head of a department."""
    names = list(departments(options.departments))
    cookies = signed_in(url, max(options.viewers), names)
    return [
        Viewer(cookie, [names[number % len(names)]] if number % 3 == 0 else names, options.think)
        for number, cookie in enumerate(cookies)
    ]


def _in_the_browser(
    ours: str, static: str, cookie: tuple[str, str], options: argparse.Namespace, verdicts: Verdicts
) -> None:
    try:
        found = first_loads({"dashboard": ours, "file": static}, cookie, loads=options.loads)
    except MissingError as error:
        print(f"\nNot measured in a browser: {error}")
        return
    page, file = found["dashboard"], found["file"]
    print(f"\nChromium, {options.loads} loads each by turns, empty cache: first contentful paint (median)")
    print(f"  this dashboard {page.paint:.0f} ms, the page as a file {file.paint:.0f} ms")
    total, (largest, size) = sum(page.sizes.values()), max(page.sizes.items(), key=lambda each: each[1])
    print(f"  first load: {total / 1000:.0f} kB as sent; the largest is {largest}, {size / 1000:.0f} kB")
    ratio = page.paint / file.paint
    verdicts.append((f"first paint: {ratio:.2f} times the file's (at most {PAINT})", ratio <= PAINT))
    verdicts.append((f"first load: {total} bytes as sent (at most {BYTES})", total <= BYTES))


@contextlib.contextmanager
def _exports_going_on(url: str, folder: Path, options: argparse.Namespace) -> Iterator[None]:
    """A hundred exports in the queue, and `adoption report work` at it."""
    from analytics_dash.exporting import queue  # noqa: PLC0415
    from analytics_dash.exporting.making import check  # noqa: PLC0415
    from analytics_dash.exporting.order import Order, digest  # noqa: PLC0415
    from analytics_dash.releases import Scope, register_app  # noqa: PLC0415
    from analytics_dash.releases.access import Caller  # noqa: PLC0415

    with register_app(url).app_context():
        rests_on = check(Scope("analyst"), Order("2026-11.1", "pdf"))
        kinds = itertools.cycle(("pdf", "xlsx", "ods", "html"))
        for number, department in enumerate(itertools.islice(itertools.cycle(departments(options.departments)), 100)):
            order = Order("2026-11.1", next(kinds), department, demo=True)
            caller = Caller(f"asker-{number}", Scope("analyst"))
            queue.ask(caller, order, digest(order, rests_on), days=1, ready=False)
        queue.db.session.remove()
    env = dict(os.environ) | {
        "ADOPTION_REGISTER": url,
        "ADOPTION_EXPORTS_FOLDER": str(folder / "shelf"),
        "ADOPTION_EXPORTS_AT_ONCE": "2",
    }
    worker = subprocess.Popen([sys.executable, "-m", "analytics_dash.cli", "report", "work", "--demo"], env=env)
    try:
        time.sleep(3)
        yield
    finally:
        worker.terminate()
        worker.wait(30)


def _beside_superset(folder: Path, charts: float, options: argparse.Namespace, verdicts: Verdicts) -> None:
    """`charts` is how many of ours one core carries in a second."""
    try:
        venv = installed(folder, options.superset_env)
        with superset(folder, venv, folder / "releases.sqlite") as (server, port, request):
            found = carried(server, port, lambda _n: request, options)
    except (MissingError, RuntimeError, OSError) as error:
        print(f"\nNot beside Superset: {error}")
        return
    show("Apache Superset: the data of one chart", found)
    ratio = charts / found.per_core_s if found.per_core_s else 0.0
    what = f"charts a second and core: {ratio:.1f} times Superset's (at least {CHARTS:.0f})"
    verdicts.append((what, ratio >= CHARTS))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--departments", type=int, default=50)
    parser.add_argument("--releases", type=int, default=12)
    parser.add_argument("--viewers", type=int, nargs="+", default=[50, 500])
    parser.add_argument("--workers", type=int, default=1, help="processes of the dashboard")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each measurement")
    parser.add_argument("--think", type=float, default=8.0, help="seconds that a viewer reads, on average")
    parser.add_argument("--loads", type=int, default=7)
    parser.add_argument("--cold", dest="warm", action="store_false", help="do not open each page once beforehand")
    parser.add_argument("--no-browser", dest="browser", action="store_false")
    parser.add_argument("--no-superset", dest="superset", action="store_false")
    parser.add_argument("--superset-env", help="an environment in which Superset is installed already")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
