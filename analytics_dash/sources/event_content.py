"""What an event is known by: the bytes that its digest is made of, the same in whatever way the event was written.

Programs that ship logs write JSON anew: keys in another order, other blanks, other escapes, 1 for 1.0. So these bytes
are made of the values that a reader has decoded, and of nothing that it does not read. They are MessagePack, in which a
number and a text have one form each: how JSON writes 0.1 is up to each writer, and to each version of it. Readers of
events call `contents` or `content` and give what they get to `Identity.digest`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from analytics_dash.sources.records import Rejected

_ENCODE: Final = msgspec.msgpack.Encoder(order="deterministic").encode  # an object's keys are sorted
# JavaScript writes -0.0 as 0.
_MINUS_NOUGHT, _NOUGHT = _ENCODE(-0.0), _ENCODE(0.0)


def contents(known: Iterable[tuple[Any, ...]]) -> list[bytes]:
    """The bytes of each of many events, given what is known of it. Raises `Rejected` for a number beyond 64 bits."""
    try:
        found = [*map(_ENCODE, known)]
    except OverflowError as error:
        raise Rejected("a whole number is larger than 64 bits") from error
    if _MINUS_NOUGHT in b"".join(found):
        found = [each.replace(_MINUS_NOUGHT, _NOUGHT) for each in found]
    return found


def content(*known: Any) -> bytes:
    """The bytes of one event."""
    return contents([known])[0]
