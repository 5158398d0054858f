"""An order into bytes, part by part. Reads the register through `releases.readers` with the asker's own scope.

Called by the process that makes exports and by the mails. The same order gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date
from typing import Final

from analytics_dash import i18n
from analytics_dash.exporting.order import Order
from analytics_dash.i18n import _
from analytics_dash.questions import Facts, read_facts, resting_on
from analytics_dash.releases import Cell, ReleaseInfo, Scope, departments, published, published_releases
from analytics_dash.releases.errors import ExportError
from analytics_dash.releases.readers import may_read_cells
from analytics_dash.reports.csv import csv_bytes
from analytics_dash.reports.csvw import csvw_bytes
from analytics_dash.reports.document import Report
from analytics_dash.reports.export import WRITERS, stem
from analytics_dash.reports.making import ON_PAPER, OnPart, report_of, unwatched
from analytics_dash.reports.notes import notes_bytes


def for_reader(scope: Scope, order: Order) -> Order:
    """The order as this reader may mean it: a department head who names no department means the own one."""
    return replace(order, department=order.department or scope.department or "")


def check(scope: Scope, order: Order) -> tuple[ReleaseInfo, ...]:
    """Return the releases that the order rests on: its own, and the one published before it.

    Raises `ScopeError` where the scope does not cover the order, `ExportError` where it is about a department that the
    release does not have, `ReleaseError` where the release is not published.
    """
    may_read_cells(scope, order.department)  # "" is no department of a head's: see `for_reader`
    release = published(order.release)
    if order.department and order.department not in departments(_seen(scope, order), release.id):
        raise ExportError(
            _("Release {id} has no department “{department}”; write its name as in the roster.").format(
                id=release.id, department=order.department
            )
        )
    if order.period and order.period not in release.manifest["months"]:
        raise ExportError(
            _("Release {id} has no month {month}; it covers {first} to {last}.").format(
                id=release.id,
                month=order.period,
                first=release.manifest["months"][0],
                last=release.manifest["months"][-1],
            )
        )
    releases = published_releases()  # the latest first
    place = [each.id for each in releases].index(release.id)
    return releases[place : place + 2]


def facts_of(scope: Scope, order: Order) -> Facts:
    """What the order's pages would show. Raises as `check`, and `NoSuchChoice` for an absent month or view."""
    check(scope, order)
    found = read_facts(
        _seen(scope, order), order.department, release_id=order.release, period=order.period, view=order.view
    )
    assert found is not None  # noqa: S101 - `check` has found the release
    return found


def rows(facts: Facts, order: Order) -> tuple[Cell, ...]:
    """The cells that the order's sections rest on, of its month where it names one."""
    used = resting_on(order.sections)
    return tuple(
        cell for cell in facts.cells if cell.indicator in used and (not order.period or cell.month == order.period)
    )


def make(scope: Scope, order: Order, on_part: OnPart = unwatched) -> bytes:
    """The file. `on_part` is told how many parts of how many are done; what it raises ends the making."""
    before = i18n.current()
    i18n.use(order.language)
    try:
        facts = facts_of(scope, order)
        if order.format == "csv":
            return _archive(facts.release, rows(facts, order), order)
        report = composed(facts, order, on_part)
        made = WRITERS[order.format](report)
        on_part(len(report.answers) + 1, len(report.answers) + 1)
        return made
    finally:
        i18n.use(before)


def composed(facts: Facts, order: Order, on_part: OnPart = unwatched) -> Report:
    """The report, an answer at a time, in the language that is set."""
    return report_of(facts, order.sections, demo=order.demo, complete=order.format not in ON_PAPER, on_part=on_part)


def file_name(order: Order) -> str:
    """What the file is called where it is saved: plain letters, whatever the department is called."""
    return f"{_stem(order)}.{order.ending}"


def _seen(scope: Scope, order: Order) -> Scope:
    """With a department, whoever may ask gets what its head would get: so the bytes hang on the order alone."""
    return Scope("department_head", order.department) if order.department else scope


_NAMED: Final = 3
"""So many sections are named in a file's name; of more, how many."""


def _stem(order: Order) -> str:
    """What tells this export from the others of the same release: two that differ are two files."""
    sections = order.sections if len(order.sections) <= _NAMED else (f"{len(order.sections)}-sections",)
    language = "" if order.language == "en" else order.language
    fictional = "fictional" if order.demo else ""
    return "-".join(filter(None, (stem(order.release, order.department), order.period, *sections, language, fictional)))


def _archive(release: ReleaseInfo, found: Sequence[Cell], order: Order) -> bytes:
    """The cells as CSV with their notes and their description, packed with the release's date."""
    name, out = _stem(order), io.BytesIO()
    day: date = (release.published_at or release.built_at).astimezone(UTC).date()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in (
            (f"{name}.csv", csv_bytes(found)),
            (f"{name}-notes.txt", notes_bytes(release, found)),
            (f"{name}.csv-metadata.json", csvw_bytes(release, f"{name}.csv")),
        ):
            about = zipfile.ZipInfo(member, (day.year, day.month, day.day, 0, 0, 0))
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o644 << 16
            archive.writestr(about, content)
    return out.getvalue()
