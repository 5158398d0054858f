"""An attestation: what one check found, dated, and signed with the gateway's own key. Pure.

It is a JSON document. `digest` is the SHA-256 of its canonical form without `digest` and `signature`; `signature` is
Ed25519 over the same bytes, under a key that is derived from TUTOR_IDENTITY_KEY, whose public half is in the document
and at `/residency`. So whoever was given the public key can check a copy without the gateway and without a secret.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SCHEMA: Final = "tutor-residency-attestation/1"
PASSED: Final = "passed"
FAILED: Final = "failed"
UNREADABLE: Final = "unreadable"  # something could not be asked just now: nothing was found against the endpoint
CLOCK_MARGIN_MS: Final = 120_000  # clocks of machines that share a database may differ by so much
_SEALS: Final = ("digest", "signature")

Document = dict[str, Any]


def signing_key(identity: bytes) -> Ed25519PrivateKey:
    """The gateway's key for attestations: 32 bytes that only `Settings.identity_bytes` gives; tickets may rotate."""
    return Ed25519PrivateKey.from_private_bytes(hmac.digest(identity, b"residency attestation", hashlib.sha256))


def public_key(key: Ed25519PrivateKey) -> str:
    """The public half, base64 of its 32 bytes."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def seal(document: Document, key: Ed25519PrivateKey) -> Document:
    """`document` with its public key, digest and signature."""
    whole = {**document, "public_key": public_key(key)}
    written = canonical(whole)
    return {
        **whole,
        "digest": hashlib.sha256(written).hexdigest(),
        "signature": base64.b64encode(key.sign(written)).decode(),
    }


def is_genuine(document: Document, trusted_public_key: str) -> bool:
    """Whether the holder of that key signed exactly this."""
    try:
        signature = base64.b64decode(document["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(trusted_public_key, validate=True)).verify(
            signature, canonical(document)
        )
    except (InvalidSignature, KeyError, ValueError, TypeError):
        return False
    return bool(document.get("digest") == hashlib.sha256(canonical(document)).hexdigest())


def canonical(document: Document) -> bytes:
    """The bytes that are signed: sorted keys, no spaces, UTF-8, without the seals."""
    bare = {name: value for name, value in document.items() if name not in _SEALS}
    return json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def failing(document: Document) -> list[str]:
    """What failed or could not be read: one sentence each, facts first."""
    facts = [*document["facts"], document["retention"]]
    found = [f"{fact['name']}: {fact['reason']}" for fact in facts if not fact["ok"]]
    return found + [f"{check['name']}: {check['detail']}" for check in document["checks"] if check["outcome"] != PASSED]


def moment_ms(moment: str) -> int:
    """An ISO 8601 moment in whole milliseconds since 1970."""
    return int(dt.datetime.fromisoformat(moment).timestamp() * 1000)
