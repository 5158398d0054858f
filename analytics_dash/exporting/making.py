"""An order into bytes, part by part. Reads the register through `releases.readers` with the asker's own scope.

Called by the process that makes exports and by the mails. The same order gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date

from analytics_dash import i18n
from analytics_dash.exporting.order import LATEST, Order
from analytics_dash.exporting.parts import stem
from analytics_dash.i18n import _
from analytics_dash.questions import QUESTIONS, Facts, measured_for, read_facts, resting_on
from analytics_dash.releases import Cell, ReleaseInfo, Scope, departments, published, published_releases
from analytics_dash.releases.errors import ExportError
from analytics_dash.releases.readers import may_read_cells
from analytics_dash.reports.csv import csv_bytes
from analytics_dash.reports.csvw import LEARNING, csvw_bytes
from analytics_dash.reports.document import Report
from analytics_dash.reports.formats import WRITERS
from analytics_dash.reports.learning_csv import learning_csv_bytes
from analytics_dash.reports.making import ON_PAPER, OnPart, report_of, unwatched
from analytics_dash.reports.notes import notes_bytes


def for_reader(scope: Scope, order: Order) -> Order:
    """The order as this reader may mean it: a department head who names no department means the own one.

    The latest month becomes the release's, and what is made of a demonstration says so. Raises `ReleaseError` where the
    release is not published.
    """
    release = published(order.release)
    return replace(
        order,
        department=order.department or scope.department or "",
        period=release.through if order.period == LATEST else order.period,
        demo=order.demo or release.is_demonstration,
    )


def check(scope: Scope, order: Order) -> tuple[ReleaseInfo, ...]:
    """Return the releases that the order rests on: its own, and the one published before it.

    Raises `ScopeError` where the scope does not cover the order, `ExportError` where it is about a department that the
    release does not have, a month that it does not cover or a view that none of its sections has, and `ReleaseError`
    where the release is not published.
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
    if order.view:
        _refuse_unknown_view(_read(scope, order), order)
    releases = published_releases()  # the latest first
    place = [each.id for each in releases].index(release.id)
    return releases[place : place + 2]


def facts_of(scope: Scope, order: Order) -> Facts:
    """What the order's pages would show. Raises as `check`."""
    check(scope, order)
    return _read(scope, order)


def _read(scope: Scope, order: Order) -> Facts:
    found = read_facts(
        _seen(scope, order), order.department, release_id=order.release, period=order.period, view=order.view
    )
    assert found is not None  # noqa: S101 - the release is published
    return found


def _refuse_unknown_view(facts: Facts, order: Order) -> None:
    """A view belongs to a question; where several are ordered, the others are shown as usual."""
    chosen = [QUESTIONS[key] for key in order.sections or QUESTIONS]
    offered = {view: None for question in chosen for view, _name in question.views(facts)}
    if order.view not in offered:
        raise ExportError(
            _("There is no view “{view}” of what is asked for; there are {views}.").format(
                view=order.view, views=", ".join(offered) or "–"
            )
        )


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
            return _archive(facts, order)
        report = composed(facts, order, on_part)
        made = WRITERS[order.format](report)
        on_part(len(report.answers) + 1, len(report.answers) + 1)
        return made
    finally:
        i18n.use(before)


def files(scope: Scope, order: Order) -> dict[str, bytes]:
    """The same as files for a folder, by name: of a csv what would be in its archive, else the one file."""
    if order.format != "csv":
        return {file_name(order): make(scope, order)}
    before = i18n.current()
    i18n.use(order.language)
    try:
        return _tables(facts_of(scope, order), order)
    finally:
        i18n.use(before)


def composed(facts: Facts, order: Order, on_part: OnPart = unwatched) -> Report:
    """The report, an answer at a time, in the language that is set."""
    return report_of(facts, order.sections, demo=order.demo, complete=order.format not in ON_PAPER, on_part=on_part)


def file_name(order: Order) -> str:
    """What the file is called where it is saved: plain letters, whatever the department is called."""
    return f"{stem(order)}.{order.ending}"


def _seen(scope: Scope, order: Order) -> Scope:
    """With a department, whoever may ask gets what its head would get: so the bytes hang on the order alone."""
    return Scope("department_head", order.department) if order.department else scope


def _tables(facts: Facts, order: Order) -> dict[str, bytes]:
    """The order's cells, what was measured of lessons and estimated for its sections, what describes each, and notes.

    What is measured has no month and no department: it is of the whole period and of everybody, whatever is chosen.
    """
    name, release = stem(order), facts.release
    cells, figures = rows(facts, order), measured_for(order.sections, facts.learning)
    made = {
        f"{name}.csv": csv_bytes(cells),
        f"{name}-notes.txt": notes_bytes(release, cells, figures),
        f"{name}.csv-metadata.json": csvw_bytes(release, f"{name}.csv"),
    }
    if figures:
        table = f"{name}-learning.csv"
        made[table] = learning_csv_bytes(figures, facts.titles)
        made[f"{table}-metadata.json"] = csvw_bytes(release, table, LEARNING)
    return made


def _archive(facts: Facts, order: Order) -> bytes:
    """The tables packed with the release's date."""
    out = io.BytesIO()
    day: date = (facts.release.published_at or facts.release.built_at).astimezone(UTC).date()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in _tables(facts, order).items():
            about = zipfile.ZipInfo(member, (day.year, day.month, day.day, 0, 0, 0))
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o644 << 16
            archive.writestr(about, content)
    return out.getvalue()
