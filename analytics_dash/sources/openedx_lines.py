"""Which lines of a tracking log may tell a fact: the first look at every line, by the block or one by one.

A block is decoded in one call, into types that only a sound line fits; lines that nobody counts cost no more than that.
What does not fit is looked at line by line, and the careful look says why. `openedx_log` makes facts of what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import compress
from typing import Annotated, Any, Final, Literal

import msgspec

from analytics_dash.sources import checks, people, platform_events, tutor_events
from analytics_dash.sources.json_blocks import decode_block
from analytics_dash.sources.json_lines import REFUSALS, json_text, reason_of, why_not_read
from analytics_dash.sources.records import Reject, Rejected
from analytics_dash.sources.streams import Damage, Line

NULL: Final = msgspec.Raw(b"null")
OF_INTEREST: Final = frozenset({*tutor_events.KINDS, *platform_events.EVENTS})
# A page can post any event under any name to the platform's /event; only what the server says itself is evidence, and
# where both speak (problem_check) they speak of the same act.
UNTRUSTED: Final = frozenset({"browser", "mobile"})
_EARLIEST, _LATEST = datetime(2012, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class Context(msgspec.Struct, gc=False):
    user_id: int | str | None = None
    username: str | None = None
    course_id: str | None = None
    event_source: str | None = None
    module: msgspec.Raw = NULL


class Envelope(msgspec.Struct, gc=False):
    name: str | None = None
    event_type: str | None = None
    event_source: str | None = None
    time: datetime | None = None
    timestamp: datetime | None = None
    username: str | None = None
    context: Context | None = None
    event: msgspec.Raw = NULL
    data: msgspec.Raw = NULL


# What a line mostly is. Whatever fits these types, the careful look takes too (`people.person`, `checks.moment`).
_Id = Annotated[int, msgspec.Meta(gt=0, lt=10**18)] | Literal[""] | None
_Name = Annotated[str, msgspec.Meta(max_length=255)] | None
_Time = Annotated[datetime, msgspec.Meta(tz=True)] | None


class _SoundContext(Context, gc=False):
    user_id: _Id = None
    username: _Name = None


class _SoundEnvelope(Envelope, gc=False):
    time: _Time = None
    timestamp: _Time = None
    username: _Name = None
    context: _SoundContext | None = None


NOWHERE: Final = Context()
ENVELOPE: Final = msgspec.json.Decoder(Envelope)
_TEXT: Final = msgspec.json.Decoder(str)
_SOUND: Final = msgspec.json.Decoder(_SoundEnvelope)


@dataclass(slots=True)
class Counted:
    """Lines of one name that may tell facts, as columns. They hold no block of the feed: it can go when it is read."""

    own: bool  # our own block's events, of which the module is asked for
    numbers: list[int] = field(default_factory=list)
    times: list[datetime | None] = field(default_factory=list)
    actors: list[tuple[str | None, people.Number]] = field(default_factory=list)  # username and user id
    courses: list[str | None] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)  # as `payload_of` gives them
    modules: list[bytes] = field(default_factory=list)  # JSON text; of our own block's events alone

    def __len__(self) -> int:
        return len(self.numbers)

    def add(self, number: int, envelope: Envelope) -> None:
        context = envelope.context or NOWHERE
        self.numbers.append(number)
        self.times.append(envelope.time or envelope.timestamp)
        self.actors.append((envelope.username or context.username, context.user_id))
        self.courses.append(context.course_id)
        self.payloads.append(payload_of(envelope))
        if self.own:
            self.modules.append(bytes(context.module))

    def part(self, start: int, end: int) -> Counted:
        """The lines from one place to another."""
        return Counted(self.own, *(column[start:end] for column in self._columns()))

    def only(self, those: Sequence[bool]) -> Counted:
        """The lines that are marked."""
        return Counted(self.own, *(list(compress(column, those)) for column in self._columns()))

    def _columns(self) -> tuple[list[Any], ...]:
        return self.numbers, self.times, self.actors, self.courses, self.payloads, self.modules


class _ByName(dict[str, Counted]):
    def __missing__(self, name: str) -> Counted:
        found = self[name] = Counted(name in tutor_events.KINDS)
        return found


@dataclass(slots=True)
class Looked:
    """Lines as looked at: `lines` = ignored + rejects + those in `counted`, which are by the event's name."""

    lines: int = 0
    ignored: int = 0
    rejects: list[Reject] = field(default_factory=list)
    counted: _ByName = field(default_factory=_ByName)
    damage: str | None = None

    def block(self, block: bytes) -> None:
        """Look at a block of whole lines."""
        if not self._sound_block(block):
            self.one_by_one(block[:-1].split(b"\n"))

    def _sound_block(self, block: bytes) -> bool:
        """Look at a block at once; False, and nothing has changed, where a line of it needs a careful look."""
        envelopes = decode_block(block, _SOUND.decode_lines)
        if envelopes is None:
            return False
        names: list[Any] = [envelope.name or envelope.event_type for envelope in envelopes]
        times: list[Any] = [envelope.time or envelope.timestamp for envelope in envelopes]
        if not (all(names) and all(times) and min(times) >= _EARLIEST and max(times) < _LATEST):
            return False
        try:
            counted = [
                place for place, name in enumerate(names) if name in OF_INTEREST and _counts(name, envelopes[place])
            ]
        except REFUSALS:
            return False
        for place in counted:
            self.counted[names[place]].add(self.lines + place + 1, envelopes[place])
        self.lines += len(envelopes)
        self.ignored += len(envelopes) - len(counted)
        return True

    def one_by_one(self, lines: Iterable[Line]) -> None:
        """Look at lines carefully: what one is refused for is kept."""
        for line in lines:
            self.lines += 1
            if not isinstance(line, bytes):
                self.rejects.append(Reject(self.lines, why_not_read(line)))
                self.damage = line.reason if isinstance(line, Damage) else self.damage
                continue
            try:
                envelope = ENVELOPE.decode(json_text(line))
                name = _carefully(envelope)
            except REFUSALS as error:
                self.rejects.append(Reject(self.lines, reason_of(error)))
                continue
            if name is None:
                self.ignored += 1
            else:
                self.counted[name].add(self.lines, envelope)


def _carefully(envelope: Envelope) -> str | None:
    """The event's name where the line may tell a fact; None where it is sound and of no interest."""
    name = envelope.name or envelope.event_type
    if not name:
        raise Rejected("no name: neither name nor event_type is given")
    checks.moment(envelope.time or envelope.timestamp)
    context = envelope.context or NOWHERE
    if (envelope.event_source or context.event_source) not in UNTRUSTED:
        people.person(envelope.username or context.username, context.user_id)
    return name if name in OF_INTEREST and _counts(name, envelope) else None


def _counts(name: str, envelope: Envelope) -> bool:
    """Whether an event of a name that is of interest is the server's own word."""
    source = envelope.event_source or (envelope.context or NOWHERE).event_source
    if source is None and name == "problem_check":
        # Routing can lose the source, and the page says so too; but only the server gives an object.
        return json_of(payload_of(envelope))[:1] in {"{", b"{"}
    return source not in UNTRUSTED


def payload_of(envelope: Envelope) -> bytes:
    """The event's own fields as the line has them."""
    raw = bytes(envelope.event)
    return raw if raw != b"null" else bytes(envelope.data)


def json_of(payload: bytes) -> bytes | str:
    """The fields as JSON text, out of its quotes where it is written as a string."""
    return _TEXT.decode(payload) if payload.startswith(b'"') else payload
