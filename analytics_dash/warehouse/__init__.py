"""The warehouse: person-level facts under keyed pseudonyms, restricted; no screen reads it. This is its front door.

`open_engine` is for indicators and releases, whichever engine a warehouse lies in, `open_warehouse` for the DuckDB file
alone; `load` (in `warehouse.load`) is for the command line. The layout is
in `warehouse.schema`.
"""

from analytics_dash.warehouse.engines.base import Engine
from analytics_dash.warehouse.engines.opening import open_engine
from analytics_dash.warehouse.engines.tables import WarehouseTables
from analytics_dash.warehouse.store import Warehouse, open_warehouse

__all__ = ["Engine", "Warehouse", "WarehouseTables", "open_engine", "open_warehouse"]
