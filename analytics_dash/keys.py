"""The pseudonym key's file: made on first use for its owner alone, checked each time, and given a new version.

Rotation keeps two files for a moment: the next key lies beside the key until every alias is written under it. Which
of the two counts, the warehouse says by its fingerprint; so a crash between the two leaves nothing to repair by hand.
`warehouse.load` and the commands of `adoption identity` open the key here.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from analytics_dash.errors import IdentityError
from analytics_dash.i18n import _
from analytics_dash.identity import KEY_BYTES, Identity

KEY_FORMAT: Final = "adoption-pseudonym-key"
_HEX: Final = rf"[0-9a-f]{{{2 * KEY_BYTES}}}"
_FIRST_FORMAT: Final = re.compile(rf"{KEY_FORMAT} 1 ({_HEX})\n?")
_KEY_LINE: Final = re.compile(rf"{KEY_FORMAT} 2 ([1-9][0-9]{{0,8}}) ({_HEX}) ({_HEX})\n?")


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
    if first := _FIRST_FORMAT.fullmatch(text):
        return Identity(bytes.fromhex(first.group(1)))
    found = _KEY_LINE.fullmatch(text)
    if found is None:
        raise IdentityError(
            _("The pseudonym key ({name} in ADOPTION_HOME) is damaged or of an unknown version; restore it.").format(
                name=path.name
            )
        )
    return Identity(bytes.fromhex(found.group(2)), bytes.fromhex(found.group(3)), int(found.group(1)))


def open_identity(path: Path, *, say: Callable[[str], None], expected: str | None = None) -> Identity:
    """The deployment's identity; on first use a key is made at `path` (mode 600) and `say` is told.

    `expected` is the fingerprint that the warehouse knows: then a missing key is not replaced, and another one is
    refused (`IdentityError`).
    """
    if expected is None and not path.exists():
        _write(path, Identity(secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES)))
        say(
            _(
                "Made a new pseudonym key: {path}. Keep a backup apart from the warehouse; who has both can find "
                "people."
            ).format(path=path)
        )
    if expected is not None and (waiting := next_path(path)).exists() and load_key(waiting).fingerprint == expected:
        return load_key(
            waiting
        )  # a rotation was killed after the warehouse had changed; it is ended by running it again
    identity = load_key(path)
    if expected is not None and identity.fingerprint != expected:
        raise IdentityError(
            _(
                "This warehouse was filled under another pseudonym key (fingerprint {theirs}; yours is {ours}). Set "
                "ADOPTION_HOME to the folder of its key, or load into a new warehouse."
            ).format(theirs=expected, ours=identity.fingerprint)
        )
    return identity


def next_path(path: Path) -> Path:
    """Where the next version of a key waits while a rotation runs."""
    return path.with_name(f"{path.name}.next")


def old_path(path: Path, version: int) -> Path:
    """Where an old version is kept, if it is."""
    return path.with_name(f"{path.name}.v{version}")


def next_identity(path: Path) -> Identity:
    """The next version of the key at `path`: made now, or by a rotation that did not come to its end."""
    waiting = next_path(path)
    if not waiting.exists():
        key, _mask_key, version = load_key(path).parts()
        _write(waiting, Identity(key, secrets.token_bytes(KEY_BYTES), version + 1))
    return load_key(waiting)


def promote(path: Path, *, keep_old: bool) -> None:
    """The next version becomes the key; the old one is kept under its version's name, or destroyed."""
    waiting = next_path(path)
    if keep_old:
        with contextlib.suppress(FileExistsError):
            os.link(path, old_path(path, load_key(path).version))
        waiting.replace(path)
    else:
        with path.open("r+b", buffering=0) as old:
            waiting.replace(path)
            # Its name is gone; its bytes go too, as far as the file system lets anyone say so.
            old.write(bytes(os.fstat(old.fileno()).st_size))
            os.fsync(old.fileno())
    _sync(path.parent)


def _write(path: Path, identity: Identity) -> None:
    key, mask_key, version = identity.parts()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{KEY_FORMAT} 2 {version} {key.hex()} {mask_key.hex()}\n")
            file.flush()
            os.fsync(file.fileno())
        # A link fails where the name exists: of two first runs at once, both go on with the same key.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
