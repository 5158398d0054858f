"""Learning, measured: what events say of items, gains, calibration and pace. Pure cores, and what may be shown of them.

`items`, `gain`, `calibration`, `detection` and `pace` take arrays and know no database, no lesson and no person:
persons are whatever numbers the caller has. `reading` takes the arrays from a warehouse, `figures` makes a release's
protected figures of them, `commands` prints those. docs/learning.md says what they can and cannot say.
"""
