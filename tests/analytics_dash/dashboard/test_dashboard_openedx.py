"""Signing in with an account of the learning platform, over the wire as the platform speaks; honest and not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask
from joserfc import jwt
from joserfc.jwk import RSAKey

from analytics_dash.cli import cli
from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import DashboardConfig
from analytics_dash.dashboard.identity_provider import read_provider
from analytics_dash.dashboard.openedx import account_of
from analytics_dash.dashboard.openedx_settings import Platform
from analytics_dash.releases import Scope, audit_entries
from analytics_dash.releases.accounts import give_role, take_role
from tests.support.dashboard import token
from tests.support.identity_provider import new_key
from tests.support.learning_platform import CLIENT_SECRET, Claims, LearningPlatform, learning_platform

PUBLIC = "https://adoption.example.gov.uk"
FILE = """
kind = "openedx"
lms = "{0.lms}"
client_id = "adoption-dashboard"
issuer = "{0.issuer}"
audience = "openedx"
public_keys = '{0.public_keys}'
"""


@pytest.fixture
def platform() -> Iterator[LearningPlatform]:
    with learning_platform(f"{PUBLIC}/sign-in/done") as running:
        yield running


@pytest.fixture
def settings(platform: LearningPlatform) -> Platform:
    problems: list[str] = []
    found = read_provider(FILE.format(platform), secret=CLIENT_SECRET, problems=problems)
    assert problems == []
    assert isinstance(found, Platform)
    return found


@pytest.fixture
def account(settings: Platform, platform: LearningPlatform) -> str:
    return account_of(settings, platform.account["sub"])


@pytest.fixture
def app(register: str, settings: Platform, account: str) -> Flask:
    app = create_app(DashboardConfig(register, "k" * 40, provider=settings, public_url=PUBLIC, testing=True))
    with app.app_context():
        give_role(account, Scope("analyst"))
    return app


class Browser:
    """A browser on the dashboard, which goes to the platform and back."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str) -> Any:
        return self.client.get(path, base_url=PUBLIC)

    def sign_in(self, platform: LearningPlatform) -> Any:
        start = self.get("/sign-in/start?next=/method")
        assert start.status_code == 302, start.text
        return self.get(platform.visit(start.location))


def test_a_reader_signs_in_with_the_role_that_the_register_gives_the_account(
    app: Flask, platform: LearningPlatform, account: str
) -> None:
    browser = Browser(app)
    done = browser.sign_in(platform)
    assert (done.status_code, done.location) == (302, "/method")
    assert "Analyst" in browser.get("/method").text
    with app.app_context():
        lines = [(entry.user, entry.action, entry.detail) for entry in audit_entries(limit=9)]
    assert (account, "sign in", "analyst") in lines
    assert not any(secret in str(lines) for secret in (platform.account["sub"], "okafor"))
    [asked], [form] = platform.asked, platform.tokens
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
    assert asked["state"]
    assert asked["scope"] == "read", "no scope that puts a name or an address into the token"
    assert (form["token_type"], form["asymmetric_jwt"]) == ("jwt", "true")


def test_a_key_that_the_token_names_is_the_one_that_is_used(app: Flask, platform: LearningPlatform) -> None:
    platform.names_key = True
    assert Browser(app).sign_in(platform).status_code == 302


def test_who_has_no_role_is_told_the_id_to_get_one_by_and_gets_in_with_it(
    app: Flask, platform: LearningPlatform, account: str, register: str
) -> None:
    with app.app_context():
        take_role(account)
    browser, run = Browser(app), CliRunner()
    refused = browser.sign_in(platform)
    assert (refused.status_code, account in refused.text) == (403, True)
    assert browser.get("/method").status_code == 302
    given = ["reader", "set", account, "--role", "department_head", "--scope", "Ministry of Weather"]
    assert run.invoke(cli, [*given, "--register", register]).exit_code == 0
    assert account in run.invoke(cli, ["reader", "list", "--register", register]).output
    browser.sign_in(platform)
    assert browser.get("/?department=Office+for+Canals").status_code == 403
    assert browser.get("/").status_code == 200
    assert run.invoke(cli, ["reader", "remove", account, "--register", register]).exit_code == 0
    assert browser.get("/").status_code == 302, "the session has ended with the role"


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _unsigned(claims: Claims, _key: Any) -> str:
    return ".".join([_b64(json.dumps({"alg": "none", "typ": "JWT"}).encode()), _b64(json.dumps(claims).encode()), ""])


def _with_the_public_key_as_secret(claims: Claims, key: Any) -> str:
    """By hand: the library itself would not take a public key for a secret."""
    signed = f"{_b64(json.dumps({'alg': 'HS512'}).encode())}.{_b64(json.dumps(claims).encode())}"
    return f"{signed}.{_b64(hmac.digest(key.as_pem(private=False), signed.encode(), 'sha512'))}"


def _by_a_stranger(claims: Claims, _key: Any) -> str:
    stranger = {name: value for name, value in new_key().as_dict(private=True).items() if name != "alg"}
    return jwt.encode({"alg": "RS512"}, claims, RSAKey.import_key(stranger), algorithms=["RS512"])


def _changed_afterwards(claims: Claims, key: Any) -> str:
    plain = {name: value for name, value in key.as_dict(private=True).items() if name != "alg"}
    head, _body, mark = jwt.encode({"alg": "RS512"}, claims, RSAKey.import_key(plain), algorithms=["RS512"]).split(".")
    return f"{head}.{_b64(json.dumps(claims | {'sub': 'another'}).encode())}.{mark}"


def _without(name: str) -> Any:
    return lambda claims: {each: claims[each] for each in claims if each != name}


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"spoil": lambda claims: claims | {"iss": "https://elsewhere.example/oauth2"}},
    "no issuer": {"spoil": _without("iss")},
    "another audience": {"spoil": lambda claims: claims | {"aud": "another"}},
    "no audience": {"spoil": _without("aud")},
    "expired": {"spoil": lambda claims: claims | {"exp": int(time.time()) - 61}},
    "no expiry": {"spoil": _without("exp")},
    "of tomorrow": {"spoil": lambda claims: claims | {"iat": int(time.time()) + 86_400}},
    "nobody": {"spoil": _without("sub")},
    "of another grant": {"spoil": lambda claims: claims | {"grant_type": "client-credentials"}},
    "no signature": {"sign": _unsigned},
    "signed with the public key": {"sign": _with_the_public_key_as_secret},
    "signed by a stranger": {"sign": _by_a_stranger},
    "changed afterwards": {"sign": _changed_afterwards},
    "signed with the shared secret": {"knows_asymmetric": False},
    "an account that is not activated": {"active": False},
    "no token": {"sign": lambda claims, key: ""},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_to_be_believed_signs_nobody_in(app: Flask, platform: LearningPlatform, lie: str) -> None:
    for name, value in LIES[lie].items():
        setattr(platform, name, value)
    browser = Browser(app)
    answer = browser.sign_in(platform)
    assert answer.status_code == 502
    assert browser.get("/method").status_code == 302
    assert platform.account["sub"] not in answer.text


def test_another_browsers_code_a_replayed_state_and_a_code_used_twice_sign_nobody_in(
    app: Flask, platform: LearningPlatform
) -> None:
    victim, thief = Browser(app), Browser(app)
    back = platform.visit(victim.get("/sign-in/start").location)
    assert thief.get(back).status_code == 502, "the state is another browser's"
    state = parse_qs(urlsplit(thief.get("/sign-in/start").location).query)["state"][0]
    code = parse_qs(urlsplit(back).query)["code"][0]
    assert thief.get(f"/sign-in/done?code={code}&state={state}").status_code == 502, "the verifier is another browser's"
    assert thief.get("/method").status_code == 302
    back = platform.visit(victim.get("/sign-in/start").location)
    assert victim.get(back).status_code == 302
    assert victim.get(back).status_code == 502, "a state is good once"


def test_signing_out_leads_on_to_the_platforms_own(app: Flask, platform: LearningPlatform) -> None:
    browser = Browser(app)
    browser.sign_in(platform)
    form = {"csrf_token": token(browser.get("/method").text)}
    browser.client.post("/sign-out", base_url=PUBLIC, data=form, headers={"Referer": PUBLIC})
    assert browser.get("/method").status_code == 302
    assert browser.get("/sign-out/provider").location == f"{platform.lms}/logout"
    assert browser.client.post("/sign-out/told", base_url=PUBLIC, data={"logout_token": "x"}).status_code == 400


def test_every_fault_of_the_settings_file_is_said_at_once() -> None:
    problems: list[str] = []
    text = 'kind = "openedx"\nlms = "http://learning.example"\ncolour = 1\npublic_keys = "x"\n'
    assert read_provider(text, secret="", problems=problems) is None
    said = "\n".join(problems)
    for words in ("https", "client_id", "issuer", "audience", "colour", "JWK set", "ADOPTION_OIDC_CLIENT_SECRET"):
        assert words in said
    problems.clear()
    assert read_provider('kind = "saml"', secret="s", problems=problems) is None
    assert "saml" in problems[0]


def test_a_private_key_or_a_shared_secret_is_no_public_key(settings: Platform) -> None:
    private = json.dumps({"keys": [new_key().as_dict(private=True)]})
    shared = json.dumps({"keys": [{"kty": "oct", "k": _b64(hashlib.sha256(b"s").digest())}]})
    for keys, word in ((private, "private"), (shared, "no RSA key"), ('{"keys": []}', "no JWK set")):
        problems: list[str] = []
        platform = LearningPlatform("")
        text = (
            FILE.format(platform).replace(platform.public_keys, keys).replace('lms = ""', 'lms = "https://a.example"')
        )
        assert read_provider(text, secret="s", problems=problems) is None
        assert word in "\n".join(problems)
    assert "geheim" not in repr(Platform("https://a.example", "i", "a", "c", settings.keys, "geheim"))
