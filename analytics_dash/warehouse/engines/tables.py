"""What indicators may read of a warehouse, whichever engine it lies in."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir  # type: ignore[import-untyped,unused-ignore]


def _anew(_key: Hashable, make: Callable[[], ir.Table]) -> ir.Table:
    return make()


@dataclass(frozen=True, slots=True)
class WarehouseTables:
    """What indicators may read, as Ibis table expressions; the columns are in `warehouse.schema`.

    `share(key, make)` gives what `make()` gives, evaluated once for all indicators that ask under the same key.
    """

    people: ir.Table
    learning: ir.Table
    usage: ir.Table
    turns: ir.Table
    answers: ir.Table
    detections: ir.Table
    redactions: ir.Table
    guards: ir.Table
    feedback: ir.Table
    results: ir.Table
    completions: ir.Table
    api_usage: ir.Table
    api_costs: ir.Table
    posture: ir.Table
    attestations: ir.Table
    budgets: ir.Table
    share: Callable[[Hashable, Callable[[], ir.Table]], ir.Table] = _anew
