"""What one part of a lesson says about another: outcomes, attempts, glossary terms, a tutor's steps, a test's anchors.

`document` calls this when it has read the head and the steps; here the names in one are looked up in the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from xblock_ai_tutor.lesson import passages
from xblock_ai_tutor.lesson.activities.base import Activity, Directive
from xblock_ai_tutor.lesson.model import Step, Term, TestForm
from xblock_ai_tutor.lesson.report import Line, Report, did_you_mean, shortened

ATTRIBUTES: Final = ("outcome", "attempts")
"""What any directive may have beside its id and title."""
MOST_ATTEMPTS: Final = 99
UNTESTED: Final = ("scenario", "prompt-lab")
"""Kinds that say how good an answer was while it is given: no form of a test can hold them."""
_ATTEMPTS: Final = re.compile(r"[1-9][0-9]?")


def of_step(directive: Directive, activity: Activity, report: Report) -> tuple[tuple[str, ...], int | None]:
    """The ids of a step's outcomes, and how many attempts it allows (None: any number)."""
    outcomes = tuple(dict.fromkeys(directive.attributes.get("outcome", "").split()))
    if "outcome" in directive.attributes and not outcomes:
        report.add(directive.line, "outcome= is empty.", "Write the id of an objective, or take it out.")
    written = directive.attributes.get("attempts")
    if written is None:
        return outcomes, None
    if not activity.possible:
        cause = f"A {activity.kind} is not marked, so its attempts cannot be counted."
        report.add(directive.line, cause, "Take attempts= out.")
        return outcomes, None
    if not _ATTEMPTS.fullmatch(written):
        cure = f"Write a whole number from 1 to {MOST_ATTEMPTS}, or take it out: then any number is allowed."
        report.add(directive.line, f'attempts="{shortened(written)}" is not known.', cure)
        return outcomes, None
    return outcomes, int(written)


def checked(fields: Mapping[str, Any], head: Sequence[Line], steps: Sequence[Step], report: Report) -> list[Step]:
    """The steps, each with the glossary terms that it uses. Every name that leads nowhere is a problem."""
    if not fields:  # the head cannot be read: that is a problem already
        return list(steps)
    known = [step.id for step in steps]
    for step_id in fields["tutor"].steps:
        if step_id not in known:
            cause = f"tutor: steps: names “{shortened(step_id)}”, which is no step of this lesson."
            report.add(_line_of(step_id, head), cause, f"Use the id of a step.{did_you_mean(step_id, known)}")
    for step in steps:
        _check_outcomes(step, fields["outcomes"], report)
    if fields["form"] is not None:
        _check_form(fields["form"], head, steps, report)
    return _with_terms(steps, fields["glossary"], report)


def _line_of(name: str, head: Sequence[Line]) -> int:
    """Where the front matter names a step."""
    return next((one.number for one in head if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", one.text)), 1)


def _check_outcomes(step: Step, outcomes: Mapping[str, str], report: Report) -> None:
    for outcome in step.outcomes:
        if outcome not in outcomes:
            listed = (
                f"Use one of these: {', '.join(outcomes)}." if outcomes else "Give the objectives ids: “- id: text”."
            )
            cause = f"outcome= names “{shortened(outcome)}”, which is the id of no objective."
            report.add(step.line, cause, f"{listed}{did_you_mean(outcome, outcomes)}")


def _check_form(form: TestForm, head: Sequence[Line], steps: Sequence[Step], report: Report) -> None:
    marked = [step.id for step in steps if step.activity.possible]
    for anchor in form.anchors:
        if anchor not in marked:
            cause = f"form: anchors: names “{shortened(anchor)}”, which is no marked step of this lesson."
            report.add(_line_of(anchor, head), cause, f"Use the id of a step.{did_you_mean(anchor, marked)}")
    for step in steps:
        if step.activity.kind in UNTESTED:
            cause = f"A form of a test cannot hold a {step.activity.kind}: it gives feedback on the way."
            report.add(step.line, cause, "Ask with :::choice, :::sort, :::spot or :::verify, or take form: out.")


def _with_terms(steps: Sequence[Step], glossary: Sequence[Term], report: Report) -> list[Step]:
    """Look up every `[[term]]`, whatever text it is in; a term that is never used is a problem too."""
    by_name = {term.term.casefold(): term for term in glossary}
    unused = dict(by_name)
    finished = []
    for step in steps:
        used: dict[str, Term] = {}
        for text in step.activity.authored():
            for offset, name in passages.scan(text.text).terms:
                if term := by_name.get(name.casefold()):
                    used[name.casefold()] = term
                    unused.pop(name.casefold(), None)
                else:
                    cure = f"Add it under glossary:, or write it without brackets.{did_you_mean(name, by_name)}"
                    report.add(text.line + offset, f"“{shortened(name)}” is not in the glossary.", cure)
        finished.append(replace(step, terms=tuple(used.values())))
    for term in unused.values():
        cure = f"Mark a use with [[{shortened(term.term)}]], or take it out of glossary:."
        report.add(term.line, f"The term “{shortened(term.term)}” is never used.", cure)
    return finished
