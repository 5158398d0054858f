"""Indicators: of people in the course, the shares who completed it, passed it, and have its certificate.

Each is a standing, not an act: how people stood by their last report of a month, the one that the warehouse lets count
for it. A month without a report says nothing of anybody, and nothing is carried from one month into another. Over
several months people count once in each, as licences do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics_dash.indicators.model import EVERY_MONTH_BY_DEPARTMENT, Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import one, summed, within
from analytics_dash.indicators.shared import begun, in_all, months_loaded
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


def _passed(tables: WarehouseTables, window: Window) -> ir.Table:
    """One row for each person and month with a report: courses passed by its last, and courses with a verdict."""
    judged = within(_judged(tables), "as_of", window)
    return summed(
        tables, judged.select("person", day="as_of", numerator=judged.passed.cast("int64"), denominator=one())
    )


def _certified(tables: WarehouseTables, window: Window) -> ir.Table:
    """One row for each person and month with a grade report: certificates, and courses that can say."""
    known = within(_known(tables), "as_of", window)
    return summed(
        tables, known.select("person", day="as_of", numerator=known.certificate.cast("int64"), denominator=one())
    )


def _completed(tables: WarehouseTables, window: Window) -> ir.Table:
    """One row for each person and month with a completion: courses completed, and all."""
    rows = within(tables.completions, "as_of", window)
    done = (rows.ratio >= 1 - 1e-9).cast("int64")  # sums of fractions
    return summed(tables, rows.select("person", day="as_of", numerator=done, denominator=one()))


def _judged(tables: WarehouseTables) -> ir.Table:
    """The results of people in a course of whom the report says whether they passed."""
    return tables.results.filter(tables.results.passed.notnull(), _enrolled(tables.results))


def _known(tables: WarehouseTables) -> ir.Table:
    """The results of people in a course of whom the report says whether they have a certificate."""
    return tables.results.filter(tables.results.certificate.notnull(), _enrolled(tables.results))


def _enrolled(rows: ir.Table) -> ir.BooleanValue:
    """Whether somebody is still in the course, as far as the report says."""
    return rows.enrolled.fill_null(True)


def _verdicts(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which a grade report was loaded, from those on in which it says who passed."""
    loaded = months_loaded(tables, "results", window, day="as_of")
    return in_all(loaded, begun(tables, "verdicts", lambda: _judged(tables), window, day="as_of"))


def _certificates(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which a grade report was loaded, from those on in which it says who has a certificate."""
    loaded = months_loaded(tables, "results", window, day="as_of")
    return in_all(loaded, begun(tables, "certificates", lambda: _known(tables), window, day="as_of"))


def _completions(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which completions were loaded."""
    return months_loaded(tables, "completions", window, day="as_of")


COMPLETED = Indicator(
    id="course_completed",
    version=3,  # 2: no month of fewer than ten; 3: each month by its own last report
    title=_("Course completed"),
    question=_("Do people who begin the course finish it?"),
    definition=_(
        "Of the people in a course by their last completion read in the month, the share who had completed everything. "
        "Nothing is carried from month to month: where none was read, nothing is known."
    ),
    unit="%",
    numerator=_("of them, people who had completed everything"),
    denominator=_("people in a course by their last completion read in the month, once for each month"),
    kind="proportion",
    scale=100,
    views=EVERY_MONTH_BY_DEPARTMENT,
    counted="acts",
    arms=(),
    minimum_group=10,
    misuse=_(
        "Finishing is not learning: pages can be clicked through. Who never enrolled is not counted. Over several "
        "months people count once in each: look at the last month for how things stand."
    ),
    source=_("The platform's completion service and the HR roster"),
    contributions=_completed,
    available=_completions,
)

PASSED = Indicator(
    id="course_passed",
    version=4,  # 2: no month of fewer than ten; 3: nothing before a report says it; 4: each month by its last report
    title=_("Course passed"),
    question=_("Do people in the course pass it?"),
    definition=_(
        "Of the people enrolled in a course whose last grade report of the month says whether they passed, the share "
        "who had passed. Nothing is carried from month to month: where there was no report, nothing is known."
    ),
    unit="%",
    numerator=_("of them, people who had passed"),
    denominator=_("people enrolled in a course by their last grade report of the month, once for each month"),
    kind="proportion",
    scale=100,
    views=EVERY_MONTH_BY_DEPARTMENT,
    counted="acts",
    arms=(),
    minimum_group=10,
    misuse=_(
        "Depends on where the pass mark is set. Who has not finished yet counts as not passed, and over several months "
        "once in each: look at the last month for how things stand. Never for appraisal."
    ),
    source=_("The platform's grade report and the HR roster"),
    contributions=_passed,
    available=_verdicts,
)

CERTIFIED = Indicator(
    id="certified",
    version=4,  # 2: no month of fewer than ten; 3: nothing before a report says it; 4: each month by its last report
    title=_("Certificate issued"),
    question=_("Do people in the course get its certificate?"),
    definition=_(
        "Of the people enrolled in a course whose last grade report of the month says whether a certificate was "
        "issued, the share who had one. Nothing is carried from month to month: where there was no report, nothing is "
        "known."
    ),
    unit="%",
    numerator=_("of them, people who had a certificate"),
    denominator=_("people enrolled in a course by their last grade report of the month, once for each month"),
    kind="proportion",
    scale=100,
    views=EVERY_MONTH_BY_DEPARTMENT,
    counted="acts",
    arms=(),
    minimum_group=10,
    misuse=_(
        "A certificate says that somebody passed once. Some courses issue none. Over several months people count once "
        "in each: look at the last month for how things stand."
    ),
    source=_("The platform's grade report and the HR roster"),
    contributions=_certified,
    available=_certificates,
)
