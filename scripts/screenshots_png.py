"""A screenshot as a small PNG: the few colours that it needs, the rest drawn as the nearest of them.

A page of words and lines has some hundred colours, nearly all of them edges of letters; with sixteen hardly anybody
sees the difference, and the repository stays small. Called by `screenshots`.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np

COLOURS: Final = 16
"""Two pixels in a byte."""


def keep(path: Path, png: bytes) -> None:
    """Write a picture with a palette: the most frequent colours, and of the rarer ones those far from all others."""
    pixels = _decode(png)
    coarse = (pixels >> 3).astype(np.uint32)
    packed = (coarse[..., 0] << 10) | (coarse[..., 1] << 5) | coarse[..., 2]
    found, index, counts = np.unique(packed, return_inverse=True, return_counts=True)
    index = index.reshape(packed.shape)
    # Each colour is the mean of the pixels that it stands for: white stays white.
    sums = [np.bincount(index.ravel(), weights=pixels[..., k].ravel(), minlength=len(found)) for k in range(3)]
    means = np.stack([each / counts for each in sums], axis=1)
    chosen = _palette(means, counts)
    nearest = np.argmin(((means[:, None, :] - means[None, chosen, :]) ** 2).sum(axis=2), axis=1)
    path.write_bytes(_write(nearest[index].astype(np.uint8), np.rint(means[chosen]).astype(np.uint8)))


def _palette(means: Any, counts: Any) -> list[int]:
    """Take the colour next that most pixels are furthest from, again and again."""
    chosen = [int(np.argmax(counts))]
    away = ((means - means[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < min(COLOURS, len(means)):
        following = int(np.argmax(away * np.sqrt(counts)))
        chosen.append(following)
        away = np.minimum(away, ((means - means[following]) ** 2).sum(axis=1))
    return chosen


def _write(index: Any, palette: Any) -> bytes:
    height, width = index.shape
    even = np.pad(index, ((0, 0), (0, width % 2)))
    rows = b"".join(b"\0" + ((row[0::2] << 4) | row[1::2]).tobytes() for row in even)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _decode(png: bytes) -> Any:
    """The pixels of a PNG as Chromium writes it (8 bits, RGB or RGBA, not interlaced): height × width × 3."""
    width, height, _depth, colour = struct.unpack(">IIBB", png[16:26])
    depth = 4 if colour == 6 else 3
    data, place = b"", 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += length + 12
    lines = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + width * depth)
    before = np.zeros(width * depth, np.uint8)
    rows = []
    for line in lines:
        before = _unfilter(int(line[0]), line[1:], before, depth)
        rows.append(before)
    return np.stack(rows).reshape(height, width, depth)[..., :3]


def _unfilter(kind: int, line: Any, above: Any, depth: int) -> Any:
    if kind == 0:
        return line.copy()
    if kind == 2:
        return line + above
    if kind == 1:
        return np.cumsum(line.reshape(-1, depth), axis=0, dtype=np.uint8).reshape(-1)
    out, up = [0] * len(line), above.tolist()
    for n, value in enumerate(line.tolist()):
        left, corner = (out[n - depth], up[n - depth]) if n >= depth else (0, 0)
        guess = (left + up[n]) // 2 if kind == 3 else _paeth(left, up[n], corner)
        out[n] = (value + guess) & 255
    return np.array(out, np.uint8)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda each: abs(guess - each))
