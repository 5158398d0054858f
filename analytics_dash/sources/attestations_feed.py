"""The attestations' feed: its fields, those that are never read, and made-up documents, signed with a made-up key."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from analytics_dash.sources.description import FeedSchema, Field, NeverRead
from analytics_dash.sources.reader import Sample
from analytics_dash.sources.samples import json_lines, mixed, moments, never_read, randomness

_OURS: Final = "the operator's; a release names neither"
SCHEMA: Final = FeedSchema(
    version=1,
    form="JSON lines from `tutor-gateway residency attestations export`",
    counts="lines, blank ones too",
    source="`xblock_ai_tutor.gateway.residency.attestation`, docs/residency.md",
    reads=(
        Field("schema", "text", "tutor-residency-attestation/1", required=True),
        Field("policy", "text", "the policy that the endpoint was held against", required=True),
        Field("outcome", "text", "passed, failed, unreadable", required=True),
        Field("facts.name", "text", "stored in, processed in, usage metadata in: all three", required=True),
        Field("facts.found", "text", "where, in the gateway's words", required=True),
        Field("facts.evidence", "text", "what that rests on", required=True),
        Field("retention.found", "text", "how long the provider keeps requests", required=True),
        Field("at", "text", "when it was looked", "ISO 8601", True),
        Field("valid_until", "text", "until when it holds", "ISO 8601", True),
        Field("public_key", "text", "whose signature it is; kept as a fingerprint", "base64", True),
        Field("digest", "text", "held against the document", "SHA-256", True),
        Field("signature", "text", "held against the document", "Ed25519, base64", True),
    ),
    never=(
        NeverRead("host", _OURS),
        NeverRead("project", _OURS),
        NeverRead("operator", _OURS),
        NeverRead("checks", "each look in detail: `tutor-gateway residency attestations show` has it"),
        NeverRead("software", "versions, for the operator"),
    ),
)


def sealed(document: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """A document with its public key, digest and signature, as the gateway makes them."""
    whole = document | {"public_key": base64.b64encode(key.public_key().public_bytes_raw()).decode()}
    written = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    signature = base64.b64encode(key.sign(written)).decode()
    return whole | {"digest": hashlib.sha256(written).hexdigest(), "signature": signature}


def document(at: datetime, *, outcome: str = "passed", policy: str = "uk-at-rest") -> dict[str, Any]:
    """What an attestation of an endpoint that stores in the UK says, before it is sealed."""
    facts = (("stored in", "GB", "admin-api"), ("processed in", "anywhere", "admin-api"))
    usage = ("usage metadata in", "US, outside residency", "published")
    return {
        "schema": "tutor-residency-attestation/1",
        "policy": policy,
        "outcome": outcome,
        "facts": [{"name": name, "found": found, "evidence": why} for name, found, why in (*facts, usage)],
        "retention": {"name": "retention", "found": "zero_data_retention", "evidence": "admin-api"},
        "at": at.isoformat(timespec="milliseconds"),
        "valid_until": (at + timedelta(hours=48)).isoformat(timespec="milliseconds"),
    }


def sample(seed: int, rows: int, broken: int) -> Sample:
    rng = randomness("tutor-attestations", seed)
    times, key = moments(rng), Ed25519PrivateKey.from_private_bytes(rng.randbytes(32))
    sound = [_made(rng, next(times), key) for _number in range(rows)]
    bad = [_broken(rng, _made(rng, next(times), key)) for _number in range(broken)]
    return Sample("attestations.jsonl", json_lines(mixed(rng, sound, bad)), rows + broken, broken)


def _made(rng: random.Random, at: datetime, key: Ed25519PrivateKey) -> dict[str, Any]:
    unread = {name: never_read(name) for name in ("host", "project", "operator", "checks", "software")}
    return sealed(document(at, outcome=rng.choice(("passed", "passed", "failed"))) | unread, key)


def _broken(rng: random.Random, whole: dict[str, Any]) -> dict[str, Any]:
    spoil: dict[str, Any] = rng.choice(
        (
            {"outcome": never_read("outcome")},
            {"signature": base64.b64encode(bytes(64)).decode()},
            {"facts": []},
            {"policy": "another"},
            {"at": never_read("at")},
        )
    )
    return whole | spoil
