"""The dashboard's application: Flask around Dash. `create_app` is the front door; `commands` and tests call it.

A page is sent three times from one tree (`page.shell`): as plain HTML in the first response, so that words and tables
are there before any script; to Dash as `/_dash-layout`, with charts; and by `following` when the address changes. Each
of them reads the register through `view.read_view` with the reader's own scope.
"""

from __future__ import annotations

from typing import Any, Final, cast
from urllib.parse import urlsplit

import dash
from dash.exceptions import DependencyException
from flask import Flask, Response, abort, g, redirect, render_template, request, session
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from analytics_dash.api import PREFIX as API
from analytics_dash.api import init_api, problem
from analytics_dash.dashboard import (
    address,
    audit_log,
    charts_script,
    exports,
    kept_pages,
    operations,
    own_files,
    signin,
    takeaway,
)
from analytics_dash.dashboard.compression import init_compression
from analytics_dash.dashboard.config import DashboardConfig
from analytics_dash.dashboard.following import init_following
from analytics_dash.dashboard.frame import frame
from analytics_dash.dashboard.language import init_language
from analytics_dash.dashboard.metrics import init_metrics
from analytics_dash.dashboard.security import init_headers
from analytics_dash.dashboard.sign_in_routes import init_provider
from analytics_dash.dashboard.view import View, read_view, record
from analytics_dash.dashboard.ways import way_to
from analytics_dash.i18n import _
from analytics_dash.questions import NoSuchChoice, NotYours
from analytics_dash.releases import ReleaseError, ScopeError, audit, init_register
from analytics_dash.releases.errors import ExportError

PACKAGE: Final = __name__.rpartition(".")[0]


def create_app(config: DashboardConfig) -> Flask:
    """The dashboard on one register. Raises `ReleaseError` when the register cannot be opened."""
    app = Flask(PACKAGE, static_folder=None)
    app.config.update(
        SECRET_KEY=config.session_key,
        SESSION_COOKIE_NAME="adoption_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=not config.demo,
        PERMANENT_SESSION_LIFETIME=signin.SESSION_HOURS * 3600,
        # The register ends a session after its hours; a late answer must not bring a cookie back that is gone.
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=64 * 1024,
        TESTING=config.testing,
        # A page elsewhere must not reach the demonstration through a name of its own (DNS rebinding).
        TRUSTED_HOSTS=config.trusted_hosts,
        DEMO=config.demo,
        METRICS_TOKEN=config.metrics_token,
        SIGN_INS_PER_MINUTE=config.sign_ins_per_minute,
        EXPORTS_PER_HOUR=config.exports_per_hour,
        EXPORTS=config.exports,
    )
    init_register(app, config.register_url)
    init_metrics(app)
    init_language(app)  # first, so that whatever follows speaks to this reader and not to the one before
    signin.init_sign_in(app)
    if config.provider is not None:
        init_provider(app, way_to(app, config.provider), config.public_url)
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]
    for room in (audit_log, operations, takeaway, exports, charts_script):
        app.register_blueprint(room.bp)
    init_api(app, signin.reader, per_minute=config.api_per_minute, exports_per_hour=config.exports_per_hour)
    dashboard = _mount_dash(app)
    init_following(app, dashboard)
    app.jinja_env.globals.update(demo=config.demo, provider=config.provider is not None, asset=own_files.address_of)
    app.context_processor(lambda: {"reader": g.get("reader")})
    _answer_errors(app)
    init_headers(app)
    init_compression(app)
    return app


class _Dash(dash.Dash):
    """Dash with our own frame around it, and with the page's words in the first response."""

    _scripts: str | None = None

    def _setup_plotlyjs(self) -> None:
        if charts_script.basic_bundle() is None:
            super()._setup_plotlyjs()  # type: ignore[no-untyped-call]
        else:
            self._plotlyjs_url = charts_script.ADDRESS

    def _generate_scripts_html(self) -> str:
        """The same as long as the process lives: Dash looks at each file's time for each page."""
        if self._scripts is None:
            self._scripts = str(super()._generate_scripts_html())
        return self._scripts

    def index(self, *_args: Any, **path: Any) -> Any:
        """The pages that there are: Dash would answer every unknown address with its first page."""
        if not address.known(str(path.get("path", ""))):
            abort(404)
        if not signin.reader().sees_figures:
            return redirect("/audit")
        return super().index()  # type: ignore[no-untyped-call]

    def interpolate_index(self, *_args: Any, **parts: str) -> str:
        scope = signin.reader().scope
        view = read_view(scope, address.of(request.path, request.query_string.decode("utf-8", "replace")))
        record("page", view)
        session["opened"] = view.description
        return render_template(
            "page.html",
            frame=frame(view),
            page=view.wanted.page,
            standard=scope.department or "",
            first_paint=kept_pages.first_paint(view),
            # No script is waited for: the words and their style sheet come first, and the page can be read.
            dash={
                name: Markup(part.replace('"></script>', '" defer fetchpriority="low"></script>'))  # noqa: S704 - Dash's own tags
                for name, part in parts.items()
            },
        )

    def serve_layout(self) -> Any:
        """The tree as JSON, which is drawn once for each view."""
        return Response(kept_pages.tree(_opened_view()), mimetype="application/json")


def _mount_dash(app: Flask) -> dash.Dash:
    dashboard = _Dash(
        PACKAGE,
        server=cast("Any", app),  # its annotation forgets that an application may be given
        assets_folder=str(own_files.FOLDER),
        assets_ignore=r".",  # templates name those that they need, in their order
        serve_locally=True,
        external_scripts=[] if charts_script.basic_bundle() is None else [charts_script.ADDRESS],
        add_log_handler=False,
        update_title="",
        enable_mcp=False,
        use_async=False,  # it would give each callback a thread and an event loop of its own
        suppress_callback_exceptions=True,
    )
    # Dash asks for one during its first request, whatever that is, to check it; what is sent is `serve_layout`'s.
    dashboard.layout = dash.html.Div
    return dashboard


def _opened_view() -> View:
    """The view at the address of the page that asks: browsers name it in the referrer, to the same origin alone.

    Should one not name it, the reader's standard view is drawn, and the callback puts it right.
    """
    opened = urlsplit(request.referrer or "")
    view = read_view(signin.reader().scope, address.of(opened.path, opened.query))
    if session.pop("opened", None) != view.description:  # the page that has just been opened was recorded as such
        record("layout", view)
    return view


def _answer_errors(app: Flask) -> None:
    """Errors as a page, or as the error envelope where a script asks."""

    def answer(code: int, heading: str, message: str) -> Any:
        if request.path.startswith(f"{API}/"):
            return problem(code, message)
        if request.path.startswith("/_"):
            return {"error": {"code": str(code), "message": message, "retry": False}}, code
        return render_template("message.html", heading=heading, message=message), code

    @app.errorhandler(NotYours)
    @app.errorhandler(ScopeError)
    def refused(error: Exception) -> Any:
        audit(signin.reader().id, "refused", request.path)
        return answer(403, _("That is not in your view"), str(error))

    @app.errorhandler(NoSuchChoice)
    @app.errorhandler(ExportError)
    def no_choice(error: Exception) -> Any:
        return answer(404, _("There is no such choice"), str(error))

    @app.errorhandler(ReleaseError)
    def missing(_error: ReleaseError) -> Any:
        # What the error says is for operators: it names commands.
        return answer(404, _("There is no such release"), _("Check the address, or start from the first page."))

    @app.errorhandler(DependencyException)  # Dash's word for a script that it does not have
    @app.errorhandler(404)
    def absent(_error: Exception) -> Any:
        return answer(404, _("There is no such page"), _("Check the address, or start from the first page."))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        return answer(error.code or 500, _("That did not work"), _in_words(error))


def _in_words(error: HTTPException) -> str:
    """Our own sentence where we gave one; else one in the reader's language instead of the framework's."""
    if error.description and error.description != type(error).description and not isinstance(error, SecurityError):
        return error.description
    if (error.code or 500) >= 500:
        return _("The fault is here, not with you, and it has been written to the log. Try again in a few minutes.")
    if error.code == 413:
        return _("What was sent is too large.")
    return _("This dashboard does not understand what was asked. Start from the first page.")
