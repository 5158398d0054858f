"""What the tutor gateway attested of its model's endpoint: stored in, processed in, usage metadata in, and retention.

One signed document a line, as `tutor-gateway residency attestations export` writes them. A document that does not fit
its own signature is rejected; whether the key is the gateway's is for people, who see it beside the facts. Host and
project are not read: a release needs neither.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from analytics_dash.identity import Identity
from analytics_dash.sources import attestations_feed, checks
from analytics_dash.sources.description import FeedSchema
from analytics_dash.sources.json_lines import json_text, read_json_lines
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import Attestation, Batch, Rejected
from analytics_dash.sources.streams import Line

SCHEMA: Final = "tutor-residency-attestation/1"
OUTCOMES: Final = ("passed", "failed", "unreadable")
FACTS: Final = ("stored in", "processed in", "usage metadata in")
_SEALS: Final = ("digest", "signature")
_WORDS: Final = re.compile(r"[A-Za-z][A-Za-z0-9 _.,()-]{0,63}")


class _Fact(msgspec.Struct, gc=False):
    name: str
    found: str
    evidence: str


class _Document(msgspec.Struct, gc=False):
    schema: str
    policy: str
    outcome: str
    facts: list[_Fact]
    retention: _Fact
    at: datetime
    valid_until: datetime
    public_key: str
    digest: str
    signature: str


_DECODER: Final = msgspec.json.Decoder(_Document)


class TutorAttestations(Reader):
    """The reader of attestations."""

    kind: ClassVar[str] = "tutor-attestations"
    title: ClassVar[str] = "the tutor gateway's attestations of residency"
    version: ClassVar[int] = 1
    summary: ClassVar[str] = "Tutor gateway: where its model's endpoint stores, processes and counts, signed, by date"
    row: ClassVar[type] = Attestation
    schema: ClassVar[FeedSchema] = attestations_feed.SCHEMA

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        return attestations_feed.sample(seed, rows, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The attestations' batches, in the file's order."""

        def take(line: bytes, _batch: Batch) -> Attestation:
            text = json_text(line)
            found = _DECODER.decode(text)
            if found.schema != SCHEMA:
                raise Rejected(f"schema: must be {SCHEMA}")
            if found.outcome not in OUTCOMES:
                raise Rejected(f"outcome: must be one of {', '.join(OUTCOMES)}")
            _check_seal(text, found)
            by_name = {fact.name: fact for fact in found.facts}
            if sorted(by_name) != sorted(FACTS):
                raise Rejected(f"facts: must be {', '.join(FACTS)}")
            at, day = checks.moment(found.at)
            _until, until = checks.moment(found.valid_until)
            stored, processed, usage = (by_name[name] for name in FACTS)
            return Attestation(
                digest=identity.digest(repr(("attestation", found.digest)).encode()),
                at=at,
                day=day,
                until=until,
                outcome=found.outcome,
                policy=_words("policy", found.policy),
                stored_in=_words("found", stored.found),
                stored_evidence=_words("evidence", stored.evidence),
                processed_in=_words("found", processed.found),
                processed_evidence=_words("evidence", processed.evidence),
                usage_in=_words("found", usage.found),
                usage_evidence=_words("evidence", usage.evidence),
                retention=_words("found", found.retention.found),
                attested_by=fingerprint(found.public_key),
            )

        yield from read_json_lines(lines, take)


def canonical(document: dict[str, Any]) -> bytes:
    """The bytes that are signed: sorted keys, no spaces, UTF-8, without the seals."""
    bare = {name: value for name, value in document.items() if name not in _SEALS}
    return json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def fingerprint(public_key: str) -> str:
    """A key as people compare it: the first 16 digits of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(base64.b64decode(public_key)).hexdigest()[:16]


def _check_seal(text: bytes, found: _Document) -> None:
    signed = canonical(json.loads(text))
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(found.public_key, validate=True))
        key.verify(base64.b64decode(found.signature, validate=True), signed)
    except (InvalidSignature, ValueError, binascii.Error) as error:
        raise Rejected("signature: does not fit the document") from error
    if hashlib.sha256(signed).hexdigest() != found.digest:
        raise Rejected("digest: does not fit the document")


def _words(field: str, value: str) -> str:
    if not _WORDS.fullmatch(value):
        raise Rejected(f"{field}: must be a few plain words")
    return value
