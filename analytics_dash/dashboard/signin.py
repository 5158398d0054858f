"""Who is reading: demonstration sign-in, the session, and the gate that every request passes.

`init_sign_in` puts the gate before every route, so a new one is closed unless it is listed in `OPEN`. A session
holds a role and, for a department head, a department; it is signed, and what it may see is decided in
`analytics_dash.releases.dao.cells`, not here. Real identity providers will be a second way to fill the same session.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import SecurityError

from analytics_dash.i18n import _
from analytics_dash.releases import Scope, ScopeError, audit, cells, latest_published

bp = Blueprint("signin", __name__)

OPEN: Final = frozenset(
    {
        "signin.show",
        "signin.sign_in",
        "operations.healthz",
        "_dash_assets.static",
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    }
)


@dataclass(frozen=True, slots=True)
class Reader:
    """The signed-in person as the dashboard knows them: an id for the audit, a title, and a scope."""

    id: str
    title: str
    scope: Scope

    @property
    def sees_figures(self) -> bool:
        return self.scope.role != "auditor"

    @property
    def sees_audit(self) -> bool:
        return self.scope.role in {"auditor", "administrator"}


@dataclass(frozen=True, slots=True)
class DemoUser:
    """One of the people that a demonstration can be seen as. They are roles, not persons."""

    id: str
    role: str
    title: str
    sees: str


def demo_users(department: str | None) -> tuple[DemoUser, ...]:
    """The demonstration's users; the department head needs a published release to have a department."""
    head = DemoUser(
        "demo-department-head",
        "department_head",
        _("Department head"),
        _("Sees {department} and the whole of government.").format(department=department),
    )
    return (
        DemoUser(
            "demo-training-manager",
            "training_manager",
            _("Training manager"),
            _("Sees every department and the whole of government."),
        ),
        *([head] if department else []),
        DemoUser("demo-auditor", "auditor", _("Auditor"), _("Sees who looked at what, and the method. No figures.")),
    )


def demo_department() -> str | None:
    """The department that the demonstration's head leads: one of which much can be shown, or None without a release."""
    release = latest_published()
    if release is None:
        return None
    shown = Counter(
        cell.department for cell in cells(Scope("administrator"), release.id) if cell.department and cell.value
    )
    return max(sorted(shown), key=lambda name: shown[name], default=None)


def reader() -> Reader:
    """The signed-in reader of this request; only for routes behind the gate."""
    signed_in: Reader = g.reader
    return signed_in


def csrf_token() -> str:
    """This session's token for forms, made on first use."""
    return str(session.setdefault("csrf", secrets.token_urlsafe(24)))


def check_csrf() -> None:
    """Refuse a form that did not come from a page of this session (400)."""
    expected, given = session.get("csrf", ""), request.form.get("csrf_token", "")
    if not expected or not secrets.compare_digest(expected.encode(), given.encode()):
        abort(400, _("This form has expired. Go back, reload the page and try again."))


@bp.get("/sign-in")
def show() -> ResponseReturnValue:
    """The sign-in page; someone who is signed in already goes on."""
    if g.reader is not None:
        return redirect("/")
    return render_template("sign_in.html", users=demo_users(demo_department()), next=request.args.get("next", "/"))


@bp.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Sign in as one of the demonstration's users, with a fresh session."""
    check_csrf()
    department = demo_department()
    wanted = request.form.get("reader", "")
    user = next((user for user in demo_users(department) if user.role == wanted), None)
    if user is None:
        abort(400, _("There is no such user. Choose one of those on the sign-in page."))
    language = session.get("language")
    session.clear()
    session.permanent = True
    session["reader"] = {
        "id": user.id,
        "role": user.role,
        "department": department if user.role == "department_head" else None,
    }
    if language:
        session["language"] = language
    audit(user.id, "sign in", user.role)
    return redirect(safe_target(request.form.get("next")))


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Forget the session and go back to the sign-in page."""
    check_csrf()
    audit(reader().id, "sign out")
    session.clear()
    return redirect(url_for("signin.show"))


def safe_target(target: str | None) -> str:
    """A path of this dashboard to go on to; anything else becomes the first page."""
    if (
        not target
        or not target.startswith("/")
        or target.startswith("//")
        or "\\" in target
        or not target.isprintable()
    ):
        return "/"
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else "/"


def init_sign_in(app: Flask) -> None:
    """Register the routes, and the gate before every request."""
    app.register_blueprint(bp)
    app.jinja_env.globals["csrf_token"] = csrf_token

    @app.before_request
    def gate() -> ResponseReturnValue | None:
        if isinstance(request.routing_exception, SecurityError):  # a host name that is not ours
            raise request.routing_exception
        g.reader = _from_session(session.get("reader"))
        if g.reader is not None or request.endpoint in OPEN:
            return None
        if request.path.startswith("/_"):
            return {"error": {"code": "sign_in", "message": _("Sign in first."), "retry": False}}, 401
        if request.method not in {"GET", "HEAD"}:  # a form on a page whose session has ended
            return redirect(url_for("signin.show"))
        return redirect(url_for("signin.show", next=request.full_path.rstrip("?")))


def _from_session(kept: Any) -> Reader | None:
    """The session's reader; None when there is none or it was written by another version."""
    try:
        scope = Scope(kept["role"], kept["department"])
        titles = {user.role: user.title for user in demo_users(scope.department or "-")}
        return Reader(kept["id"], titles[scope.role], scope)
    except (KeyError, TypeError, ScopeError):
        return None
