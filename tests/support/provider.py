"""A provider for residency tests: a real server on loopback that speaks the Admin API, plain or over TLS.

`record` is what it says of the project; `reply` takes the place of every answer. `make_authority` writes a private CA
and certificates for loopback, valid or expired.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.loopback import Handler, Server

PROJECT = "proj_test"
ADMIN_KEY = "sk-admin-test"


@dataclass
class Answer:
    """What the Admin API does instead of answering from its record."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    pause_s: float = 0.0


class Provider(Server):
    """An Admin API. `received` keeps (method, path, headers) of every request."""

    def __init__(self, *, tls: tuple[Path, Path] | None = None) -> None:
        self.residency: str | None = "GB_STORAGE"
        self.status = "active"
        self.project_retention = "organization_default"
        self.organisation_retention = "zero_data_retention"
        self.answer: Answer | None = None
        self.received: list[tuple[str, str, dict[str, str]]] = []
        provider = self

        class Record(Handler):
            def respond(self) -> None:
                headers = self.lower_headers()
                provider.received.append((self.command, self.path, headers))
                answer = provider.answer or provider._record(self.path, headers)
                time.sleep(answer.pause_s)
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.send_response(answer.status)
                    for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(answer.body)))
                    self.end_headers()
                    self.wfile.write(answer.body)

        super().__init__(Record, tls=tls)

    def _record(self, path: str, headers: dict[str, str]) -> Answer:
        if headers.get("authorization") != f"Bearer {ADMIN_KEY}":
            return Answer(401, b'{"error": {"code": "invalid_api_key", "message": "no"}}')
        records: dict[str, dict[str, Any]] = {
            f"/v1/organization/projects/{PROJECT}": {
                "id": PROJECT,
                "object": "organization.project",
                "created_at": 1,
                "status": self.status,
                "residency": self.residency,
            },
            f"/v1/organization/projects/{PROJECT}/data_retention": {
                "object": "project.data_retention",
                "type": self.project_retention,
            },
            "/v1/organization/data_retention": {
                "object": "organization.data_retention",
                "type": self.organisation_retention,
            },
        }
        found = records.get(path)
        return Answer(200, json.dumps(found).encode()) if found else Answer(404, b'{"error": {"code": "not_found"}}')


def rules(
    folder: Path,
    *,
    port: int,
    model_port: int | None = None,
    scheme: str = "http",
    residencies: str = '["GB_STORAGE"]',
    extra: str = "",
) -> str:
    """A residency file that makes loopback a provider whose record is at `port`; its path."""
    path = folder / "residency.toml"
    path.write_text(
        f"""
[endpoint.stub]
host = "127.0.0.1"
port = {model_port or port}
operator = "Stub Ltd"
proof = "admin-api"
admin_base_url = "{scheme}://127.0.0.1:{port}/v1"
stored_in = "GB"
processed_in = "anywhere"
usage_metadata_in = "US, outside residency"
residencies = {residencies}
{extra}
"""
    )
    return str(path)


def provider_settings(
    folder: Path, provider: Provider, *, model_port: int | None = None, **changes: str
) -> dict[str, str]:
    """Settings (names without `TUTOR_`, in lower case) that go with `rules`."""
    return {
        "residency_file": rules(folder, port=provider.port, model_port=model_port, scheme=provider.scheme),
        "admin_api_key": ADMIN_KEY,
        "model_project": PROJECT,
        "operator_country": "",
        "connect_seconds": "2",
        "read_seconds": "2",
        **changes,
    }


def make_authority(folder: Path, *, days: int = 1, name: str = "127.0.0.1") -> tuple[Path, Path, Path]:
    """A CA, and a certificate of it for `name` that ends in `days` (before now when negative): CA, chain, key."""
    now = dt.datetime.now(dt.UTC)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    ca_cert = _certificate(ca_name, ca_name, ca_key, ca_key, now=now, days=10, authority=True)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "endpoint")])
    cert = _certificate(subject, ca_name, key, ca_key, now=now, days=days, name=name)
    pem = serialization.Encoding.PEM
    paths = (folder / "ca.pem", folder / "endpoint.pem", folder / "endpoint.key")
    paths[0].write_bytes(ca_cert.public_bytes(pem))
    paths[1].write_bytes(cert.public_bytes(pem))
    paths[2].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return paths


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    now: dt.datetime,
    days: int,
    authority: bool = False,
    name: str = "",
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=30))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if authority:
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        builder = builder.add_extension(usage, critical=True)
    else:
        address = x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
        builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    return builder.sign(signer, hashes.SHA256())
