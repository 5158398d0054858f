"""What readers' samples are made of: people who do not exist, and marks on what must never be read.

Every sample is a function of its seed. Names, addresses and accounts say that they are fictional; the domains are
those that are reserved for examples (RFC 2606), the IP addresses those reserved for documentation (RFC 5737).
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

COURSE: Final = "course-v1:DemoGov+AI101+2026"
FICTIONAL: Final = "fictional"
NEVER: Final = "never-read"
START: Final = datetime(2026, 5, 1, 8, tzinfo=UTC)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Somebody:
    """One of the people of samples; nobody is real, and each says so."""

    number: int

    @property
    def username(self) -> str:
        return f"{FICTIONAL}.person.{self.number}"

    @property
    def user_id(self) -> int:
        return 70_000_000 + self.number

    @property
    def email(self) -> str:
        return f"{FICTIONAL}.person.{self.number}@department.example"

    @property
    def public_id(self) -> str:
        return f"user-{FICTIONAL}{self.number:06d}"

    @property
    def learner(self) -> str:
        """The gateway's pseudonym: 32 hex digits."""
        return f"{0xF1C710A1:08x}{self.number:024x}"


def never_read(field: str) -> str:
    """What a sample puts into a field that must never be read: it must be in no row, reason or note."""
    return f"{NEVER} {field}"


def randomness(kind: str, seed: int) -> random.Random:
    """The one source of chance of a reader's sample."""
    return random.Random(f"{kind} {seed}")  # noqa: S311 (made-up data)


def somebody(rng: random.Random, people: int = 40) -> Somebody:
    return Somebody(rng.randrange(1, people + 1))


def moments(rng: random.Random, start: datetime = START) -> Iterator[datetime]:
    """Times that go on by seconds to minutes, UTC."""
    while True:
        start += timedelta(seconds=rng.randrange(1, 900), microseconds=rng.randrange(1_000_000))
        yield start


def mixed(rng: random.Random, sound: Iterable[_T], broken: Iterable[_T]) -> list[_T]:
    """Both, the broken ones at random places among the sound ones."""
    both = list(sound)
    for each in broken:
        both.insert(rng.randrange(len(both) + 1), each)
    return both


def json_lines(objects: Iterable[Any]) -> bytes:
    """One object a line; what is text already goes as it stands."""
    return "".join(
        (each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)) + "\n" for each in objects
    ).encode()


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A CSV with a header; fields that a row lacks are empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\r\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
