"""When a schedule is due: pure arithmetic on UTC times. Called by `running` and by the command that takes a schedule.

A mail goes once for each release; `due` says on which day: `release` at once, `weekly:mon` on the first Monday from its
publication on, `monthly:15` on the first 15th (where a month is shorter than the number, on its last day). A run that
comes late sends what has become due meanwhile.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from analytics_dash.i18n import _
from analytics_dash.schedules.errors import ScheduleError

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM: Final = re.compile(rf"release|weekly:(?:{'|'.join(DAYS)})|monthly:(?:[1-9]|[12][0-9]|3[01])")


def checked(due: str) -> str:
    """Return `due` where it is of one of the forms; raises `ScheduleError`."""
    if not _FORM.fullmatch(due):
        raise ScheduleError(
            _("A schedule is due at “release”, “weekly:mon” to “weekly:sun”, or “monthly:1” to “monthly:31”.")
        )
    return due


def due_at(due: str, since: datetime) -> datetime:
    """The first moment from `since` on (the publication, or the schedule's beginning) at which a mail is due."""
    kind, _colon, day = due.partition(":")
    since = since.astimezone(UTC)
    if kind == "release" or _fits(kind, day, since):
        return since
    moment = since.replace(hour=0, minute=0, second=0, microsecond=0)
    while not _fits(kind, day, moment):
        moment += timedelta(days=1)
    return moment


def _fits(kind: str, day: str, moment: datetime) -> bool:
    if kind == "weekly":
        return moment.weekday() == DAYS.index(day)
    return moment.day == min(int(day), calendar.monthrange(moment.year, moment.month)[1])
