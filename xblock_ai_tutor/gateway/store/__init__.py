"""The gateway's own state: lessons, conversations, turns, budgets, ledger, audit. The only place with SQL.

`database` opens transactions, `tables` declares the tables, and the `dao_…` functions each answer one question; they
take the session of a transaction that the caller opened, so that a caller decides what happens together or not at all.
"""
