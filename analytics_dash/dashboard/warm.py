"""What the first reader of a release would wait for, made before they come.

Its cells and those of the release before it are read (a quarter of a second of processor time for fifty departments),
and each page about all departments is drawn in each language, for which the two releases are compared. A thread of each
of the server's processes does so at the start and soon after a publication. Nobody looks at anything by this, so the
audit has nothing of it. Called by `server`.
"""

from __future__ import annotations

import gc
import itertools
import threading
import time
from typing import Final

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from analytics_dash import i18n
from analytics_dash.dashboard import kept_pages
from analytics_dash.dashboard.address import OVERVIEW, Wanted
from analytics_dash.dashboard.view import read_view
from analytics_dash.questions import QUESTIONS
from analytics_dash.releases import ReleaseError, Scope, published_releases
from analytics_dash.releases.types import ROLES, Role

PAUSE_SECONDS: Final = 10.0
"""Between two looks whether there is a new release."""

SEE_ALL: Final[tuple[Role, ...]] = tuple({*ROLES} - {"department_head", "auditor"})
"""Whose cells are many. A department head's are few, and are read when they come."""


def keep_warm(app: Flask) -> None:
    """Begin to look for new releases; ends with the process."""
    threading.Thread(target=_watch, args=(app,), name="warm", daemon=True).start()


def _watch(app: Flask) -> None:
    known = ""
    while True:
        try:
            known = warm(app, known)
        except (ReleaseError, SQLAlchemyError) as error:
            # Readers are told by their own pages; here it is only tried again. The text might hold an address.
            app.logger.warning("The latest release was not made ready: %s", type(error).__name__)
        time.sleep(PAUSE_SECONDS)


def warm(app: Flask, known: str = "") -> str:
    """Make the latest published release ready where it is another than `known`; return its id, "" where none is."""
    with app.app_context():
        latest = next(iter(published_releases()), None)
        if latest is None or latest.id == known:
            return known
        app.jinja_env.get_template("page.html")
        for role in SEE_ALL:
            views = [read_view(Scope(role), Wanted(page)) for page in (OVERVIEW, *QUESTIONS)]
        for language, view in itertools.product(i18n.languages(), views):
            i18n.use(language)
            kept_pages.first_paint(view)  # and what the tree is made of
        _set_aside()
        return latest.id


def _set_aside() -> None:
    """Let the garbage collector look no more at what stays: with fifty departments' cells in memory each of its full
    passes held up somebody's page for 130 ms.
    """
    gc.collect()
    gc.freeze()
