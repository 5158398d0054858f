"""Expressions that several indicators share: who counts, when they were trained, which months they were licensed.

Only people in the roster count, in every view: someone whom the roster does not know has no department, so a
government-wide figure with them would exceed the sum of the departments and give them away. Used by the indicator
modules alone, and the one place that imports Ibis: late, because the dashboard reads the catalogue's words and
never evaluates an expression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from analytics_dash.indicators.window import Window, first_day, last_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables

NOT_STATED: Final = "Not stated"
"""The department or grade band of a person for whom the roster has none, so that every margin is a full sum."""

_MONTH: Final = "%Y-%m"


def roster(tables: WarehouseTables) -> ir.Table:
    """Return person, department, grade_band, licence_from, licence_to of everyone in the roster."""
    people = tables.people
    return people.select(
        "person",
        department=_stated(people.department),
        grade_band=_stated(people.grade_band),
        licence_from=people.licence_from,
        licence_to=people.licence_to,
    )


def month_of(day: Any) -> Any:
    """Return the month `YYYY-MM` of a date column, as a string column."""
    return day.strftime(_MONTH)


def within(table: ir.Table, column: str, window: Window) -> ir.Table:
    """Return the rows whose date `column` lies in the window."""
    return table.filter(table[column].between(window.first_day, window.last_day))


def first_trained(tables: WarehouseTables) -> ir.Table:
    """Return person and trained_on: the day on which the person first completed a lesson or passed the course.

    Handing in a form of a test is not training.
    """
    learning = tables.learning
    done = learning.filter(learning.kind.isin(["lesson_completed", "course_passed"]), learning.form.isnull())
    return done.group_by("person").agg(trained_on=done.day.min())


def first_completion(tables: WarehouseTables) -> ir.Table:
    """Return person, day, earned, possible of each person's first completed lesson; ties go to the higher score.

    A form of a test is no lesson.
    """
    learning = tables.learning
    done = learning.filter(learning.kind == "lesson_completed", learning.form.isnull())
    rank = (
        _ibis()
        .row_number()
        .over(group_by=done.person, order_by=[done["at"], _ibis().desc(done.earned), done.possible, done.block])
    )
    ranked = done.mutate(rank=rank)
    return ranked.filter(ranked["rank"] == 0).select("person", "day", "earned", "possible")


def licensed_months(tables: WarehouseTables, window: Window) -> ir.Table:
    """Return the roster with one row for each month of the window in which the person's licence ran at all.

    Adds month (`YYYY-MM`) and month_begins (date).
    """
    months = _ibis().memtable(
        {
            "month": list(window.months),
            "month_begins": [first_day(month) for month in window.months],
            "month_ends": [last_day(month) for month in window.months],
        },
        schema=_ibis().schema({"month": "string", "month_begins": "date", "month_ends": "date"}),
    )
    pairs = roster(tables).cross_join(months)
    running = (pairs.licence_from <= pairs.month_ends) & (
        pairs.licence_to.isnull() | (pairs.licence_to >= pairs.month_begins)
    )
    return pairs.filter(running).drop("month_ends")


def loaded(feed: ir.Table, window: Window) -> tuple[str, ...]:
    """Return all months of the window when `feed` has any row at all, else none: whether the feed was ever loaded."""
    return window.months if feed.limit(1).count().to_pyarrow().as_py() else ()


def no_arm() -> Any:
    """Return the arm of an indicator that compares no groups: a null string column."""
    return _ibis().null("string")


def one() -> Any:
    """Return a column of ones: each row is one person (in one month)."""
    return _ibis().literal(1, "int64")


def _ibis() -> Any:
    import ibis  # noqa: PLC0415 (takes a second; see above)

    return ibis


def _stated(column: Any) -> Any:
    return _ibis().coalesce(column.strip().nullif(""), NOT_STATED)
