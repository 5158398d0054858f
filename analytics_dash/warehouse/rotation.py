"""Rotating the key: everyone in a warehouse gets another pseudonym, under the key's next version.

No identifier is needed: the old version's mask is taken off and the new one put on (`analytics_dash.masks`). The
outcome is what loading every file anew under the new version would give. The order of steps makes a kill harmless at
any moment: next key written → warehouse swapped in → key promoted; run again, it goes on from where it was. Called by
`adoption identity rotate`.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

from analytics_dash.errors import IdentityError
from analytics_dash.home import key_path
from analytics_dash.i18n import _
from analytics_dash.identity import Identity
from analytics_dash.keys import load_key, next_identity, next_path, old_path, promote
from analytics_dash.masks import Mask
from analytics_dash.warehouse import counts as counts_of
from analytics_dash.warehouse.columns import ALIASES, DIGESTS, digest_column
from analytics_dash.warehouse.files import Files, locked
from analytics_dash.warehouse.staging import Staging, told_apart
from analytics_dash.warehouse.url import warehouse_path


def rotate(url: str, *, keep_old: bool) -> Identity:
    """Put the warehouse at `url` under the key's next version, and make that the key; the identity under it.

    A warehouse that another rotation left under a version that was kept is brought to the present one. Raises
    `IdentityError` where the warehouse is under none of the versions that are there, and what `load` raises.
    """
    files, path = Files(warehouse_path(url).resolve()), key_path()
    with locked(files):
        files.clear_leftovers()
        known = counts_of.known(files)
        if known.fingerprint is None:
            raise IdentityError(_("There is no warehouse at {name} yet.").format(name=files.warehouse.name))
        present = load_key(path)
        if known.fingerprint == present.fingerprint:
            old, new = present, next_identity(path)
        elif next_path(path).exists() and known.fingerprint == load_key(next_path(path)).fingerprint:
            promote(path, keep_old=keep_old)  # killed between the swap and this
            return load_key(path)
        else:
            old, new = _kept(path, present, known.fingerprint), present
        with told_apart(), Staging(files) as staging:
            # What is taken over is under the new mask as `changed` gives it.
            staging.take_over(lambda _table, batch: changed(batch, old.mask, new.mask))
            staging.merge(fingerprint=new.fingerprint, loads=[])
            staging.close_next()
            files.write_journal({"action": "rotate", "key": new.fingerprint, "version": new.version})
            files.swap_in()
        if next_path(path).exists():
            promote(path, keep_old=keep_old)
    return new


def _kept(path: Path, present: Identity, fingerprint: str) -> Identity:
    for version in range(present.version - 1, 0, -1):
        if old_path(path, version).exists() and (old := load_key(old_path(path, version))).fingerprint == fingerprint:
            return old
    raise IdentityError(
        _("The warehouse is under none of the key's versions that are here; restore its version, or load anew.")
    )


def changed(batch: pa.RecordBatch, old: Mask, new: Mask) -> pa.Table:
    """Rows with every alias and digest taken from one mask to the other."""
    table = pa.Table.from_batches([batch])
    for place, name in enumerate(table.column_names):
        column = table.column(name)
        if name in ALIASES:
            fresh = pa.array([new.alias(old.unmasked_alias(alias)) for alias in column.to_pylist()], pa.int64())
        elif name in DIGESTS:
            raw = bytes.fromhex("".join(column.to_pylist()).replace("-", ""))  # DuckDB gives a UUID as its text
            fresh = digest_column(new.digests(old.unmasked_digests(raw)))
        else:
            continue
        table = table.set_column(place, name, fresh)
    return table
