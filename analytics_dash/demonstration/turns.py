"""Turns with the tutor: when, beside which step, how they ended, what was held back. Counts only; there are no words.

`behaviour` decides who asks and on which day; the tracking log and the ledger both write these down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.moments import local_month
from analytics_dash.demonstration.staff import Person

_TYPES = ("email", "phone", "nino", "postcode", "person_name", "court_case", "iban")
_TYPE_WEIGHTS = (30, 22, 16, 14, 12, 6, 5)
# Prompts with anything to hold back hold 1.5 identifiers on average.
_HOW_MANY = (1, 2, 3)
_HOW_MANY_WEIGHTS = (62, 26, 12)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn. `at` is its end, UTC; `redactions` counts by type; times are milliseconds; tokens as reported."""

    id: str
    at: datetime
    step_id: str
    status: str
    reason: str | None
    redactions: tuple[tuple[str, int], ...]
    guarded: bool
    citations: int
    tokens_in: int
    tokens_out: int
    first_text_ms: int | None
    total_ms: int

    @property
    def redacted(self) -> int:
        """How many identifiers were held back."""
        return sum(count for _, count in self.redactions)


def draw_turns(rng: Random, person: Person, start: datetime, mean: float, steps: Sequence[str]) -> Iterator[Turn]:
    """Draw one sitting: at least one turn, `mean` on average, minutes apart, from `start` on."""
    at = start
    for _ in range(1 + _poisson_like(rng, mean - 1)):
        at += timedelta(seconds=rng.randint(20, 240), milliseconds=rng.randrange(1000))
        yield _turn(rng, person, at, rng.choice(steps))


def expected_redactions(department: planted.Department, month: str) -> float:
    """Return the planted number of redactions per prompt in a department and month."""
    passed = planted.MONTHS.index(month)
    return planted.REDACTIONS_PER_1000_AT_START / 1000 * float(department.redaction_trend**passed)


def _poisson_like(rng: Random, mean: float) -> int:
    """Binomial of 3 × mean trials at a third each: a small count around `mean`, with no tail to speak of."""
    return sum(rng.random() < 1 / 3 for _ in range(round(mean * 3)))


def _turn(rng: Random, person: Person, at: datetime, step_id: str) -> Turn:
    status, reason = _outcome(rng)
    redactions = _redactions(rng, expected_redactions(person.department, local_month(at)))
    called = status in {"answered", "incomplete"}  # a refusal by the screen, like a block, never reaches a model
    first = round(rng.lognormvariate(6.2, 0.4)) if called else None
    return Turn(
        id=f"t-{rng.getrandbits(64):016x}",
        at=at,
        step_id=step_id,
        status=status,
        reason=reason,
        redactions=redactions,
        guarded=called and rng.random() < 0.02,
        citations=rng.choice((0, 1, 1, 1, 2)) if status == "answered" else 0,
        tokens_in=rng.randint(900, 2600) if called else 0,
        tokens_out=rng.randint(40, 420) if called else 0,
        first_text_ms=first,
        total_ms=(first or 3) + (rng.randint(600, 6000) if called else rng.randint(1, 20)),
    )


def _outcome(rng: Random) -> tuple[str, str | None]:
    chance = rng.random()
    for status, share, reason in (
        ("blocked", planted.BLOCKED_TURNS, "marking:OFFICIAL-SENSITIVE"),
        ("refused", planted.REFUSED_TURNS, "instruction_extraction"),
        ("incomplete", planted.INCOMPLETE_TURNS, "max_output_tokens"),
        ("failed", planted.FAILED_TURNS, "model_timeout"),
    ):
        if chance < share:
            return status, reason
        chance -= share
    return "answered", None


def _redactions(rng: Random, expected: float) -> tuple[tuple[str, int], ...]:
    mean = sum(n * w for n, w in zip(_HOW_MANY, _HOW_MANY_WEIGHTS, strict=True)) / sum(_HOW_MANY_WEIGHTS)
    if rng.random() >= expected / mean:
        return ()
    (count,) = rng.choices(_HOW_MANY, weights=_HOW_MANY_WEIGHTS)
    return tuple(sorted(Counter(rng.choices(_TYPES, weights=_TYPE_WEIGHTS, k=count)).items()))
