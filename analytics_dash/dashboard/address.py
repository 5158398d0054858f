"""The address is the state: which question, which department, month, view and release a page shows.

Pure. `of` reads a path and a query, `Wanted.query` writes the shortest address that says the same. The first response,
the layout and the callback all go through it, so a link reproduces a view.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qs, urlencode

from analytics_dash.questions import QUESTIONS, Question

OVERVIEW: Final = "overview"
LONGEST: Final = 300
"""Of one value in an address; names are shorter."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for. `department` None is the reader's standard choice; other empty values are the usual."""

    page: str = OVERVIEW
    department: str | None = None
    period: str = ""
    view: str = ""
    release: str = ""

    @property
    def question(self) -> Question | None:
        """The question of the page; None on the overview."""
        return QUESTIONS.get(self.page)

    @property
    def path(self) -> str:
        """The page's path."""
        return "/" if self.page == OVERVIEW else f"/{self.page}"

    def query(self) -> str:
        """The choice as a query, without what is usual."""
        values = {"department": self.department, "period": self.period, "view": self.view, "release": self.release}
        return urlencode(
            {name: value for name, value in values.items() if value or (name == "department" and value == "")}
        )

    def address(self) -> str:
        """Path and query."""
        return f"{self.path}?{query}" if (query := self.query()) else self.path

    def on(self, page: str) -> Wanted:
        """The same choice on another page; a view belongs to its own question."""
        return replace(self, page=page, view="")


def known(path: str) -> bool:
    """Whether there is such a page."""
    return path.strip("/") in ("", *QUESTIONS)


def of(path: str | None, search: str | None) -> Wanted:
    """What a path and a query (with or without its question mark) ask for; an unknown path is the overview's."""
    found = parse_qs((search or "").removeprefix("?"), keep_blank_values=True)
    page = (path or "").strip("/")
    value = {name: values[0][:LONGEST] for name, values in found.items()}
    return Wanted(
        page if page in QUESTIONS else OVERVIEW,
        value.get("department"),
        value.get("period", ""),
        value.get("view", ""),
        value.get("release", ""),
    )
