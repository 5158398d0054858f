"""What learners said of answers as it leaves the gateway: `events.FEEDBACK` rows. `feedback export` calls it.

A thumb or a report is as old as when it was last said, and goes with its turn: what retention or a learner erased is in
no export. A thumb that was taken back is told of as withdrawn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from xblock_ai_tutor.events import FEEDBACK, payload
from xblock_ai_tutor.gateway.store.database import transaction
from xblock_ai_tutor.gateway.store.feedback import Said, dao_get_said_after

OVERLAP_MS: Final = 60_000
"""An export begins so long before its cursor: a worker may commit late, and its clock may lag. Readers know repeats."""


def export_rows(*, after: int) -> Iterator[dict[str, Any]]:
    """Every row whose cursor is above `after`, and those of a minute before, oldest first."""
    with transaction() as session:
        for said in dao_get_said_after(session, after - OVERLAP_MS):
            yield exported(said)


def exported(said: Said) -> dict[str, Any]:
    """One row as JSON, checked against the vocabulary."""
    at = dt.datetime.fromtimestamp(said.at_ms / 1000, dt.UTC).isoformat(timespec="milliseconds")
    return payload(
        FEEDBACK,
        {
            "cursor": said.at_ms,
            "turn": said.turn,
            "at": at,
            "learner": said.learner,
            "course": said.course,
            "lesson_id": said.lesson_id,
            "kind": said.kind,
        },
    )
