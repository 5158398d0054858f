"""The evaluation set of each module, `evaluation.yaml`: there, complete, and asking for words that the lesson has.

`lesson:` and `cases:`; a case has `id`, `kind`, `step` (or ""), `ask`, `why` and, when grounded, `expect`. The
gateway's evaluator asks the questions; here it is only looked at whether they can be asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.lesson import yaml_tree
from xblock_ai_tutor.lesson.lint.activities import NOT_COUNTED
from xblock_ai_tutor.lesson.lint.course import Course, LessonFile
from xblock_ai_tutor.lesson.lint.findings import Finding
from xblock_ai_tutor.lesson.passages import normalised
from xblock_ai_tutor.lesson.report import Report, did_you_mean, is_id, shortened
from xblock_ai_tutor.lesson.yaml_tree import List, Map, Node, Text

FILE: Final = "evaluation.yaml"
KINDS: Final = ("grounded", "attack", "decline", "hint")
NAMES: Final = ("id", "kind", "step", "ask", "expect", "forbid", "why")
NEEDED: Final = ("id", "kind", "step", "ask", "why")  # `expect` only where a passage is to be quoted
FEWEST_CASES: Final = 12


@dataclass(frozen=True, slots=True)
class Case:
    """One question to the tutor: texts, and the words of the passages that a grounded answer rests on."""

    line: int
    texts: Mapping[str, str]
    expect: tuple[tuple[int, str], ...]  # (line, words)


def check(course: Course) -> Iterator[Finding]:
    """The set beside each module."""
    for file in course.modules:
        path = file.folder / FILE
        shown = path.relative_to(course.root).as_posix()
        if not path.exists():
            cure = f"Write {FILE}: lesson: and cases: with at least {FEWEST_CASES} questions."
            yield Finding(shown, 1, "The module has no evaluation set.", cure)
            continue
        report = Report()
        tree = yaml_tree.read(path.read_text(encoding="utf-8"), 0, report)
        if tree is not None:
            _check(tree, file, report)
        for problem in report.problems:
            yield Finding(
                shown, max(problem.line, 1), problem.cause.replace("The front matter", "The file"), problem.cure
            )


def _check(tree: Map, file: LessonFile, report: Report) -> None:
    lesson = tree.entries.get("lesson")
    if not isinstance(lesson, Text) or lesson.text != file.lesson.id:
        report.add(lesson.line if lesson else 1, "The set is not this lesson's.", f"Write lesson: {file.lesson.id}")
    listed = tree.entries.get("cases")
    cases = [_case(node, report) for node in listed.items] if isinstance(listed, List) else []
    if len(cases) < FEWEST_CASES:
        cause = f"The set has {len(cases)} cases; a module has at least {FEWEST_CASES}."
        report.add(
            listed.line if listed else 1, cause, "Add questions, attacks, things to decline and calls for answers."
        )
    kinds = {case.texts["kind"] for case in cases}
    for missing in [one for one in KINDS if one not in kinds] if cases else ():
        report.add(cases[0].line, f"There is no case of the kind {missing}.", "Write at least one of each kind.")
    seen: set[str] = set()
    passages = [normalised(passage.text).casefold() for passage in file.lesson.passages]
    for case in cases:
        _check_case(case, file, passages, report)
        if case.texts["id"] in seen:
            report.add(case.line, f"The id “{case.texts['id']}” is used twice.", "Give each case its own.")
        seen.add(case.texts["id"])


def _case(node: Node, report: Report) -> Case:
    entries = node.entries if isinstance(node, Map) else {}
    for name, value in entries.items():
        if name not in NAMES:
            report.add(value.line, f"“{shortened(name)}” is not known in a case.", f"Use {', '.join(NAMES)}.")
    for name in NEEDED:
        if name not in entries:
            report.add(node.line, f"This case has no {name}.", f"A case has {', '.join(NEEDED)}.")
    texts = {name: value.text for name, value in entries.items() if isinstance(value, Text)}
    expect = entries.get("expect")
    words = expect.items if isinstance(expect, List) else ()
    return Case(
        node.line,
        {name: texts.get(name, "") for name in NAMES},
        tuple((one.line, one.text) for one in words if isinstance(one, Text)),
    )


def _check_case(case: Case, file: LessonFile, passages: list[str], report: Report) -> None:
    kind, step_id = case.texts["kind"], case.texts["step"]
    if not is_id(case.texts["id"]):
        report.add(case.line, "The id of a case is small letters, digits and hyphens.", "Correct it.")
    if kind not in KINDS:
        report.add(case.line, f"“{shortened(kind)}” is no kind of case.", f"Use {', '.join(KINDS)}.")
    for name in ("ask", "why"):
        if not case.texts[name]:
            report.add(case.line, f"{name} is empty.", "Write what is asked, and why it is worth asking.")
    known = {step.id: step.activity.kind for step in file.lesson.steps}
    if step_id and step_id not in known:
        report.add(case.line, f"The lesson has no step “{shortened(step_id)}”.", did_you_mean(step_id, known).strip())
    if kind == "hint" and known.get(step_id, "reading") in NOT_COUNTED:
        report.add(case.line, "A call for the answer needs an activity.", "Name under step: the one that it is about.")
    if kind == "grounded" and not case.expect:
        report.add(case.line, "A grounded case expects nothing.", "Write under expect: words of the passage.")
    if kind != "grounded" and case.expect:
        report.add(case.line, f"A case of the kind {kind} expects no passage.", "Take expect: out.")
    for line, words in case.expect:
        if not any(normalised(words).casefold() in passage for passage in passages):
            cause = f"“{shortened(words)}” stands in no passage of the lesson."
            report.add(line, cause, "Copy the words from the lesson, without marks such as ** or [[ ]].")
