"""Whether a roster takes the place of the one before: it does where it is new, whole, and not much poorer than that.

Half a roster would unlink the other half, and take its departments out of every month. `warehouse.load` asks.
"""

from __future__ import annotations

from typing import Final

from analytics_dash.errors import FeedError
from analytics_dash.i18n import _
from analytics_dash.identity import Identity
from analytics_dash.sources.roster import Roster, read_roster
from analytics_dash.sources.roster_feed import StaffRoster
from analytics_dash.sources.streams import FeedFile, lines
from analytics_dash.warehouse.counts import Counts, Known
from analytics_dash.warehouse.files import Files, RejectsFile
from analytics_dash.warehouse.report import FileReport
from analytics_dash.warehouse.store import Warehouse

_ROWS_LOST: Final = 0.01
_PEOPLE_LOST: Final = 0.2
"""So many rows of a roster, or people of the one before, may be gone before somebody has to say that this is meant."""


def new_roster(
    feed: FeedFile, report: FileReport, *, known: Known, files: Files, identity: Identity, accept: bool
) -> Roster | None:
    """The roster, where it is a new one that can be used; the report is filled in either way.

    With `accept` it may have lost many rows, or many of the people of the one before.
    """
    if (counts := known.counts(feed, StaffRoster.kind, StaffRoster.version, files)) is not None:
        report.known_already(counts, files)
        return None
    try:
        roster = read_roster(lines(feed), identity)
    except FeedError as error:
        report.refused(error)
        return None
    rejects = RejectsFile(files.rejects(feed.digest, StaffRoster.kind))
    rejects.add(roster.rejects)
    report.rejects_file = rejects.finish(rejects.path)
    report.lines, report.duplicates, report.rejected = roster.lines, roster.duplicates, len(roster.rejects)
    report.accepted, report.notes = len(roster.people), roster.notes
    report.error = _why_not(roster, report.name, files, accept=accept)
    if report.error is None:
        return roster
    report.ignored, report.accepted = report.accepted, 0
    return None


def counts_of(roster: Roster, digest: str) -> Counts:
    """The row of `loads` of a roster with this file digest."""
    return Counts(
        digest,
        StaffRoster.kind,
        StaffRoster.version,
        lines=roster.lines,
        accepted=len(roster.people),
        ignored=0,
        duplicates=roster.duplicates,
        rejected=len(roster.rejects),
        complete=True,
    )


def _why_not(roster: Roster, name: str, files: Files, *, accept: bool) -> str | None:
    if roster.damage is not None or not roster.people:
        return _("{name} is {what}, so the roster of before stays. Its rejects say more.").format(
            name=name, what=_("damaged") if roster.damage else _("without a row that can be used")
        )
    if accept:
        return None
    if len(roster.rejects) > roster.lines * _ROWS_LOST:
        return _(
            "{rejected} of {lines} rows of {name} cannot be read, so the roster of before stays. Its rejects say "
            "why; mend it, or load it as it is with --accept-roster."
        ).format(rejected=len(roster.rejects), lines=roster.lines, name=name)
    before = _people_before(files)
    if len(roster.people) < before * (1 - _PEOPLE_LOST):
        return _(
            "{name} has {people} people and the roster of before has {before}, which stays. Is a part of the file "
            "missing? If so many have left, load it with --accept-roster."
        ).format(name=name, people=len(roster.people), before=before)
    return None


def _people_before(files: Files) -> int:
    if not files.has_warehouse:
        return 0
    with Warehouse(files.warehouse, read_only=True) as warehouse:
        found = warehouse.connection.execute("SELECT count(*) FROM people").fetchone()
        return int(found[0]) if found else 0
