"""The plain routes around the questions: method and health. Downloads are in `takeaway`, the audit in `audit_log`."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from analytics_dash.dates import day, month
from analytics_dash.indicators import DICTIONARY
from analytics_dash.releases import latest_published
from analytics_dash.releases.upgrading import is_up_to_date

bp = Blueprint("operations", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Whether the process answers and the register can be read. Says nothing about what is in it."""
    try:
        latest_published()
    except SQLAlchemyError:
        return {"status": "the register cannot be read"}, 503
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Whether readers can be served: the register can be read, and has the form of this version."""
    try:
        ready = is_up_to_date()
    except SQLAlchemyError:
        return {"status": "the register cannot be read"}, 503
    if not ready:  # another version has upgraded it, or restored an old one
        return {"status": "the register has another form than this version's"}, 503
    return {"status": "ready"}


@bp.get("/method")
def method() -> ResponseReturnValue:
    """How figures are made and protected, with the catalogue of indicators. No figures."""
    release = latest_published()
    return render_template(
        "method.html",
        page="method",
        catalogue=list(DICTIONARY.values()),
        release=release,
        published=day(release.published_at.date()) if release and release.published_at else "",
        through=month(release.through) if release else "",
    )
