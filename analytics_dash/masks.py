"""A key version's mask: everyone's alias and every digest changed one to one, so that it can be changed again.

What readers make of an identifier is the same for the life of a deployment; what is written is its image under the
version's mask. To rotate is to take the old mask off and put a new one on, which needs no identifiers, and after which
the old mask's key says nothing about the new image. `warehouse.columns` puts it on, `warehouse.rotation` changes it.
"""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import Final

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

_ROUNDS: Final = 8
_HALF: Final = 32
_LOW: Final = (1 << _HALF) - 1
_ALIASES: Final = 1 << 63
_CACHED: Final = 1 << 18
_BLOCK: Final = 16

Aliases = NDArray[np.uint64]


class Mask:
    """One permutation of the 63-bit aliases and one of the 128-bit digests; without a key, neither changes."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.alias = lru_cache(maxsize=_CACHED)(self._alias)
        if key:
            aes = [Cipher(algorithms.AES256(hmac.digest(key, use, "sha256")), modes.ECB()) for use in (b"a", b"d")]  # noqa: S305 (a permutation of single blocks is what is wanted)
            self._rounds, self._digests = aes
            self._round = self._rounds.encryptor()

    @property
    def changes(self) -> bool:
        """Whether it is a mask at all."""
        return bool(self._key)

    def _alias(self, alias: int) -> int:
        """The alias as it is written: a Feistel network, walked until it ends in 63 bits again."""
        while self._key:
            alias = self._feistel(alias, range(_ROUNDS))
            if alias < _ALIASES:
                break
        return alias

    def aliases(self, aliases: Aliases) -> Aliases:
        """Many aliases as they are written: the same as `alias` of each, without a call for each."""
        masked = aliases.copy()
        walking = np.arange(len(masked) if self._key else 0)
        while walking.size:
            masked[walking] = self._feistel_of_all(masked[walking])
            walking = walking[masked[walking] >= _ALIASES]
        return masked

    def _feistel_of_all(self, blocks: Aliases) -> Aliases:
        left, right = blocks >> np.uint64(_HALF), blocks & np.uint64(_LOW)
        given = np.zeros((len(blocks), _BLOCK), np.uint8)
        for number in range(_ROUNDS):
            given[:, 0] = number
            given[:, -4:] = right.astype(">u4").view(np.uint8).reshape(-1, 4)
            known = np.frombuffer(self._round.update(given.tobytes()), ">u4")[:: _BLOCK // 4]
            left, right = right, left ^ known
        return left << np.uint64(_HALF) | right

    def unmasked_alias(self, alias: int) -> int:
        """The alias whose image this is."""
        swap = (alias & _LOW) << _HALF | alias >> _HALF
        while self._key:
            swap = self._feistel(swap, range(_ROUNDS - 1, -1, -1))
            alias = (swap & _LOW) << _HALF | swap >> _HALF
            if alias < _ALIASES:
                break
        return alias

    def _feistel(self, block: int, rounds: range) -> int:
        left, right = block >> _HALF, block & _LOW
        for number in rounds:
            known = self._round.update(bytes((number,)) + bytes(11) + right.to_bytes(4, "big"))
            left, right = right, left ^ int.from_bytes(known[:4], "big")
        return left << _HALF | right

    def digests(self, digests: bytes) -> bytes:
        """Digests, 16 bytes each, as they are written."""
        return self._digests.encryptor().update(digests) if self._key else digests

    def unmasked_digests(self, digests: bytes) -> bytes:
        """The digests whose image these are."""
        return self._digests.decryptor().update(digests) if self._key else digests
