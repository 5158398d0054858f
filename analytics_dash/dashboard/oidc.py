"""Signing in through the organisation's identity provider: OpenID Connect, authorization code with PKCE (Authlib).

What is believed: an id token from the token endpoint, signed with an asymmetric key of the provider's published set,
of exactly this issuer, for exactly this client, with the nonce of this browser, in time (a minute's clock difference).
Anything else signs nobody in. `identity_provider` says which role that is; `signin.begin_session` does the rest.
"""

from __future__ import annotations

import logging
from typing import Any, Final

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, abort, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError

from analytics_dash.dashboard import signin
from analytics_dash.dashboard.identity_provider import NoRole, Provider
from analytics_dash.i18n import _
from analytics_dash.releases import audit

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures with a private key of the provider's: never `none`, never one that knowing the public key can make."""

LEEWAY_SECONDS: Final = 60
TIMEOUT_SECONDS: Final = 10

_log = logging.getLogger(__name__)


class Untrusted(Exception):  # noqa: N818 - reads as what it is
    """The provider's answer is not to be believed, or there is none."""


def init_oidc(app: Flask, provider: Provider, public_url: str) -> None:
    """Add the routes of signing in through `provider`; `public_url` is the dashboard's address for browsers."""
    bp = Blueprint("oidc", __name__)
    client = _client(app, provider)
    redirect_uri = f"{public_url.rstrip('/')}/sign-in/done"

    @bp.get("/sign-in/start")
    def start() -> ResponseReturnValue:
        """Send the browser to the provider."""
        signin.slow_down()
        target = signin.safe_target(request.args.get("next"))
        try:
            _trust(client, provider)
            answer: ResponseReturnValue = client.authorize_redirect(redirect_uri)
        except (Untrusted, requests.RequestException, OAuthError, ValueError) as error:
            return _failed(error)
        session["next"] = target
        return answer

    @bp.get("/sign-in/done")
    def done() -> ResponseReturnValue:
        """The browser comes back: check everything, and begin a session."""
        signin.slow_down()
        target = signin.safe_target(session.pop("next", "/"))
        try:
            claims = _claims(client, provider)
        except (Untrusted, OAuthError, JoseError, requests.RequestException, ValueError, KeyError) as error:
            return _failed(error)
        try:
            caller = provider.caller(claims)
        except NoRole as error:
            audit("oidc", "refused sign in", "no role")
            return render_template("message.html", heading=_("You cannot sign in here"), message=str(error)), 403
        signin.begin_session(caller)
        return redirect(target)

    @bp.get("/sign-out/provider")
    def sign_out() -> ResponseReturnValue:
        """On from our own sign-out: end the provider's session too, where it has an address for that."""
        try:
            end = _trust(client, provider).get("end_session_endpoint")
        except (Untrusted, requests.RequestException, ValueError) as error:
            return _failed(error)
        if not end:
            abort(404)
        address: str = client.create_logout_url(f"{public_url.rstrip('/')}/sign-in", client_id=provider.client_id)[
            "url"
        ]
        return redirect(address)

    app.register_blueprint(bp)


def _client(app: Flask, provider: Provider) -> Any:
    oauth = OAuth(app)
    return oauth.register(
        "provider",
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        client_kwargs={
            "scope": provider.scope,
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
        },
    )


def _trust(client: Any, provider: Provider) -> dict[str, Any]:
    """The provider's metadata, once it names the issuer that we asked, without the signatures that prove nothing."""
    metadata: dict[str, Any] = client.load_server_metadata()
    if metadata.get("issuer") != provider.issuer:
        client.server_metadata.clear()
        raise Untrusted("the metadata names another issuer")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in ALGORITHMS] or ["RS256"]
    return metadata


def _claims(client: Any, provider: Provider) -> dict[str, Any]:
    """The verified claims of the account whose browser came back with a code."""
    _trust(client, provider)
    token = client.authorize_access_token(
        claims_options={
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
        },
        leeway=LEEWAY_SECONDS,
    )
    claims = token.get("userinfo")
    if not claims or not claims.get("nonce"):
        raise Untrusted("no id token for this browser")
    return dict(claims)


def _failed(error: Exception) -> ResponseReturnValue:
    # The error's text may quote what the provider sent; its kind is enough for the log.
    _log.warning("sign-in failed: %s", type(error).__name__)
    audit("oidc", "failed sign in", type(error).__name__)
    message = _(
        "The identity provider did not confirm who you are. Start again; if it keeps happening, tell those who run "
        "this dashboard."
    )
    return render_template("message.html", heading=_("Signing in did not work"), message=message), 502
