"""The wall between people and pseudonyms: whoever crosses it does so through `Identity.alias`, and cannot go back.

An alias is the first 63 bits of HMAC-SHA-256 under a key that is made once per deployment and kept apart from the
warehouse (`analytics_dash.keys`). Before it is written, `Identity.mask` changes it under the key's version, so that a
rotation gives everyone another pseudonym without asking for anyone's name. Readers in `analytics_dash.sources` call
`alias` and `digest`; nobody else sees an identifier.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, Literal, get_args

from analytics_dash.errors import IdentityError
from analytics_dash.i18n import _
from analytics_dash.masks import Mask

Kind = Literal[
    "email",
    "email_sha1",
    "lms_username",
    "lms_user_id",
    "lms_learner",
    "openai_public_id",
    "xapi_account",
    "github_login",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
# Where the account's own service does not tell capitals apart.
_CASELESS: Final = frozenset({"email", "github_login"})

KEY_BYTES: Final = 32
_MASK: Final = (1 << 63) - 1
# One cached alias is about 200 bytes; a feed names the same few hundred thousand people over and over.
_CACHED_ALIASES: Final = 1 << 18


def canonical(kind: Kind, value: str | int) -> str:
    """The one spelling of an identifier: e-mail addresses and GitHub logins without case, the rest as they stand.

    Every kind is trimmed and NFKC-normalised; a number and its digits are the same user id.
    """
    text = str(value)
    text = (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()
    if kind in _CASELESS:
        # Folding and normalising can each undo the other; Unicode's own recipe (toNFKC_Casefold) does both twice.
        for _round in range(2):
            text = unicodedata.normalize("NFKC", text.casefold())
        return text.strip()
    if kind == "lms_user_id" and text.isdecimal():
        return str(int(text)) if len(text) < 20 else text
    return text


class Identity:
    """Keyed pseudonyms: `alias` for people, `digest` for events. Holds the key; never prints it."""

    def __init__(self, key: bytes, mask_key: bytes = b"", version: int = 1) -> None:
        """`mask_key` is the version's own; without one (the first key format) aliases are written as they are."""
        if len(key) != KEY_BYTES or len(mask_key) not in {0, KEY_BYTES}:
            raise IdentityError(_("A pseudonym key has {bytes} bytes.").format(bytes=KEY_BYTES))
        self._key, self._mask_key = key, mask_key
        self.version: Final = version
        self.mask: Final = Mask(mask_key)
        # Each use has a key of its own, so that no output of one says anything about another. The events' key fills
        # the hash's first block, which is hashed once and not again for each event.
        self._digest_start = hashlib.sha256(hmac.digest(key, b"event digests", "sha512"), usedforsecurity=True)
        self._mac: Final = _hmac_sha256(key)
        self.fingerprint: Final = hmac.digest(key + mask_key, b"fingerprint", "sha256").hex()[:16]
        alias = lru_cache(maxsize=_CACHED_ALIASES)(self._alias)
        self.alias: Final[Callable[[Kind, str | int], int]] = alias
        self.forget: Final[Callable[[], None]] = alias.cache_clear

    def _alias(self, kind: Kind, value: str | int) -> int:
        mac = self._mac(f"{kind}|{canonical(kind, value)}".encode())
        return int.from_bytes(mac[:8], "big") & _MASK

    def digest(self, content: bytes) -> bytes:
        """128 bits of SHA-256 behind a secret block: equal for equal bytes, and no help in guessing them.

        Half of the hash is cut off, so nobody can go on from it to the digest of a longer text, which is what HMAC's
        second pass is for; a log has an event each microsecond or two, and that pass would cost one of them.
        """
        running = self._digest_start.copy()
        running.update(content)
        return running.digest()[:16]

    def digests(self, contents: Iterable[bytes | memoryview]) -> list[bytes]:
        """The `digest` of each of many contents."""
        begin, found = self._digest_start.copy, []
        for content in contents:
            running = begin()
            running.update(content)
            found.append(running.digest()[:16])
        return found

    def parts(self) -> tuple[bytes, bytes, int]:
        """What `Identity` is made of: for the key's file, and for a process that reads a share of the same load."""
        return self._key, self._mask_key, self.version

    def __repr__(self) -> str:
        return f"Identity(fingerprint={self.fingerprint!r}, version={self.version})"


def _hmac_sha256(key: bytes) -> Callable[[bytes], bytes]:
    """What `hmac.digest(key, …, "sha256")` gives, in a third of the time: the key is hashed in once, not with each."""
    keyed = hmac.new(key, digestmod="sha256")

    def mac(text: bytes) -> bytes:
        own = keyed.copy()
        own.update(text)
        return own.digest()

    return mac
