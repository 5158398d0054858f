"""How transcripts are sealed at rest: AES-256-GCM under a key derived from TUTOR_TRANSCRIPT_KEY. `services` calls it.

A sealed text is `VERSION`, a random nonce of 12 bytes, and what AES-GCM makes of it, tag included. A turn with a
history opens a dozen texts, and Fernet, whose layers are Python, costs ten times as much for each. What Fernet sealed
before is still read: its tokens are base64, so none begins with our version.

Random nonces are good for 2^32 texts under one key (NIST SP 800-38D, 8.3): two thousand million turns. Rotate by then.
"""

from __future__ import annotations

import base64
import contextlib
import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from xblock_ai_tutor.gateway.errors import GatewayError

VERSION: Final = b"\x01"
UNSEALED: Final = (
    "A stored text cannot be opened with any of the keys in TUTOR_TRANSCRIPT_KEY: put the key back that sealed it."
)
_NONCE_BYTES: Final = 12
_PURPOSE: Final = b"xblock-ai-tutor transcript 1"


class UnsealingError(GatewayError):
    """What is stored was sealed with none of the keys, or was changed."""


class Seal:
    """Seals with the newest of `keys` (Fernet keys, newest first), and opens what any of them sealed."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._ciphers = [AESGCM(_derived(key)) for key in keys]
        self._older = MultiFernet([Fernet(key) for key in keys])

    def encrypt(self, text: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return VERSION + nonce + self._ciphers[0].encrypt(nonce, text, VERSION)

    def decrypt(self, sealed: bytes) -> bytes:
        """The text. Raises `UnsealingError`."""
        if not sealed.startswith(VERSION):
            with contextlib.suppress(InvalidToken):
                return self._older.decrypt(sealed)
            raise UnsealingError(UNSEALED)
        nonce, text = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        for cipher in self._ciphers:
            with contextlib.suppress(InvalidTag, ValueError):  # ValueError: too short to hold a nonce
                return cipher.decrypt(nonce, text, VERSION)
        raise UnsealingError(UNSEALED)


def _derived(key: str) -> bytes:
    """A key of its own for this cipher: one key is never used in two."""
    return HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(base64.urlsafe_b64decode(key))
