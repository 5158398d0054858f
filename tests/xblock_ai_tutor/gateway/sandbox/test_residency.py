"""Claims about residency: three facts kept apart, and no address that passes for another."""

from __future__ import annotations

import pytest

from xblock_ai_tutor.gateway.errors import ResidencyError
from xblock_ai_tutor.gateway.sandbox.residency import POLICIES, Assessment, assess, is_loopback

UK = "https://gb.api.openai.com/v1"


def verdicts(assessment: Assessment) -> dict[str, bool]:
    return {fact.name: fact.ok for fact in assessment.facts}


def test_openai_s_uk_host_stores_in_the_uk_and_promises_no_more() -> None:
    assessment = assess("uk-at-rest", UK, operator_country=None)
    assert assessment.ok
    assert [fact.name for fact in assessment.facts] == ["stored in", "processed in", "usage metadata in"]
    assert [fact.found for fact in assessment.facts] == ["GB", "anywhere", "US, outside residency"]


def test_openai_s_uk_host_fails_a_policy_that_asks_for_uk_processing_and_the_reason_says_which() -> None:
    assessment = assess("uk-at-rest-and-processing", UK, operator_country="GB")
    assert not assessment.ok
    assert verdicts(assessment) == {"stored in": True, "processed in": False, "usage metadata in": False}
    assert "processed in any country" in assessment.facts[1].reason
    assert "storage only" in assessment.facts[1].reason


@pytest.mark.parametrize("host", ["api", "us.api", "eu.api", "jp.api"])
def test_other_openai_hosts_do_not_store_in_the_uk(host: str) -> None:
    assessment = assess("uk-at-rest", f"https://{host}.openai.com/v1", operator_country="GB")
    assert verdicts(assessment)["stored in"] is False


def test_the_eu_host_meets_the_eu_profile() -> None:
    assert assess("eu-at-rest", "https://eu.api.openai.com/v1", operator_country=None).ok
    assert not assess("eu-at-rest", UK, operator_country=None).ok


@pytest.mark.parametrize("policy", sorted(POLICIES))
@pytest.mark.parametrize("url", ["http://127.0.0.1:9200/v1", "http://[::1]:9200/v1", "http://localhost/v1"])
def test_an_endpoint_on_this_machine_is_where_the_gateway_is(policy: str, url: str) -> None:
    assert assess(policy, url, operator_country=None).ok


def test_an_endpoint_on_this_machine_is_in_the_country_that_the_operator_declares() -> None:
    assert assess("uk-at-rest-and-processing", "http://127.0.0.1:1", operator_country="uk").ok
    assert not assess("uk-at-rest", "http://127.0.0.1:1", operator_country="FR").ok


def test_a_self_hosted_endpoint_needs_a_declaration() -> None:
    url = "https://models.dept.example/v1"
    assert assess("uk-at-rest-and-processing", url, operator_country="GB").ok
    undeclared = assess("uk-at-rest", url, operator_country=None)
    assert not undeclared.ok
    assert "declare the operator's country" in undeclared.facts[0].reason


@pytest.mark.parametrize(
    "url",
    [
        "https://gb.api.openai.com.evil.example/v1",
        "https://gb-api.openai.com/v1",
        "https://gb.api.openai.com.openai.com/v1",
        "https://xgb.api.openai.com/v1",
        "https://127.0.0.1.nip.io/v1",
        "https://localhost.evil.example/v1",
        "https://openai.com/v1",
        "https://xn--b-xfa.api.openai.com/v1",
    ],
)
def test_a_host_that_only_looks_like_a_known_one_is_unknown(url: str) -> None:
    assert not assess("uk-at-rest", url, operator_country=None).ok


@pytest.mark.parametrize(
    "url",
    [
        "http://gb.api.openai.com/v1",
        "https://user:pass@gb.api.openai.com/v1",
        "https://gb.api.openai.com@evil.example/v1",
        "https://evil.example#@gb.api.openai.com/v1",
        "https://evil.example\\@gb.api.openai.com/v1",
        "https://gb.api.openai.com./v1",
        "https://gb.api.openai.com:8443/v1",
        "https://gb.api.openai.com:0/v1",
        "https://gb.api.openai.com:99999/v1",
        "https://gb.api.openai.com/v1?x=1",
        "https://ɡb.api.openai.com/v1",
        "https://gb.api.openai%2ecom/v1",
        " https://gb.api.openai.com/v1",
        "https://gb.api.openai.com/v1\n",
        "http://2130706433/v1",
        "http://0x7f000001/v1",
        "http://127.1/v1",
        "http://0177.0.0.1/v1",
        "http://127.0.0.1.nip.io/v1",
        "http://192.168.0.1/v1",
        "http://[fe80::1%25eth0]/v1",
        "https://[::1/v1",
        "ftp://127.0.0.1/v1",
        "gb.api.openai.com/v1",
        "https:///v1",
        "",
    ],
)
def test_an_address_that_two_programs_could_read_differently_is_an_error(url: str) -> None:
    with pytest.raises(ResidencyError):
        assess("uk-at-rest", url, operator_country="GB")


def test_case_and_the_default_port_do_not_matter() -> None:
    assert assess("uk-at-rest", "https://GB.API.OpenAI.com:443/v1", operator_country=None).host == "gb.api.openai.com"


def test_an_unknown_policy_or_country_is_an_error_that_names_what_there_is() -> None:
    with pytest.raises(ResidencyError, match="uk-at-rest-and-processing"):
        assess("uk", UK, operator_country=None)
    with pytest.raises(ResidencyError, match="ISO 3166"):
        assess("uk-at-rest", UK, operator_country="Britain")


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost", True), ("127.0.0.53", True), ("::1", True), ("0.0.0.0", False), ("localhost.example", False)],
)
def test_only_this_machine_is_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here


@pytest.mark.parametrize("policy", sorted(POLICIES))
@pytest.mark.parametrize("country", [None, "GB", "FR"])
@pytest.mark.parametrize(
    "url", [UK, "https://api.openai.com/v1", "https://m.example/v1", "http://[::1]/v1", "https://x.openai.com"]
)
def test_every_outcome_has_a_plain_reason(policy: str, country: str | None, url: str) -> None:
    for fact in assess(policy, url, operator_country=country).facts:
        assert fact.reason.endswith(".")
        assert "{" not in fact.reason
        assert fact.required
