"""Expressions that several indicators share: who counts, when they were trained, which months they were licensed.

Only people in the roster count, in every view: someone whom the roster does not know has no department, so a
government-wide figure with them would exceed the sum of the departments and give them away. Used by the indicator
modules alone, and the one place that imports Ibis: late, because the dashboard reads the catalogue's words and
never evaluates an expression.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from analytics_dash.indicators.window import Window, first_day, last_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables

PASS_TENTHS: Final = 7
"""A score is competent from this many tenths of the possible marks; in tenths, so that 70 % is exact."""

NOT_STATED: Final = "Not stated"
"""The department or grade band of a person for whom the roster has none, so that every margin is a full sum."""

PLACES: Final = ("department_group", "department", "team", "grade_band", "profession", "nation")
"""Where somebody stands in the roster: the columns by which contributions are cut."""

CHATGPT: Final = ("chatgpt-enterprise", "chatgpt-edu")
"""The tools that the roster's licence is for."""

_MONTH: Final = "%Y-%m"


def roster(tables: WarehouseTables) -> ir.Table:
    """Return person, the columns of `PLACES`, licence_from and licence_to of everyone in the roster."""
    people = tables.people
    places = {name: _stated(people[name]) for name in PLACES}
    return people.select("person", "licence_from", "licence_to", **places)


def contributed(tables: WarehouseTables, parts: ir.Table) -> ir.Table:
    """Return `parts` (person, month, numerator, denominator and perhaps arm) in the shape of contributions.

    Whom the roster does not know is left out; the others get their places.
    """
    joined = parts.join(roster(tables).drop("licence_from", "licence_to"), "person")
    return joined.select(
        "person",
        "month",
        *PLACES,
        arm=joined.arm if "arm" in parts.columns else no_arm(),
        numerator=joined.numerator.cast("int64"),
        denominator=joined.denominator.cast("int64"),
    )


def summed(tables: WarehouseTables, acts: ir.Table) -> ir.Table:
    """Return the contributions of `acts` (person, day, numerator, denominator), added up by person and month."""
    monthly = acts.mutate(begins=acts.day.truncate("M")).group_by("person", "begins")
    sums = monthly.agg(numerator=lambda t: t.numerator.sum(), denominator=lambda t: t.denominator.sum())
    # The month's text last, of a row for each person and month: of each act it took as long as adding them up.
    return contributed(tables, sums.mutate(month=month_of(sums.begins)).drop("begins"))


def month_of(day: Any) -> Any:
    """Return the month `YYYY-MM` of a date column, as a string column."""
    return day.strftime(_MONTH)


def within(table: ir.Table, column: str, window: Window) -> ir.Table:
    """Return the rows whose date `column` lies in the window."""
    return table.filter(table[column].between(window.first_day, window.last_day))


def calendar(window: Window) -> ir.Table:
    """Return the months of the window: month (`YYYY-MM`), month_begins, month_ends (dates), days, and the month before.

    `before` is that month, `before_begins` its first day.
    """
    befores = [Window.ending(month, months=2).months[0] for month in window.months]
    columns: dict[str, tuple[str, list[Any]]] = {
        "month": ("string", list(window.months)),
        "month_begins": ("date", [first_day(month) for month in window.months]),
        "month_ends": ("date", [last_day(month) for month in window.months]),
        "days": ("int64", [last_day(month).day for month in window.months]),
        "before": ("string", befores),
        "before_begins": ("date", [first_day(month) for month in befores]),
    }
    ibis = _ibis()
    return ibis.memtable(
        {name: values for name, (_type, values) in columns.items()},
        schema=ibis.schema({name: type_ for name, (type_, _values) in columns.items()}),
    )


def licensed_months(tables: WarehouseTables, window: Window) -> ir.Table:
    """Return person, month (`YYYY-MM`) and month_begins for each month in which the person's licence ran at all."""
    pairs = tables.people.select("person", "licence_from", "licence_to").cross_join(calendar(window))
    return pairs.filter(_running(pairs, pairs.month_ends, pairs.month_begins)).select("person", "month", "month_begins")


def licensed_throughout(tables: WarehouseTables, window: Window) -> ir.Table:
    """Return person, month and before for each month throughout which, and throughout the one before, a licence ran."""
    pairs = tables.people.select("person", "licence_from", "licence_to").cross_join(calendar(window))
    running = _running(pairs, pairs.before_begins, pairs.month_ends)
    return pairs.filter(running).select("person", "month", "before")


def used(tables: WarehouseTables) -> ir.Table:
    """Return the usage rows of ChatGPT in which the person was active."""
    usage = chatgpt(tables)
    return usage.filter(counts_as_use(usage))


def counts_as_use(usage: ir.Table) -> Any:
    """Whether the person was active: a message, or where none are counted any use."""
    return usage.messages.isnull().ifelse(usage.is_active, usage.messages > 0)


def chatgpt(tables: WarehouseTables) -> ir.Table:
    """Return the usage rows of the tool that the roster's licence is for."""
    return tables.usage.filter(tables.usage.tool.isin(list(CHATGPT)))


def _running(people: ir.Table, begun_by: Any, not_over_by: Any) -> Any:
    """Whether a licence began by one day and had not ended before another."""
    return (people.licence_from <= begun_by) & (people.licence_to.isnull() | (people.licence_to >= not_over_by))


def no_arm() -> Any:
    """Return the arm of an indicator that compares no groups: a null string column."""
    return _ibis().null("string")


def one() -> Any:
    """Return a column of ones: each row is one person (in one month)."""
    return _ibis().literal(1, "int64")


def none() -> Any:
    """Return a column of noughts."""
    return _ibis().literal(0, "int64")


def competent(scored: ir.Table) -> Any:
    """Return 1 where `earned` is at least 70 % of `possible`, else 0."""
    # Half a millionth of a mark is forgiven: marks are sums of binary fractions.
    return (scored.earned * 10 + 5e-6 >= scored.possible * PASS_TENTHS).cast("int64")


def day_after(day: Any, days: int) -> Any:
    """Return the date so many days after a date column."""
    return (day + _ibis().interval(days=days)).cast("date")


def first_of(table: ir.Table, *, by: Sequence[str], order: Sequence[str]) -> ir.Table:
    """Return of each group of rows the first in an order that leaves no ties."""
    rank = _ibis().row_number().over(group_by=[table[name] for name in by], order_by=[table[name] for name in order])
    ranked = table.mutate(rank=rank)
    return ranked.filter(ranked["rank"] == 0).drop("rank")


def _ibis() -> Any:
    import ibis  # noqa: PLC0415 (takes a second; see above)

    return ibis


def _stated(column: Any) -> Any:
    return _ibis().coalesce(column.strip().nullif(""), NOT_STATED)
