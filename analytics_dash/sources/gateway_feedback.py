"""What learners said of the tutor's answers: a thumb, or a report that a person looks at. Never a word of theirs.

One JSON object a line from `tutor-gateway feedback export`, checked against `xblock_ai_tutor.events.FEEDBACK`. Of what
one learner said of one turn the latest thumb and the latest report count (`warehouse.staging`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

import msgspec

from analytics_dash.identity import Identity
from analytics_dash.sources import checks, feedback_feed
from analytics_dash.sources.description import FeedSchema
from analytics_dash.sources.event_content import content
from analytics_dash.sources.gateway_ledger import moment_of
from analytics_dash.sources.json_lines import json_text, read_json_lines
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import Batch, Rejected, TutorFeedback
from analytics_dash.sources.streams import Line
from analytics_dash.sources.tutor_events import in_vocabulary
from analytics_dash.warehouse.schema import FEEDBACK_KINDS
from xblock_ai_tutor.events import FEEDBACK

_TURN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DECODER: Final = msgspec.json.Decoder()


class GatewayFeedback(Reader):
    """The feedback reader."""

    kind: ClassVar[str] = "gateway-feedback"
    title: ClassVar[str] = "what learners said of the tutor's answers"
    version: ClassVar[int] = 2  # 2: what was said is known by what it says
    digests_since: ClassVar[int] = 2
    summary: ClassVar[str] = "Tutor gateway feedback: JSON lines from `tutor-gateway feedback export`"
    row: ClassVar[type] = TutorFeedback
    schema: ClassVar[FeedSchema] = feedback_feed.SCHEMA

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        return feedback_feed.sample(seed, rows, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The export's batches, in its order."""

        def take(line: bytes, _batch: Batch) -> TutorFeedback:
            row = in_vocabulary(FEEDBACK, _DECODER.decode(json_text(line)))
            at, day = checks.moment(moment_of(row["at"]))
            if row["kind"] not in FEEDBACK_KINDS:
                raise Rejected(f"kind: must be one of {', '.join(FEEDBACK_KINDS)}")
            if not _TURN.fullmatch(row["turn"]):
                raise Rejected("turn: must be the id of a turn")
            checks.count("cursor", row["cursor"], 1 << 53)
            return TutorFeedback(
                digest=identity.digest(content(FEEDBACK.name, row | {"at": at})),
                alias=identity.alias("lms_learner", checks.learner(row["learner"])),
                at=at,
                day=day,
                course=checks.course_key(row["course"]) if row["course"] else None,
                lesson=checks.short_id("lesson_id", row["lesson_id"]) if row["lesson_id"] else None,
                turn=identity.digest(row["turn"].encode()),
                kind=row["kind"],
            )

        yield from read_json_lines(lines, take)
