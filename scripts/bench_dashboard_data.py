"""A year of monthly releases of many departments, in a register of its own, and who is signed in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from analytics_dash.releases import Scope, register_app
from analytics_dash.releases.access import Caller, open_session
from analytics_dash.releases.models import db
from tests.support.releases import add_release

KEY = "benchmark-" * 5


def departments(count: int) -> dict[str, int]:
    """Names and sizes: some hundred people each, a few so small that much is hidden."""
    return {f"Department {n:02} for Something": 40 + n * 137 % 900 for n in range(count)}


def make_year(folder: Path, count: int, releases: int = 12) -> tuple[str, int]:
    """Write the register into `folder`; return its address and how many cells the latest release has."""
    url, last = f"sqlite:///{folder / 'releases.sqlite'}", date(2026, 11, 1)
    months = [last.year * 12 + last.month - 1 - back for back in reversed(range(releases))]
    with register_app(url).app_context():
        for number in months:
            add_release(through=f"{number // 12}-{number % 12 + 1:02}", departments=departments(count))
        found = db.session.execute(db.text("SELECT count(*) FROM cell WHERE release = '2026-11.1'")).scalar_one()
        db.session.remove()
        db.engine.dispose()
    return url, int(found)


def signed_in(url: str, count: int, own: list[str]) -> list[str]:
    """Cookies of so many viewers: analysts, and every third a department head."""
    app = Flask("cookies")
    app.secret_key = KEY
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    cookies = []
    with register_app(url).app_context():
        for number in range(count):
            head = number % 3 == 0
            scope = Scope("department_head", own[number % len(own)]) if head else Scope("analyst")
            cookies.append(str(signer.dumps({"key": open_session(Caller(f"viewer-{number}", scope), hours=8)})))
        db.session.remove()
        db.engine.dispose()
    return cookies
