"""Building a release: closed months of a warehouse through the disclosure wall into the register.

The one module of this room that sees a warehouse; the command line alone imports it. The steps of `build_release`
are the recipe: check the month, look whether it is built already, protect each indicator, hide what would still leak,
write it all at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from analytics_dash.disclosure.persons import persons
from analytics_dash.disclosure.places import places, standing
from analytics_dash.disclosure.protect import Frame, Kind, Measure, protect
from analytics_dash.disclosure.rule import show_count
from analytics_dash.disclosure.secondary import hide_what_leaks
from analytics_dash.effects.figures import Repeated, estimates
from analytics_dash.effects.reading import repeats
from analytics_dash.effects.services import api_costs, attestations, posture, quota
from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE, Indicator, MonthError, Window
from analytics_dash.indicators.links import LINKS
from analytics_dash.indicators.population import within
from analytics_dash.learning.figures import lesson_figures
from analytics_dash.releases import dao
from analytics_dash.releases.errors import MonthFormError, PeriodError, ReleaseError
from analytics_dash.releases.feeds import feeds
from analytics_dash.releases.learning_beside import Months, learning_of_same
from analytics_dash.releases.learning_checks import hide_between
from analytics_dash.releases.manifest import cells_digest, fingerprint, manifest
from analytics_dash.releases.signing import signed
from analytics_dash.releases.timings import Timings
from analytics_dash.releases.titles import Titles, of_lessons
from analytics_dash.releases.types import Cell, ReleaseInfo

if TYPE_CHECKING:
    from analytics_dash.warehouse import Engine, WarehouseTables

ZONE: Final = ZoneInfo("Europe/London")
"""The reporting zone: where a month begins and ends."""

KINDS: Final[dict[str, Kind]] = {indicator.id: indicator.kind for indicator in CATALOGUE.values()}


@dataclass(frozen=True, slots=True)
class Built:
    """A release and whether this build made it; not `new` means that the same inputs had been built before."""

    info: ReleaseInfo
    new: bool


def build_release(
    warehouse: Engine,
    through: str,
    *,
    now: datetime | None = None,
    anew: bool = False,
    timings: Timings | None = None,
    titles: Titles | None = None,
    demonstration: bool = False,
) -> Built:
    """Build the release of the window that ends with the month `through` (`YYYY-MM`); needs an application context.

    The same warehouse content and the same code give the release that is there already, unless `anew`: then it is
    built again beside the releases that were published since. `now` (aware) decides which months are closed;
    `timings` is told how long each stage takes; `titles` are what lessons are called. A `demonstration`
    says so in its manifest, as does every release of a register that has one: whatever leaves it is marked, whoever
    serves or exports it.

    Raises `MonthFormError`, `PeriodError` (not closed, no data) and `ReleaseError` (no roster).
    """
    timed = (timings or Timings()).stage
    window = closed_window(through, now or datetime.now(ZONE))
    with timed("digest"):
        digest, inputs = warehouse.digest(), warehouse.inputs()
    mark = fingerprint(window=window, warehouse_digest=digest, titles=titles)
    existing = dao.release_by_fingerprint(mark)
    if existing is not None and not anew:
        return Built(existing, new=False)
    tables = warehouse.tables()
    _require_data(tables, through)
    people = standing(tables)
    roster_people = _roster_size(people)
    sequence = dao.next_sequence(through)
    release = f"{through}.{sequence}"
    with timed("indicators"):
        available = {indicator.id: indicator.available(tables, window) for indicator in CATALOGUE.values()}
        cells, repeated = _protected(warehouse, window, people, available, release=release)
    beside = dao.published_sharing(window.months)
    with timed("attacker"):
        cells = hide_what_leaks(
            cells,
            KINDS,
            earlier=lambda indicator: [dao.all_cells(each.id, indicator=indicator) for each in beside],
            links=LINKS,
        )
    with timed("learning"):
        learning = hide_between(
            (
                *lesson_figures(tables, window, release=release),
                *estimates(tables, window, cells, repeated, release=release),
            ),
            learning_of_same(Months(window.months, available["active_use"]), beside),
        )
    with timed("writing"):
        content = manifest(
            window=window,
            warehouse_digest=digest,
            inputs=inputs,
            feeds=feeds(warehouse, window),
            available=available,
            roster_people=show_count(roster_people),
            cells=cells,
            learning=learning,
            beside=[each.id for each in beside],
            services=api_costs(tables, window),
            posture=posture(tables),
            attestations=attestations(tables),
            quota=quota(tables, window),
            titles=of_lessons(titles or {}, {each.lesson for each in learning}),
        )
        if demonstration or any(each.is_demonstration for each in dao.list_releases()):
            content["demonstration"] = True
        info = dao.insert_release(
            through=through,
            sequence=sequence,
            fingerprint=mark,
            digest=cells_digest(cells),
            manifest=signed(release, content),
            cells=cells,
            learning=learning,
        )
    return Built(info, new=True)


def closed_window(through: str, now: datetime) -> Window:
    """Return the window that ends with `through`; a month is closed when the next has begun in the reporting zone."""
    try:
        window = Window.ending(through)
    except MonthError as error:
        raise MonthFormError(str(error)) from error
    today = now.astimezone(ZONE).date()
    if window.last_day >= today:
        raise PeriodError(
            _(
                "{month} is not over yet (today is {today}); a release covers closed months only. Name an earlier one."
            ).format(month=through, today=today.isoformat())
        )
    return window


def _require_data(tables: WarehouseTables, through: str) -> None:
    """Refuse a month in which nothing at all was recorded: most likely its feeds are still to be loaded."""
    month = Window((through,))
    feeds = ((tables.learning, "day"), (tables.usage, "period_start"), (tables.turns, "day"))
    if not any(within(table, column, month).limit(1).count().execute() for table, column in feeds):
        raise PeriodError(
            _("The warehouse has no data for {month}; load that month's feeds first, or name another month.").format(
                month=through
            )
        )


def _roster_size(people: Any) -> int:
    size = int(people.count().execute())
    if not size:
        raise ReleaseError(
            _("The warehouse has no roster, so no one belongs to a department; load one: adoption load --roster FILE.")
        )
    return size


def _protected(
    warehouse: Engine, window: Window, people: Any, available: dict[str, tuple[str, ...]], *, release: str
) -> tuple[tuple[Cell, ...], Repeated]:
    """The protected cells of every indicator, and how often people count in it."""
    tables, groups = warehouse.tables(), places(people)
    cells: list[Cell] = []
    repeated = {}
    for indicator in CATALOGUE.values():
        months = available[indicator.id]
        parts = indicator.contributions(tables, window)
        with persons(parts, people, views=indicator.views, months=months, keep=warehouse.keep) as each:
            cells += protect(each, _measure(indicator), Frame(window.months, months, groups), release=release)
            repeated[indicator.id] = repeats(each, indicator, months)
    return tuple(cells), repeated


def _measure(indicator: Indicator) -> Measure:
    return Measure(
        indicator=indicator.id,
        kind=indicator.kind,
        scale=indicator.scale,
        arms=indicator.arms or (None,),
        views=indicator.views,
    )
