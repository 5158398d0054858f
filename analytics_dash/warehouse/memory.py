"""How much memory a DuckDB warehouse may take while a release is made of it, and what is said where that is too little.

DuckDB lays on disk what does not fit, but not everything of a join can lie there: what several million people did takes
more than the usual. Called by `store`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import duckdb

from analytics_dash.errors import UsageError, WarehouseError
from analytics_dash.i18n import _

VARIABLE: Final = "ADOPTION_MEMORY"
USUAL: Final = "3GB"
"""Enough for half a million people (docs/benchmarks.md), on a laptop that has other things to do as well."""

_SIZE: Final = re.compile(r"[1-9][0-9]{0,4}(MB|GB)")


def memory() -> str:
    """The bound, as DuckDB writes it. Raises `UsageError` where the variable holds no size."""
    wanted = os.environ.get(VARIABLE) or USUAL
    if not _SIZE.fullmatch(wanted):
        raise UsageError(
            _("{variable} is “{value}”: write a size such as 8GB or 500MB.").format(variable=VARIABLE, value=wanted)
        )
    return wanted


@contextmanager
def enough_memory() -> Iterator[None]:
    """Where DuckDB runs out of its memory, raise `WarehouseError` with what to do."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise WarehouseError(
            _(
                "The warehouse needs more than {bound} of memory for this. Nothing was changed. Set {variable} to "
                "more, or make the release on Spark or ClickHouse."
            ).format(bound=memory(), variable=VARIABLE)
        ) from error
