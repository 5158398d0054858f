"""The sandbox: pure rules over text, with no network, no database, no framework and no clock.

`redact` holds identifiers back, `markings` finds protective markings, `screen` judges a learner's message, `guard`
checks an answer sentence by sentence, `html` renders what passed, `residency` judges an endpoint. `gateway.turn`
calls them in that order. What they do and do not do is in docs/sandbox.md.
"""
