"""The learning platform's tracking log: JSON lines, plain or behind a log prefix, in either envelope.

The classic envelope is `{name, event_type, event_source, time, username, context, event}`; the transformed one, which
event routing writes, is `{name, timestamp, context, data}`; hybrids of both happen. `event` may be an object or its
JSON text. A line is one of: accepted (a row), ignored (well-formed, of no interest), rejected (with a reason).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import repeat
from typing import Any, ClassVar, Final

import msgspec

from analytics_dash.identity import Identity
from analytics_dash.sources import checks, openedx_feed, platform_events, tutor_events
from analytics_dash.sources.description import FeedSchema
from analytics_dash.sources.json_blocks import decode_block
from analytics_dash.sources.json_lines import REFUSALS, json_text, put, read_json_lines, reason_of
from analytics_dash.sources.platform_events import Answers
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import Batch, Detected, ItemAnswer, LearningEvent, Reject, Rejected
from analytics_dash.sources.streams import Line

_NULL: Final = msgspec.Raw(b"null")
# A page can post any event under any name to the platform's /event; only what the server says itself is evidence, and
# where both speak (problem_check) they speak of the same act.
_UNTRUSTED: Final = frozenset({"browser", "mobile"})


class Context(msgspec.Struct, gc=False):
    user_id: int | str | None = None
    username: str | None = None
    course_id: str | None = None
    event_source: str | None = None
    module: msgspec.Raw = _NULL


class Envelope(msgspec.Struct, gc=False):
    name: str | None = None
    event_type: str | None = None
    event_source: str | None = None
    time: datetime | None = None
    timestamp: datetime | None = None
    username: str | None = None
    context: Context | None = None
    event: msgspec.Raw = _NULL
    data: msgspec.Raw = _NULL


class _Module(msgspec.Struct, gc=False):
    usage_key: str | None = None


_Counted = tuple[int, Envelope, bytes]
"""A line that may tell a fact: its number, the line, and its JSON text."""

_ENVELOPE: Final = msgspec.json.Decoder(Envelope)
_TEXT: Final = msgspec.json.Decoder(str)
_MODULE: Final = msgspec.json.Decoder(_Module | None)
_NOWHERE: Final = Context()
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_DESCRIBED: Final = (
    *(described.name for described in openedx_feed.SCHEMA.reads),
    *(described.name for described in openedx_feed.SCHEMA.never),
)
_KNOWN_FIELDS: Final = {"event_type", *(name.partition(".")[0] for name in _DESCRIBED)}
_SHOWABLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_ ]{0,39}")
_LINES_LOOKED_AT: Final = 100
_NAMES_SHOWN: Final = 20
_OF_INTEREST: Final = frozenset({*tutor_events.KINDS, *platform_events.EVENTS})


class OpenEdxLog(Reader):
    """The tracking-log reader."""

    kind: ClassVar[str] = "openedx-log"
    title: ClassVar[str] = "the learning platform's tracking log"
    version: ClassVar[int] = 2  # 2: items and detections are kept
    summary: ClassVar[str] = "Open edX tracking log: JSON lines, plain or prefixed, also gzip or zstd"
    row: ClassVar[type] = LearningEvent
    follows: ClassVar[bool] = True
    schema: ClassVar[FeedSchema] = openedx_feed.SCHEMA

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        return openedx_feed.sample(seed, rows, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The log's batches, in its order."""

        def take(line: bytes, batch: Batch) -> LearningEvent | None:
            text = json_text(line)
            return _interpret(_ENVELOPE.decode(text), text, batch, identity)

        yield from read_json_lines(lines, take)

    def unknown_fields(self, block: bytes) -> list[str]:
        """Fields of the envelope and of the platform's payloads that nobody knows yet, sorted.

        What may be somebody's word is not shown.
        """
        found: set[tuple[str, str]] = set()
        for line in block.split(b"\n", _LINES_LOOKED_AT)[:_LINES_LOOKED_AT]:
            with contextlib.suppress(*REFUSALS):
                text = json_text(line)
                found |= {("", name) for name in _FIELDS.decode(text).keys() - _KNOWN_FIELDS}
                envelope = _ENVELOPE.decode(text)
                name = envelope.name or envelope.event_type or ""
                event = platform_events.EVENTS.get(name)
                if event is not None and envelope.event_source not in _UNTRUSTED:
                    found |= {
                        (f"{name}: ", field) for field in _FIELDS.decode(_raw_payload(envelope)).keys() - event.known
                    }
        shown = {of + (name if _SHOWABLE.fullmatch(name) else "(unreadable)") for of, name in found}
        return sorted(shown)[:_NAMES_SHOWN]

    def read_blocks(self, blocks: Sequence[bytes], identity: Identity) -> Batch:
        """The batch of blocks of whole lines: what `read` gives of their lines.

        The decoder goes through a block in one call, and lines that nobody counts cost no more than that; so it does
        through the payloads of the events of one name. What one call cannot take is read line by line.
        """
        batch = Batch()
        counted: dict[str, list[_Counted]] = {}
        for block in blocks:
            found = decode_block(block, _ENVELOPE.decode_lines)
            if found is None:
                for stretch in self.read(block[:-1].split(b"\n"), identity):
                    batch.join(stretch)
                continue
            ends, texts = found.ends, found.block
            before, ignored = batch.lines + 1, 0
            for number, envelope in enumerate(found.values):
                if _passed_over(envelope):
                    ignored += 1
                else:
                    line = before + number, envelope, texts[ends[number] : ends[number + 1] - 1]
                    counted.setdefault(envelope.name or envelope.event_type or "", []).append(line)
            batch.lines += len(found.values)
            batch.ignored += ignored
        for name, lines in counted.items():
            _take(name, lines, batch, identity)
        batch.rejects.sort()
        return batch


def _take(name: str, lines: Sequence[_Counted], batch: Batch, identity: Identity) -> None:
    """Put what lines of one name say into the batch."""
    payloads: Iterable[Any] = _payloads(name, lines) or repeat(None)
    for (number, envelope, text), payload in zip(lines, payloads, strict=False):
        try:
            row = _interpret(envelope, text, batch, identity, payload)
        except REFUSALS as error:
            batch.rejects.append(Reject(number, reason_of(error)))
        else:
            put(row, batch)


def _payloads(name: str, lines: Sequence[_Counted]) -> Sequence[Any] | None:
    """The payloads of events of one name, all by one call; None where one of them is not as it mostly is."""
    decoder = platform_events.DECODERS.get(name) or tutor_events.DECODERS.get(name)
    if decoder is None:
        return None
    # A value that the decoder of lines has found has no line feed in it, so values and lines are as many.
    given = [envelope.data if envelope.event is _NULL else envelope.event for _number, envelope, _text in lines]
    try:
        return decoder.decode_lines(b"\n".join(given))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _passed_over(envelope: Envelope) -> bool:
    """Whether the line is, at the first glance, sound and of no interest. It never says so of a line that is not."""
    at = envelope.time or envelope.timestamp
    if at is None or at.tzinfo is not UTC or not 2012 <= at.year < 2100:
        return False
    context = envelope.context or _NOWHERE
    name = envelope.name or envelope.event_type
    if (envelope.event_source or context.event_source) in _UNTRUSTED:
        return bool(name)
    if not name or name in _OF_INTEREST:
        return False
    username, user_id = envelope.username or context.username or "", context.user_id
    return len(username) <= 255 and (user_id is None or (type(user_id) is int and 0 < user_id < 10**18))


def _interpret(
    envelope: Envelope, text: bytes, batch: Batch, identity: Identity, payload: Any = None
) -> LearningEvent | None:
    """The event's row, its parts and pairs put into `batch`; None where it is of no interest.

    `payload` is the event's, where it is decoded already.
    """
    name = envelope.name or envelope.event_type
    if not name:
        raise Rejected("no name: neither name nor event_type is given")
    at, day = checks.moment(envelope.time or envelope.timestamp)
    context = envelope.context or _NOWHERE
    source = envelope.event_source or context.event_source
    if source in _UNTRUSTED:
        return None
    actor_name, actor_id = envelope.username or context.username, context.user_id
    if name in tutor_events.KINDS:
        checks.person(actor_name, actor_id)
        event = tutor_events.decoded(name, _raw_payload(envelope)) if payload is None else payload
        fact, pseudonym = tutor_events.fact(name, event)
        course, block = _course(context.course_id, required=False), _module_key(context)
        alias, same = checks.alias_of_subject(identity, None, None, actor_name, actor_id)
        if pseudonym is not None:
            batch.same_as.add((identity.alias("lms_learner", pseudonym), alias))
    elif name in platform_events.EVENTS:
        checks.person(actor_name, actor_id)
        if payload is None:
            if source is None and name == "problem_check" and not _is_object(envelope):
                return None  # the page's twin again: routing can lose the source, but only the server gives objects
            payload = _payload(name, envelope)
        found = platform_events.EVENTS[name].fact(payload)
        if found is None:
            return None
        fact, block = found, found.block
        course = _course(payload.course_id or context.course_id, required=True)
        alias, same = checks.alias_of_subject(identity, payload.username, payload.user_id, actor_name, actor_id)
    else:
        checks.person(actor_name, actor_id)
        return None
    if same is not None:
        batch.same_as.add(same)
    kind, _block, step, earned, possible, correct, confidence, lesson, answers = fact
    row = LearningEvent(
        identity.digest(text), alias, at, day, kind, course, block, step, earned, possible, correct, confidence, lesson
    )
    if answers is not None:
        batch.parts += parts_of(row, answers)
    return row


def parts_of(row: LearningEvent, answers: Answers) -> Iterator[ItemAnswer | Detected]:
    """The attempt's items and, where it was a spotting step, its four counts."""
    lesson, step = row.lesson or "", row.step or ""
    who = (row.digest, row.alias, row.at, row.day, row.course, lesson, step, answers.attempt)
    for item, answer, hit, confidence in answers.items:
        yield ItemAnswer(*who, item, answer, hit, confidence, answers.test, answers.form, answers.anchor)
    if answers.detection is not None:
        yield Detected(*who, *answers.detection, answers.test, answers.form)


def _module_key(context: Context) -> str | None:
    module = _MODULE.decode(context.module)
    return checks.usage_key(module.usage_key) if module is not None and module.usage_key else None


def _payload(name: str, envelope: Envelope) -> Any:
    try:
        return platform_events.DECODERS[name].decode(_raw_payload(envelope))
    except msgspec.DecodeError as error:
        raise Rejected(f"payload: {reason_of(error)}") from error


def _is_object(envelope: Envelope) -> bool:
    text = _raw_payload(envelope)
    return text.startswith("{") if isinstance(text, str) else text.startswith(b"{")


def _raw_payload(envelope: Envelope) -> bytes | str:
    """The payload's JSON text, out of its quotes where it is written as a string."""
    raw = bytes(envelope.event)
    if raw == b"null":
        raw = bytes(envelope.data)
    return _TEXT.decode(raw) if raw.startswith(b'"') else raw


def _course(value: str | None, *, required: bool) -> str | None:
    if value:
        return checks.course_key(value)
    if required:
        raise Rejected("no course: neither the payload nor the context names one")
    return None
