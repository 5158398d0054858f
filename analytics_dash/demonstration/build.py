"""Build the demonstration government's feeds into a folder, with the truth beside them; the same bytes for a seed.

A folder that is neither empty nor ours is left alone (`marker`). `commands` calls this, and tests do.
"""

from __future__ import annotations

import dataclasses
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from analytics_dash.demonstration import planted, truth
from analytics_dash.demonstration.behaviour import Life, live
from analytics_dash.demonstration.feeds import (
    chatgpt,
    course_results,
    envelope,
    faults,
    feedback,
    ledger,
    platform,
    roster,
)
from analytics_dash.demonstration.feeds.envelope import Emitted, Style
from analytics_dash.demonstration.feeds.faults import Expected
from analytics_dash.demonstration.feeds.tracking import moments_of
from analytics_dash.demonstration.marker import MARKER, refuse_foreign, write_marker
from analytics_dash.demonstration.staff import make_staff
from analytics_dash.demonstration.streams import stream

ROSTER: Final = "roster.csv"
GRADES: Final = "grades"
COMPLETIONS: Final = "completions"
LEDGER: Final = "ledger.jsonl"
FEEDBACK: Final = "feedback.jsonl"
COSTS: Final = "platform/costs.jsonl"
POSTURE: Final = "platform/posture.jsonl"
ATTESTATIONS: Final = "attestations.jsonl"
BUDGETS: Final = "budgets.jsonl"

# How each month's log is written: the platform was reconfigured now and then, once in the middle of a month.
_MID_JULY: Final = datetime(2026, 7, 15, tzinfo=UTC)
_STYLES: Final = MappingProxyType(
    {
        "2026-05": (envelope.older, envelope.older),
        "2026-06": (envelope.prefixed, envelope.prefixed),
        "2026-07": (envelope.prefixed, envelope.plain),
        "2026-08": (envelope.plain, envelope.plain),
        "2026-09": (envelope.prefixed, envelope.prefixed),
        "2026-10": (envelope.plain, envelope.plain),
    }
)
_ZIPPED: Final = frozenset({"2026-05", "2026-06", "2026-08", "2026-09"})


@dataclass(frozen=True, slots=True)
class Feed:
    """One file that was written: its path in the folder, the kind that `adoption load` calls it, what to expect."""

    path: str
    kind: str
    expected: Expected


@dataclass(frozen=True, slots=True)
class Built:
    """What was written: the folder, the seed, the feeds, and how many people are behind them."""

    folder: Path
    seed: int
    staff: int
    feeds: tuple[Feed, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the summary that `adoption demo build --json` prints."""
        return {
            "folder": str(self.folder),
            "seed": self.seed,
            "staff": self.staff,
            "roster": ROSTER,
            "planted": MARKER,
            "feeds": [{"path": feed.path, "kind": feed.kind, **feed.expected.to_json()} for feed in self.feeds],
        }


def make_lives(seed: int = planted.DEFAULT_SEED) -> tuple[Life, ...]:
    """Return everybody's six months."""
    return tuple(live(person, seed) for person in make_staff(seed))


def build_feeds(folder: Path, seed: int = planted.DEFAULT_SEED) -> Built:
    """Write all feeds and `planted.json` into `folder`, over what an earlier build put there.

    Raises `OutputFolderError` when the folder holds anything but an earlier build. A build that was interrupted leaves
    a `planted.json` that says so, and the next one finishes the work.
    """
    refuse_foreign(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_marker(folder, {"complete": False})
    lives = make_lives(seed)
    feeds = (
        *_write_logs(folder, lives, seed),
        *_write_usage(folder, lives, seed),
        *_write_course(folder, lives, seed),
        *_write_gateway(folder, lives, seed),
        *_write_platform(folder, seed),
    )
    _write(folder / ROSTER, roster.roster_csv(life.person for life in lives))
    built = Built(folder, seed, sum(life.person.listed for life in lives), feeds)
    write_marker(folder, {"complete": True, **_truth_json(built, lives)})
    return built


def _truth_json(built: Built, lives: Sequence[Life]) -> dict[str, Any]:
    constants = {
        name.lower(): value
        for name, value in vars(planted).items()
        if name.isupper() and isinstance(value, int | float | str | date)
    }
    return {
        "seed": built.seed,
        "parameters": {
            **{name: value.isoformat() if isinstance(value, date) else value for name, value in constants.items()},
            "departments": [dataclasses.asdict(department) for department in planted.DEPARTMENTS],
        },
        "feeds": {feed.path: {"kind": feed.kind, **feed.expected.to_json()} for feed in built.feeds},
        "truth": [figure._asdict() for figure in truth.figures(lives)],
        "active_by_nation": truth.share_by_nation(lives),
    }


def _write_logs(folder: Path, lives: Sequence[Life], seed: int) -> Iterator[Feed]:
    """One log a month, by UTC as the platform's own rotation goes."""
    months: dict[str, list[Emitted]] = {month: [] for month in planted.MONTHS}
    for life in lives:
        for emitted in moments_of(life):
            months[emitted.at.isoformat()[:7]].append(emitted)
    for month, emitted_then in months.items():
        rng = stream(seed, "log", month)
        in_order = envelope.in_order(emitted_then)
        lines = envelope.log_lines(in_order, partial(_style, month))
        lines, expected = faults.plant_in_log(rng, lines, [emitted.counts for emitted in in_order])
        path = f"tracking/{month}.log" + (".gz" if month in _ZIPPED else "")
        _write(folder / path, _joined(lines))
        yield Feed(path, "openedx-log", expected)


def _style(month: str, at: datetime) -> Style:
    early, late = _STYLES[month]
    return early if at < _MID_JULY else late


def _write_usage(folder: Path, lives: Sequence[Life], seed: int) -> Iterator[Feed]:
    for month in planted.MONTHS:
        for what, found in (("users", chatgpt.usage_lines(lives, month)), ("daily", chatgpt.daily_lines(lives, month))):
            rng = stream(seed, "usage" if what == "users" else what, month)
            lines, expected = faults.plant_in_usage(rng, found)
            path = f"chatgpt/{what}_{month}.csv"
            _write(folder / path, _joined(lines))
            yield Feed(path, "chatgpt-users", expected)


def _write_course(folder: Path, lives: Sequence[Life], seed: int) -> Iterator[Feed]:
    """What the learning platform says of the course at the end of each month."""
    for month in planted.MONTHS:
        rows = course_results.grade_lines(lives, month)
        lines, expected = faults.plant_in_grades(stream(seed, "grades", month), rows)
        path = f"{GRADES}/{course_results.report_name(month)}"
        _write(folder / path, _joined(lines))
        yield Feed(path, "grade-report", expected)
        pages, people = course_results.completion_lines(lives, month)
        path = f"{COMPLETIONS}/completion-{month}.jsonl"
        _write(folder / path, _joined(pages))
        yield Feed(path, "completion", Expected(people, 0, 0, 0))


def _write_gateway(folder: Path, lives: Sequence[Life], seed: int) -> Iterator[Feed]:
    for path, name, rows, repeated, broken in (
        (LEDGER, "ledger", ledger.ledger_lines, planted.DUPLICATE_LEDGER_ROWS, planted.MALFORMED_LEDGER_ROWS),
        (
            FEEDBACK,
            "feedback",
            feedback.feedback_lines,
            planted.DUPLICATE_FEEDBACK_ROWS,
            planted.MALFORMED_FEEDBACK_ROWS,
        ),
    ):
        lines, expected = faults.plant_in_rows(stream(seed, name), rows(lives), repeated=repeated, broken=broken)
        _write(folder / path, _joined(lines))
        yield Feed(path, f"gateway-{name}", expected)


def _write_platform(folder: Path, seed: int) -> Iterator[Feed]:
    """What says nothing of persons: what the API platform charged, and where its data is."""
    for path, kind, lines in (
        (COSTS, "openai-costs", platform.cost_lines(stream(seed, "platform"))),
        (POSTURE, "openai-posture", platform.posture_lines(stream(seed, "posture"))),
        (BUDGETS, "tutor-budgets", platform.budget_lines(stream(seed, "budgets"))),
        (ATTESTATIONS, "tutor-attestations", platform.attestation_lines(stream(seed, "attestations"))),
    ):
        _write(folder / path, _joined(lines))
        yield Feed(path, kind, Expected(len(lines), 0, 0, 0))


def _joined(lines: Sequence[bytes]) -> bytes:
    return b"\n".join(lines) + b"\n"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".gz":
        content = gzip.compress(content, compresslevel=4, mtime=0)  # no time in it: the same bytes for a seed
    path.write_bytes(content)
