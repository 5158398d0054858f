"""The second lesson, on checking what a model says: some who finished the first hand in its checking log weeks later.

Its log is a `verify` activity: for each source a place and a finding, or nothing. Drawn from a stream of its own, so
that nobody's life changes with it. `behaviour` gives it to a life, `feeds.tracking` writes it down.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from analytics_dash.demonstration import lesson, planted
from analytics_dash.demonstration.lesson import Step
from analytics_dash.demonstration.moments import local_day, working_day, working_time

LESSON_ID: Final = "demonstration-verifying"
LESSON_VERSION: Final = hashlib.sha256(LESSON_ID.encode()).hexdigest()[:12]
BLOCK: Final = f"block-v1:{lesson.ORG}+AI101+2026+type@ai_tutor+block@lesson2"
READING: Final = Step("why-check", "reading")
LOG: Final = Step("checking-log", "verify", ("judgment", "statistic", "guidance"))
STEPS: Final = (READING, LOG)
POSSIBLE: Final = 1.0
"""Marks of a checking log: of each source a half for a proper place and a half for what is found there, their mean."""

NOT_CHECKED: Final = "not-checked"
PLACES: Final = ("law-reports", "statistics-office", "intranet", "web-search")
FINDINGS: Final = ("says-so", "says-otherwise", "not-there")
TRUTH: Final = {
    "judgment": ("law-reports", "not-there"),
    "statistic": ("statistics-office", "says-otherwise"),
    "guidance": ("intranet", "says-so"),
}
_RIGHT: Final = 0.7  # of places, and of findings, by whoever looked


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody noted of one source: `where/found`, or that they did not check; `share` of its mark, 0 to 1."""

    item: str
    answer: str
    share: float


@dataclass(frozen=True, slots=True)
class Log:
    """One checking log as it was handed in."""

    at: datetime
    number: int
    entries: tuple[Entry, ...]

    @property
    def is_full(self) -> bool:
        """Whether every source was checked."""
        return all(entry.answer != NOT_CHECKED for entry in self.entries)

    @property
    def earned(self) -> float:
        """Its marks, of `POSSIBLE`."""
        return sum(entry.share for entry in self.entries) / len(self.entries)


@dataclass(frozen=True, slots=True)
class Checking:
    """One person's way through the second lesson; no log for somebody who left after reading."""

    started_at: datetime
    read_at: datetime
    logs: tuple[Log, ...]

    @property
    def completed_at(self) -> datetime | None:
        """When the last log was handed in."""
        return self.logs[-1].at if self.logs else None


def draw_checking(rng: Random, trained: datetime) -> Checking | None:
    """Draw whether and how somebody who finished the first lesson at `trained` takes the second one."""
    day = local_day(trained)
    if rng.random() >= planted.TAKES_CHECKING:
        return None
    later = working_day(rng, day + timedelta(days=2), day + timedelta(days=25))
    if later >= planted.LAST_DAY:
        return None
    started = working_time(rng, later)
    read = started + timedelta(seconds=rng.randint(60, 300))
    if rng.random() < planted.LEAVES_BEFORE_THE_LOG:
        return Checking(started, read, ())
    return Checking(started, read, _logs(rng, read))


def _logs(rng: Random, read: datetime) -> tuple[Log, ...]:
    """The log, and a full one after it by half of those who left something out: the first is what counts."""
    at = read + timedelta(seconds=rng.randint(240, 1500))
    full = rng.random() < planted.CHECKS_EVERYTHING
    first = Log(at, 1, _entries(rng, full=full))
    if full or rng.random() < 0.5:
        return (first,)
    return first, Log(at + timedelta(seconds=rng.randint(60, 600)), 2, _entries(rng, full=True))


def _entries(rng: Random, *, full: bool) -> tuple[Entry, ...]:
    """An empty log cannot be handed in, so whoever leaves something out leaves one source or two."""
    left = set() if full else set(rng.sample(LOG.items, rng.randint(1, len(LOG.items) - 1)))
    return tuple(Entry(item, NOT_CHECKED, 0.0) if item in left else _entry(rng, item) for item in LOG.items)


def _entry(rng: Random, item: str) -> Entry:
    chosen = tuple(
        right if rng.random() < _RIGHT else rng.choice([each for each in every if each != right])
        for right, every in zip(TRUTH[item], (PLACES, FINDINGS), strict=True)
    )
    share = sum(one == right for one, right in zip(chosen, TRUTH[item], strict=True)) / 2
    return Entry(item, "/".join(chosen), share)
