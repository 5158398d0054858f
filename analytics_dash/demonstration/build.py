"""Build the demonstration government's feeds into a folder, with the truth beside them; the same bytes for a seed.

`planted.json` marks a folder as made here: a folder that is neither empty nor ours is left alone. `commands` calls
this, and tests do.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from analytics_dash.demonstration import planted, truth
from analytics_dash.demonstration.behaviour import Life, live
from analytics_dash.demonstration.errors import OutputFolderError
from analytics_dash.demonstration.feeds import chatgpt, envelope, faults, feedback, ledger, platform, roster
from analytics_dash.demonstration.feeds.envelope import Emitted, Style
from analytics_dash.demonstration.feeds.faults import Expected
from analytics_dash.demonstration.feeds.tracking import moments_of
from analytics_dash.demonstration.staff import make_staff
from analytics_dash.demonstration.streams import stream
from analytics_dash.i18n import _

MARKER: Final = "planted.json"
MADE_BY: Final = "adoption demo build"
ROSTER: Final = "roster.csv"
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
    _write_marker(folder, {"complete": False})
    lives = make_lives(seed)
    feeds = (
        *_write_logs(folder, lives, seed),
        *_write_usage(folder, lives, seed),
        _write_ledger(folder, lives, seed),
        _write_feedback(folder, lives, seed),
        *_write_platform(folder, seed),
    )
    _write(folder / ROSTER, roster.roster_csv(life.person for life in lives))
    built = Built(folder, seed, sum(life.person.listed for life in lives), feeds)
    _write_marker(folder, {"complete": True, **_truth_json(built, lives)})
    return built


def refuse_foreign(folder: Path) -> None:
    """Raise `OutputFolderError` unless `folder` is absent, empty, or made by an earlier build."""
    if folder.exists() and not folder.is_dir():
        raise OutputFolderError(
            _("{folder} is a file. Name a folder that is empty or does not exist yet.").format(folder=folder)
        )
    if folder.is_dir() and any(folder.iterdir()) and "made_by" not in read_marker(folder):
        raise OutputFolderError(
            _(
                "{folder} holds files that {command} did not make, so nothing was written. Name a folder that is empty "
                "or does not exist yet."
            ).format(folder=folder, command=MADE_BY)
        )


def is_complete(folder: Path) -> bool:
    """Say whether `folder` is a finished build."""
    return read_marker(folder).get("complete") is True


def read_marker(folder: Path) -> dict[str, Any]:
    """Return what `planted.json` says, or nothing when there is none of ours."""
    try:
        marker = json.loads((folder / MARKER).read_bytes())
    except (OSError, ValueError):
        return {}
    return marker if isinstance(marker, dict) and marker.get("made_by") == MADE_BY else {}


def _write_marker(folder: Path, content: Mapping[str, Any]) -> None:
    draft = folder / f".{MARKER}"
    draft.write_bytes(json.dumps({"made_by": MADE_BY, **content}, indent=1).encode() + b"\n")
    draft.replace(folder / MARKER)


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
        rng = stream(seed, "usage", month)
        lines, expected = faults.plant_in_usage(rng, chatgpt.usage_lines(lives, month))
        path = f"chatgpt/users_{month}.csv"
        _write(folder / path, _joined(lines))
        yield Feed(path, "chatgpt-users", expected)


def _write_ledger(folder: Path, lives: Sequence[Life], seed: int) -> Feed:
    rng = stream(seed, "ledger")
    lines, expected = faults.plant_in_rows(
        rng,
        ledger.ledger_lines(lives),
        repeated=planted.DUPLICATE_LEDGER_ROWS,
        broken=planted.MALFORMED_LEDGER_ROWS,
    )
    _write(folder / LEDGER, _joined(lines))
    return Feed(LEDGER, "gateway-ledger", expected)


def _write_feedback(folder: Path, lives: Sequence[Life], seed: int) -> Feed:
    rng = stream(seed, "feedback")
    lines, expected = faults.plant_in_rows(
        rng,
        feedback.feedback_lines(lives),
        repeated=planted.DUPLICATE_FEEDBACK_ROWS,
        broken=planted.MALFORMED_FEEDBACK_ROWS,
    )
    _write(folder / FEEDBACK, _joined(lines))
    return Feed(FEEDBACK, "gateway-feedback", expected)


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
