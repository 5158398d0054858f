"""The ledger as it leaves the gateway: rows in the form that `events.LEDGER` defines. `ledger export` calls it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from xblock_ai_tutor.events import LEDGER, payload
from xblock_ai_tutor.gateway.store.database import transaction
from xblock_ai_tutor.gateway.store.ledger import dao_get_ledger_after
from xblock_ai_tutor.gateway.store.tables import LedgerRow

_PAGE: Final = 1_000


def export_rows(*, after: int) -> Iterator[dict[str, Any]]:
    """Every row whose cursor is above `after`, in order; a page at a time, so that a long ledger fits in memory."""
    while True:
        with transaction() as session:
            page = dao_get_ledger_after(session, cursor=after, limit=_PAGE)
        yield from (exported(row) for row in page)
        if len(page) < _PAGE:
            return
        after = page[-1].cursor


def exported(row: LedgerRow) -> dict[str, Any]:
    """One row as JSON, checked against the vocabulary."""
    values = {field.name: getattr(row, field.name, None) for field in LEDGER.fields}
    values["at"] = dt.datetime.fromtimestamp(row.at_ms / 1000, dt.UTC).isoformat(timespec="milliseconds")
    return payload(LEDGER, values)
