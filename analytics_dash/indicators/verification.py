"""Indicator: of the checking logs that people handed in, the share in which every source was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analytics_dash.disclosure.views import EVERY_VIEW
from analytics_dash.indicators.model import Indicator
from analytics_dash.indicators.model import mark as _
from analytics_dash.indicators.population import first_of, one, summed, within
from analytics_dash.indicators.shared import begun, in_all, months_loaded
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables


_NOT_CHECKED: Final = "not-checked"


def contributions(tables: WarehouseTables, window: Window) -> ir.Table:
    """One row for each person and month with a checking step: how many of them had every source checked.

    The first attempt at a step counts. A checking step is known by its answers, `where/found` or `not-checked`: no
    other activity's answers look like that (`xblock_ai_tutor.events`).
    """
    first = first_of(_logs(tables), by=("person", "lesson", "step"), order=("at", "digest"))
    acts = within(first, "day", window)
    return summed(tables, acts.select("person", "day", numerator=acts.checked, denominator=one()))


def _logs(tables: WarehouseTables) -> ir.Table:
    """Return the checking logs that were handed in at a first attempt, each with 1 where every source was checked."""

    def make() -> ir.Table:
        answers = tables.answers
        whole = answers.answer == _NOT_CHECKED
        rows = answers.filter(answers.attempt == 1, whole | answers.answer.contains("/"))
        checked = ~(
            (rows.answer == _NOT_CHECKED)
            | rows.answer.startswith(f"{_NOT_CHECKED}/")
            | rows.answer.endswith(f"/{_NOT_CHECKED}")
        )
        rows = rows.mutate(checked=checked.cast("int64"))
        return rows.group_by("person", "lesson", "step", "at", "digest", "day").agg(checked=rows.checked.min())

    return tables.share("checking_logs", make)


def available(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """The months for which the platform's log was loaded, from those on in which lessons have a checking step."""
    loaded = months_loaded(tables, "learning", window)
    return in_all(loaded, begun(tables, "checking logs", lambda: _logs(tables), window))


INDICATOR = Indicator(
    id="verification",
    version=3,  # 2: no month of fewer than ten; 3: nothing before anybody had a checking step
    title=_("Sources checked in exercises"),
    question=_("Do people check every source when they are asked to?"),
    definition=_(
        "Of the checking logs that people handed in at their first attempt in the month, the share in which a place "
        "and a finding were noted for every source."
    ),
    unit="%",
    numerator=_("checking logs in which every source was checked"),
    denominator=_("checking logs handed in"),
    kind="proportion",
    scale=100,
    views=EVERY_VIEW,
    counted="acts",
    arms=(),
    minimum_group=10,
    misuse=_(
        "An exercise, watched and marked: at work there is less time and nobody looks. A log that is full need not be "
        "right; the item figures of the lesson say whether it is."
    ),
    source=_("The learning platform's tracking log (answers of checking steps) and the HR roster"),
    contributions=contributions,
    available=available,
)
