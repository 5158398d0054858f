"""The three routes of signing in through an identity provider, whichever kind it is: out, back, and its sign-out.

A `Way` knows the provider: `oidc` is any OpenID Connect provider, `openedx` the learning platform. Here every answer
that is not to be believed becomes the same plain page, and a believed one a session (`signin.begin_session`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final, Protocol

import requests
from authlib.integrations.base_client.errors import OAuthError
from flask import Blueprint, Flask, abort, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError

from analytics_dash.dashboard import signin
from analytics_dash.dashboard.errors import NoRole, Untrusted
from analytics_dash.i18n import _
from analytics_dash.releases import audit
from analytics_dash.releases.access import Caller, close_provider_sessions

TIMEOUT_SECONDS: Final = 10
LEEWAY_SECONDS: Final = 60
"""So far may the provider's clock be off."""

_BAD: Final = (Untrusted, OAuthError, JoseError, requests.RequestException, ValueError, KeyError)

_log = logging.getLogger(__name__)


class Way(Protocol):
    """How one kind of provider is asked. What it raises is one of `_BAD`, or `NoRole`."""

    name: str
    """What the audit calls it."""

    def leave(self, redirect_uri: str) -> ResponseReturnValue:
        """Send the browser to the provider."""

    def claims(self) -> Mapping[str, Any]:
        """The verified claims of the account whose browser has come back with a code."""

    def caller(self, claims: Mapping[str, Any]) -> Caller:
        """Who that is here. Raises `NoRole`."""

    def end_address(self, back: str) -> str | None:
        """Where the provider's own session is ended, and then leads `back`; None where it has no such address."""

    def ended(self, token: str) -> tuple[str, str]:
        """The verified subject and session that a provider says have ended, either of them empty."""


def init_provider(app: Flask, way: Way, public_url: str) -> None:
    """Add the routes of signing in by `way`; `public_url` is the dashboard's address for browsers."""
    bp = Blueprint("provider", __name__)
    home = public_url.rstrip("/")

    @bp.get("/sign-in/start")
    def start() -> ResponseReturnValue:
        """Send the browser to the provider."""
        signin.slow_down()
        target = signin.safe_target(request.args.get("next"))
        try:
            answer = way.leave(f"{home}/sign-in/done")
        except _BAD as error:
            return _failed(way, error)
        session["next"] = target
        return answer

    @bp.get("/sign-in/done")
    def done() -> ResponseReturnValue:
        """The browser comes back: check everything, and begin a session."""
        signin.slow_down()
        target = signin.safe_target(session.pop("next", "/"))
        try:
            claims = way.claims()
        except _BAD as error:
            return _failed(way, error)
        try:
            caller = way.caller(claims)
        except NoRole as error:
            audit(way.name, "refused sign in", "no role")
            return render_template("message.html", heading=_("You cannot sign in here"), message=str(error)), 403
        signin.begin_session(caller)
        return redirect(target)

    @bp.get("/sign-out/provider")
    def sign_out() -> ResponseReturnValue:
        """On from our own sign-out: end the provider's session too, where it has an address for that."""
        try:
            address = way.end_address(f"{home}/sign-in")
        except _BAD as error:
            return _failed(way, error)
        return redirect(address) if address else abort(404)

    @bp.post("/sign-out/told")
    def told() -> ResponseReturnValue:
        """The provider itself says that a session, or all of an account, has ended (back-channel logout)."""
        try:
            subject, sid = way.ended(request.form["logout_token"])
        except _BAD as error:
            signin.slow_down()
            _log.warning("back-channel logout refused: %s", type(error).__name__)
            return {"error": "invalid_request"}, 400
        count = close_provider_sessions(subject=subject, sid=sid)
        audit(way.name, "sessions ended", f"by the provider, {count}")
        return "", 200

    app.register_blueprint(bp)


def _failed(way: Way, error: Exception) -> ResponseReturnValue:
    # The error's text may quote what the provider sent; its kind is enough for the log.
    _log.warning("sign-in failed: %s", type(error).__name__)
    audit(way.name, "failed sign in", type(error).__name__)
    message = _(
        "The identity provider did not confirm who you are. Start again; if it keeps happening, tell those who run "
        "this dashboard."
    )
    return render_template("message.html", heading=_("Signing in did not work"), message=message), 502
