"""Claims about the rulebook: another government adds to it in a small file, and nobody changes what stands in it."""

from __future__ import annotations

import pytest

from xblock_ai_tutor.gateway.errors import PolicyError
from xblock_ai_tutor.gateway.sandbox.residency import assess
from xblock_ai_tutor.gateway.sandbox.rulebook import READY, read_rulebook

OWN = """
[policy.nz-own-machines]
stored_in = ["NZ"]
processed_in = ["NZ", "ANZ"]
usage_metadata_in = []
retention = ["zero_data_retention"]

[region.ANZ]
countries = ["AU", "NZ"]

[endpoint.dept-vllm]
host = "models.dept.example"
port = 8443
operator = "Department of Examples"
proof = "declaration"
declared_by = "data protection lead"
declared_on = 2026-10-01
valid_until = 2027-10-01
stored_in = "NZ"
processed_in = "AU"
usage_metadata_in = "NZ"
retention = "zero_data_retention"
"""


def test_another_government_writes_a_policy_a_region_and_an_endpoint() -> None:
    rules = read_rulebook(OWN, READY)
    assert set(READY.policies) < set(rules.policies)
    found = assess("nz-own-machines", "https://models.dept.example:8443/v1", operator_country=None, rulebook=rules)
    assert found.ok
    assert [(fact.found, fact.evidence) for fact in found.facts] == [
        *(("NZ", "declaration"), ("AU", "declaration"), ("NZ", "declaration"))
    ]
    assert not assess("nz-own-machines", "https://models.dept.example/v1", operator_country=None, rulebook=rules).ok


def test_a_country_of_the_single_market_is_in_it() -> None:
    for country, ok in (("FR", True), ("IE", True), ("GB", False), ("CH", False)):
        found = assess("eu-at-rest-and-processing", "https://m.example/v1", operator_country=country)
        assert found.ok is ok, country
    assert len(READY.regions["EEA"]) == 30


def test_the_uk_policies_are_met_by_what_the_documentation_says() -> None:
    assert READY.policies["uk-at-rest"].stored_in == {"GB"}
    assert "none" not in READY.policies["uk-at-rest"].retention
    assert READY.endpoints["openai-uk"].residencies == ("GB_STORAGE",)
    assert assess("fr-at-rest-and-processing", "https://m.example/v1", operator_country="FR").ok
    assert not assess("fr-at-rest-and-processing", "https://eu.api.openai.com/v1", operator_country="FR").ok


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("nz-own-machines", "uk-at-rest"), "cannot be changed"),
        (("region.ANZ", "region.EEA"), "cannot be changed"),
        (("dept-vllm", "openai-uk"), "cannot be changed"),
        (("models.dept.example", "gb.api.openai.com"), "do not run"),
        (("models.dept.example", "evil.openai.com"), "do not run"),
        (("models.dept.example", "Models.Dept.Example"), "small letters"),
        (("models.dept.example", "models.dept.example/v1"), "small letters"),
        (("models.dept.example", "user@x.example"), "endpoint.dept-vllm"),
        (('stored_in = ["NZ"]', "stored_in = 'NZ'"), "must be a list"),
        (('stored_in = ["NZ"]', 'stored_in = ["Aotearoa"]'), "country codes"),
        (('stored_in = ["NZ"]', 'storedin = ["NZ"]'), "stored_in"),
        (('["zero_data_retention"]', '["nothing"]'), "by its name"),
        (('proof = "declaration"', 'proof = "trust me"'), "proof is"),
        (('proof = "declaration"', 'proof = "admin-api"'), "admin_base_url"),
        (('declared_by = "data protection lead"\n', ""), "declared_by"),
        (("2027-10-01", '"soon"'), "a date"),
        (("2027-10-01", "2027-10-01T00:00:00"), "a date"),
        (("port = 8443", "port = true"), "a whole number"),
        (("port = 8443", 'colour = "red"'), "has no colour"),
        (("port = 8443", 'certificate_sha256 = ["AA:BB"]'), "64 lower-case"),
        (("[region.ANZ]", "[provider.x]\n[region.ANZ]"), "has no [provider]"),
        (('operator = "Department of Examples"', "operator = "), "not TOML"),
    ],
)
def test_what_does_not_fit_is_named(change: tuple[str, str], says: str) -> None:
    assert change[0] in OWN
    with pytest.raises(PolicyError, match=r".") as refused:
        read_rulebook(OWN.replace(*change, 1), READY)
    assert says in str(refused.value)


def test_the_admin_api_is_the_same_providers() -> None:
    stub = OWN.replace(
        'proof = "declaration"', 'proof = "admin-api"\nresidencies = ["NZ_STORAGE"]\nadmin_base_url = "URL"'
    )
    for url in ("https://models.dept.example/v1", "https://dept.example/v1"):
        assert read_rulebook(stub.replace("URL", url), READY)
    for url in ("https://evil.example/v1", "https://xmodels.dept.example.evil/v1", "http://dept.example/v1"):
        with pytest.raises(PolicyError):
            read_rulebook(stub.replace("URL", url), READY)
