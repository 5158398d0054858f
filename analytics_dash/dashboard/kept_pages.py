"""Pages that were drawn already, for the next reader of the same view: a published release never changes.

Drawing one costs several times what finding it again does. A view is the release, whose eyes, the choice and the
language; who may see it, and that they saw it, is settled before this is asked. A page is kept as what is sent, text
and bytes: thousands of nodes would be walked through by the garbage collector for as long as they were kept. Called by
`app`, and by `warm`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import msgspec
from flask import current_app
from markupsafe import Markup

from analytics_dash import i18n
from analytics_dash.dashboard import page, prerender
from analytics_dash.dashboard.view import View
from analytics_dash.releases.kept import Kept

T = TypeVar("T")

MOST: Final = 96_000_000
"""Characters and bytes of all pages together."""

_PAGES: Final[Kept[Any]] = Kept(MOST, len)


def first_paint(view: View) -> Markup:
    """The page as plain HTML, for the first response."""
    return Markup(_kept("paint", view, lambda: _paint(view)))  # noqa: S704 - `prerender` has escaped what is in it


def tree(view: View) -> bytes:
    """The page as Dash's tree with charts, in JSON."""
    return msgspec.json.encode(page.shell(view, msgspec.Raw(_content(view))))


def change(view: View) -> bytes:
    """The answer to the callback, in JSON: the part of the tree that a change of the address changes."""
    return msgspec.json.encode(page.change(view, msgspec.Raw(_content(view))))


def _content(view: View) -> bytes:
    return _kept("content", view, lambda: msgspec.json.encode(page.content(view)))


def _paint(view: View) -> str:
    """Drawn once for two: who is sent the words asks for the tree of the same page next."""
    drawn = page.content(view)
    _kept("content", view, lambda: msgspec.json.encode(drawn))
    return str(prerender.to_html(page.shell(view, drawn)))


def _kept(kind: str, view: View, make: Callable[[], T]) -> T:
    """What `make` draws of this view, or drew. The first page of an empty register is drawn each time.

    Readers who see every department see the same pages, whatever their role.
    """
    facts = view.facts
    if facts is None:
        return make()
    release, earlier = facts.release, facts.earlier  # a page says what changed since the one before
    key = (
        *(kind, current_app.config["SQLALCHEMY_DATABASE_URI"], release.id, release.cells_digest, release.published_at),
        *(earlier and (earlier.id, earlier.cells_digest), facts.scope.own, view.shown, i18n.current()),
    )
    return cast("T", _PAGES.get(key, make))
