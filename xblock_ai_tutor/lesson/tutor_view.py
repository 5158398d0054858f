"""A lesson as the gateway takes it: passages, tasks and hints for the tutor, marked answers for the guard alone.

The gateway gives no model the answers; its guard drops what would give them away before the learner has tried. Feedback
never leaves.

The bytes are canonical JSON, so their SHA-256 is the lesson's address at the gateway.
"""

from __future__ import annotations

import json
from typing import Final

from xblock_ai_tutor.lesson.model import Lesson

SCHEMA: Final = "ai-tutor-lesson/1"


def tutor_lesson(lesson: Lesson) -> bytes:
    """The lesson for the gateway: UTF-8, sorted keys, no spaces, no ASCII escaping."""
    view = {
        "schema": SCHEMA,
        "id": lesson.id,
        "title": lesson.title,
        "language": lesson.language,
        "persona": lesson.tutor.persona,
        "support": lesson.tutor.support,
        "first_reply": lesson.tutor.first_reply,
        "passages": [{"id": one.id, "step": one.step_id, "text": one.text} for one in lesson.passages],
        "steps": [
            {
                "id": step.id,
                "title": step.title,
                "kind": step.activity.kind,
                "task": step.activity.task(),
                "hints": list(step.activity.hints),
                "support": lesson.tutor.steps.get(step.id, ""),
                "answers": [{"text": text, "mark": mark} for text, mark in step.activity.marked()],
            }
            for step in lesson.steps
        ],
        "links": list(lesson.links),
    }
    return json.dumps(view, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
