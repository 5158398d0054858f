"""Pages that were drawn already, for the next reader of the same view: a published release never changes.

Drawing one costs several times what finding it again does. A view is the release, whose eyes, the choice and the
language; who may see it, and that they saw it, is settled before this is asked. Called by `app`, and by `warm`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from flask import current_app
from markupsafe import Markup
from plotly.io.json import to_json_plotly

from analytics_dash import i18n
from analytics_dash.dashboard import page, prerender
from analytics_dash.dashboard.view import View
from analytics_dash.releases.kept import Kept

T = TypeVar("T")

MOST: Final = 64_000_000
TREE: Final = 400_000
"""Characters of all pages together; a tree of components counts as so many."""

_PAGES: Final[Kept[Any]] = Kept(MOST, lambda made: len(made) if isinstance(made, str) else TREE)


def first_paint(view: View) -> Markup:
    """The page as plain HTML, for the first response."""
    return _kept("paint", view, lambda: prerender.to_html(page.shell(view)))


def tree(view: View) -> str:
    """The page as Dash's tree with charts, in JSON."""
    return _kept("layout", view, lambda: str(to_json_plotly(page.shell(view))))


def content(view: View) -> list[Any]:
    """The part of the tree that a change of the address changes."""
    return _kept("content", view, lambda: page.content(view))


def _kept(kind: str, view: View, make: Callable[[], T]) -> T:
    """What `make` draws of this view, or drew. The first page of an empty register is drawn each time.

    Readers who see every department see the same pages, whatever their role.
    """
    facts = view.facts
    if facts is None:
        return make()
    own = facts.scope.department if facts.scope.role == "department_head" else None
    release, earlier = facts.release, facts.earlier  # a page says what changed since the one before
    key = (
        *(kind, current_app.config["SQLALCHEMY_DATABASE_URI"], release.id, release.cells_digest, release.published_at),
        *(earlier and (earlier.id, earlier.cells_digest), own, view.shown, i18n.current()),
    )
    return cast("T", _PAGES.get(key, make))
