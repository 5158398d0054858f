"""Signing in through the organisation's identity provider: OpenID Connect, authorization code with PKCE (Authlib).

What is believed: an id token from the token endpoint, signed with an asymmetric key of the provider's published set,
of exactly this issuer, for exactly this client, with the nonce of this browser, in time (a minute's clock difference).
Anything else signs nobody in. `identity_provider` says which role that is; `sign_in_routes` does the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import time
from typing import Any, Final

from authlib.integrations.flask_client import OAuth
from flask import Flask
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import KeySet

from analytics_dash.dashboard.errors import Untrusted
from analytics_dash.dashboard.identity_provider import Provider
from analytics_dash.dashboard.sign_in_routes import LEEWAY_SECONDS, TIMEOUT_SECONDS
from analytics_dash.releases.access import Caller, take_turn

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures with a private key of the provider's: never `none`, never one that knowing the public key can make."""

LOGOUT: Final = "http://schemas.openid.net/event/backchannel-logout"
FRESH_SECONDS: Final = 120
"""So old may a token be that ends sessions; within that time each is taken once."""


class OpenIdConnect:
    """Any OpenID Connect provider with discovery."""

    name = "oidc"

    def __init__(self, app: Flask, provider: Provider) -> None:
        """Register the provider with Authlib; nothing is asked of it yet."""
        self.provider = provider
        self.client: Any = OAuth(app).register(
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

    def leave(self, redirect_uri: str) -> ResponseReturnValue:
        """Send the browser to the provider."""
        self._trust()
        answer: ResponseReturnValue = self.client.authorize_redirect(redirect_uri)
        return answer

    def claims(self) -> Mapping[str, Any]:
        """The verified claims of the account whose browser came back with a code."""
        self._trust()
        token = self.client.authorize_access_token(
            claims_options={
                "iss": {"essential": True, "value": self.provider.issuer},
                "aud": {"essential": True, "value": self.provider.client_id},
            },
            leeway=LEEWAY_SECONDS,
        )
        claims = token.get("userinfo")
        if not claims or not claims.get("nonce"):
            raise Untrusted("no id token for this browser")
        return dict(claims)

    def caller(self, claims: Mapping[str, Any]) -> Caller:
        """Who that is here."""
        return self.provider.caller(claims)

    def end_address(self, back: str) -> str | None:
        """Where the provider ends its own session."""
        if not self._trust().get("end_session_endpoint"):
            return None
        address: str = self.client.create_logout_url(back, client_id=self.provider.client_id)["url"]
        return address

    def ended(self, token: str) -> tuple[str, str]:
        """Whom a logout token names (Back-Channel Logout 1.0, section 2.6): fresh, of this issuer, taken once."""
        self._trust()
        keys = KeySet.import_key_set(self.client.fetch_jwk_set())
        decoded = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
        claims = decoded.claims
        needed = {name: {"essential": True} for name in ("iat", "exp", "jti", "events")}
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": self.provider.client_id},
            **needed,  # type: ignore[arg-type]  # each is an option of a claim
        ).validate(claims)
        subject, sid = claims.get("sub", ""), claims.get("sid", "")
        texts = all(isinstance(each, str) for each in (subject, sid, claims["jti"]))
        if not texts or not (subject or sid) or "nonce" in claims or LOGOUT not in claims["events"]:
            raise Untrusted("no logout token")
        if time() - claims["iat"] > FRESH_SECONDS + LEEWAY_SECONDS:
            raise Untrusted("an old logout token")
        if take_turn("logout", claims["jti"], limit=1, seconds=86_400):
            raise Untrusted("a logout token that came before")
        return subject, sid

    def _trust(self) -> dict[str, Any]:
        """The provider's metadata, once it names the issuer that we asked, without signatures that prove nothing."""
        metadata: dict[str, Any] = self.client.load_server_metadata()
        if metadata.get("issuer") != self.provider.issuer:
            self.client.server_metadata.clear()
            raise Untrusted("the metadata names another issuer")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in ALGORITHMS] or [
            "RS256"
        ]
        return metadata
