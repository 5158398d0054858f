"""Signing in with the learning platform's account: Open edX's OAuth2, authorization code with PKCE and state.

The platform is no OpenID Connect provider: no discovery, no id token, no nonce, and its public keys have no address
(`openedx/core/djangoapps/oauth_dispatch/urls.py`). Asked with `token_type=jwt` and `asymmetric_jwt`, its token
endpoint answers with a JWT signed with its private key (`views.py`, `jwt.py` there); without the second word it would
sign with a secret that every service shares. What is believed: such a JWT, straight from the token endpoint for this
browser's code, signed by a key of the settings file, of this issuer and audience, in time, of an activated account. The
platform knows no roles of ours: those are kept in the register (`releases.accounts`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from authlib.integrations.flask_client import OAuth
from flask import Flask
from flask.typing import ResponseReturnValue
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError

from analytics_dash.dashboard.errors import NoRole, Untrusted
from analytics_dash.dashboard.openedx_settings import Platform
from analytics_dash.dashboard.sign_in_routes import LEEWAY_SECONDS, TIMEOUT_SECONDS
from analytics_dash.i18n import _
from analytics_dash.releases.access import Caller
from analytics_dash.releases.accounts import scope_of

ALGORITHMS: Final = ("RS256", "RS384", "RS512")
"""JWT_SIGNING_ALGORITHM is RS512 unless an operator changed it; never what a public key or a shared secret can make."""

SCOPE: Final = "read"
"""The least that every application may ask for: with it the token names neither name nor e-mail address."""


class OpenEdx:
    """The learning platform as identity provider."""

    name = "openedx"

    def __init__(self, app: Flask, platform: Platform) -> None:
        """Register the platform with Authlib; nothing is asked of it yet."""
        self.platform = platform
        self.client: Any = OAuth(app).register(
            "platform",
            authorize_url=f"{platform.lms}/oauth2/authorize",
            access_token_url=f"{platform.lms}/oauth2/access_token",
            client_id=platform.client_id,
            client_secret=platform.client_secret,
            client_kwargs={
                "scope": SCOPE,
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_post",
                "default_timeout": TIMEOUT_SECONDS,
            },
        )

    def leave(self, redirect_uri: str) -> ResponseReturnValue:
        """Send the browser to the platform."""
        answer: ResponseReturnValue = self.client.authorize_redirect(redirect_uri)
        return answer

    def claims(self) -> Mapping[str, Any]:
        """The verified claims of the account whose browser came back with a code."""
        token = self.client.authorize_access_token(token_type="jwt", asymmetric_jwt="true")  # noqa: S106 - a kind
        return believed(str(token.get("access_token", "")), self.platform)

    def caller(self, claims: Mapping[str, Any]) -> Caller:
        """Who that is here, by the register. Who is not in it is told the id by which they can be put there."""
        account = account_of(self.platform, str(claims["sub"]))
        scope = scope_of(account)
        if scope is None:
            raise NoRole(
                _(
                    "Your account has no role on this dashboard. Ask those who run it in your organisation for one, "
                    "and tell them your account's id here: {id}"
                ).format(id=account)
            )
        return Caller(account, scope)

    def end_address(self, back: str) -> str | None:  # noqa: ARG002 - it leads to its own page
        """Where the platform ends its own session."""
        return f"{self.platform.lms}/logout"

    def ended(self, token: str) -> tuple[str, str]:  # noqa: ARG002 - it has no such messages
        """The platform never says that a session has ended."""
        raise Untrusted("the platform sends no logout tokens")


def account_of(platform: Platform, subject: str) -> str:
    """An account's id here. The platform's own would be the one under which the person learns: an audit has no need."""
    named = "\n".join((platform.issuer, subject))
    return f"openedx:{hashlib.sha256(named.encode()).hexdigest()[:24]}"


def believed(token: str, platform: Platform) -> dict[str, Any]:
    """The claims of a token that is to be believed. Raises `Untrusted` and `JoseError`."""
    claims = _signed(token, platform)
    jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": platform.issuer},
        aud={"essential": True, "value": platform.audience},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    ).validate(claims)
    if not isinstance(claims["sub"], str):
        raise Untrusted("no account")
    if claims.get("email_verified") is not True:  # the platform says so of an account that was activated
        raise Untrusted("an account that is not activated")
    if claims.get("grant_type", "authorization-code") != "authorization-code":
        raise Untrusted("a token of another grant")
    return claims


def _signed(token: str, platform: Platform) -> dict[str, Any]:
    """The claims, if any of the platform's keys has signed them: its tokens need not say by which (`kid`)."""
    named = jws.extract_compact(token.encode()).headers().get("kid")
    for key in platform.keys.keys:
        if named and key.kid and named != key.kid:
            continue
        try:
            return dict(jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims)
        except BadSignatureError:
            continue
    raise Untrusted("signed by nobody whom the settings name")
