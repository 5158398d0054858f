"""The kinds of activity that a lesson may have: the registry that `document` parses with.

A new kind is one module with a class that satisfies `base.Activity`, and one entry here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from xblock_ai_tutor.lesson.activities.base import Activity
from xblock_ai_tutor.lesson.activities.choice import Choice
from xblock_ai_tutor.lesson.activities.prompt_lab import PromptLab
from xblock_ai_tutor.lesson.activities.reading import Reading
from xblock_ai_tutor.lesson.activities.reflect import Reflect
from xblock_ai_tutor.lesson.activities.scenario import Scenario
from xblock_ai_tutor.lesson.activities.sort import Sort
from xblock_ai_tutor.lesson.activities.spot import Spot
from xblock_ai_tutor.lesson.activities.verify import Verify

ACTIVITIES: Final[Mapping[str, type[Activity]]] = {
    kind.kind: kind for kind in (Reading, Choice, Sort, Spot, Verify, Scenario, PromptLab, Reflect)
}
