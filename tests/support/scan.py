"""Looking for people in bytes: every identifier in every disguise that needs no key, over whole files at once."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.schema import TABLES

_WINDOW = 8


def disguises(identifier: str) -> Iterator[bytes]:
    """The identifier as text in the usual encodings, as base64 and hex, and as digests that anyone can make."""
    for spelling in {identifier, identifier.lower(), identifier.upper()}:
        plain = spelling.encode()
        yield plain
        yield plain[::-1]
        for encoding in ("utf-16-le", "utf-16-be", "utf-32-le"):
            yield spelling.encode(encoding)
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
        for shift in range(3):  # base64 of a longer text: what surrounds it changes the first and last characters
            coded = base64.b64encode(b"\0" * shift + plain)
            yield coded[4 if shift else 0 : -4]
        for name in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            digest = hashlib.new(name, plain).digest()
            yield digest
            yield digest[:8][::-1]
            yield digest.hex().encode()
            yield base64.b64encode(digest)[:16]


def found_in(content: bytes, identifiers: Iterable[str]) -> set[str]:
    """The identifiers of which a disguise of eight bytes or more is in the content."""
    wanted: dict[int, set[tuple[str, bytes]]] = defaultdict(set)
    for identifier in identifiers:
        for disguise in disguises(identifier):
            if len(disguise) >= _WINDOW:
                wanted[int.from_bytes(disguise[:_WINDOW], "little")].add((identifier, disguise))
    starts = np.array(sorted(wanted), dtype=np.uint64)
    found = set()
    for offset in range(_WINDOW):
        windows = np.frombuffer(content[offset : len(content) - (len(content) - offset) % _WINDOW], dtype="<u8")
        places = np.minimum(np.searchsorted(starts, windows), len(starts) - 1)
        for place in np.flatnonzero(starts[places] == windows):
            at = int(place) * _WINDOW + offset
            for identifier, disguise in wanted[int(windows[place])]:
                if content.startswith(disguise, at):
                    found.add(identifier)
    return found


def everything(folder: Path, url: str, *, but: Iterable[Path] = ()) -> bytes:
    """All bytes of the files in a folder, and the warehouse's values unpacked: its file is compressed."""
    left_out = set(but)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not left_out & {path, *path.parents}]
    parts = [path.read_bytes() for path in files]
    with open_warehouse(url) as opened:
        for name in TABLES:
            for row in opened.connection.execute(f'SELECT CAST(t AS VARCHAR) FROM "{name}" t').fetchall():
                parts.append(row[0].encode())
                parts.append(row[0].replace("-", "").encode())  # a digest as a UUID
    return b"\n".join(parts)
