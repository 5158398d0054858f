"""The gateway with two real workers, on SQLite and on PostgreSQL: budgets hold among two hundred learners, kill -9
strands nothing, and the kill switch works within a second.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.support.gateway import Event, read_events
from tests.support.processes import Service, service

LEARNERS = 200
LIMIT = 100_000

pytestmark = [pytest.mark.quiet, pytest.mark.filterwarnings("ignore::ResourceWarning")]


def wait_for(claim: Callable[[], bool], seconds: float, step: float = 0.05) -> float:
    """How long it took until `claim` held; fails after `seconds`."""
    begun = time.monotonic()
    while not claim():
        assert time.monotonic() - begun < seconds, "it did not happen in time"
        time.sleep(step)
    return time.monotonic() - begun


def holders(rows: Any) -> set[int]:
    """The process ids of the workers that have streams."""
    return {int(worker.split("-")[1]) for (worker,) in rows("SELECT DISTINCT worker FROM reservations")}


@contextlib.contextmanager
def resting(pids: set[int]) -> Iterator[None]:
    """Workers that take nothing for a moment."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def start_on_both_workers(rows: Any, start: Callable[[int], None]) -> int:
    """Start streams, eight at a time, until both workers have some; how many there are. The kernel may deal all of them
    to one, so a worker that has some rests while the next are taken: two seconds at most, should it hold a lock.
    """
    count = 0
    while len(already := holders(rows)) < 2:
        assert count < 48, "one worker gets all of them"
        with resting(already):
            for number in range(count, count + 8):
                start(number)
            with contextlib.suppress(AssertionError):
                wait_for(lambda: holders(rows) > already, 2)
        count += 8
        wait_for(lambda: rows("SELECT count(DISTINCT turn) FROM reservations") == [(count,)], 10)  # noqa: B023
    return count


def test_two_hundred_learners_at_once_never_overspend_one_budget_by_one_token(
    tmp_path: Path, database_url: str
) -> None:
    changes = {"budget_tokens_per_month": str(LIMIT), "budget_tokens_per_learner_day": "0"}
    with service(tmp_path, database_url, **changes) as tutor, tutor.database() as rows:
        lesson = tutor.upload()
        with ThreadPoolExecutor(16) as pool:
            tickets = list(pool.map(lambda number: tutor.ticket(f"{number:032x}", lesson), range(LEARNERS)))
        seen: list[tuple[int, int]] = []
        over = threading.Event()

        def look() -> None:
            with tutor.database() as now:
                while not over.is_set():
                    seen.extend(now("SELECT used, reserved FROM budgets WHERE scope = 'service'"))
                    time.sleep(0.002)

        looking = threading.Thread(target=look)
        looking.start()
        with ThreadPoolExecutor(LEARNERS) as pool:
            ends = [found[-1] for found in pool.map(tutor.ask, tickets)]
        over.set()
        looking.join(10)
        statuses = Counter(data.get("status", data.get("code")) for _, data in ends)
        assert set(statuses) == {"answered", "refused"}, statuses
        assert sum(statuses.values()) == LEARNERS
        assert len(seen) > 50
        assert max(used for used, _ in seen) <= LIMIT
        assert max(used + reserved for used, reserved in seen) <= LIMIT
        assert len({reserved for _, reserved in seen}) > 3, "they were not at once"
        (used, reserved, warned) = rows("SELECT used, reserved, warned FROM budgets WHERE scope = 'service'")[0]
        assert reserved == 0
        assert 0 < used <= LIMIT
        assert [(used, LEARNERS)] == rows("SELECT sum(tokens_in + tokens_out), count(*) FROM ledger")
        assert rows("SELECT count(*) FROM reservations") == [(0,)]
        # One warning for each threshold, whoever of the two workers saw it.
        assert warned == 100
        told = [
            json.loads(detail) if isinstance(detail, str) else detail
            for (detail,) in rows("SELECT detail FROM audit WHERE action = 'budget_warning' ORDER BY id")
        ]
        assert Counter(each["percent"] for each in told) == Counter({each["percent"]: 1 for each in told})
        assert [line["percent"] for line in tutor.log_lines("budget_warning")].count(100) == 1
        shown = json.loads(tutor.run("budgets", "show", "--json").stdout)
        assert shown["budgets"][0]["used_tokens"] == used
        assert shown["budgets"][0]["limit_tokens"] == LIMIT


def test_a_worker_killed_in_mid_stream_loses_no_record_and_strands_no_reservation(
    tmp_path: Path, database_url: str
) -> None:
    with service(tmp_path, database_url, pace_ms=200) as tutor, tutor.database() as rows:
        lesson = tutor.upload()
        settled = [tutor.ask(tutor.ticket(f"{number:032x}", lesson))[-1] for number in range(3)]
        assert [data["status"] for _, data in settled] == ["answered"] * 3
        before = rows("SELECT turn, tokens_in, tokens_out FROM ledger ORDER BY turn")
        tickets = [tutor.ticket(f"{number:032x}", lesson) for number in range(10, 58)]
        streams: list[http.client.HTTPConnection] = []
        begun = start_on_both_workers(rows, lambda number: streams.append(tutor.begin(tickets[number])))
        held_by = dict(rows("SELECT worker, count(DISTINCT turn) FROM reservations GROUP BY worker"))
        victim = max(held_by, key=lambda worker: held_by[worker])
        pid = int(victim.split("-")[1])
        assert pid in tutor.workers()
        os.kill(pid, signal.SIGKILL)
        took = wait_for(
            lambda: rows("SELECT count(*) FROM ledger WHERE reason = 'stranded'") == [(held_by[victim],)], 15
        )
        with contextlib.ExitStack() as closing:
            for stream in streams:
                closing.callback(stream.close)
            ends = Counter()
            for stream in streams:
                with contextlib.suppress(Exception):  # the killed worker's streams break off
                    ends[read_events(stream.getresponse().read())[-1][1].get("status")] += 1
        assert ends["answered"] == begun - held_by[victim], "the other worker's streams went on"
        wait_for(lambda: rows("SELECT count(*) FROM reservations") == [(0,)], 10)
        after = rows("SELECT turn, tokens_in, tokens_out FROM ledger ORDER BY turn")
        assert set(before) < set(after)
        assert len(after) == begun + 3
        assert all(tokens_in > 0 and tokens_out > 0 for _, tokens_in, tokens_out in after)
        booked = sum(tokens_in + tokens_out for _, tokens_in, tokens_out in after)
        assert rows("SELECT used, reserved FROM budgets WHERE scope = 'service'") == [(booked, 0)]
        assert rows("SELECT count(*) FROM turns WHERE status = 'running'") == [(0,)]
        assert tutor.ask(tutor.ticket("f" * 32, lesson))[-1][1]["status"] == "answered"
        print(f"given back after {took:.1f} s")


# ── the kill switch ──────────────────────────────────────────────────────────────────────────────────────────────────


class Streams:
    """Running streams, each read by a thread that notes when it ended (Unix time, seconds) and with what."""

    def __init__(self, tutor: Service, tickets: list[str]) -> None:
        self._tutor, self._tickets = tutor, tickets
        self.ends: dict[int, tuple[float, Event]] = {}
        self._threads: list[threading.Thread] = []

    def start(self, number: int) -> None:
        thread = threading.Thread(target=self._read, args=(number,))
        self._threads.append(thread)
        thread.start()

    def _read(self, number: int) -> None:
        end = self._tutor.ask(self._tickets[number])[-1]
        self.ends[number] = (time.time(), end)

    def join(self) -> None:
        for thread in self._threads:
            thread.join(60)


@pytest.mark.parametrize("what", [(), ("--course", "course-v1:A+B+C"), ("--lesson", "block-1")])
def test_the_kill_switch_works_within_a_second_on_both_workers_and_the_lesson_can_say_so(
    tmp_path: Path, database_url: str, what: tuple[str, ...]
) -> None:
    # A piece of text each second and a half: an answer that ends sooner was ended while the model was silent.
    with service(tmp_path, database_url, pace_ms=1_500) as tutor, tutor.database() as rows:
        lesson = tutor.upload()
        tickets = [tutor.ticket(f"{number:032x}", lesson) for number in range(48)]
        spare, elsewhere = tutor.ticket("e" * 32, lesson), tutor.ticket("d" * 32, lesson, usage="b", course="c")
        running = Streams(tutor, tickets)
        begun = start_on_both_workers(rows, running.start)
        time.sleep(0.5)
        done = json.loads(tutor.run("switch", "off", *what, "--reason", "A test of the runbook", "--json").stdout)
        switched = rows("SELECT since_ms FROM switches")[0][0] / 1000
        assert done["changed"] is True
        running.join()
        assert len(running.ends) == begun
        latest = max(at - switched for at, _ in running.ends.values())
        print(f"the last of {begun} streams ended {latest:.2f} s after the switch")
        assert latest < 1.0, f"the last stream ended after {latest:.2f} s"
        for _, (kind, data) in running.ends.values():
            assert (kind, data["code"]) == ("error", "tutor_off")
            assert "switched off" in data["message"]
        assert rows("SELECT count(*) FROM reservations") == [(0,)]
        for _ in range(6):  # either worker
            status, answered = tutor.ask_for_ticket("c" * 32, lesson)
            assert (status, answered["error"]["code"]) == (503, "tutor_off")
            status, body = tutor.request("POST", "/turns", {"text": "x", "key": "0" * 32}, spare)
            assert (status, json.loads(body)["error"]["code"]) == (503, "tutor_off")
            assert tutor.request("GET", "/conversation", b"", spare)[0] == 200
        other = tutor.request("POST", "/tickets", {}, elsewhere)[0]
        assert other == 401
        if what:
            assert tutor.ask_for_ticket("c" * 32, lesson, usage="b", course="c")[0] == 201
        assert "A test of the runbook" in tutor.run("switch", "list").stdout
        tutor.run("switch", "on", *what, "--reason", "The test is over")
        back = time.monotonic()
        wait_for(lambda: all(tutor.ask_for_ticket("c" * 32, lesson)[0] == 201 for _ in range(6)), 5)
        assert time.monotonic() - back < 1.5
        assert rows("SELECT actor, action FROM audit WHERE action LIKE 'switched_%' ORDER BY id") == [
            ("operator", "switched_off"),
            ("operator", "switched_on"),
        ]
