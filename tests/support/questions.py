"""Cells, figures and facts as a release holds them, for the tests of what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from analytics_dash.questions import QUESTIONS, Choice, Facts, Part, answer
from analytics_dash.releases import Cell, LearningFigure, ReleaseInfo, Scope

MONTHS = ("2026-09", "2026-10")
RELEASE = ReleaseInfo(
    "2026-10.1",
    "2026-10",
    "published",
    datetime(2026, 11, 3, tzinfo=UTC),
    datetime(2026, 11, 4, tzinfo=UTC),
    "digest",
    {},
)


def cell(indicator: str, numerator: int | None, denominator: int | None, **where: str | None) -> Cell:
    scale = 1000 if indicator == "redaction_rate" else 100
    known = numerator is not None and denominator is not None
    place = {"month": None, "department": None, "grade_band": None, "arm": None} | where
    view = "month" if place["month"] else "all"
    return Cell(
        release="2026-10.1",
        view={"month": "department_month", "all": "department"}[view] if place["department"] else view,
        indicator=indicator,
        numerator=numerator,
        denominator=denominator,
        value=scale * numerator / denominator if known else None,  # type: ignore[operator]
        status="shown" if known else "c",
        **place,  # type: ignore[arg-type]
    )


def facts(*cells: Cell, learning: tuple[LearningFigure, ...] = (), choice: Choice | None = None) -> Facts:
    months = {"months": list(MONTHS)}
    return Facts(replace(RELEASE, manifest=months), Scope("training_manager"), choice or Choice(), (), cells, learning)


def part_of(found: Facts, key: str, part: str) -> Part:
    return next(each for each in answer(QUESTIONS[key], found).parts if each.key == part)


def use_of(trained_counts: tuple[int | None, int | None], untrained: tuple[int | None, int | None]) -> list[Cell]:
    return [
        cell("active_use", *counts, month=month, arm=arm)
        for month in MONTHS
        for arm, counts in (("trained", trained_counts), ("untrained", untrained))
    ]


def summary(found: Facts, key: str, part: str) -> tuple[str, ...]:
    return part_of(found, key, part).summary
