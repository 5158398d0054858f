"""Residency, proven: reading what can be read, writing it down signed, and stopping when it no longer holds.

`check` looks (Admin API, certificate, SDK, environment) and gives an `attestation`; `record` stores one and decides
when the next is due; `standing` says whether the gateway may answer. What the facts mean is `sandbox.residency`.
"""
