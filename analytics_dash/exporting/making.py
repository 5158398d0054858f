"""An order into bytes, part by part. Reads the register through `releases.readers` with the asker's own scope.

Called by the process that makes exports and by the mails. The same order gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date

from analytics_dash import i18n
from analytics_dash.exporting.order import Order
from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE
from analytics_dash.releases import Cell, ReleaseInfo, Scope, cells, departments, published
from analytics_dash.releases.errors import ExportError
from analytics_dash.releases.readers import may_read_cells
from analytics_dash.reports.compose import compose
from analytics_dash.reports.csv import csv_bytes
from analytics_dash.reports.csvw import csvw_bytes
from analytics_dash.reports.document import Report, Section
from analytics_dash.reports.export import WRITERS, stem
from analytics_dash.reports.notes import notes_bytes

OnPart = Callable[[int, int], None]


def _unwatched(_done: int, _parts: int) -> None: ...


def for_reader(scope: Scope, order: Order) -> Order:
    """The order as this reader may mean it: a department head who names no department means the own one."""
    return replace(order, department=order.department or scope.department or "")


def check(scope: Scope, order: Order) -> ReleaseInfo:
    """Return the order's release. Raises `ScopeError` where the scope does not cover it, `ExportError` where it is
    about a department that the release does not have, `ReleaseError` where the release is not published.
    """
    may_read_cells(scope, order.department)  # "" is no department of a head's: see `for_reader`
    release = published(order.release)
    if order.department and order.department not in departments(_seen(scope, order), release.id):
        raise ExportError(
            _("Release {id} has no department “{department}”; write its name as in the roster.").format(
                id=release.id, department=order.department
            )
        )
    return release


def rows(scope: Scope, order: Order) -> tuple[Cell, ...]:
    """The cells that the order is about, of those that `scope` covers. Raises as `check`."""
    check(scope, order)
    wanted = set(order.sections or CATALOGUE)
    found = [cell for cell in cells(_seen(scope, order), order.release) if cell.indicator in wanted]
    if order.months is not None:
        last = set(sorted({cell.month for cell in found if cell.month})[-order.months :])
        found = [cell for cell in found if cell.month is None or cell.month in last]
    return tuple(found)


def make(scope: Scope, order: Order, on_part: OnPart = _unwatched) -> bytes:
    """The file. `on_part` is told how many parts of how many are done; what it raises ends the making."""
    before = i18n.current()
    i18n.use(order.language)
    try:
        release, found = published(order.release), rows(scope, order)
        if order.format == "csv":
            return _archive(release, found, order)
        report = composed(release, found, order, on_part)
        made = WRITERS[order.format](report)
        on_part(len(report.sections) + 1, len(report.sections) + 1)
        return made
    finally:
        i18n.use(before)


def composed(release: ReleaseInfo, found: Sequence[Cell], order: Order, on_part: OnPart = _unwatched) -> Report:
    """The report, a section at a time, in the language that is set."""
    by_indicator: dict[str, list[Cell]] = {name: [] for name in CATALOGUE}
    for cell in found:
        by_indicator[cell.indicator].append(cell)
    names = [name for name, mine in by_indicator.items() if mine]
    whole = compose(release, (), department=order.department, demo=order.demo)
    sections: list[Section] = []
    for done, name in enumerate(names):
        on_part(done, len(names) + 1)
        sections += compose(release, by_indicator[name], department=order.department, demo=order.demo).sections
    on_part(len(names), len(names) + 1)
    return replace(whole, sections=tuple(sections))


def file_name(order: Order) -> str:
    """What the file is called where it is saved: plain letters, whatever the department is called."""
    return f"{_stem(order)}.{order.ending}"


def _seen(scope: Scope, order: Order) -> Scope:
    """With a department, whoever may ask gets what its head would get: so the bytes hang on the order alone."""
    return Scope("department_head", order.department) if order.department else scope


def _stem(order: Order) -> str:
    return stem(order.release, order.department)


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
