"""Our tracking events as xAPI statements, for sites that run Aspects: the optional extra `aspects`.

`mapping` is the table, pure; `transformers` hands it to event-routing-backends; `apps` and `settings` are what the
platform's plugin loader reads. Nothing else in this distribution imports this room, and only `transformers` imports
event-routing-backends.
"""
