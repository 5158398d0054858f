"""The rubric for a learner's prompt, as the gateway tells it: the rules are the lesson room's, which marks by them.

The turn calls `review` for the intent `prompt`; `models.feedback` sends the result and writes it out with the model's
comments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xblock_ai_tutor.lesson.prompt_rubric import CRITERIA, Criterion, review

__all__ = ["CRITERIA", "Criterion", "review", "told"]


def told(met: Mapping[str, bool], say: Callable[[str], str]) -> dict[str, Any]:
    """The data of the event `rubric`: `{"criteria": [{"id", "label", "met"}, …]}`, labels by `say` (gettext)."""
    return {"criteria": [{"id": one.id, "label": say(one.label), "met": met[one.id]} for one in CRITERIA]}
