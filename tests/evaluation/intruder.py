"""A motivated intruder at a stolen warehouse: what can be found out without the key, by each way that is known.

`scripts/intruder-test` runs it over the demonstration government and prints the table of docs/intruder-test.md; the
tests run it over a small department. The intruder has every file but the key, the staff directory, and knows the
program. The last row is the control: with the key the same search finds people, so finding nobody means something.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from analytics_dash.identity import Identity, canonical

_LOW = (1 << 63) - 1
GUESSED_KEYS = (b"", bytes(32), b"secret", b"password", b"changeme", b"adoption", bytes(range(32)), b"\xff" * 32)


@dataclass(frozen=True, slots=True)
class Finding:
    """One attack: how many of `of` it singled out."""

    attack: str
    found: int
    of: int

    def __str__(self) -> str:
        share = 100 * self.found / self.of if self.of else 0
        return f"| {self.attack} | {self.found:,} of {self.of:,} | {share:.1f} % |"


def attack(warehouse: Path, directory: Sequence[tuple[str, str]], key: Identity | None = None) -> list[Finding]:
    """Every attack on the warehouse's file by someone with the directory of `(kind, identifier)`; `key`: control."""
    with duckdb.connect(str(warehouse), read_only=True) as db:
        aliases = {
            row[0] for row in db.execute("SELECT alias FROM identities UNION SELECT alias FROM erased").fetchall()
        }
        aliases |= {
            row[0] for row in db.execute("SELECT alias FROM learning_events UNION SELECT alias FROM usage").fetchall()
        }
        findings = [
            Finding(
                "Dictionary of every address, user name and id; plain digests",
                _hits(aliases, directory, _plain),
                len(aliases),
            ),
            Finding("The same under guessed keys", _hits(aliases, directory, _guessed), len(aliases)),
            *_by_attributes(db),
            *_by_time(db),
            *_by_count(db),
        ]
    if key is not None:
        known = {key.mask.alias(key.alias(kind, value)) for kind, value in directory}  # type: ignore[arg-type]
        findings.append(Finding("Control: the same dictionary with the key", len(known & aliases), len(aliases)))
    return findings


def _hits(aliases: set[int], directory: Sequence[tuple[str, str]], guesses: Any) -> int:
    found = set()
    for kind, value in directory:
        for digest in guesses(kind, value):
            for order in ("big", "little"):
                number = int.from_bytes(digest[:8], order)  # type: ignore[arg-type]
                found |= {number & _LOW, number >> 1} & aliases
    return len(found)


def _plain(kind: str, value: str) -> Iterable[bytes]:
    spellings = {value, value.lower(), canonical(kind, value)}  # type: ignore[arg-type]
    for spelling in spellings | {f"{kind}|{each}" for each in spellings}:
        for name in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            yield hashlib.new(name, spelling.encode()).digest()


def _guessed(kind: str, value: str) -> Iterable[bytes]:
    text = f"{kind}|{canonical(kind, value)}".encode()  # type: ignore[arg-type]
    for key in GUESSED_KEYS:
        yield hmac.digest(key, text, "sha256")
        if len(key) == 32:
            who = Identity(key, key)
            yield who.mask.alias(who.alias(kind, value)).to_bytes(8, "big")  # type: ignore[arg-type]


def _alone(rows: Iterable[tuple[Any, ...]]) -> tuple[int, int]:
    """How many rows have no equal, and how many there are."""
    counts = Counter(rows)
    return sum(1 for number in counts.values() if number == 1), sum(counts.values())


def _by_attributes(db: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Somebody who knows of a colleague what a directory says, and looks for the only such row of `people`."""
    columns = "department, grade_band, profession, nation"
    plain = db.execute(f"SELECT {columns} FROM people").fetchall()
    licence = db.execute(f"SELECT {columns}, licence_from, licence_to FROM people").fetchall()
    return [
        Finding("Department, grade, profession, nation known: the only one", *_alone(plain)),
        Finding("The same and the dates of the licence", *_alone(licence)),
    ]


def _by_time(db: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Somebody who saw a colleague do something, or has the raw log, and looks for the event at that time."""
    findings = []
    for unit, meaning in (
        ("microsecond", "to the microsecond (the raw log)"),
        ("minute", "to the minute"),
        ("day", "to the day"),
    ):
        rows = db.execute(f"SELECT kind, course, date_trunc('{unit}', \"at\") FROM learning_events").fetchall()
        findings.append(Finding(f"Kind, course and time of one event known {meaning}: the only one", *_alone(rows)))
    return findings


def _by_count(db: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Somebody who knows how many messages a colleague wrote in a month (a leaderboard, a screenshot)."""
    rows = db.execute("SELECT tool, cadence, period_start, messages FROM usage WHERE messages > 0").fetchall()
    return [Finding("Messages of one period known exactly: the only one", *_alone(rows))]


def table(findings: Iterable[Finding]) -> str:
    return "\n".join(["| What the intruder does | singled out | share |", "|---|---|---|", *map(str, findings)])


def main(arguments: Sequence[str] | None = None) -> int:
    """Over the demonstration government: 3,000 staff, six months."""
    from analytics_dash.demonstration.build import make_lives
    from analytics_dash.demonstration.prepare import prepare
    from analytics_dash.keys import load_key

    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="intruder-") as base:
        home = Path(base)
        prepare(home)
        directory = []
        for life in make_lives():
            person = life.person
            directory += [
                ("email", person.email),
                ("lms_username", person.username),
                ("lms_user_id", str(person.number)),
            ]
        print(table(attack(home / "warehouse.duckdb", directory, load_key(home / "pseudonym.key"))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
