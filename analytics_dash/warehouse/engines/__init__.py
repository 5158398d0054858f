"""The engines that a warehouse may lie in besides its DuckDB file: Apache Spark and ClickHouse; and what all can do.

`opening.open_engine` opens any of them for reading; `copy.copy` moves a warehouse from one to another.
"""
