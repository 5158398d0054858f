"""The signature of a release: Ed25519 over its number and manifest, and so over the digests of its cells.

Whoever has the public key can tell, without us and offline, that a release is the one that was built here: a changed
cell changes its digest, a changed digest the manifest, and only this installation's private key signs a manifest.
The key is made on first use, for its owner alone; `docs/releases.md` says what a signature is worth. Called by
`build`, `publish` and the command line.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from analytics_dash.home import make_home, signing_key_path
from analytics_dash.i18n import _
from analytics_dash.releases.errors import SignatureError
from analytics_dash.releases.manifest import canonical_bytes

ALGORITHM: Final = "Ed25519"


def signed(release_id: str, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the manifest with its signature under this installation's key, which is made if there is none."""
    key = _private_key()
    value = key.sign(payload(release_id, manifest))
    return {
        **manifest,
        "signature": {
            "algorithm": ALGORITHM,
            "public_key": base64.b64encode(key.public_key().public_bytes_raw()).decode(),
            "value": base64.b64encode(value).decode(),
        },
    }


def payload(release_id: str, manifest: Mapping[str, Any]) -> bytes:
    """Return what is signed: the release's number and its manifest without the signature, as canonical JSON."""
    unsigned = {name: value for name, value in manifest.items() if name != "signature"}
    return canonical_bytes({"release": release_id, "manifest": unsigned})


def verify(release_id: str, manifest: Mapping[str, Any], public_key: Ed25519PublicKey) -> None:
    """Raise `SignatureError` unless the manifest carries a valid signature of exactly this key."""
    signature = manifest.get("signature")
    if not isinstance(signature, Mapping) or signature.get("algorithm") != ALGORITHM:
        raise SignatureError(
            _("Release {id} is not signed; only what `adoption release build` made here can be trusted.").format(
                id=release_id
            )
        )
    try:
        value = base64.b64decode(str(signature.get("value")), validate=True)
        public_key.verify(value, payload(release_id, manifest))
    except (InvalidSignature, binascii.Error, ValueError) as error:
        named = signature.get("public_key") == base64.b64encode(public_key.public_bytes_raw()).decode()
        reason = (
            _("its manifest or signature was changed after it was built")
            if named
            else _("it was signed with another key than the one given")
        )
        raise SignatureError(
            _("The signature of release {id} does not hold: {reason}.").format(id=release_id, reason=reason)
        ) from error


def public_key() -> Ed25519PublicKey:
    """Return this installation's public key; the key pair is made if there is none."""
    return _private_key().public_key()


def public_pem() -> bytes:
    """Return this installation's public key as a PEM file."""
    return public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Return the public key in a PEM file; `SignatureError` when it holds none."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise SignatureError(
            _("{path} holds no public key; `adoption release public-key` writes one.").format(path=path)
        ) from error
    if not isinstance(key, Ed25519PublicKey):
        raise SignatureError(
            _("{path} holds a key of another kind; releases are signed with Ed25519.").format(path=path)
        )
    return key


def _private_key() -> Ed25519PrivateKey:
    path = signing_key_path()
    if not path.exists():
        _make_key(path)
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SignatureError(
            _("{path} can be read by others, so anybody could have signed: chmod 600 {path}.").format(path=path)
        )
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SignatureError(_("{path} is no signing key; restore it from a copy.").format(path=path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SignatureError(_("{path} is no signing key; restore it from a copy.").format(path=path))
    return key


def _make_key(path: Path) -> None:
    """Write a new key whole or not at all; of two that are made at once the first stays."""
    make_home()
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp: for its owner alone
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        Path(draft).unlink()
