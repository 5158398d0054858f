"""Signing in through a real OpenID Connect provider on loopback, honest and not."""

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
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt

from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import DashboardConfig
from analytics_dash.dashboard.identity_provider import Provider, read_provider
from analytics_dash.releases import audit_entries
from tests.support.dashboard import token
from tests.support.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Claims,
    IdentityProvider,
    identity_provider,
    new_key,
)

PUBLIC = "https://adoption.example.gov.uk"
FILE = """
issuer = "{issuer}"
client_id = "adoption-dashboard"
[claims]
roles = "realm_access.roles"
[roles]
"heads" = "department_head"
"analysts" = "analyst"
"auditors" = "auditor"
[departments]
"MoW" = "Ministry of Weather"
"""


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with identity_provider(f"{PUBLIC}/sign-in/done") as running:
        running.account = {"sub": "7f3a", "realm_access": {"roles": ["staff", "analysts"]}}
        yield running


@pytest.fixture
def app(register: str, provider: IdentityProvider) -> Flask:
    problems: list[str] = []
    settings = read_provider(FILE.format(issuer=provider.issuer), secret=CLIENT_SECRET, problems=problems)
    assert problems == []
    return create_app(DashboardConfig(register, "k" * 40, provider=settings, public_url=PUBLIC, testing=True))


class Browser:
    """A browser on the dashboard, which goes to the provider and back."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str) -> Any:
        return self.client.get(path, base_url=PUBLIC)

    def post(self, path: str, data: dict[str, str]) -> Any:
        return self.client.post(path, base_url=PUBLIC, data=data, headers={"Referer": PUBLIC})

    def sign_in(self, provider: IdentityProvider, target: str = "/method") -> Any:
        start = self.get(f"/sign-in/start?next={target}")
        assert start.status_code == 302, start.text
        return self.get(provider.visit(start.location))


def test_a_reader_signs_in_with_the_role_of_their_account(app: Flask, provider: IdentityProvider) -> None:
    browser = Browser(app)
    assert "/sign-in/start" in browser.get("/sign-in").text
    done = browser.sign_in(provider)
    assert (done.status_code, done.location) == (302, "/method")
    page = browser.get("/method")
    assert (page.status_code, "Analyst" in page.text) == (200, True)
    with app.app_context():
        assert any((e.user, e.action, e.detail) == ("oidc:7f3a", "sign in", "analyst") for e in audit_entries(limit=5))


def test_the_code_is_bound_to_this_browser_by_state_nonce_and_pkce(app: Flask, provider: IdentityProvider) -> None:
    Browser(app).sign_in(provider)
    [asked] = provider.asked
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["state"]
    assert asked["nonce"]
    assert asked["redirect_uri"] == f"{PUBLIC}/sign-in/done"


def test_a_department_head_gets_the_department_by_the_rosters_name(app: Flask, provider: IdentityProvider) -> None:
    provider.account = {"sub": "1", "realm_access": {"roles": ["heads"]}, "department": "MoW"}
    browser = Browser(app)
    browser.sign_in(provider)
    assert "Ministry of Weather" in browser.get("/").text
    assert browser.get("/?department=Office+for+Canals").status_code == 403


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ({"sub": "1"}, "no role"),
        ({"sub": "1", "realm_access": {"roles": ["administrator"]}}, "no role"),
        ({"sub": "1", "realm_access": "analysts"}, "no role"),
        ({"sub": "1", "realm_access": {"roles": ["heads"]}}, "no department"),
        ({"sub": "1", "realm_access": {"roles": ["heads"]}, "department": ["MoW"]}, "no department"),
        ({"sub": "x\n", "realm_access": {"roles": ["analysts"]}}, "no identifier"),
    ],
)
def test_an_account_without_a_role_here_is_told_whom_to_ask(
    app: Flask, provider: IdentityProvider, account: Claims, words: str
) -> None:
    provider.account = account
    browser = Browser(app)
    answer = browser.sign_in(provider)
    assert answer.status_code == 403
    assert words in answer.text
    assert browser.get("/method").status_code == 302


def _unsigned(claims: Claims, _key: Any) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), ""])


def _with_the_public_key_as_secret(claims: Claims, key: Any) -> str:
    """By hand: the library itself would not take a public key for a secret."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": key.kid}, claims)]
    signed = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    mark = hmac.digest(key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"


def _by_a_stranger(claims: Claims, key: Any) -> str:
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, new_key())


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"spoil": lambda claims: claims | {"iss": "https://elsewhere.example"}},
    "another client": {"spoil": lambda claims: claims | {"aud": ["another"]}},
    "another client, authorised party this one": {
        "spoil": lambda claims: claims | {"aud": ["another"], "azp": CLIENT_ID}
    },
    "another nonce": {"spoil": lambda claims: claims | {"nonce": "of another browser"}},
    "no nonce": {"spoil": lambda claims: {name: claims[name] for name in claims if name != "nonce"}},
    "expired": {"spoil": lambda claims: claims | {"exp": int(time.time()) - 61}},
    "of tomorrow": {
        "spoil": lambda claims: claims | {"iat": int(time.time()) + 86_400, "nbf": int(time.time()) + 86_400}
    },
    "no expiry": {"spoil": lambda claims: {name: claims[name] for name in claims if name != "exp"}},
    "no signature": {"sign": _unsigned, "algorithms": ["RS256", "none"]},
    "signed with the public key": {"sign": _with_the_public_key_as_secret, "algorithms": ["RS256", "HS256"]},
    "signed by a stranger": {"sign": _by_a_stranger},
    "no token": {"sign": lambda claims, key: ""},
    "another name in its metadata": {"says_issuer": "https://elsewhere.example"},
}


@pytest.mark.parametrize("lie", LIES)
def test_an_answer_that_is_not_to_be_believed_signs_nobody_in(app: Flask, provider: IdentityProvider, lie: str) -> None:
    for name, value in LIES[lie].items():
        setattr(provider, name, value)
    browser = Browser(app)
    start = browser.get("/sign-in/start")
    answer = browser.get(provider.visit(start.location)) if start.status_code == 302 else start
    assert answer.status_code == 502
    assert browser.get("/method").status_code == 302
    assert "7f3a" not in answer.text


def test_a_clock_that_is_a_little_off_is_allowed_for(app: Flask, provider: IdentityProvider) -> None:
    provider.spoil = lambda claims: claims | {"iat": int(time.time()) + 30, "exp": int(time.time()) - 30}
    assert Browser(app).sign_in(provider).status_code == 302


def test_another_browsers_code_and_a_code_used_twice_sign_nobody_in(app: Flask, provider: IdentityProvider) -> None:
    victim, thief = Browser(app), Browser(app)
    back = provider.visit(victim.get("/sign-in/start").location)
    assert thief.get(back).status_code == 502
    thief.get("/sign-in/start")
    state = parse_qs(urlsplit(thief.get("/sign-in/start").location).query)["state"][0]
    code = parse_qs(urlsplit(back).query)["code"][0]
    assert thief.get(f"/sign-in/done?code={code}&state={state}").status_code == 502
    assert thief.get("/method").status_code == 302
    done = Browser(app)
    back = provider.visit(done.get("/sign-in/start").location)
    assert done.get(back).status_code == 302
    assert done.get(back).status_code == 502


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?error=access_denied&error_description=Mrs+Okafor", "?code=x&state=y"]
)
def test_a_callback_that_nobody_asked_for_is_a_plain_page(app: Flask, query: str) -> None:
    answer = Browser(app).get(f"/sign-in/done{query}")
    assert answer.status_code == 502
    assert "Okafor" not in answer.text.partition("<footer")[0]  # the links to other languages keep the address


def test_new_keys_of_the_provider_are_fetched_when_they_are_needed(app: Flask, provider: IdentityProvider) -> None:
    assert Browser(app).sign_in(provider).status_code == 302
    provider.key = new_key()
    assert Browser(app).sign_in(provider).status_code == 302


def test_a_provider_that_does_not_answer_is_said_plainly(app: Flask, provider: IdentityProvider) -> None:
    provider.down = True
    answer = Browser(app).get("/sign-in/start")
    assert answer.status_code == 502
    assert "Signing in did not work" in answer.text


def test_signing_out_ends_the_session_here_and_offers_to_end_the_providers(
    app: Flask, provider: IdentityProvider
) -> None:
    browser, copy = Browser(app), Browser(app)
    browser.sign_in(provider)
    cookie = browser.client.get_cookie("adoption_session", domain="adoption.example.gov.uk")
    assert cookie is not None
    assert cookie.secure
    copy.client.set_cookie("adoption_session", cookie.value, domain="adoption.example.gov.uk")
    assert copy.get("/method").status_code == 200
    out = browser.post("/sign-out", {"csrf_token": token(browser.get("/method").text)})
    assert "/sign-out/provider" in browser.get(out.location).text
    assert copy.get("/method").status_code == 302
    end = urlsplit(browser.get("/sign-out/provider").location)
    assert f"{end.scheme}://{end.netloc}{end.path}" == f"{provider.issuer}/end"
    assert parse_qs(end.query)["post_logout_redirect_uri"] == [f"{PUBLIC}/sign-in"]


def logout_token(provider: IdentityProvider, key: Any = None, **claims: Any) -> str:
    """What the provider posts to `/sign-out/told` when a session of its has ended."""
    now, event = int(time.time()), "http://schemas.openid.net/event/backchannel-logout"
    usual = {"iss": provider.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 120, "jti": f"{time.time_ns()}"}
    made = usual | {"events": {event: {}}, "sub": "7f3a"} | claims
    head = {"alg": "RS256", "kid": provider.key.kid}
    return jwt.encode(head, {name: made[name] for name in made if made[name] != ""}, key or provider.key)


def tell(app: Flask, text: str) -> int:
    return app.test_client().post("/sign-out/told", base_url=PUBLIC, data={"logout_token": text}).status_code


def test_a_session_that_the_provider_ends_is_over_here_and_no_other(app: Flask, provider: IdentityProvider) -> None:
    office, phone, colleague = Browser(app), Browser(app), Browser(app)
    for browser, sub, sid in ((office, "7f3a", "s-1"), (phone, "7f3a", "s-2"), (colleague, "9c", "s-3")):
        provider.account |= {"sub": sub, "sid": sid}
        assert browser.sign_in(provider).status_code == 302
    assert tell(app, logout_token(provider, sid="s-1")) == 200
    assert [each.get("/method").status_code for each in (office, phone, colleague)] == [302, 200, 200]
    assert tell(app, logout_token(provider)) == 200, "without a session all of the account's end"
    assert [each.get("/method").status_code for each in (office, phone, colleague)] == [302, 302, 200]


def test_a_logout_token_that_is_not_to_be_believed_ends_nothing(app: Flask, provider: IdentityProvider) -> None:
    browser, now = Browser(app), int(time.time())
    browser.sign_in(provider)
    once = logout_token(provider, sub="another")
    assert tell(app, once) == 200
    lies = {
        "twice": once,
        "a stranger": logout_token(provider, new_key()),
        "another issuer": logout_token(provider, iss="https://elsewhere.example"),
        "another client": logout_token(provider, aud="another"),
        "no event": logout_token(provider, events={}),
        "an id token": logout_token(provider, nonce="n"),
        "nobody": logout_token(provider, sub=""),
        "expired": logout_token(provider, exp=now - 61),
        "old": logout_token(provider, iat=now - 600),
        "no id": logout_token(provider, jti=""),
        "no token": "x.y",
        "unsigned": _unsigned({"iss": provider.issuer, "sub": "7f3a"}, None),
    }
    assert {lie: tell(app, text) for lie, text in lies.items()} == dict.fromkeys(lies, 400)
    assert browser.get("/method").status_code == 200


def test_nobody_signs_in_by_the_demonstrations_door(app: Flask) -> None:
    browser = Browser(app)
    page = browser.get("/sign-in").text
    assert "csrf_token" not in page
    assert browser.post("/sign-in", {"reader": "administrator"}).status_code == 404


def test_another_host_name_is_refused(app: Flask) -> None:
    assert app.test_client().get("/sign-in", base_url="https://rebound.example").status_code == 400


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_this_dashboard_and_nowhere_else(
    app: Flask, provider: IdentityProvider, target: str
) -> None:
    assert Browser(app).sign_in(provider, target).location == "/"


def test_an_address_that_tries_again_and_again_has_to_wait(register: str, provider: IdentityProvider) -> None:
    settings = Provider(provider.issuer, CLIENT_ID, {"analysts": "analyst"}, CLIENT_SECRET)
    app = create_app(
        DashboardConfig(register, "k" * 40, provider=settings, public_url=PUBLIC, testing=True, sign_ins_per_minute=2)
    )
    address = hashlib.sha256(provider.issuer.encode()).hexdigest()[:8]
    client = app.test_client()
    answers = [
        client.get("/sign-in/start", base_url=PUBLIC, environ_overrides={"REMOTE_ADDR": address}).status_code
        for _ in range(5)
    ]
    assert 429 in answers


def test_every_fault_of_the_settings_file_is_said_at_once() -> None:
    problems: list[str] = []
    text = (
        'issuer = "http://login.example"\ncolour = 1\nscope = "profile"\n[roles]\na = "emperor"\n[claims]\nname = "x"\n'
    )
    assert read_provider(text, secret="", problems=problems) is None
    everything = "\n".join(problems)
    for words in ("https", "client_id", "colour", "openid", "emperor", "“name”", "ADOPTION_OIDC_CLIENT_SECRET"):
        assert words in everything
    for faulty in ("x = ", 'issuer = 3\nroles = "x"', "[roles]"):
        problems = []
        assert read_provider(faulty, secret="s", problems=problems) is None
        assert problems


def test_the_client_secret_is_not_in_what_is_printed_of_the_settings() -> None:
    assert "geheim" not in repr(Provider("https://a.example", "c", {}, "geheim"))
