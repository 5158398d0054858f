"""The facts of an assessment: what they say is what the gateway does, and no key is in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.gateway import LEARNER, Gateway, environment
from tests.support.provider import Provider, provider_settings
from tests.xblock_ai_tutor.gateway.test_commands import run
from xblock_ai_tutor.gateway.config import SETTINGS, ConfigError, Settings
from xblock_ai_tutor.gateway.facts import BEGIN, END, NoBlockError, block, facts_of, filled
from xblock_ai_tutor.gateway.sandbox.identifiers import REGISTRY
from xblock_ai_tutor.gateway.store.erasure import HELD
from xblock_ai_tutor.gateway.store.tables import Base

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.parametrize("page", ["dpia.md", "atrs.md"])
def test_the_drafts_hold_the_facts_of_a_gateway_with_its_defaults(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert filled(text, facts_of({})) == text, f"run: tutor-gateway facts --fill docs/{page}"


def test_every_table_is_there_once_and_says_whether_it_names_a_learner() -> None:
    said = [(table, row["learners"]) for row in facts_of({})["kept"] for table in row["tables"]]
    held = {model.__tablename__ for model in HELD}
    assert sorted(said) == sorted((name, name in held) for name in Base.metadata.tables)


def test_facts_are_those_of_the_settings_that_the_gateway_reads(tmp_path: Path) -> None:
    changed = {
        "retention_days": "7",
        "budget_tokens_per_learner_day": "1234",
        "model": "another-model",
        "block_official_sensitive": "no",
    }
    env = environment(tmp_path, "https://gb.api.openai.com/v1", **changed)
    found, settings = facts_of(env), Settings.read(env)
    assert found["retention_days"] == settings.retention_days == 7
    assert found["budgets"]["tokens_per_learner_day"] == settings.budget_tokens_per_learner_day == 1234
    assert found["budgets"]["tokens_per_service_month"] == settings.budget_tokens_per_month
    assert (found["model"], found["host"]) == ("another-model", "gb.api.openai.com")
    assert found["residency"]["policy"] == settings.residency_policy
    assert "OFFICIAL-SENSITIVE" not in found["markings_blocked"]
    assert "SECRET" in found["markings_blocked"]
    assert set(found["identifiers"]) == {identifier.type for identifier in REGISTRY}
    assert "7 days" in block(found)


def test_no_key_and_no_address_of_a_database_is_in_the_facts() -> None:
    secret = "planted-secret-" + "x" * 40
    names = [setting.name for setting in SETTINGS if "KEY" in setting.name or setting.name.endswith(("TOKEN", "URL"))]
    env = dict.fromkeys(names, secret) | {"TUTOR_MODEL_BASE_URL": f"https://gb.api.openai.com/{secret}"}
    found = facts_of(env)
    assert secret not in json.dumps(found) + block(found)


def test_a_setting_that_does_not_fit_is_a_problem_and_no_fact() -> None:
    with pytest.raises(ConfigError, match="TUTOR_RETENTION_DAYS"):
        facts_of({"TUTOR_RETENTION_DAYS": "soon"})
    with pytest.raises(ConfigError, match="TUTOR_RESIDENCY_POLICY"):
        facts_of({"TUTOR_RESIDENCY_POLICY": "moon-at-rest"})
    assert run("facts", env={"TUTOR_RETENTION_DAYS": "soon"}).exit_code == 4


def test_a_department_fills_its_page_from_what_was_attested(tmp_path: Path) -> None:
    page = tmp_path / "ours.md"
    page.write_text(f"Our words before.\n{BEGIN}\nlast year\n{END}\nOur words after.\n", encoding="utf-8")
    with Provider() as provider:
        env = dict(environment(tmp_path, provider.base_url, **provider_settings(tmp_path, provider)))
        attested = json.loads(run("residency", "check", "--json", "--record", env=env).stdout)
    # The rest of the settings, without any key.
    public = {name: value for name, value in env.items() if "KEY" not in name}
    done = run("facts", "--fill", str(page), "--out", str(page), env=public)
    assert done.exit_code == 0, done.stderr
    newest = json.loads(run("facts", "--json", env=public).stdout)["residency"]["newest_attestation"]
    assert (newest["digest"], newest["outcome"], newest["of_these_settings"]) == (attested["digest"], "passed", True)
    assert [(fact["name"], fact["evidence"]) for fact in newest["facts"]] == [
        (fact["name"], fact["evidence"]) for fact in (*attested["facts"], attested["retention"])
    ]
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Our words before.\n")
    assert text.endswith("\nOur words after.\n")
    assert attested["digest"] in text
    assert "last year" not in text


def test_how_much_it_is_used_is_told_from_ten_on_and_of_nobody(tutor: Gateway) -> None:
    database = {"TUTOR_DATABASE_URL": tutor.settings.database_url}
    ticket = tutor.ticket()
    tutor.ask("A question about a kingfisher and a case", ticket=ticket)
    use = json.loads(run("facts", "--json", env=database).stdout)["use"]
    assert use == dict.fromkeys(("turns_in_the_last_30_days", "reports_waiting_for_a_person"), "fewer than 10")
    for _ in range(10):
        tutor.ask("A question about a kingfisher and a case", ticket=ticket)
    told = run("facts", env=database).stdout
    assert "| turns in the last 30 days | 11 |" in told
    assert LEARNER not in told
    assert "kingfisher" not in told


@pytest.mark.parametrize(
    "changes",
    [
        {"TUTOR_RESIDENCY_POLICY": "uk-at-rest-and-processing"},
        {"TUTOR_MODEL_BASE_URL": "https://gb.api.openai.com/v1"},
    ],
)
def test_what_was_attested_of_another_policy_or_host_is_not_said_of_this_one(
    tmp_path: Path, changes: dict[str, str]
) -> None:
    with Provider() as provider:
        env = dict(environment(tmp_path, provider.base_url, **provider_settings(tmp_path, provider)))
        attested = json.loads(run("residency", "check", "--json", env=env).stdout)
    same, other = facts_of(env, attested), facts_of(env | changes, attested)
    assert "nothing is proven" not in block(same)
    assert "admin-api |" in block(same)
    assert "nothing is proven of these" in block(other)
    assert "admin-api |" not in block(other)


def test_a_page_without_a_block_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(NoBlockError):
        filled("no marks", facts_of({}))
    page = tmp_path / "page.md"
    page.write_text("no marks", encoding="utf-8")
    assert run("facts", "--fill", str(page)).exit_code == 1
    assert page.read_text(encoding="utf-8") == "no marks"
