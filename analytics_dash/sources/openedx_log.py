"""The learning platform's tracking log: JSON lines, plain or behind a log prefix, in either envelope.

The classic envelope is `{name, event_type, event_source, time, username, context, event}`; the transformed one, which
event routing writes, is `{name, timestamp, context, data}`; hybrids of both happen. `event` may be an object or its
JSON text. A line is one of: accepted (a row), ignored (well-formed, of no interest), rejected (with a reason).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar, Final

import msgspec

from analytics_dash.identity import Identity
from analytics_dash.sources import checks, openedx_feed, platform_events, tutor_events
from analytics_dash.sources.description import FeedSchema
from analytics_dash.sources.json_lines import json_text, read_json_lines, reason_of
from analytics_dash.sources.platform_events import Answers
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import Batch, Detected, ItemAnswer, LearningEvent, Rejected
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


_ENVELOPE: Final = msgspec.json.Decoder(Envelope)
_TEXT: Final = msgspec.json.Decoder(str)
_ANYTHING: Final = msgspec.json.Decoder()
_MODULE: Final = msgspec.json.Decoder(_Module | None)
_NOWHERE: Final = Context()


class OpenEdxLog(Reader):
    """The tracking-log reader."""

    kind: ClassVar[str] = "openedx-log"
    title: ClassVar[str] = "the learning platform's tracking log"
    version: ClassVar[int] = 2  # 2: items and detections are kept
    summary: ClassVar[str] = "Open edX tracking log: JSON lines, plain or prefixed, also gzip"
    row: ClassVar[type] = LearningEvent
    schema: ClassVar[FeedSchema] = openedx_feed.SCHEMA

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        return openedx_feed.sample(seed, rows, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The log's batches, in its order."""

        def take(line: bytes, batch: Batch) -> LearningEvent | None:
            text = json_text(line)
            envelope = _ENVELOPE.decode(text)
            name = envelope.name or envelope.event_type
            if not name:
                raise Rejected("no name: neither name nor event_type is given")
            at, day = checks.moment(envelope.time or envelope.timestamp)
            context = envelope.context or _NOWHERE
            source = envelope.event_source or context.event_source
            if source in _UNTRUSTED:
                return None
            actor = checks.Person(envelope.username or context.username, context.user_id)
            if name in tutor_events.KINDS:
                fact, pseudonym = tutor_events.fact(name, _ANYTHING.decode(_raw_payload(envelope)))
                course, block = _course(context.course_id, required=False), _module_key(context)
                alias = actor.alias(identity, batch.same_as)
                if pseudonym is not None:
                    batch.same_as.add((identity.alias("lms_learner", pseudonym), alias))
            elif name in platform_events.EVENTS:
                if source is None and name == "problem_check" and not _is_object(envelope):
                    return None  # the page's twin again: routing can lose the source, but only the server gives objects
                payload = _payload(name, envelope)
                found = platform_events.EVENTS[name].fact(payload)
                if found is None:
                    return None
                fact, block = found, found.block
                course = _course(payload.course_id or context.course_id, required=True)
                named = checks.Person(payload.username, payload.user_id)
                alias = checks.subject_of(named, actor).alias(identity, batch.same_as)
            else:
                return None
            row = LearningEvent(
                digest=identity.digest(text),
                alias=alias,
                at=at,
                day=day,
                kind=fact.kind,
                course=course,
                block=block,
                step=fact.step,
                earned=fact.earned,
                possible=fact.possible,
                correct=fact.correct,
                confidence=fact.confidence,
                lesson=fact.lesson,
            )
            if fact.answers is not None:
                batch.parts += _parts(row, fact.answers)
            return row

        yield from read_json_lines(lines, take)


def _parts(row: LearningEvent, answers: Answers) -> Iterator[ItemAnswer | Detected]:
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
