"""A register as one file, from any database to any other: `adoption register backup` and `restore`.

The file is JSON lines, gzipped: a head with format and revision, each table's rows in the order of their keys, and a
last line with the number of rows and the SHA-256 of all that stands before it, so that a file that was cut off or
changed is refused before anything is written. Sessions and paces are left out: whoever was signed in signs in again.
So are export jobs, which can be asked for again. Tokens are in it as digests.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Table, insert, select, text

from analytics_dash.errors import UsageError
from analytics_dash.i18n import _
from analytics_dash.releases.errors import ReleaseError
from analytics_dash.releases.models import Base, UtcTime, db
from analytics_dash.releases.upgrading import HEAD

FORMAT: Final = "adoption-register/1"
TABLES: Final = (
    *("release", "cell", "learning", "publication", "audit", "token", "account"),
    *("recipient", "schedule", "scheduled", "mailing"),
)
"""In an order in which they can be filled: cells before the publication that closes their release."""

_BATCH: Final = 2_000


def write_backup(path: Path) -> dict[str, int]:
    """Write the register of this application context to `path`, whole or not at all; return the rows of each table.

    It is read in one transaction, so that it is the register of one moment, whoever publishes meanwhile. The file is
    for its owner alone. Raises `UsageError` when it cannot be written.
    """
    partial = path.with_name(path.name + ".part")
    digest, counts = hashlib.sha256(), dict.fromkeys(TABLES, 0)
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw, gzip.open(raw, "wb") as file:
            for name, line in _lines():
                counts[name] = counts.get(name, 0) + 1
                digest.update(line)
                file.write(line)
            counts.pop("")
            file.write(_line({"rows": counts, "sha256": digest.hexdigest()}))
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UsageError(_("{path} cannot be written: {reason}.").format(path=path, reason=error.strerror)) from error
    return counts


def restore_backup(path: Path) -> dict[str, int]:
    """Fill the empty register of this application context from `path`, in one transaction; return the rows.

    Raises `UsageError` when there is no such file, and `ReleaseError` when it is no whole backup of this version's
    form, or the register holds anything already.
    """
    counts = _check(path)
    with db.engine.begin() as connection:
        if any(connection.execute(select(_table(name)).limit(1)).first() for name in TABLES):
            raise ReleaseError(_("This register is not empty; restore into a new one."))
        batch: list[dict[str, Any]] = []
        current = ""
        for name, row in _rows(path):
            if batch and (name != current or len(batch) == _BATCH):
                connection.execute(insert(_table(current)), batch)
                batch = []
            current = name
            batch.append(row)
        if batch:
            connection.execute(insert(_table(current)), batch)
        if connection.dialect.name == "postgresql":  # its counter knows nothing of ids that were given
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence('audit', 'id'), coalesce(max(id), 0) + 1, false) FROM audit")
            )
    return counts


def _lines() -> Iterator[tuple[str, bytes]]:
    yield "", _line({"format": FORMAT, "revision": HEAD, "written_at": datetime.now(UTC).isoformat(timespec="seconds")})
    options = {"isolation_level": "REPEATABLE READ"} if db.engine.dialect.name == "postgresql" else {}
    with db.engine.connect().execution_options(**options) as connection:
        if not options:
            connection.exec_driver_sql("BEGIN")
        for name in TABLES:
            table = _table(name)
            for row in connection.execute(select(table).order_by(*table.primary_key)).mappings():
                values = {
                    key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()
                }
                yield name, _line({"table": name, "row": values})


def _check(path: Path) -> dict[str, int]:
    """Read the whole file once; return its counts, or refuse it."""
    damaged = _("{path} is no whole backup of a register: it was cut off, changed, or is something else.").format(
        path=path
    )
    digest, head, last = hashlib.sha256(), None, b""
    try:
        with gzip.open(path, "rb") as file:
            for line in file:
                head = head or json.loads(line)
                digest.update(last)
                last = line
        end = json.loads(last)
        if not isinstance(head, dict) or head.get("format") != FORMAT or end["sha256"] != digest.hexdigest():
            raise ReleaseError(damaged)
    except FileNotFoundError as error:
        raise UsageError(_("There is no file {path}.").format(path=path)) from error
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise ReleaseError(damaged) from error
    if head["revision"] != HEAD:
        raise ReleaseError(
            _(
                "The backup has the form {found}, this version {head}: restore it with the version that wrote it."
            ).format(found=head["revision"], head=HEAD)
        )
    counts: dict[str, int] = end["rows"]
    return counts


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with gzip.open(path, "rb") as file:
        for line in file:
            entry = json.loads(line)
            if "table" in entry:
                yield entry["table"], _typed(_table(entry["table"]), entry["row"])


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    moments = {column.name for column in table.columns if isinstance(column.type, UtcTime)}
    return {name: datetime.fromisoformat(value) if name in moments and value else value for name, value in row.items()}


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
