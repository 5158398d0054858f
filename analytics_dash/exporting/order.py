"""What somebody asks of an export, and the digest that names it. Pure: no register, no file but our own code's.

Called by the pages that take an order, the process that makes it and the mails that carry it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from analytics_dash.i18n import _, languages
from analytics_dash.questions import QUESTIONS
from analytics_dash.releases.errors import ExportError
from analytics_dash.releases.manifest import canonical_bytes
from analytics_dash.releases.types import ReleaseInfo
from analytics_dash.reports.formats import WRITERS

FORMATS: Final = (*WRITERS, "csv")
"""A csv is one archive: the cells, what was measured of lessons and estimated, a description of each, and notes."""

LATEST: Final = "latest"
"""The period of an order that means its release's latest month; `making.for_reader` puts the month in its place."""

MIMETYPES: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "html": "text/html",
    "csv": "application/zip",
}
_CODE: Final = ("reports", "releases", "questions", "indicators", "disclosure", "translations", "exporting")


@dataclass(frozen=True, slots=True)
class Order:
    """One export of one published release. Checked when made: raises `ExportError`.

    `department` is empty for all of government; otherwise the file holds that department beside all of government, as
    its head would see it, whoever asks. `sections` are questions in their order; none means all. `period` is a month of
    the release, `LATEST`, or empty for all of it; `view` one of a section's own views, or empty for its first.
    `demo` says in it that its data is invented.
    """

    release: str
    format: str
    department: str = ""
    sections: tuple[str, ...] = ()
    language: str = "en"
    period: str = ""
    view: str = ""
    demo: bool = False

    def __post_init__(self) -> None:
        """Refuse a format, a section or a language that there is not; put the sections into one order."""
        if self.format not in FORMATS:
            raise ExportError(_("An export is one of {formats}.").format(formats=", ".join(FORMATS)))
        if unknown := set(self.sections) - set(QUESTIONS):
            raise ExportError(_("There is no section {names}.").format(names=", ".join(sorted(unknown))))
        if self.language not in languages():
            raise ExportError(_("A report is in one of {languages}.").format(languages=", ".join(languages())))
        chosen = tuple(name for name in QUESTIONS if name in self.sections)
        object.__setattr__(self, "sections", () if len(chosen) == len(QUESTIONS) else chosen)

    @property
    def ending(self) -> str:
        """The ending of the file's name."""
        return "zip" if self.format == "csv" else self.format


def digest(order: Order, rests_on: Sequence[ReleaseInfo]) -> str:
    """The SHA-256 that names the file: of the order, of the releases that it rests on, and of the code that makes it.

    A report rests on its release, and on the one before it, since which it says what has changed.
    """
    said = [asdict(order), [[each.id, each.cells_digest] for each in rests_on], _code()]
    return hashlib.sha256(canonical_bytes(said)).hexdigest()


@cache
def _code() -> str:
    total = hashlib.sha256()
    for name in _CODE:
        for path, source in sorted(_sources(files("analytics_dash") / name, name)):
            total.update(f"{path}\n".encode())
            total.update(source)
    return total.hexdigest()


def _sources(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    found = []
    for item in folder.iterdir():
        if item.is_dir():
            found += _sources(item, f"{path}/{item.name}")
        elif item.name.endswith((".py", ".html", ".typ", ".mo")):
            found.append((f"{path}/{item.name}", item.read_bytes()))
    return found
