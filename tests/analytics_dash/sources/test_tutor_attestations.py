"""The gateway's attestations as it signs them, read into the analytics wing; and such as somebody changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from analytics_dash.sources.attestations_feed import document
from analytics_dash.sources.tutor_attestations import fingerprint
from tests.support import feeds
from xblock_ai_tutor.gateway.residency.attestation import public_key, seal

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
AT = datetime(2026, 10, 31, 18, tzinfo=UTC)


def line(found: dict[str, Any]) -> bytes:
    """As `residency.record` keeps it and the export prints it."""
    return json.dumps(found, ensure_ascii=False).encode()


def test_what_the_gateway_signs_is_taken_with_its_three_facts_and_whose_signature_it_is(tmp_path: Path) -> None:
    extra = {"host": "gb.example", "project": "proj_é", "checks": [{"name": "certificate", "detail": "TLSv1.3"}]}
    batch = feeds.read("tutor-attestations", line(seal(document(AT) | extra, KEY)), tmp_path)
    assert batch.rejects == []
    [row] = batch.rows
    assert (row.stored_in, row.processed_in, row.usage_in) == ("GB", "anywhere", "US, outside residency")
    assert (row.stored_evidence, row.usage_evidence, row.outcome) == ("admin-api", "published", "passed")
    assert row.attested_by == fingerprint(public_key(KEY))
    assert "gb.example" not in repr(row)


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "failed"},
        {"at": "2027-01-01T00:00:00+00:00"},
        {"facts": []},
        {"another": 1},
        {"signature": ""},
        {"digest": "0" * 64},
        {"public_key": public_key(Ed25519PrivateKey.from_private_bytes(bytes(32)))},
    ],
)
def test_what_was_changed_afterwards_is_rejected(changes: dict[str, Any], tmp_path: Path) -> None:
    batch = feeds.read("tutor-attestations", line(seal(document(AT), KEY) | changes), tmp_path)
    assert (batch.rows, len(batch.rejects)) == ([], 1)


@pytest.mark.parametrize(
    "changes", [{"policy": "<script>"}, {"schema": "another/1"}, {"outcome": "splendid"}, {"facts": []}]
)
def test_what_was_signed_and_is_no_attestation_is_rejected(changes: dict[str, Any], tmp_path: Path) -> None:
    batch = feeds.read("tutor-attestations", line(seal(document(AT) | changes, KEY)), tmp_path)
    assert (batch.rows, len(batch.rejects)) == ([], 1)
