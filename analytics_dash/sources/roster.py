"""The staff roster: the one file in which a person's identifiers meet, and where departments and licences come from.

It is checked hard, because every link rests on it: a row that contradicts an earlier one is rejected whole. A new
roster replaces the old one. Its person is the alias of the work e-mail; no identifier leaves this module. What it looks
like is in `roster_feed`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Final, NamedTuple

from analytics_dash.identity import Identity, Kind
from analytics_dash.sources import checks, tables
from analytics_dash.sources.records import Reject, Rejected
from analytics_dash.sources.roster_feed import StaffRoster
from analytics_dash.sources.streams import Line

REQUIRED: Final = tuple(column.name for column in StaffRoster.schema.reads if column.required)
OPTIONAL: Final = tuple(column.name for column in StaffRoster.schema.reads if not column.required)
_LABEL_LIMIT: Final = 100
_SPACES: Final = re.compile(r"\s+")
# What tables write where there is no group, in the languages in which they do.
_RESERVED: Final = frozenset(
    {"all", "[c]", "[low]", "[x]", "[z]", "not stated", "all of government", "y llywodraeth gyfan"}
    | {"ensemble de l’administration", "ensemble de l'administration"}
)


class Person(NamedTuple):
    """A row of `people`."""

    person: int
    department: str
    department_group: str | None
    team: str | None
    grade_band: str
    profession: str | None
    nation: str | None
    licence_from: int | None
    licence_to: int | None


@dataclass(slots=True)
class Roster:
    """A roster as read. `lines` = people + duplicates + rejects."""

    kind: ClassVar[str] = StaffRoster.kind
    lines: int = 0
    duplicates: int = 0
    people: list[Person] = field(default_factory=list)
    links: dict[int, int] = field(default_factory=dict)  # alias → person
    rejects: list[Reject] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    damage: str | None = None


def read_roster(lines: Iterable[Line], identity: Identity) -> Roster:
    """The roster's people and links. Raises `FeedError` where columns are missing; a bad row is a reject."""
    found = tables.records(lines)
    header = tables.header(next(found, None), required=REQUIRED, known=OPTIONAL, what="a staff roster")
    roster = Roster()
    if header.unknown:
        roster.notes.append(f"columns that are not known and were not read: {', '.join(header.unknown)}")
    known: dict[int, tuple[Person, frozenset[int]]] = {}
    for record in found:
        roster.lines += 1
        try:
            if record.problem is not None:
                raise Rejected(record.problem)
            person, aliases = _person(header.values(record.fields), identity)
            if known.get(person.person) == (person, frozenset(aliases.values())):
                roster.duplicates += 1
                continue
            for name, alias in aliases.items():
                if alias in roster.links:
                    raise Rejected(f"{name}: already in an earlier row, for another person or with other details")
        except Rejected as rejected:
            roster.rejects.append(Reject(record.line, str(rejected)))
        else:
            roster.people.append(person)
            roster.links.update(dict.fromkeys(aliases.values(), person.person))
            known[person.person] = (person, frozenset(aliases.values()))
        if record.damage:
            roster.damage = record.problem
    roster.notes += _spelt_in_two_ways(roster.people)
    return roster


def _spelt_in_two_ways(people: Iterable[Person]) -> Iterator[str]:
    """A note where departments differ in capitals alone: as two, both are smaller than the one that is meant."""
    names = {person.department for person in people}
    twice = len(names) - len({name.casefold() for name in names})
    if twice:
        yield f"names of departments that differ from another in capitals alone, and count as departments: {twice}"


def _person(row: dict[str, str], identity: Identity) -> tuple[Person, dict[str, int]]:
    address = checks.email(row["work_email"])
    if address is None:
        raise Rejected("work_email: must not be empty")
    given: dict[str, tuple[Kind, str | int]] = {"work_email": ("email", address)}
    # Aspects may know people by this digest of their address, as the platform spells it (`mbox_sha1sum`).
    for spelling in dict.fromkeys((address, address.lower())):
        given[f"work_email ({len(given)})"] = ("email_sha1", hashlib.sha1(spelling.encode()).hexdigest())  # noqa: S324
    if (name := checks.username(row.get("lms_username"))) is not None:
        given["lms_username"] = ("lms_username", name)
    if (number := checks.user_id(row.get("lms_user_id"))) is not None:
        given["lms_user_id"] = ("lms_user_id", number)
    if (login := checks.github_login(row.get("github_login"))) is not None:
        given["github_login"] = ("github_login", login)
    aliases = {column: identity.alias(kind, value) for column, (kind, value) in given.items()}
    licence_from, licence_to = _day_or_none(row, "licence_from"), _day_or_none(row, "licence_to")
    if licence_to is not None and (licence_from is None or licence_to < licence_from):
        raise Rejected("licence_to: needs a licence_from on or before it")
    person = Person(
        person=aliases["work_email"],
        department=_label("department", row["department"]),
        department_group=_label_or_none(row, "department_group"),
        team=_label_or_none(row, "team"),
        grade_band=_label("grade_band", row["grade_band"]),
        profession=_label_or_none(row, "profession"),
        nation=_label_or_none(row, "nation"),
        licence_from=licence_from,
        licence_to=licence_to,
    )
    return person, aliases


def _day_or_none(row: dict[str, str], name: str) -> int | None:
    return tables.day(name, row[name]) if row.get(name) else None


def _label_or_none(row: dict[str, str], name: str) -> str | None:
    return _label(name, row[name]) if row.get(name) else None


def _label(field_name: str, value: str) -> str:
    """A group's name as it will be shown: one spelling of spaces and of composed letters."""
    text = _SPACES.sub(" ", unicodedata.normalize("NFKC", value)).strip()
    if not text:
        raise Rejected(f"{field_name}: must not be empty")
    if len(text) > _LABEL_LIMIT or not text.isprintable():
        raise Rejected(f"{field_name}: must be printable text of at most {_LABEL_LIMIT} characters")
    if text.casefold() in _RESERVED:
        raise Rejected(f"{field_name}: a word that tables use for something else, such as All")
    if "@" in text:
        # A shifted column would carry an address into the warehouse, and from there to a screen.
        raise Rejected(f"{field_name}: holds an @; are the columns shifted?")
    return text
