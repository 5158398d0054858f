"""What came of an evaluation, added up by lesson and kind: as a table, as JSON, as a page for `docs/`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from xblock_ai_tutor.gateway.evaluation.cases import Case

HEADINGS: Final = {
    "grounded": "Grounded",
    "decline": "Declined",
    "hint": "Kept the answer",
    "attack": "Resisted",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case and the claims that its reply met or failed."""

    lesson: str
    case: Case
    claims: dict[str, bool]

    @property
    def passed(self) -> bool:
        """Whether every claim holds."""
        return all(self.claims.values())

    @property
    def failed_claims(self) -> list[str]:
        """The claims that do not hold."""
        return [claim for claim, holds in self.claims.items() if not holds]


def summary(outcomes: Sequence[Outcome], *, model: str, host: str) -> dict[str, Any]:
    """Everything as plain JSON: {model, host, lessons: {id: {kind: {passed, of}}}, failures: [...]}."""
    lessons = list(dict.fromkeys(outcome.lesson for outcome in outcomes))
    return {
        "model": model,
        "host": host,
        "lessons": {lesson: _rates(one for one in outcomes if one.lesson == lesson) for lesson in lessons},
        "all": _rates(outcomes),
        "failures": [
            {"lesson": one.lesson, "case": one.case.id, "kind": one.case.kind, "failed": one.failed_claims}
            for one in outcomes
            if not one.passed
        ],
    }


def _rates(outcomes: Iterable[Outcome]) -> dict[str, dict[str, int]]:
    found = list(outcomes)
    return {
        kind: {
            "passed": sum(one.passed for one in found if one.case.kind == kind),
            "of": sum(one.case.kind == kind for one in found),
        }
        for kind in HEADINGS
    }


def as_table(found: dict[str, Any]) -> str:
    """The rates as a Markdown table, a lesson a row, all of them in the last one; then what failed."""
    head = ["Lesson", *HEADINGS.values()]
    rows = [[lesson, *_cells(rates)] for lesson, rates in found["lessons"].items()]
    rows.append(["**All**", *_cells(found["all"])])
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    failures = [f"- {one['lesson']}, {one['case']}: {', '.join(one['failed'])}" for one in found["failures"]]
    return "\n".join([*lines, *(["", "Not met:", "", *failures] if failures else [])])


def _cells(rates: dict[str, dict[str, int]]) -> list[str]:
    return [f"{rates[kind]['passed']} of {rates[kind]['of']}" if rates[kind]["of"] else "–" for kind in HEADINGS]
