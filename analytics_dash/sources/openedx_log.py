"""The learning platform's tracking log: JSON lines, plain or behind a log prefix, in either envelope.

The classic envelope is `{name, event_type, event_source, time, username, context, event}`; the transformed one, which
event routing writes, is `{name, timestamp, context, data}`; hybrids of both happen. `event` may be an object or its
JSON text. A line is one of: accepted (a row), ignored (well-formed, of no interest), rejected (with a reason).
Lines are first looked at (`openedx_lines`); those of one name that may tell facts are then read together, as columns.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, repeat
from typing import Any, ClassVar, Final

import msgspec

from analytics_dash.identity import Identity
from analytics_dash.sources import checks, openedx_feed, people, platform_events, tutor_events
from analytics_dash.sources.description import FeedSchema
from analytics_dash.sources.event_content import contents
from analytics_dash.sources.facts import Column, Facts
from analytics_dash.sources.json_lines import REFUSALS, json_text, reason_of
from analytics_dash.sources.openedx_lines import ENVELOPE, UNTRUSTED, Counted, Looked, json_of, payload_of
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import BATCH_BYTES, BATCH_LINES, Batch, LearningEvent, Reject, Rejected
from analytics_dash.sources.streams import Line


class _Module(msgspec.Struct, gc=False):
    usage_key: str | None = None


_MODULE: Final = msgspec.json.Decoder(_Module | None)
_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_DESCRIBED: Final = (
    *(described.name for described in openedx_feed.SCHEMA.reads),
    *(described.name for described in openedx_feed.SCHEMA.never),
)
_KNOWN_FIELDS: Final = {"event_type", *(name.partition(".")[0] for name in _DESCRIBED)}
_SHOWABLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_ ]{0,39}")
_LINES_LOOKED_AT: Final = 100
_NAMES_SHOWN: Final = 20


class OpenEdxLog(Reader):
    """The tracking-log reader."""

    kind: ClassVar[str] = "openedx-log"
    title: ClassVar[str] = "the learning platform's tracking log"
    version: ClassVar[int] = 3  # 2: items and detections are kept. 3: an event is known by what it says
    digests_since: ClassVar[int] = 3
    summary: ClassVar[str] = "Open edX tracking log: JSON lines, plain or prefixed, also gzip or zstd"
    row: ClassVar[type] = LearningEvent
    follows: ClassVar[bool] = True
    schema: ClassVar[FeedSchema] = openedx_feed.SCHEMA

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        return openedx_feed.sample(seed, rows, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The log's batches, in its order."""
        looked, size = Looked(), 0
        for line in lines:
            looked.one_by_one([line])
            size += len(line) if isinstance(line, bytes) else 0
            if looked.lines >= BATCH_LINES or size >= BATCH_BYTES:
                yield _batch(looked, identity)
                looked, size = Looked(), 0
        if looked.lines:
            yield _batch(looked, identity)

    def unknown_fields(self, block: bytes) -> list[str]:
        """Fields of the envelope and of the platform's payloads that nobody knows yet, sorted.

        What may be somebody's word is not shown.
        """
        found: set[tuple[str, str]] = set()
        for line in block.split(b"\n", _LINES_LOOKED_AT)[:_LINES_LOOKED_AT]:
            with contextlib.suppress(*REFUSALS):
                text = json_text(line)
                found |= {("", name) for name in _FIELDS.decode(text).keys() - _KNOWN_FIELDS}
                envelope = ENVELOPE.decode(text)
                name = envelope.name or envelope.event_type or ""
                event = platform_events.EVENTS.get(name)
                if event is not None and envelope.event_source not in UNTRUSTED:
                    fields = _FIELDS.decode(json_of(payload_of(envelope)))
                    found |= {(f"{name}: ", field) for field in fields.keys() - event.known}
        shown = {of + (name if _SHOWABLE.fullmatch(name) else "(unreadable)") for of, name in found}
        return sorted(shown)[:_NAMES_SHOWN]

    def read_blocks(self, blocks: Iterable[bytes], identity: Identity) -> Batch:
        """The batch of blocks of whole lines: what `read` gives of their lines, by the events' names."""
        looked = Looked()
        for block in blocks:
            looked.block(block)
        return _batch(looked, identity)


def _batch(looked: Looked, identity: Identity) -> Batch:
    batch = Batch(looked.lines, looked.ignored, looked.rejects, damage=looked.damage)
    for name, lines in looked.counted.items():
        _take(name, lines, batch, identity)
    batch.rejects.sort()
    return batch


def _take(name: str, lines: Counted, batch: Batch, identity: Identity) -> None:
    """Put what lines of one name say into the batch: all at once, or by halves, so that each says why for itself."""
    try:
        _take_all(name, lines, batch, identity)
    except REFUSALS as error:
        if len(lines) == 1:
            batch.rejects.append(Reject(lines.numbers[0], reason_of(error)))
            return
        half = len(lines) // 2
        _take(name, lines.part(0, half), batch, identity)
        _take(name, lines.part(half, len(lines)), batch, identity)


def _take_all(name: str, lines: Counted, batch: Batch, identity: Identity) -> None:
    """What lines of one name say, as columns. Raises one of `REFUSALS`, the batch unchanged, where one is not sound."""
    payloads, ignored = _payloads(name, lines.payloads), 0
    event = platform_events.EVENTS.get(name)
    if event is not None and event.counts is not None:
        counting = event.counts(payloads)
        ignored = counting.count(False)
        lines, payloads = lines.only(counting), list(compress(payloads, counting))
    courses: Column
    blocks: Column | None
    named: Sequence[tuple[str | None, people.Number]] | None = None
    if event is None:
        facts = tutor_events.facts(name, payloads)
        courses, blocks = [course or None for course in lines.courses], _modules(lines.modules)
    else:
        facts = event.facts(payloads)
        courses = [said.course_id or course for said, course in zip(payloads, lines.courses, strict=True)]
        if not all(courses):
            raise Rejected("no course: neither the payload nor the context names one")
        blocks = facts.block
        named = [(said.username, said.user_id) for said in payloads]
    checks.each(checks.course_key, courses)
    about = people.subjects(identity, named, lines.actors)
    at, days = checks.moments(lines.times)
    known = zip(repeat(name), at, about.actors, courses, blocks or repeat(None), payloads, strict=False)
    digests = identity.digests(contents(known))
    # From here on nothing is refused.
    batch.ignored += ignored
    batch.same_as |= about.same
    batch.same_as |= {
        (identity.alias("lms_learner", pseudonym), alias)
        for pseudonym, alias in zip(facts.pseudonyms or (), about.aliases, strict=False)
    }
    _put(facts, (digests, about.aliases, at, days), courses, blocks, batch)


def _put(facts: Facts, who_and_when: Sequence[Column], courses: Column, blocks: Column | None, batch: Batch) -> None:
    number, before = len(courses), len(batch.columns.get(LearningEvent, ()))
    nothing = [None] * number
    what = (facts.step, facts.earned, facts.possible, facts.correct, facts.confidence, facts.lesson)
    batch.put_columns(
        LearningEvent,
        (
            *(*who_and_when, [facts.kind] * number, courses, blocks or nothing),
            *(column or nothing for column in what),
        ),
    )
    for parts in facts.parts:
        batch.put_columns(parts.type, parts.columns, [before + place for place in parts.of])


def _payloads(name: str, given: Sequence[bytes]) -> Sequence[Any]:
    """The payloads of events of one name, by one call of the decoder where they are as they mostly are."""
    decoder = platform_events.DECODERS.get(name) or tutor_events.DECODERS[name]
    with contextlib.suppress(msgspec.MsgspecError, UnicodeError, RecursionError):
        # A value that the decoder of lines has found has no line feed in it, so values and lines are as many.
        return decoder.decode_lines(b"\n".join(given))
    return [_payload(name, json_of(payload)) for payload in given]


def _payload(name: str, text: bytes | str) -> Any:
    if name in tutor_events.KINDS:
        return tutor_events.decoded(name, text)
    try:
        return platform_events.DECODERS[name].decode(text)
    except msgspec.DecodeError as error:
        raise Rejected(f"payload: {reason_of(error)}") from error


def _modules(given: Sequence[bytes]) -> Column:
    """The blocks that our own events come from."""
    modules = _MODULE.decode_lines(b"\n".join(given))
    keys = [module.usage_key or None if module is not None else None for module in modules]
    return checks.each(checks.usage_key, keys)
