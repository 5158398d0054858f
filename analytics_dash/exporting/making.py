"""An order into bytes, part by part. Reads what the asker's pages read, through `questions.read_facts` and their scope.

Called by the process that makes exports and by the mails. The same order of the same reader gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC

from analytics_dash import i18n
from analytics_dash.exporting.order import Order
from analytics_dash.questions import Facts, read_facts
from analytics_dash.releases import ReleaseInfo, Scope, published, published_releases
from analytics_dash.releases.errors import ExportError
from analytics_dash.reports.csv import csv_bytes
from analytics_dash.reports.csvw import csvw_bytes
from analytics_dash.reports.export import WRITERS, stem
from analytics_dash.reports.learning_csv import learning_csv_bytes
from analytics_dash.reports.making import ON_PAPER, report_of
from analytics_dash.reports.notes import notes_bytes

OnPart = Callable[[int, int], None]


def _unwatched(_done: int, _parts: int) -> None: ...


def for_reader(scope: Scope, order: Order) -> Order:
    """The order as this reader may mean it: a department head who names no department means the own one."""
    own = scope.department if scope.role == "department_head" else None
    return replace(order, department=order.department or own or "")


def check(scope: Scope, order: Order) -> tuple[ReleaseInfo, ...]:
    """Return the releases that the order rests on: its own, and the one published before it where there is one.

    Raises as `facts` where the scope does not cover the order, or the release has not what it asks for.
    """
    facts(scope, order, compares=False)
    releases = published_releases()  # the latest first
    place = [each.id for each in releases].index(order.release)
    return releases[place : place + 2]


def facts(scope: Scope, order: Order, *, compares: bool = True) -> Facts:
    """What the order is answered from. Raises `ScopeError` and `NotYours` where the scope does not cover it,
    `NoSuchChoice` for a month that the release does not have, and `ReleaseError` for one that is not published.
    """
    found = read_facts(
        scope, order.department, release_id=published(order.release).id, period=order.period, compares=compares
    )
    if found is None:
        raise ExportError("A published release is not among the published ones.")
    return found


def make(scope: Scope, order: Order, on_part: OnPart = _unwatched) -> bytes:
    """The file. `on_part` is told how many parts of how many are done; what it raises ends the making."""
    before = i18n.current()
    i18n.use(order.language)
    try:
        found = facts(scope, order, compares=order.format != "csv")
        if order.format == "csv":
            return _archive(found, order)
        complete = order.format not in ON_PAPER
        report = report_of(found, order.sections, demo=order.demo, complete=complete, told=on_part)
        made = WRITERS[order.format](report)
        on_part(len(report.answers) + 1, len(report.answers) + 1)
        return made
    finally:
        i18n.use(before)


def file_name(order: Order) -> str:
    """What the file is called where it is saved: plain letters, whatever the department is called."""
    return f"{stem(order.release, order.department)}.{order.ending}"


def _archive(found: Facts, order: Order) -> bytes:
    """The cells as CSV with their notes and their description, and the learning figures; with the release's date."""
    name, out = stem(order.release, order.department), io.BytesIO()
    day = (found.release.published_at or found.release.built_at).astimezone(UTC).date()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in (
            (f"{name}.csv", csv_bytes(found.cells)),
            (f"{name}-notes.txt", notes_bytes(found.release, found.cells)),
            (f"{name}.csv-metadata.json", csvw_bytes(found.release, f"{name}.csv")),
            (f"{name}-learning.csv", learning_csv_bytes(found.learning)),
        ):
            about = zipfile.ZipInfo(member, (day.year, day.month, day.day, 0, 0, 0))
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o644 << 16
            archive.writestr(about, content)
    return out.getvalue()
