"""How much of the tutor's monthly budget was used, by the thresholds at which the gateway warns. Of the whole service.

Of departments it is not said: what one used says something of its people. Nothing is worked out here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from analytics_dash.dates import day, month
from analytics_dash.i18n import _
from analytics_dash.questions.answers import Part, Table
from analytics_dash.questions.facts import Facts

THRESHOLDS: Final = (80, 95, 100)


def quota(facts: Facts) -> Iterator[Part]:
    """The part about it; none where no budget was loaded, or none has a limit."""
    found: list[dict[str, Any]] = list(facts.release.manifest.get("quota", ()))
    if not found:
        return
    latest = found[-1]
    yield Part(
        "quota",
        _("{month}: {reached} of the tutor's budget.").format(
            month=month(latest["month"]), reached=_reached(latest["reached"])
        ),
        _("The budget of the whole service, in tokens, and the last threshold that was reached. {period}.").format(
            period=facts.window
        ),
        None,
        (
            _(
                "When a budget is used up, the tutor says so and lessons go on. The gateway warns at 80, 95 and 100 "
                "per cent."
            ),
            _("It is not said by department: what a small one used would say something of its people."),
        ),
        Table(
            "quota",
            _("Use of the tutor's budget, by month"),
            (),
            (_("Month"), _("Used"), _("As of")),
            (),
            tuple(
                ((month(each["month"]), _reached(each["reached"]), day(date.fromisoformat(each["as_of"]))), ())
                for each in found
            ),
        ),
        _("A budget is a limit that somebody set. Much use of it is neither good nor bad."),
    )


def _reached(percent: int) -> str:
    return {
        0: _("less than 80%"),
        80: _("from 80% to 95%"),
        95: _("from 95% to 100%"),
        100: _("all"),
    }[percent]
