"""Claims about one check: what it reads from a real Admin API over HTTP and TLS, and what it then says."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import ssl
from pathlib import Path
from typing import Any

import pytest

from tests.support.gateway import environment
from tests.support.provider import ADMIN_KEY, PROJECT, Answer, Provider, make_authority, provider_settings
from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.posture import subject
from xblock_ai_tutor.gateway.residency.attestation import failing, is_genuine, public_key, signing_key
from xblock_ai_tutor.gateway.residency.check import attest
from xblock_ai_tutor.gateway.residency.overrides import overrides

NOW = dt.datetime.now(dt.UTC)


def settings(folder: Path, base_url: str, **changes: str) -> Settings:
    return Settings.read(environment(folder, base_url, **changes))


def checked(folder: Path, provider: Provider, environ: dict[str, str] | None = None, **changes: str) -> dict[str, Any]:
    found = settings(folder, provider.base_url, **provider_settings(folder, provider, **changes))
    return attest(found, environ=environ or {}, now=NOW)


def outcomes(found: dict[str, Any]) -> dict[str, str]:
    return {check["name"]: check["outcome"] for check in found["checks"]}


@pytest.fixture
def provider() -> Any:
    with Provider() as running:
        yield running


def test_a_uk_project_with_zero_retention_is_attested_with_its_sources(tmp_path: Path, provider: Provider) -> None:
    found = checked(tmp_path, provider)
    assert (found["outcome"], found["ok"], failing(found)) == ("passed", True, [])
    assert [(fact["name"], fact["found"], fact["evidence"]) for fact in found["facts"]] == [
        ("stored in", "GB", "admin-api"),
        ("processed in", "anywhere", "admin-api"),
        ("usage metadata in", "US, outside residency", "published"),
    ]
    assert (found["retention"]["found"], found["retention"]["evidence"]) == ("zero_data_retention", "admin-api")
    assert found["project"] == PROJECT
    assert dt.datetime.fromisoformat(found["valid_until"]) - dt.datetime.fromisoformat(found["at"]) == dt.timedelta(
        hours=48
    )
    assert set(found["software"]) == {"xblock-ai-tutor", "openai", "httpx2", "certifi", "python", "openssl"}


def test_the_admin_key_reads_three_addresses_and_goes_nowhere_else(tmp_path: Path, provider: Provider) -> None:
    found = checked(tmp_path, provider)
    assert [(method, path) for method, path, _ in provider.received] == [
        ("GET", f"/v1/organization/projects/{PROJECT}"),
        ("GET", f"/v1/organization/projects/{PROJECT}/data_retention"),
        ("GET", "/v1/organization/data_retention"),
    ]
    for _method, _path, headers in provider.received:
        assert headers["authorization"] == f"Bearer {ADMIN_KEY}"
        assert "openai-project" not in headers
        assert "sk-test" not in str(headers)
    assert ADMIN_KEY not in json.dumps(found)
    assert "sk-test" not in json.dumps(found)


@pytest.mark.parametrize(
    ("residency", "found_in", "reason"),
    [
        ("GLOBAL", "anywhere", "may be stored in any country"),
        ("EU_STORAGE_PROCESSING", "EEA", "stored in EEA"),
        ("JP_STORAGE", "JP", "stored in JP"),
        ("SOMETHING_NEW", "unknown", "not known"),
        (None, "unknown", "not known"),
    ],
)
def test_a_project_of_another_residency_fails_and_the_fact_is_named(
    tmp_path: Path, provider: Provider, residency: str | None, found_in: str, reason: str
) -> None:
    provider.residency = residency
    found = checked(tmp_path, provider)
    assert found["outcome"] == "failed"
    assert found["facts"][0]["found"] == found_in
    assert reason in found["facts"][0]["reason"]
    assert failing(found)[0].startswith("stored in: ")
    assert outcomes(found)["project and host agree"] == "failed"


@pytest.mark.parametrize(
    ("said", "effective", "ok"),
    [
        (("organization_default", "zero_data_retention"), "zero_data_retention", True),
        (("organization_default", "modified_abuse_monitoring"), "modified_abuse_monitoring", True),
        (("zero_data_retention", "modified_abuse_monitoring"), "zero_data_retention", True),
        (("none", "zero_data_retention"), "none", False),
        (("organization_default", "enhanced_zero_data_retention"), "enhanced_zero_data_retention", False),
    ],
)
def test_the_retention_that_holds_is_the_projects_own_or_else_the_organisations(
    tmp_path: Path, provider: Provider, said: tuple[str, str], effective: str, ok: bool
) -> None:
    provider.project_retention, provider.organisation_retention = said
    found = checked(tmp_path, provider)
    assert (found["retention"]["found"], found["ok"]) == (effective, ok)
    assert ok or failing(found) == [f"retention: {found['retention']['reason']}"]


@pytest.mark.parametrize(
    ("answer", "outcome", "says"),
    [
        (Answer(401), "failed", "401"),
        (Answer(403), "failed", "nothing more"),
        (Answer(404), "failed", "TUTOR_MODEL_PROJECT"),
        (Answer(400), "failed", "400"),
        (Answer(200, b"<html>", {"Content-Type": "text/html"}), "failed", "not a record"),
        (Answer(200, b"{"), "failed", "not a record"),
        (Answer(200, b"[]"), "failed", "not a record"),
        (Answer(200, b'{"object": "organization.project", "id": "proj_other"}'), "failed", "not a record"),
        (Answer(200, b'{"object": "list", "id": "proj_test", "residency": "GB_STORAGE"}'), "failed", "not a record"),
        (Answer(429, headers={"Retry-After": "60"}), "unreadable", "429"),
        (Answer(500), "unreadable", "500"),
        (Answer(200, b"{}", pause_s=0.6), "unreadable", "in time"),
    ],
)
def test_what_the_admin_api_does_not_say_is_not_proven(
    tmp_path: Path, provider: Provider, answer: Answer, outcome: str, says: str
) -> None:
    provider.answer = answer
    found = checked(tmp_path, provider, read_seconds="0.3")
    assert (found["outcome"], found["ok"]) == (outcome, False)
    assert found["facts"][0]["found"] == "not proven"
    assert found["retention"]["found"] == "not proven"
    assert says in " ".join(failing(found))


def test_an_admin_api_that_is_not_there_is_asked_again_later(tmp_path: Path) -> None:
    with Provider() as gone:
        pass
    assert checked(tmp_path, gone)["outcome"] == "unreadable"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_of_the_admin_api_is_not_followed(tmp_path: Path, provider: Provider, status: int) -> None:
    with Provider() as elsewhere:
        provider.answer = Answer(status, headers={"Location": f"{elsewhere.base_url}/organization/projects/{PROJECT}"})
        found = checked(tmp_path, provider)
        assert elsewhere.received == []
    assert found["outcome"] == "failed"
    assert "redirect" in " ".join(failing(found))


def test_an_archived_project_fails(tmp_path: Path, provider: Provider) -> None:
    provider.status = "archived"
    assert outcomes(checked(tmp_path, provider))["project is active"] == "failed"


def test_without_an_admin_key_nothing_is_asked_and_nothing_is_proven(tmp_path: Path, provider: Provider) -> None:
    found = checked(tmp_path, provider, admin_api_key="")
    assert found["outcome"] == "failed"
    assert found["facts"][0]["found"] == "not proven"
    assert "TUTOR_ADMIN_API_KEY" in " ".join(failing(found))
    assert provider.received == []


def test_the_address_can_be_accepted_as_evidence_and_is_said_to_be_no_more(tmp_path: Path, provider: Provider) -> None:
    found = checked(tmp_path, provider, admin_api_key="", residency_evidence="address")
    assert (found["ok"], found["evidence"]) == (True, "address")
    assert [fact["evidence"] for fact in found["facts"]] == ["address", "published", "published"]
    assert found["retention"]["found"] == "not proven"
    assert provider.received == []


def test_an_admin_key_is_used_even_where_the_address_would_be_accepted(tmp_path: Path, provider: Provider) -> None:
    provider.residency = "GLOBAL"
    assert checked(tmp_path, provider, residency_evidence="address")["outcome"] == "failed"


def test_the_models_key_is_never_an_admin_key(tmp_path: Path, provider: Provider) -> None:
    found = checked(tmp_path, provider, model_api_key=ADMIN_KEY)
    assert "must not travel" in " ".join(failing(found))
    assert provider.received == []


def test_a_project_must_be_named(tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    found = checked(tmp_path, provider, model_project="")
    assert "TUTOR_MODEL_PROJECT" in " ".join(failing(found))


def test_regional_processing_can_be_proven_where_the_record_says_so(tmp_path: Path, provider: Provider) -> None:
    changes = provider_settings(tmp_path, provider, residency_policy="eu-at-rest-and-processing")
    path = Path(changes["residency_file"])
    path.write_text(path.read_text().replace('"GB"', '"EEA"').replace("GB_STORAGE", "EU_STORAGE_PROCESSING"))
    provider.residency = "EU_STORAGE_PROCESSING"
    found = attest(settings(tmp_path, provider.base_url, **changes), environ={}, now=NOW)
    assert found["ok"], failing(found)
    assert [fact["found"] for fact in found["facts"]][:2] == ["EEA", "EEA"]


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"OPENAI_BASE_URL": "https://elsewhere.example/v1"}, "OPENAI_BASE_URL"),
        ({"HTTPS_PROXY": "http://proxy.example:3128"}, "HTTPS_PROXY"),
        ({"all_proxy": "socks5://proxy.example"}, "all_proxy"),
        ({"OPENAI_ORG_ID": "org-other"}, "OPENAI_ORG_ID"),
        ({"OPENAI_PROJECT_ID": "proj_other"}, "OPENAI_PROJECT_ID"),
        ({"OPENAI_CUSTOM_HEADERS": "X-A: b"}, "OPENAI_CUSTOM_HEADERS"),
        ({"SSLKEYLOGFILE": "keys.log"}, "SSLKEYLOGFILE"),
    ],
)
def test_an_override_in_the_environment_fails_and_is_named(
    tmp_path: Path, provider: Provider, environ: dict[str, str], named: str
) -> None:
    found = checked(tmp_path, provider, environ)
    assert outcomes(found)["environment"] == "failed"
    assert named in " ".join(failing(found))
    assert "example" not in " ".join(failing(found))


def test_a_variable_that_says_what_is_configured_is_no_override() -> None:
    same = {"OPENAI_BASE_URL": "https://gb.api.openai.com/v1/", "OPENAI_PROJECT_ID": "proj_a", "HTTP_PROXY": ""}
    assert overrides(same, base_url="https://gb.api.openai.com/v1", project="proj_a", organisation="") == ()


# ── certificates, over real TLS ──────────────────────────────────────────────────────────────────────────────────────


def test_a_certificate_is_verified_and_named(tmp_path: Path) -> None:
    ca, chain, key = make_authority(tmp_path)
    with Provider(tls=(chain, key)) as provider:
        found = checked(tmp_path, provider, model_ca_file=str(ca))
    assert found["ok"], failing(found)
    seen = next(check["detail"] for check in found["checks"] if check["name"] == "certificate")
    der = ssl.PEM_cert_to_DER_cert(chain.read_text())
    assert hashlib.sha256(der).hexdigest() in seen
    assert "TLSv1.3" in seen


@pytest.mark.parametrize(
    ("days", "name", "says"), [(-1, "127.0.0.1", "expired"), (1, "other.example", "mismatch"), (1, "127.0.0.2", "")]
)
def test_an_expired_certificate_or_one_of_another_name_fails(tmp_path: Path, days: int, name: str, says: str) -> None:
    ca, chain, key = make_authority(tmp_path, days=days, name=name)
    with Provider(tls=(chain, key)) as provider:
        found = checked(tmp_path, provider, model_ca_file=str(ca))
        assert provider.received == []
    assert found["outcome"] == "failed"
    assert outcomes(found)["certificate"] == "failed"
    assert says in " ".join(failing(found))


def test_an_authority_of_the_environment_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca, chain, key = make_authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(ca))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca))
    with Provider(tls=(chain, key)) as provider:
        found = checked(tmp_path, provider, {"SSL_CERT_FILE": str(ca)})
        assert provider.received == []
    assert outcomes(found)["certificate"] == "failed"


def test_an_operators_own_endpoint_is_a_declaration_and_a_certificate(tmp_path: Path) -> None:
    ca, chain, key = make_authority(tmp_path)
    pin = hashlib.sha256(ssl.PEM_cert_to_DER_cert(chain.read_text())).hexdigest()
    with Provider(tls=(chain, key)) as server:
        profile = f"""
[endpoint.dept]
host = "127.0.0.1"
port = {server.port}
operator = "Department of Examples"
proof = "declaration"
declared_by = "data protection lead"
declared_on = 2020-01-01
valid_until = UNTIL
stored_in = "GB"
processed_in = "GB"
usage_metadata_in = "GB"
retention = "zero_data_retention"
certificate_sha256 = ["PIN"]
"""

        def found(until: str, named: str) -> dict[str, Any]:
            path = tmp_path / "own.toml"
            path.write_text(profile.replace("UNTIL", until).replace("PIN", named))
            own = settings(
                tmp_path,
                server.base_url,
                residency_file=str(path),
                residency_policy="uk-at-rest-and-processing",
                operator_country="",
                model_ca_file=str(ca),
            )
            return attest(own, environ={}, now=NOW)

        good, over, other = found("2999-12-31", pin), found("2020-12-31", pin), found("2999-12-31", "0" * 64)
    assert good["ok"], failing(good)
    assert {fact["evidence"] for fact in (*good["facts"], good["retention"])} == {"declaration"}
    assert good["operator"] == "Department of Examples"
    assert outcomes(over)["declaration"] == "failed"
    assert outcomes(other)["certificate"] == "failed"


# ── the document ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_attestation_is_genuine_and_no_changed_one_is(tmp_path: Path, provider: Provider) -> None:
    found = checked(tmp_path, provider)
    own = settings(tmp_path, provider.base_url, **provider_settings(tmp_path, provider))
    key = public_key(signing_key(own.identity_bytes()))
    assert is_genuine(json.loads(json.dumps(found)), key)
    for name, value in {
        "ok": False,
        "valid_until": "2999-01-01T00:00:00+00:00",
        "digest": "0",
        "signature": "x",
    }.items():
        assert not is_genuine({**found, name: value}, key), name
    assert not is_genuine({name: value for name, value in found.items() if name != "signature"}, key)
    other = settings(tmp_path, provider.base_url, ticket_key="another-" + "k" * 60)
    assert not is_genuine(found, public_key(signing_key(other.identity_bytes())))


def test_another_policy_endpoint_project_or_evidence_is_another_subject(tmp_path: Path, provider: Provider) -> None:
    base = provider_settings(tmp_path, provider)
    subjects = {
        subject(settings(tmp_path, provider.base_url, **(base | change)))
        for change in (
            {},
            {"residency_policy": "eu-at-rest"},
            {"model_project": "proj_b"},
            {"residency_evidence": "address"},
            {"operator_country": "FR"},
        )
    }
    assert len(subjects) == 5
