"""Open edX's OAuth2 on loopback, as its source has it: `oauth_dispatch` (urls, views, jwt) on django-oauth-toolkit.

It signs in whoever `account` holds without asking, as the platform does for somebody who has a session there and an
application that skips authorisation. `spoil` may change a token's claims before it is signed, and `sign` sign it
otherwise, to be the platform that must not be believed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import requests
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server

from tests.support.identity_provider import usual_key

CLIENT_ID, CLIENT_SECRET = "adoption-dashboard", "a secret of the test"
SHARED_SECRET = "the secret that every service of the platform shares"
AUDIENCE = "openedx"
Claims = dict[str, Any]


@dataclass
class LearningPlatform:
    """The running platform. What a test may turn: the account, its token, its keys."""

    redirect_uri: str
    account: Claims = field(default_factory=lambda: {"sub": "5f3c" * 8, "preferred_username": "mrs.okafor"})
    active: bool = True
    spoil: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Claims, RSAKey], str] | None = None
    names_key: bool = False
    knows_asymmetric: bool = True
    lms: str = ""
    key: RSAKey = field(default_factory=usual_key)
    codes: dict[str, Claims] = field(default_factory=dict)
    asked: list[Claims] = field(default_factory=list)
    tokens: list[Claims] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"{self.lms}/oauth2"

    @property
    def public_keys(self) -> str:
        """JWT_AUTH["JWT_PUBLIC_SIGNING_JWK_SET"], in the platform's few fields."""
        key = self.key.as_dict(private=False)
        return json.dumps({"keys": [{name: key[name] for name in ("kid", "e", "kty", "n")}]})

    def visit(self, location: str) -> str:
        """What a browser with a session here does with the dashboard's redirect: where it is sent back to."""
        answer = requests.get(location, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["Location"])


@contextmanager
def learning_platform(redirect_uri: str) -> Iterator[LearningPlatform]:
    """A platform that listens on loopback until the block ends."""
    platform = LearningPlatform(redirect_uri)
    server = make_server("127.0.0.1", 0, _app(platform), threaded=True)
    platform.lms = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def _app(platform: LearningPlatform) -> Flask:
    app = Flask("learning_platform")

    @app.get("/oauth2/authorize")
    @app.get("/oauth2/authorize/")
    def authorize() -> Any:
        asked = request.args.to_dict()
        platform.asked.append(asked)
        known = asked.get("client_id") == CLIENT_ID and asked.get("redirect_uri") == platform.redirect_uri
        if not known or asked.get("response_type") != "code":
            return "invalid_request", 400
        code = secrets.token_urlsafe(20)
        platform.codes[code] = asked
        return redirect(f"{platform.redirect_uri}?{urlencode({'code': code, 'state': asked.get('state', '')})}")

    @app.post("/oauth2/access_token")
    @app.post("/oauth2/access_token/")
    def access_token() -> Any:
        form = request.form.to_dict()
        platform.tokens.append(form)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return jsonify(error="invalid_client"), 401
        asked = platform.codes.pop(form.get("code", ""), None)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"] or not _proves(form, asked):
            return jsonify(error="invalid_grant"), 400
        answer = {"access_token": secrets.token_urlsafe(20), "expires_in": 36_000, "token_type": "Bearer"}
        answer |= {"scope": asked["scope"], "refresh_token": secrets.token_urlsafe(20)}
        if form.get("token_type", "").lower() == "jwt":
            asymmetric = bool(form.get("asymmetric_jwt")) and platform.knows_asymmetric
            made = _token(platform, asked["scope"].split(), asymmetric=asymmetric)
            answer |= {"access_token": made, "token_type": "JWT", "expires_in": 3_600}
        return jsonify(answer)

    return app


def _proves(form: Claims, asked: Claims) -> bool:
    """PKCE, as django-oauth-toolkit checks it where a challenge was sent."""
    if "code_challenge" not in asked:
        return True
    made = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=") == asked["code_challenge"]


def _token(platform: LearningPlatform, scopes: list[str], *, asymmetric: bool) -> str:
    now = int(time.time())
    claims = platform.spoil(
        {
            "aud": AUDIENCE,
            "exp": now + 3_600,
            "grant_type": "authorization-code",
            "iat": now,
            "iss": platform.issuer,
            "scopes": scopes,
            "version": "1.2.0",
            "filters": ["user:me"],
            "is_restricted": False,
            "email_verified": platform.active,
            **platform.account,
        }
    )
    if platform.sign is not None:
        return platform.sign(claims, platform.key)
    if not asymmetric:
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SHARED_SECRET))
    header = {"alg": "RS512"} | ({"kid": platform.key.kid} if platform.names_key else {})
    signing = RSAKey.import_key(
        {name: value for name, value in platform.key.as_dict(private=True).items() if name != "alg"}
    )
    return jwt.encode(header, claims, signing, algorithms=["RS512"])
