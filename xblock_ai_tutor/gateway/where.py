"""Showing where in the lesson something is: passages found by search and quoted, without asking a model.

The turn calls `places` when the learner's intent is `where`. What it writes passes the guard like any answer. Pure.
"""

from __future__ import annotations

import re
from typing import Final

from xblock_ai_tutor.gateway.i18n import Translator
from xblock_ai_tutor.gateway.lessons import Passage, Step, TutorLesson
from xblock_ai_tutor.gateway.models.offline.retrieve import rank, terms

MOST: Final = 3
_LONGEST: Final = 320
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+")
# What would end the quotation early, or read as a citation.
_UNQUOTABLE: Final = re.compile(r'["“”|]|\[p-')
_ENOUGH: Final = 0.5  # of the best score


def places(lesson: TutorLesson, step: Step | None, question: str, say: Translator) -> str:
    """Up to three passages that speak to `question`, or to the current step's task when nothing was asked."""
    _ = say.gettext
    asked = terms(question) or (terms(step.task) if step else ())
    quotable = [(passage, quote) for passage in lesson.passages if (quote := _quote(passage, asked))]
    found = rank(asked, [terms(passage.text) for passage, _quote in quotable])
    if not found:
        return _("This lesson has no passage about that.")
    titles = {one.id: one.title for one in lesson.steps}
    lines = [_("Here is where the lesson speaks of that:")]
    for match in found[:MOST]:
        if match.score < _ENOUGH * found[0].score:
            break
        passage, quote = quotable[match.index]
        title = titles.get(passage.step) or lesson.title
        lines.append(f'- {title}: "{quote}" [{passage.id}]')
    return "\n".join([lines[0], "", *lines[1:]])


def _quote(passage: Passage, asked: tuple[str, ...]) -> str:
    """The passage's sentence nearest to what was asked that can stand between quotation marks; "" when none can."""
    sentences = _SENTENCE_END.split(" ".join(passage.text.split()))
    fit = [one for one in sentences if len(one) <= _LONGEST and not _UNQUOTABLE.search(one)]
    ranked = rank(asked, [terms(one) for one in fit])
    return fit[ranked[0].index] if ranked else ""
