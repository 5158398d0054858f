"""The formats of a whole report, each with what writes it. CSV is not one: it is tables, with what goes beside them.

`exporting` makes both, for the pages, for mails and for `adoption export`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from analytics_dash.reports.document import Report
from analytics_dash.reports.html import html_bytes
from analytics_dash.reports.ods import ods_bytes
from analytics_dash.reports.pdf import pdf_bytes
from analytics_dash.reports.xlsx import xlsx_bytes

WRITERS: Final[Mapping[str, Callable[[Report], bytes]]] = {
    "pdf": pdf_bytes,
    "xlsx": xlsx_bytes,
    "ods": ods_bytes,
    "html": html_bytes,
}
