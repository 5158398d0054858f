"""The gateway side by side with no proxy, nginx and LiteLLM, in one run against one paced stub: ratios, not promises.

`./scripts/bench-gateway` calls it. Load and stub share the machine with what is measured, so the figures to look at are
the ratios. Added time to first displayable text counts from the moment when the stub sent what the text waits for: the
first delta for a proxy that checks nothing, the delta that makes the first sentence's end certain for ours.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import bench_servers as servers
from bench_load import back_to_back, paced

AT_ONCE = 64


@dataclass
class Paced:
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    errors: int
    answers: int
    mb_a_stream: float


@dataclass
class Figures:
    name: str
    answers_s: float = 0.0
    cpu_ms: float = 0.0
    errors: int = 0
    paced: dict[int, Paced] = field(default_factory=dict)


def _ask(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answered:
        return bytes(answered.read())


def measure(server: servers.Server, stub_port: int, options: argparse.Namespace) -> Figures:
    figures = Figures(server.target.name)
    if options.cpu:
        return measure_cpu(server, stub_port, options, figures)
    _ask(stub_port, "/mode/burst")
    back_to_back(server.target, at_once=8, seconds=1.5)  # imports, caches, connections
    before = server.cpu_s()
    burst = back_to_back(server.target, at_once=AT_ONCE, seconds=options.seconds)
    figures.answers_s = burst.good / burst.seconds
    figures.cpu_ms = (server.cpu_s() - before) / max(1, burst.good) * 1000
    figures.errors = burst.bad
    _ask(stub_port, "/mode/paced")
    for streams in options.streams:
        figures.paced[streams] = _measure_paced(server, stub_port, streams, options)
    return figures


def measure_cpu(server: servers.Server, stub_port: int, options: argparse.Namespace, figures: Figures) -> Figures:
    """Processor time alone, at a load that leaves the machine room: what else it does changes that little."""
    _ask(stub_port, "/mode/burst")
    back_to_back(server.target, at_once=4, seconds=3.0)
    before = server.cpu_s()
    burst = back_to_back(server.target, at_once=4, seconds=options.seconds)
    figures.answers_s, figures.errors = burst.good / burst.seconds, burst.bad
    figures.cpu_ms = (server.cpu_s() - before) / max(1, burst.good + 4) * 1000  # four were running at the end
    _ask(stub_port, "/mode/paced")
    for streams in options.streams:
        figures.paced[streams] = _measure_paced(server, stub_port, streams, options)
    return figures


def _measure_paced(server: servers.Server, stub_port: int, streams: int, options: argparse.Namespace) -> Paced:
    _ask(stub_port, "/times")
    before, idle = server.cpu_s(), server.memory_mb()
    full: list[float] = []
    found = paced(
        server.target,
        streams=streams,
        ramp_s=5.0,
        hold_s=options.hold,
        at_full=lambda: full.append(server.memory_mb()),
    )
    sent = json.loads(_ask(stub_port, "/times"))
    added = sorted(
        (seen - sent[str(number)][server.target.waits_for]) * 1000
        for number, seen in found.first_text.items()
        if len(sent.get(str(number), ())) == 2
    )
    p50, p99 = (added[int(len(added) * share)] if added else float("nan") for share in (0.5, 0.99))
    return Paced(
        p50_ms=p50,
        p99_ms=p99,
        cpu_ms=(server.cpu_s() - before) / max(1, found.good) * 1000,
        errors=found.bad,
        answers=found.good,
        mb_a_stream=max(0.0, (full[0] if full else float("nan")) - idle) / streams,
    )


def show(figures: Figures) -> None:
    cells = "".join(
        f" | {found.p50_ms:7.1f} {found.p99_ms:8.1f} {found.cpu_ms:7.2f} {found.mb_a_stream:6.3f} {found.errors:4d}"
        for found in figures.paced.values()
    )
    print(f"{figures.name:26} {figures.answers_s:9.1f} {figures.cpu_ms:8.2f} {figures.errors:4d}{cells}", flush=True)


def verdicts(found: dict[str, Figures], streams: list[int]) -> list[tuple[str, float, float, bool]]:
    """(what, measured, wanted, met) for each target of which both sides were measured."""
    mine = found.get("this gateway, 2 workers")
    if mine is None:
        return []
    judged: list[tuple[str, float, float, bool]] = []
    for other, wanted in (("LiteLLM", 15.0), ("LiteLLM + patterns", 40.0), ("LiteLLM + Presidio", 40.0)):
        if other in found and found[other].answers_s:
            ratio = mine.answers_s / found[other].answers_s
            judged.append((f"answers per second ÷ {other}", ratio, wanted, ratio >= wanted))
    most = max(streams)
    at_most = mine.paced[most]
    if "nginx" in found:
        ratio = at_most.cpu_ms / max(found["nginx"].paced[most].cpu_ms, 0.01)
        judged.append(("CPU per paced answer ÷ nginx", ratio, 3.0, ratio <= 3.0))
    judged += [
        (f"added at {most} streams, p99 ms", at_most.p99_ms, 15.0, at_most.p99_ms <= 15.0),
        (f"errors at {most} streams", float(at_most.errors), 0.0, at_most.errors == 0),
        (f"MB a stream at {most} streams", at_most.mb_a_stream, 0.2, at_most.mb_a_stream <= 0.2),
    ]
    return judged


def cpu_verdicts(found: dict[str, Figures], streams: list[int]) -> list[tuple[str, float, float, bool]]:
    """The targets that can be told from processor time: where all cores are busy, answers go as it goes."""
    mine = found.get("this gateway, 1 worker")
    if mine is None:
        return []
    judged: list[tuple[str, float, float, bool]] = []
    for other, wanted in (("LiteLLM", 15.0), ("LiteLLM + patterns", 40.0), ("LiteLLM + Presidio", 40.0)):
        if other in found:
            ratio = found[other].cpu_ms / max(mine.cpu_ms, 0.001)
            judged.append((f"CPU an answer of {other} ÷ ours", ratio, wanted, ratio >= wanted))
    if "nginx" in found:
        ratio = mine.paced[max(streams)].cpu_ms / max(found["nginx"].paced[max(streams)].cpu_ms, 0.001)
        judged.append(("CPU per paced answer ÷ nginx", ratio, 3.0, ratio <= 3.0))
    return judged


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short runs and at most 200 streams")
    parser.add_argument("--cpu", action="store_true", help="processor time an answer alone, at a small load")
    parser.add_argument("--no-litellm", action="store_true", help="leave LiteLLM out")
    parser.add_argument("--bare", action="store_true", help="also what the parts cost where nothing is checked")
    parser.add_argument("--only", action="append", help="only servers whose name holds this; may be repeated")
    parser.add_argument("--streams", type=lambda text: [int(part) for part in text.split(",")], default=None)
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    options.seconds, options.hold = (3.0, 3.0) if options.quick else (10.0, 10.0)
    options.streams = options.streams or ([40] if options.cpu else [50, 200] if options.quick else [50, 200, 500])

    chosen: list[tuple[str, Callable[[Path, int], AbstractContextManager[servers.Server]]]] = [
        ("no proxy", servers.no_proxy),
        ("nginx", servers.nginx),
        ("LiteLLM", servers.litellm),
        ("LiteLLM + patterns", functools.partial(servers.litellm, patterns=True)),
        ("LiteLLM + Presidio", servers.litellm_with_presidio),
        ("this gateway, 1 worker", functools.partial(servers.ours, workers=1)),
        ("this gateway, 2 workers", functools.partial(servers.ours, workers=2)),
    ]
    if options.bare:
        chosen = [
            (
                f"bare {kind}, {workers} worker{'s' if workers > 1 else ''}",
                functools.partial(servers.bare, kind=kind, workers=workers),
            )
            for kind in ("flask", "wire")
            for workers in (1, 2)
        ] + chosen
    if options.no_litellm:
        chosen = [item for item in chosen if not item[0].startswith("LiteLLM")]
    if options.only:
        chosen = [item for item in chosen if any(part in item[0] for part in options.only)]

    paced_head = "".join(f" | {streams} paced: p50 p99 CPU MB err".ljust(41) for streams in options.streams)
    print(f"{'':26} answers/s   CPU ms  err{paced_head}", flush=True)
    found: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as name, servers.stub(Path(name)) as stub_port:
        for label, server in chosen:
            try:
                with contextlib.ExitStack() as stack:
                    started = stack.enter_context(server(Path(name), stub_port))
                    found[label] = measure(started, stub_port, options)
                    show(found[label])
            except servers.MissingError as missing:
                print(f"{label:26} left out: {missing}", flush=True)
    judged = cpu_verdicts(found, options.streams) if options.cpu else verdicts(found, options.streams)
    for what, measured, wanted, met in judged:
        print(f"{'met    ' if met else 'NOT MET'}  {what}: {measured:.2f} (target {wanted:g})")
    if options.json:
        options.json.write_text(json.dumps({name: figures.__dict__ for name, figures in found.items()}, default=vars))
    return 0 if all(met for *_, met in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
