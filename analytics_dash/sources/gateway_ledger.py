"""The tutor gateway's ledger: one JSON object a line, checked against `xblock_ai_tutor.events.LEDGER`.

It knows learners by the gateway's pseudonym, which `ai_tutor.tutor.opened` in the tracking log joins to the platform's
user. What was held back by type, and what the guard did by rule, are parts of a turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

import msgspec

from analytics_dash.identity import Identity
from analytics_dash.sources import checks, ledger_feed
from analytics_dash.sources.description import FeedSchema
from analytics_dash.sources.event_content import content
from analytics_dash.sources.json_lines import json_text, read_json_lines
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import Batch, Guarded, Redacted, Rejected, TutorTurn
from analytics_dash.sources.streams import Line
from analytics_dash.sources.tutor_events import in_vocabulary
from xblock_ai_tutor.events import LEDGER

STATUSES: Final = ("answered", "blocked", "refused", "incomplete", "failed")
_TYPE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_DECODER: Final = msgspec.json.Decoder()
_WHOLE: Final = ("cursor", "citations", "tokens_in", "tokens_out", "cost_microusd", "total_ms")


class GatewayLedger(Reader):
    """The ledger reader."""

    kind: ClassVar[str] = "gateway-ledger"
    title: ClassVar[str] = "the tutor gateway's ledger"
    version: ClassVar[int] = 3  # 2: what the guard did, citations, cost, times. 3: known by what it says
    digests_since: ClassVar[int] = 3
    summary: ClassVar[str] = "Tutor gateway ledger: JSON lines from `tutor-gateway ledger export`"
    row: ClassVar[type] = TutorTurn
    schema: ClassVar[FeedSchema] = ledger_feed.SCHEMA

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        return ledger_feed.sample(seed, rows, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The ledger's batches, in its order."""

        def take(line: bytes, batch: Batch) -> TutorTurn:
            row = in_vocabulary(LEDGER, _DECODER.decode(json_text(line)))
            pseudonym = checks.learner(row["learner"])
            at, day = checks.moment(moment_of(row["at"]))
            if row["status"] not in STATUSES:
                raise Rejected(f"status: must be one of {', '.join(STATUSES)}")
            for name in _WHOLE:
                checks.count(name, row[name], 1 << 53)
            by_type = _counts("redactions", row["redactions"])
            by_rule = _counts("guard_actions", row["guard_actions"])
            if (first_text := row["first_text_ms"]) is not None:
                checks.count("first_text_ms", first_text)
            said = {name: row[name] for name in ledger_feed.KNOWN_BY}
            digest = identity.digest(content(LEDGER.name, said | {"at": at}))
            batch.parts += [Redacted(digest, *each) for each in by_type]
            batch.parts += [Guarded(digest, *each) for each in by_rule]
            return TutorTurn(
                digest=digest,
                alias=identity.alias("lms_learner", pseudonym),
                at=at,
                day=day,
                course=checks.course_key(row["course"]) if row["course"] else None,
                lesson=checks.short_id("lesson_id", row["lesson_id"]) if row["lesson_id"] else None,
                status=row["status"],
                prompts=1,
                redactions=checks.count("redactions", sum(number for _type, number in by_type)),
                blocked=row["status"] == "blocked",
                tokens_in=row["tokens_in"],
                tokens_out=row["tokens_out"],
                guarded=checks.count("guard_actions", sum(number for _rule, number in by_rule)),
                citations=checks.count("citations", row["citations"]),
                cost_microusd=row["cost_microusd"],
                first_text_ms=first_text,
                total_ms=row["total_ms"],
            )

        yield from read_json_lines(lines, take)


def moment_of(value: str) -> datetime:
    """A time with its offset, as the gateway writes it."""
    try:
        moment = msgspec.convert(value, datetime)
    except msgspec.ValidationError as error:
        raise Rejected("at: must be an ISO 8601 time with its offset") from error
    if moment.tzinfo is None:
        raise Rejected("at: must be an ISO 8601 time with its offset")
    return moment


def _counts(field: str, values: Mapping[str, Any]) -> list[tuple[str, int]]:
    for name, number in values.items():
        if not _TYPE.fullmatch(name):
            raise Rejected(f"{field}: a type is not a short name")
        if not isinstance(number, int) or isinstance(number, bool):
            raise Rejected(f"{field}: counts must be whole numbers")
        checks.count(field, number)
    return sorted((name, number) for name, number in values.items() if number)
