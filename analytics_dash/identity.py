"""The wall between people and pseudonyms: whoever crosses it does so through `Identity.alias`, and cannot go back.

An alias is the first 63 bits of HMAC-SHA-256 under a key that is made once per deployment and kept apart from the
warehouse. The warehouse holds the key's fingerprint, so that a load with another key is refused instead of splitting
every person in two. Readers in `analytics_dash.sources` call `alias` and `digest`; nobody else sees an identifier.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import stat
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from analytics_dash.errors import IdentityError
from analytics_dash.i18n import _

Kind = Literal["email", "lms_username", "lms_user_id", "lms_learner", "openai_public_id", "github_login"]
KINDS: Final = ("email", "lms_username", "lms_user_id", "lms_learner", "openai_public_id", "github_login")
# Where the account's own service does not tell capitals apart.
_CASELESS: Final = frozenset({"email", "github_login"})

KEY_FORMAT: Final = "adoption-pseudonym-key 1"
KEY_BYTES: Final = 32
_KEY_LINE: Final = re.compile(rf"{KEY_FORMAT} ([0-9a-f]{{{2 * KEY_BYTES}}})\n?")
_MASK: Final = (1 << 63) - 1
# One cached alias is about 200 bytes; a feed names the same few hundred thousand people over and over.
_CACHED_ALIASES: Final = 1 << 18


def canonical(kind: Kind, value: str | int) -> str:
    """The one spelling of an identifier: e-mail addresses and GitHub logins without case, the rest as they stand.

    Every kind is trimmed and NFKC-normalised; a number and its digits are the same user id.
    """
    text = unicodedata.normalize("NFKC", str(value)).strip()
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

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise IdentityError(_("A pseudonym key has {bytes} bytes.").format(bytes=KEY_BYTES))
        self._key = key
        # Each use has a key of its own, so that no output of one says anything about another.
        self._digest_key = hmac.digest(key, b"event digests", "sha256")
        self.fingerprint: Final = hmac.digest(key, b"fingerprint", "sha256").hex()[:16]
        self.alias: Final[Callable[[Kind, str | int], int]] = lru_cache(maxsize=_CACHED_ALIASES)(self._alias)

    def _alias(self, kind: Kind, value: str | int) -> int:
        mac = hmac.digest(self._key, f"{kind}|{canonical(kind, value)}".encode(), "sha256")
        return int.from_bytes(mac[:8], "big") & _MASK

    def digest(self, content: bytes) -> bytes:
        """128-bit keyed BLAKE2b of an event: equal for equal bytes, and no help in guessing them."""
        return hashlib.blake2b(content, digest_size=16, key=self._digest_key).digest()

    def __repr__(self) -> str:
        return f"Identity(fingerprint={self.fingerprint!r})"


def load_key(path: Path) -> Identity:
    """The identity whose key is in `path`. Raises `IdentityError` where it is absent, open to others or damaged."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise IdentityError(
            _(
                "The pseudonym key is not there ({name} in ADOPTION_HOME). Without it new facts cannot be joined to "
                "the warehouse's people: restore the key from its backup."
            ).format(name=path.name)
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise IdentityError(
            _("The pseudonym key ({name} in ADOPTION_HOME) cannot be read; restore it.").format(name=path.name)
        ) from error
    if stat.S_IMODE(mode) & 0o077:
        raise IdentityError(
            _("The pseudonym key is open to other users: chmod 600 {name} in ADOPTION_HOME.").format(name=path.name)
        )
    found = _KEY_LINE.fullmatch(text)
    if found is None:
        raise IdentityError(
            _("The pseudonym key ({name} in ADOPTION_HOME) is damaged or of an unknown version; restore it.").format(
                name=path.name
            )
        )
    return Identity(bytes.fromhex(found.group(1)))


def open_identity(path: Path, *, say: Callable[[str], None], expected: str | None = None) -> Identity:
    """The deployment's identity; on first use a key is made at `path` (mode 600) and `say` is told.

    `expected` is the fingerprint that the warehouse knows: then a missing key is not replaced, and another one is
    refused (`IdentityError`).
    """
    if expected is None and not path.exists():
        _make_key(path)
        say(
            _(
                "Made a new pseudonym key: {path}. Keep a backup apart from the warehouse; who has both can find "
                "people."
            ).format(path=path)
        )
    identity = load_key(path)
    if expected is not None and identity.fingerprint != expected:
        raise IdentityError(
            _(
                "This warehouse was filled under another pseudonym key (fingerprint {theirs}; yours is {ours}). Set "
                "ADOPTION_HOME to the folder of its key, or load into a new warehouse."
            ).format(theirs=expected, ours=identity.fingerprint)
        )
    return identity


def _make_key(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{KEY_FORMAT} {secrets.token_hex(KEY_BYTES)}\n")
            file.flush()
            os.fsync(file.fileno())
        # A link fails where the name exists: of two first runs at once, both go on with the same key.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
