"""Erasing a person: everything that bears one of their aliases, now and from whatever is loaded later.

Only who holds the key can name a person here, and must give identifiers, as nobody can find them in a warehouse. They
are read from a file or from stdin, never from a command line, which others on the machine can see. What stays is a
tombstone: the bare aliases, so that old files do not bring the person back. Called by `adoption identity erase`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, cast

from analytics_dash.errors import IdentityError, UsageError
from analytics_dash.home import key_path
from analytics_dash.i18n import _
from analytics_dash.identity import KINDS, Kind
from analytics_dash.keys import open_identity
from analytics_dash.warehouse import counts as counts_of
from analytics_dash.warehouse.files import Files, locked
from analytics_dash.warehouse.staging import Staging, told_apart
from analytics_dash.warehouse.store import Warehouse
from analytics_dash.warehouse.url import warehouse_path

MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Erased:
    """Line by line of the request, whether the warehouse knew anything under the identifier."""

    known: list[bool]


def read_request(lines: Iterable[str]) -> list[tuple[Kind, str]]:
    """The identifiers of a request: a line each, `KIND VALUE`. Blank lines and those that begin with # are left out.

    Raises `UsageError` that names the line and never repeats it.
    """
    found: list[tuple[Kind, str]] = []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        kind, _blank, value = text.partition(" ")
        if kind.rstrip(":") not in KINDS or not value.strip():
            raise UsageError(
                _("Line {number} must be a kind and an identifier; the kinds are {kinds}.").format(
                    number=number, kinds=", ".join(KINDS)
                )
            )
        found.append((cast("Kind", kind.rstrip(":")), value.strip()))
        if len(found) > MOST:
            raise UsageError(_("More than {most} identifiers: split the request.").format(most=MOST))
    if not found:
        raise UsageError(_("There is no identifier in the request: a line each, a kind and an identifier."))
    return found


def erase(
    url: str, request: Iterable[tuple[Kind, str]], *, say: Callable[[str], None] = lambda _sentence: None
) -> Erased:
    """Take the people who bear these identifiers out of the warehouse at `url`, and keep them out.

    It is done whole or not at all, and doing it again changes nothing. Raises what `load` raises.
    """
    files = Files(warehouse_path(url).resolve())
    with locked(files):
        files.clear_leftovers()
        known = counts_of.known(files)
        if known.fingerprint is None:
            raise IdentityError(_("There is no warehouse at {name} yet.").format(name=files.warehouse.name))
        identity = open_identity(key_path(), say=say, expected=known.fingerprint)
        aliases = [identity.mask.alias(identity.alias(kind, value)) for kind, value in request]
        seen = _seen(files, aliases)
        with told_apart(), Staging(files, identity.mask) as staging:
            staging.erase(aliases)
            staging.who_is_who(None)
            staging.merge(fingerprint=identity.fingerprint, loads=[])
            staging.close_next()
            files.write_journal({"action": "erase", "key": identity.fingerprint, "identifiers": len(aliases)})
            files.swap_in()
    return Erased(seen)


def _seen(files: Files, aliases: list[int]) -> list[bool]:
    """Of each alias, whether anything in the warehouse bears it or a tombstone does."""
    with Warehouse(files.warehouse, read_only=True) as opened:
        found = set()
        for table in tables_with_aliases(opened):
            query = f'SELECT DISTINCT alias FROM "{table}" WHERE alias IN (SELECT unnest(?))'  # noqa: S608 (our names)
            found |= {alias for (alias,) in opened.connection.execute(query, [aliases]).fetchall()}
    return [alias in found for alias in aliases]


def tables_with_aliases(opened: Warehouse) -> list[str]:
    """The tables that have a column of aliases."""
    query = """
        SELECT DISTINCT c.table_name FROM duckdb_columns() c JOIN duckdb_tables() t USING (table_name)
        WHERE c.column_name = 'alias'
    """
    return sorted(str(name) for (name,) in opened.connection.execute(query).fetchall())
