"""Columns of a warehouse's tables for governments that are drawn with NumPy: digests, days, one text throughout.

Called by `simulated` and `simulated_tests`.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]
from numpy.typing import NDArray

from analytics_dash.demonstration import planted
from analytics_dash.indicators.window import first_day

_FIRST: Final = first_day(planted.MONTHS[0])
_UUIDS: Final[list[str]] = []


def acts(alias: NDArray[np.int64], day: NDArray[np.int64]) -> dict[str, Any]:
    """Who did something on which day, counted from the first day of the first month: digest, alias, day and moment."""
    days = dates(day)
    return {"digest": digests(len(alias)), "alias": alias, "day": days, "at": days.cast(pa.timestamp("us"))}


def digests(size: int, first: int = 1) -> pa.Array:
    """So many different identifiers, the same in every draw: what they are changes nothing."""
    last = first - 1 + size
    while len(_UUIDS) < last:  # made once: texts are the slowest part of a draw
        _UUIDS.append(str(uuid.UUID(int=len(_UUIDS) + 1)))
    return pa.array(_UUIDS[first - 1 : last], pa.string())


def dates(days: NDArray[np.int64]) -> pa.Array:
    """Days, counted from the first day of the first month, as dates."""
    epoch = (_FIRST - date(1970, 1, 1)) // timedelta(days=1)
    return pa.array((days + epoch).astype(np.int32), pa.int32()).cast(pa.date32())


def same(text: str, size: int) -> NDArray[np.object_]:
    """A column of one text."""
    return np.full(size, text, dtype=object)
