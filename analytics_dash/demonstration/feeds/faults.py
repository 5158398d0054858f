"""What goes wrong in real feeds, planted at a known rate: lines cut short, lines garbled, lines delivered twice.

Faulty lines are added to good ones and never replace them, so the truth of the population stays as it is; and what was
added is counted exactly, so a loader's counts can be checked against it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from analytics_dash.demonstration import planted


@dataclass(frozen=True, slots=True)
class Expected:
    """How a loader should account for a file: the four counts add up to `lines`."""

    accepted: int
    ignored: int
    duplicates: int
    rejected: int

    @property
    def lines(self) -> int:
        """All lines, without a CSV's header."""
        return self.accepted + self.ignored + self.duplicates + self.rejected

    def to_json(self) -> dict[str, int]:
        """Return the counts under the names that `adoption load --json` uses."""
        return {
            "lines": self.lines,
            "accepted": self.accepted,
            "ignored": self.ignored,
            "duplicates": self.duplicates,
            "rejected": self.rejected,
        }


Garble = Callable[[Random, bytes], bytes]


def plant_in_log(rng: Random, lines: Sequence[bytes], interesting: Sequence[bool]) -> tuple[list[bytes], Expected]:
    """Add malformed and repeated lines to a tracking log, in proportion to its length."""
    good = [line for line, wanted in zip(lines, interesting, strict=True) if wanted]
    garbles = round(len(lines) * planted.MALFORMED_PER_1000_LOG_LINES / 1000)
    repeats = round(len(lines) * planted.DUPLICATES_PER_1000_LOG_LINES / 1000)
    bad = [LOG_GARBLES[n % len(LOG_GARBLES)](rng, rng.choice(good)) for n in range(garbles)]
    return (
        _scatter(rng, lines, bad, _delivered_again(rng.sample(good, repeats))),
        Expected(len(good), len(lines) - len(good), repeats, garbles),
    )


def plant_in_rows(rng: Random, lines: Sequence[bytes], *, repeated: int, broken: int) -> tuple[list[bytes], Expected]:
    """Repeat a stretch of the gateway's rows, as an export restarted at an old cursor does, and garble a few lines."""
    start = rng.randrange(len(lines) // 2)
    again = lines[start : start + repeated]
    bad = [LEDGER_GARBLES[n % len(LEDGER_GARBLES)](rng, rng.choice(lines)) for n in range(broken)]
    return _scatter(rng, lines, bad, again), Expected(len(lines), 0, len(again), len(bad))


def plant_in_usage(rng: Random, lines: Sequence[bytes]) -> tuple[list[bytes], Expected]:
    """Repeat and garble rows of a usage export; the first line is the header and stays first."""
    header, rows = lines[0], lines[1:]
    again = rng.sample(rows, planted.DUPLICATE_USAGE_ROWS)
    bad = [_no_date(rng, rng.choice(rows)) for _ in range(planted.MALFORMED_USAGE_ROWS)]
    return [header, *_scatter(rng, rows, bad, again)], Expected(len(rows), 0, len(again), len(bad))


def plant_in_grades(rng: Random, lines: Sequence[bytes]) -> tuple[list[bytes], Expected]:
    """Garble rows of a grade report; the platform writes nobody down twice."""
    header, rows = lines[0], lines[1:]
    bad = [_no_grade(rng, rng.choice(rows)) for _ in range(planted.MALFORMED_GRADE_ROWS)]
    return [header, *_scatter(rng, rows, bad, ())], Expected(len(rows), 0, 0, len(bad))


def _scatter(rng: Random, lines: Sequence[bytes], bad: Sequence[bytes], again: Sequence[bytes]) -> list[bytes]:
    """Put bad lines anywhere, and repeated ones at the end, where a restarted delivery puts them."""
    out = list(lines)
    for line in bad:
        out.insert(rng.randint(0, len(out)), line)
    return [*out, *again]


def _delivered_again(lines: Sequence[bytes]) -> list[bytes]:
    """Every other line comes by another route, without the logging head: still the same event."""
    return [line[line.index(b"{") :] if place % 2 else line for place, line in enumerate(lines)]


def _cut_short(rng: Random, line: bytes) -> bytes:
    """The disk was full, or two workers wrote at once."""
    return line[: rng.randint(len(line) // 3, len(line) - 2)]


def _context_unbraced(_rng: Random, line: bytes) -> bytes:
    """A brace lost on the way."""
    return line.replace(b'"context": {', b'"context": ', 1)


def _not_text(_rng: Random, line: bytes) -> bytes:
    """Bytes that are not UTF-8."""
    return line.replace(b'"username": "', b'"username": "\xff\xfe', 1)


def _no_time(_rng: Random, line: bytes) -> bytes:
    """An event that says not when."""
    return _edit(line, lambda body: body.pop("time"))


def _nonsense_time(_rng: Random, line: bytes) -> bytes:
    """A clock that was never set."""
    return _edit(line, lambda body: body.update(time="0000-00-00T00:00:00"))


def _no_event(_rng: Random, line: bytes) -> bytes:
    """A payload that is not an object."""
    return _edit(line, lambda body: body.update(event=17))


def _bad_learner(_rng: Random, line: bytes) -> bytes:
    """A pseudonym that is none."""
    return _edit(line, lambda body: body.update(learner=None))


def _no_date(_rng: Random, row: bytes) -> bytes:
    """A spreadsheet program was here."""
    return row.replace(b"ly,2026-", b"ly,0226-99-", 1)


def _no_grade(_rng: Random, row: bytes) -> bytes:
    """Somebody wrote into the report by hand."""
    fields = row.split(b",")
    return b",".join((*fields[:3], b"see e-mail", *fields[4:]))


def _edit(line: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """Change the JSON object in a line, keeping the head before it."""
    start = line.index(b"{")
    body: dict[str, Any] = json.loads(line[start:])
    change(body)
    return line[:start] + json.dumps(body).encode()


LOG_GARBLES: Final[tuple[Garble, ...]] = (
    _cut_short,
    _context_unbraced,
    _not_text,
    _no_time,
    _nonsense_time,
    _no_event,
)
LEDGER_GARBLES: Final[tuple[Garble, ...]] = (_cut_short, _bad_learner)
