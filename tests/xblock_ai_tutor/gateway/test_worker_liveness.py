"""Which worker is surely dead: never one that lives, never one of another machine."""

from __future__ import annotations

import subprocess
import sys

from xblock_ai_tutor.gateway.workers import dead, this_worker

SAY = "from xblock_ai_tutor.gateway.workers import this_worker; print(this_worker(), flush=True); input()"


def test_a_worker_is_alive_until_it_was_killed_and_a_zombie_is_dead() -> None:
    process = subprocess.Popen([sys.executable, "-c", SAY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdin is not None
    worker = process.stdout.readline().strip()
    assert dead([worker, this_worker()]) == []
    process.kill()
    process.stdout.read()  # its end, before its parent has waited for it
    while dead([worker]) != [worker]:
        assert process.returncode is None
    process.wait()
    assert dead([worker, this_worker()]) == [worker]
    process.stdout.close()
    process.stdin.close()


def test_a_number_that_was_used_again_is_another_worker() -> None:
    place, pid, started = this_worker().split("-")
    assert dead([f"{place}-{pid}-{int(started) - 1}"]) == [f"{place}-{pid}-{int(started) - 1}"]


def test_of_another_machine_or_an_older_gateway_nothing_is_known() -> None:
    _place, pid, started = this_worker().split("-")
    assert dead([f"{'0' * 16}-{pid}-1", "", "nonsense", f"-{pid}-{started}"]) == []
