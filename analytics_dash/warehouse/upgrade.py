"""Bringing a warehouse of the schema version before up to this one: its rows stay, what is worked out of them is anew.

The outcome is what loading the same files into a new warehouse gives, to the digest, and what was erased stays erased;
no key is needed, since no identifier is read. It is done whole or not at all. Called by `adoption warehouse upgrade`.
"""

from __future__ import annotations

from contextlib import closing

from analytics_dash.errors import UsageError
from analytics_dash.i18n import _
from analytics_dash.warehouse import store
from analytics_dash.warehouse.files import Files, locked
from analytics_dash.warehouse.schema import SCHEMA_VERSION, UPGRADES
from analytics_dash.warehouse.staging import Staging, told_apart
from analytics_dash.warehouse.url import warehouse_path


def upgrade(url: str) -> bool:
    """Make the warehouse at `url` one of this version; False where it is one already.

    Raises `UsageError` where there is none, and `WarehouseError` where it is of a version of which only its feeds can
    make one of this.
    """
    files = Files(warehouse_path(url).resolve())
    with locked(files):
        files.clear_leftovers()
        if not files.has_warehouse:
            raise UsageError(_("There is no warehouse at {name} yet.").format(name=files.warehouse.name))
        with closing(
            store.connect(files.warehouse, read_only=True, versions=(SCHEMA_VERSION, *UPGRADES))
        ) as connection:
            meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        if meta["schema_version"] == SCHEMA_VERSION:
            return False
        with told_apart(), Staging(files) as staging:
            staging.who_is_who(None)
            staging.merge(fingerprint=meta["key_fingerprint"], loads=[])
            staging.close_next()
            files.write_journal({"action": "upgrade", "from": meta["schema_version"], "to": SCHEMA_VERSION})
            files.swap_in()
    return True
