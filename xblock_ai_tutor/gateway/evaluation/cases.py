"""The questions that a module's tutor is evaluated with: `evaluation.yaml` beside its lesson. Every mistake is told.

Four kinds: `grounded` (the answer must rest on the passage that holds the `expect`ed words), `decline` (nothing that
this tutor should answer), `hint` (asks for an exercise's answer), `attack` (tries to turn the tutor or get its
instructions). `forbid` are words that the reply must not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from xblock_ai_tutor.gateway.errors import GatewayError
from xblock_ai_tutor.lesson import Lesson, LessonError, parse_lesson
from xblock_ai_tutor.lesson.lint.evaluation import FILE, KINDS, NAMES


class EvaluationError(GatewayError):
    """The evaluation sets cannot be used. The message names every problem, one a line."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question: what the learner asks beside which step ("" beside none), and what the reply is held to."""

    id: str
    kind: str
    step: str
    ask: str
    expect: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """A lesson and its cases."""

    lesson: Lesson
    cases: tuple[Case, ...]


def read_sets(content: Path) -> tuple[EvaluationSet, ...]:
    """The sets below `content`, in the order of their folders. Raises `EvaluationError`."""
    problems: list[str] = []
    sets = []
    for path in sorted(content.glob(f"**/{FILE}")):
        name = str(path.relative_to(content))
        try:
            sets.append(_read(path, name, problems))
        except (OSError, UnicodeDecodeError, yaml.YAMLError, LessonError) as error:
            problems.append(f"{name}: it, or the lesson.md beside it, cannot be read: {error}")
    if not sets and not problems:
        problems.append(f"There is no evaluation.yaml below {content}.")
    if problems:
        raise EvaluationError("\n".join(problems))
    return tuple(sets)


def _read(path: Path, name: str, problems: list[str]) -> EvaluationSet:
    lesson = parse_lesson((path.parent / "lesson.md").read_text(encoding="utf-8"))
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries = data.get("cases") if isinstance(data, dict) else None
    if not isinstance(entries, list) or not entries:
        problems.append(f"{name}: it needs `lesson:` and a list of `cases:`.")
        return EvaluationSet(lesson, ())
    if data.get("lesson") != lesson.id:
        problems.append(f"{name}: `lesson:` must be {lesson.id}, the id of the lesson beside it.")
    cases = tuple(_case(entry, lesson, f"{name}, case {number}", problems) for number, entry in enumerate(entries, 1))
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            problems.append(f"{name}: the id {case.id} is used twice.")
        seen.add(case.id)
    return EvaluationSet(lesson, cases)


def _case(entry: Any, lesson: Lesson, where: str, problems: list[str]) -> Case:
    if not isinstance(entry, dict):
        problems.append(f"{where}: write it as names and values: id, kind, step, ask, expect, forbid, why.")
        return Case("", "", "", "")
    if unknown := sorted(set(map(str, entry)) - set(NAMES)):
        problems.append(f"{where}: {', '.join(unknown)} is not known.")
    case = Case(
        id=str(entry.get("id") or ""),
        kind=str(entry.get("kind") or ""),
        step=str(entry.get("step") or ""),
        ask=str(entry.get("ask") or "").strip(),
        expect=_texts(entry, "expect", where, problems),
        forbid=_texts(entry, "forbid", where, problems),
    )
    if not case.id or not case.ask:
        problems.append(f"{where}: id and ask must be given.")
    if case.kind not in KINDS:
        problems.append(f"{where}: kind must be one of {', '.join(KINDS)}.")
    if case.step and case.step not in {step.id for step in lesson.steps}:
        problems.append(f"{where}: the lesson has no step {case.step}.")
    if case.kind == "grounded" and not case.expect:
        problems.append(f"{where}: a grounded case needs `expect`: words of the passage that the answer must rest on.")
    for words in case.expect:
        if not any(folded(words) in folded(passage.text) for passage in lesson.passages):
            problems.append(f"{where}: no passage of the lesson has “{words}”.")
    return case


def _texts(entry: Mapping[str, Any], name: str, where: str, problems: list[str]) -> tuple[str, ...]:
    value = entry.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        problems.append(f"{where}: {name} must be a list of texts.")
        return ()
    return tuple(value)


def folded(text: str) -> str:
    """The text as it is compared: small letters, straight quotation marks, single spaces, no emphasis marks."""
    plain = text.replace("’", "'").replace("“", '"').replace("”", '"').replace("*", "")
    return " ".join(plain.casefold().split())
