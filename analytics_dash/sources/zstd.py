"""Zstandard: the unpacked bytes of one or more frames in bounded pieces. `sources.streams` calls it.

Python has it from 3.14 on (`compression.zstd`); before, the same module comes from the package backports.zstd.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_PIECE: Final = 1 << 14  # of a call that fails nothing is given, so it is asked for little: that much may be lost
_CHUNK: Final = 1 << 18


def unzstd(chunks: Iterator[bytes]) -> Iterator[bytes | str]:
    """The unpacked bytes; last, where the data is damaged or cut short, the reason as text."""
    frame = zstd.ZstdDecompressor()
    started, damage = False, None
    for chunk in chunks:
        pieces = bytearray()
        data, more = chunk, True
        while data or more:
            if frame.eof:
                # Between frames, which follow each other as gzip's members do.
                data, more = frame.unused_data or data, False
                if not data:
                    break
                frame, started = zstd.ZstdDecompressor(), False
            try:
                piece = frame.decompress(data, _PIECE)
            except (zstd.ZstdError, MemoryError):
                damage = "the zstd data is damaged here; the rest of the file cannot be read"
                break
            started, data = True, b""
            more = frame.eof or not frame.needs_input
            pieces += piece
            if len(pieces) >= _CHUNK:
                yield bytes(pieces)
                pieces.clear()
        if pieces:
            yield bytes(pieces)
        if damage is not None:
            break
    if damage is None and started and not frame.eof:
        damage = "the zstd data ends too early; the file was cut short"
    for _unread in chunks:  # the digest of the file is still checked
        pass
    if damage is not None:
        yield damage
