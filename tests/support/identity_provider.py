"""A real OpenID Connect provider on loopback, on Authlib's server side: discovery, keys, code with PKCE, id tokens.

It signs in whoever `account` holds without asking, as a provider does for somebody who has a session there. `spoil` may
change an id token's claims before it is signed, and `sign` sign it otherwise, to be the provider that must not be
believed.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "adoption-dashboard", "a secret of the test"
Claims = dict[str, Any]


class Client(ClientMixin):
    """The one client that is registered."""

    def __init__(self, redirect_uri: str) -> None:
        self.redirect_uri = redirect_uri
        self.client_id = CLIENT_ID

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret, CLIENT_SECRET)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"}, private=True)


@dataclass
class Code:
    """An authorization code, good for one use."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class IdentityProvider:
    """The running provider. What a test may turn: the account, its id token, its keys, its own name."""

    redirect_uri: str
    account: Claims = field(default_factory=lambda: {"sub": "a-person", "roles": ["analysts"]})
    spoil: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Claims, RSAKey], str] | None = None
    key: RSAKey = field(default_factory=new_key)
    algorithms: list[str] = field(default_factory=lambda: ["RS256"])
    issuer: str = ""
    says_issuer: str = ""
    codes: dict[str, Code] = field(default_factory=dict)
    asked: list[Claims] = field(default_factory=list)
    down: bool = False

    def visit(self, location: str) -> str:
        """What a browser with a session here does with the dashboard's redirect: where it is sent back to."""
        answer = requests.get(location, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["Location"])


@contextmanager
def identity_provider(redirect_uri: str) -> Iterator[IdentityProvider]:
    """A provider that listens on loopback until the block ends."""
    provider = IdentityProvider(redirect_uri)
    server = make_server("127.0.0.1", 0, _app(provider), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def _app(provider: IdentityProvider) -> Flask:
    app = Flask("identity_provider")
    client = Client(provider.redirect_uri)
    server = AuthorizationServer(
        app, query_client=lambda name: client if name == CLIENT_ID else None, save_token=lambda token, request: None
    )

    class CodeGrant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

        def save_authorization_code(self, code: str, request: Any) -> None:
            data = request.payload.data
            provider.codes[code] = Code(
                code,
                request.payload.redirect_uri,
                request.payload.scope,
                data.get("nonce"),
                data.get("code_challenge"),
                data.get("code_challenge_method"),
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> Claims:
            return provider.account

    class IdToken(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in provider.codes.values())

        def get_client_claims(self, client: Client) -> Claims:
            now = int(time.time())
            return {"iss": provider.issuer, "aud": [CLIENT_ID], "iat": now, "exp": now + 300}

        def generate_user_info(self, user: Claims, scope: str) -> UserInfo:
            return UserInfo(user)

        def encode_id_token(self, token: Any, request: Any) -> str:
            claims = {
                **self.get_client_claims(request.client),
                **self.get_authorization_code_claims(request.authorization_code),
                **provider.account,
            }
            claims = provider.spoil(claims)
            if provider.sign is not None:
                return provider.sign(claims, provider.key)
            return jwt.encode({"alg": "RS256", "kid": provider.key.kid}, claims, provider.key)

    server.register_grant(CodeGrant, [IdToken(require_nonce=True), CodeChallenge(required=True)])

    @app.before_request
    def is_it_down() -> Any:
        return ("", 503) if provider.down else None

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Any:
        return jsonify(
            issuer=provider.says_issuer or provider.issuer,
            authorization_endpoint=f"{provider.issuer}/authorize",
            token_endpoint=f"{provider.issuer}/token",
            jwks_uri=f"{provider.issuer}/keys",
            end_session_endpoint=f"{provider.issuer}/end",
            response_types_supported=["code"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=provider.algorithms,
            code_challenge_methods_supported=["S256"],
        )

    @app.get("/keys")
    def keys() -> Any:
        return jsonify(keys=[provider.key.as_dict(private=False)])

    @app.get("/authorize")
    def authorize() -> Any:
        provider.asked.append(request.args.to_dict())
        grant = server.get_consent_grant(end_user=provider.account)
        return server.create_authorization_response(grant_user=provider.account, grant=grant)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    return app
