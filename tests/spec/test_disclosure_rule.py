"""The published method, executed: the examples, views and indicators of `docs/method.md` are what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics_dash.disclosure.dominance import Magnitude
from analytics_dash.disclosure.groups import Group, Key
from analytics_dash.disclosure.protect import Measure, protect_group
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.indicators import CATALOGUE
from analytics_dash.releases.figures import format_cell

METHOD = Path(__file__).parents[2] / "docs" / "method.md"


def table(heading: str) -> list[list[str]]:
    """The rows of the table whose first column has this heading, as texts without code marks."""
    lines = METHOD.read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([part.strip().strip("`") for part in line.strip("|").split("|")])
    return rows


EXAMPLES = table("have the property")
SHARE = Measure(indicator="competent", kind="proportion", scale=100, arms=(None,), views=("all",))


def counts(number: int) -> Magnitude:
    """A count of people: each of them counts once."""
    return Magnitude(total=number, contributors=number, largest=1, second=1)


@pytest.mark.parametrize(("having", "of", "numerator", "denominator", "rate"), EXAMPLES)
def test_each_example_of_the_rule_is_what_the_code_shows(
    having: str, of: str, numerator: str, denominator: str, rate: str
) -> None:
    part, whole = int(having), int(of)
    group = Group(Key(), counts(part), counts(whole), counts(whole - part))
    shown = format_cell(protect_group(group, SHARE, view="all", release="2026-10.1"))
    assert [shown.numerator, shown.denominator, shown.value] == [numerator, denominator, rate]


def test_the_examples_stand_on_both_sides_of_every_boundary() -> None:
    having = {int(row[0]) for row in EXAMPLES}
    assert {0, 9, 10, 11, 12, 13, 190, 191} <= having


def test_the_views_are_those_published() -> None:
    published = {row[0]: row[1] for row in table("view")}
    names = {"grade_band": "grade band", "department_group": "department group"}
    assert published == {
        name: " and ".join(names.get(dimension, dimension) for dimension in view.cuts) or "nothing"
        for name, view in VIEWS.items()
    }


def test_the_indicators_are_those_published() -> None:
    assert table("id") == [
        [
            indicator.id,
            str(indicator.version),
            indicator.numerator,
            indicator.denominator,
            indicator.unit,
            ", ".join(indicator.arms),
            ", ".join(indicator.views),
        ]
        for indicator in CATALOGUE.values()
    ]
