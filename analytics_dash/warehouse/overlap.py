"""That an act counts once where two feeds tell of it, as the tracking log and Aspects do. `warehouse.load` asks first.

A line of the log and the statement that event-routing-backends makes of it share no id that both show. So a warehouse
takes each act from one of the two: from the log up to a day, and from Aspects `since` it, in that order.
"""

from __future__ import annotations

from analytics_dash.errors import UsageError
from analytics_dash.i18n import _
from analytics_dash.sources import READERS, Reader
from analytics_dash.warehouse.counts import Known
from analytics_dash.warehouse.files import Files
from analytics_dash.warehouse.store import Warehouse


def refuse_same_acts(reader: Reader, known: Known, files: Files) -> None:
    """Raises `UsageError` where this load would bring acts that the warehouse has from another feed."""
    loaded = {(kind, options) for _digest, kind, options in known.loads}
    kinds = {kind for kind, _options in loaded}
    for kind in sorted(kinds):
        if kind != reader.kind and kind in READERS and reader.kind in READERS[kind].same_acts_as:
            raise UsageError(
                _(
                    "The warehouse has {kind}, which tells of the same acts as {this}: load {this} first, or into a "
                    "new warehouse, and then {kind} with --option since=…, a day after its last."
                ).format(kind=kind, this=reader.kind)
            )
    others = sorted(kinds & reader.same_acts_as)
    if not others:
        return
    since: int | None = reader.values.get("since")
    earlier = {options for kind, options in loaded if kind == reader.kind}
    if earlier and earlier != {reader.options_text}:
        raise UsageError(
            _("The warehouse has {kind} with --option {options}: give the same since.").format(
                kind=reader.kind, options=" ".join(sorted(earlier)) or _("none")
            )
        )
    if since is None or (not earlier and since <= _last_day(files)):
        raise UsageError(
            _(
                "The warehouse has {others}, which tells of the same acts as {kind}: give --option since=YYYY-MM-DD, a "
                "day after its last, so that none counts twice."
            ).format(others=", ".join(others), kind=reader.kind)
        )


def _last_day(files: Files) -> int:
    """The last day of learning that the warehouse has, days since 1970."""
    with Warehouse(files.warehouse, read_only=True) as warehouse:
        found = warehouse.connection.execute(
            "SELECT coalesce(max(day) - DATE '1970-01-01', -1) FROM learning_events"
        ).fetchone()
    return int(found[0]) if found else -1
