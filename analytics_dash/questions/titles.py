"""What a lesson, a step and an item are called: by their title where the release has it, else by their author's id.

A title stands alone in a sentence and on a chart; a table gives the id behind it. Pure; called by `learning` and by the
file of learning figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics_dash import i18n
from analytics_dash.i18n import _
from analytics_dash.questions.facts import Facts
from analytics_dash.releases import LearningFigure

NAMELESS = ("", "choice")
"""Items that are a step's only one."""


def lesson_title(facts: Facts, lesson: str) -> str:
    """A lesson's title; its id made readable where it has none."""
    return _in_language(_entry(facts, lesson).get("title")) or _readable(lesson)


def step_title(facts: Facts, lesson: str, step: str) -> str:
    """A step's title; its id made readable where it has none."""
    return _in_language(_steps(facts, lesson).get(step)) or _readable(step)


def step_label(facts: Facts, lesson: str, step: str) -> str:
    """A step in a table: its title with its id, or its id."""
    title = _in_language(_steps(facts, lesson).get(step))
    return f"{title} ({step})" if title else step


def item_title(facts: Facts, each: LearningFigure) -> str:
    """An item by its step's title, and by its own id where the step has several."""
    return _with_item(step_title(facts, each.lesson, each.step), _readable(each.item))


def item_label(facts: Facts, each: LearningFigure) -> str:
    """An item in a table: as `item_title`, with its ids behind it."""
    ids = _with_item(each.step, each.item)
    return f"{item_title(facts, each)} ({ids})" if each.step in _steps(facts, each.lesson) else ids


def said(facts: Facts, lesson: str, step: str = "") -> str:
    """A lesson, or one of its steps, in a sentence."""
    return quoted(step_title(facts, lesson, step) if step else lesson_title(facts, lesson))


def quoted(title: str) -> str:
    """A name in a sentence."""
    return _("“{name}”").format(name=title)


def authored(titles: Mapping[str, Any], lesson: str, step: str = "") -> str:
    """The title in the author's own language, "" where there is none: for files that are the same in every language."""
    entry = titles.get(lesson, {})
    texts = entry.get("steps", {}).get(step, {}) if step else entry.get("title", {})
    return next(iter(texts.values()), "")


def _with_item(step: str, item: str) -> str:
    return step if item in NAMELESS else f"{step}, {item}"


def _entry(facts: Facts, lesson: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = facts.titles.get(lesson, {})
    return found


def _steps(facts: Facts, lesson: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _entry(facts, lesson).get("steps", {})
    return found


def _in_language(texts: Mapping[str, str] | None) -> str:
    """In the reader's language, else in the author's, which comes first."""
    if not texts:
        return ""
    return texts.get(i18n.current()) or next(iter(texts.values()))


def _readable(name: str) -> str:
    return name.replace("-", " ")
