"""The warehouse: person-level facts under keyed pseudonyms, restricted; no screen reads it. This is its front door.

`open_warehouse` is for indicators and releases; `load` (in `warehouse.load`) is for the command line. The layout is
in `warehouse.schema`.
"""

from analytics_dash.warehouse.store import Warehouse, WarehouseTables, open_warehouse

__all__ = ["Warehouse", "WarehouseTables", "open_warehouse"]
