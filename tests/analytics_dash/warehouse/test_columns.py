"""Rows on their way into the warehouse: what turning them into columns costs, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys

READ = """
import sys
import pyarrow as pa
from analytics_dash.warehouse.columns import arrow
from analytics_dash.warehouse.reading import unburdened
with unburdened():
    rows = arrow(("alias", "at", "kind"), [(7, 1_000_000, "enrolled")])
assert rows.num_rows == 1 and "pandas" not in sys.modules
try:
    import pandas
except ImportError:
    sys.exit()
assert pa.array(pandas.Series([7])).to_pylist() == [7] and rows.to_pandas().alias.tolist() == [7]
"""


def test_reading_imports_no_pandas_and_keeps_nobody_from_using_it() -> None:
    subprocess.run([sys.executable, "-c", READ], check=True)
