"""Who is reading: demonstration sign-in, the session, and the gate that every request passes.

`init_sign_in` puts the gate before every route, so a new one is closed unless it is listed in `OPEN`. The cookie holds
the key of a session in the register (`releases.access`), so that signing out ends it for every copy of the cookie. A
session has a role and, for a department head, a department; what they may see is decided in
`analytics_dash.releases.readers`, not here. `sign_in_routes` is the other way to begin one. A program that reads the
API sends a token instead.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import SecurityError

from analytics_dash.api import PREFIX, problem
from analytics_dash.i18n import _
from analytics_dash.releases import Role, Scope, audit, cells, latest_published
from analytics_dash.releases.access import Caller, close_session, open_session, session_caller, take_turn, token_caller

bp = Blueprint("signin", __name__)

SESSION_HOURS: Final = 8

NO_ONE_ASKS: Final = frozenset(
    {
        "operations.healthz",
        "operations.readyz",
        "metrics.metrics",
        "api.openapi",
        "_dash_assets.static",
        "charts_script.script",
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    }
)
"""Routes that are the same for everyone: they answer without a look at who asks, or at the register."""

OPEN: Final = (
    NO_ONE_ASKS
    | {"signin.show", "signin.sign_in"}
    | {f"provider.{route}" for route in ("start", "done", "sign_out", "told")}
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
    role: Role
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
        DemoUser("demo-analyst", "analyst", _("Analyst"), _("Sees every released figure.")),
        DemoUser(
            "demo-administrator",
            "administrator",
            _("Administrator"),
            _("Sees every released figure, and who looked at what."),
        ),
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
    users = demo_users(demo_department()) if current_app.config["DEMO"] else ()
    target = safe_target(request.args.get("next"))
    return render_template("sign_in.html", users=users, next=target, signed_out="signed_out" in request.args)


@bp.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Sign in as one of the demonstration's users, with a fresh session; only in a demonstration."""
    if not current_app.config["DEMO"]:
        abort(404)
    check_csrf()
    slow_down()
    department = demo_department()
    wanted = request.form.get("reader", "")
    user = next((user for user in demo_users(department) if user.role == wanted), None)
    if user is None:
        abort(400, _("There is no such user. Choose one of those on the sign-in page."))
    begin_session(Caller(user.id, Scope(user.role, department if user.role == "department_head" else None)))
    return redirect(safe_target(request.form.get("next")))


def begin_session(caller: Caller) -> None:
    """Sign `caller` in, with a fresh session: what was in the cookie before is gone, but for the language."""
    language = session.get("language")
    if "key" in session:
        close_session(session["key"])
    session.clear()
    session.permanent = True
    session["key"] = open_session(caller, hours=SESSION_HOURS)
    if language:
        session["language"] = language
    audit(caller.id, "sign in", caller.scope.role)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Forget the session and go back to the sign-in page."""
    check_csrf()
    audit(reader().id, "sign out")
    close_session(session["key"])
    session.clear()
    return redirect(url_for("signin.show", signed_out="1"))


def slow_down() -> None:
    """Refuse an address that signs in again and again (429)."""
    limit = current_app.config["SIGN_INS_PER_MINUTE"]
    if wait := take_turn("sign-in", request.remote_addr or "", limit=limit, seconds=60):
        abort(429, _("Too many attempts to sign in. Wait {seconds} seconds and try again.").format(seconds=wait))


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
        g.reader = None if request.endpoint in NO_ONE_ASKS else _who_asks()
        if g.reader is not None or request.endpoint in OPEN:
            return None
        if request.path.startswith(f"{PREFIX}/"):
            return problem(401, _("Send a token (Authorization: Bearer …) or sign in to the dashboard."))
        if request.path.startswith("/_"):
            return {"error": {"code": "sign_in", "message": _("Sign in first."), "retry": False}}, 401
        if request.method not in {"GET", "HEAD"}:  # a form on a page whose session has ended
            return redirect(url_for("signin.show"))
        return redirect(url_for("signin.show", next=request.full_path.rstrip("?")))


def _who_asks() -> Reader | None:
    """The reader of this request, by session; or by token, for the API alone."""
    given = request.headers.get("Authorization")
    if given is not None and request.path.startswith(f"{PREFIX}/"):
        scheme, _space, secret = given.partition(" ")
        caller = token_caller(secret.strip()) if scheme.lower() == "bearer" else None
    else:
        key = session.get("key")
        caller = session_caller(key) if isinstance(key, str) else None
    return None if caller is None else Reader(caller.id, role_title(caller.scope.role), caller.scope)


def role_title(role: Role) -> str:
    """A role in the reader's language."""
    return {
        "training_manager": _("Training manager"),
        "department_head": _("Department head"),
        "analyst": _("Analyst"),
        "auditor": _("Auditor"),
        "administrator": _("Administrator"),
    }[role]
