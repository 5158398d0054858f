"""Settings: typed, every problem at once, secrets unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.support.gateway import environment
from xblock_ai_tutor.gateway.config import SETTINGS, ConfigError, Settings
from xblock_ai_tutor.gateway.sealing import Seal, UnsealingError

UK = "https://gb.api.openai.com/v1"


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    bad = {
        "service_key": "short",
        "transcript_key": "not fernet",
        "model_base_url": "ftp://x",
        "allowed_origins": "*",
        "retention_days": "0",
        "block_official_sensitive": "perhaps",
        "price_input_usd_per_million": "free",
        "read_seconds": "0",
    }
    with pytest.raises(ConfigError) as caught:
        Settings.read(environment(tmp_path, UK, **bad))
    assert len(caught.value.problems) == len(bad)
    for name, problem in zip(bad, caught.value.problems, strict=True):
        assert problem.startswith(f"TUTOR_{name.upper()} must "), problem


def test_the_ticket_key_must_not_be_the_service_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="forge tickets"):
        Settings.read(environment(tmp_path, UK, service_key="k" * 40, ticket_key="k" * 40))


def test_secrets_are_in_no_repr_and_no_problem(tmp_path: Path) -> None:
    url = "postgresql://tutor:database-password@db.example/x"
    settings = Settings.read(environment(tmp_path, UK, database_url=url, model_api_key="sk-very-secret"))
    for secret in ("sk-very-secret", "service-key-", "ticket-key-", "database-password"):
        assert secret not in repr(settings)
    with pytest.raises(ConfigError) as caught:
        Settings.read(environment(tmp_path, UK, ticket_key="tiny-secret"))
    assert "tiny-secret" not in str(caught.value)


def test_openai_base_url_is_never_consulted(tmp_path: Path) -> None:
    env = environment(tmp_path, UK) | {"OPENAI_BASE_URL": "https://elsewhere.example/v1"}
    del env["TUTOR_MODEL_BASE_URL"]
    with pytest.raises(ConfigError, match="TUTOR_MODEL_BASE_URL is not set"):
        Settings.read(env)


def test_the_sdks_own_key_variable_is_taken_when_ours_is_not_set(tmp_path: Path) -> None:
    env = environment(tmp_path, UK, model_api_key="") | {"OPENAI_API_KEY": "sk-theirs"}
    assert Settings.read(env).model_api_key.reveal() == "sk-theirs"


def test_headers_from_the_environment_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Unset it"):
        Settings.read(environment(tmp_path, UK) | {"OPENAI_CUSTOM_HEADERS": "X-Trace: 1"})


def test_a_transcript_key_can_be_rotated(tmp_path: Path) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()

    def seal(keys: str) -> Seal:
        return Settings.read(environment(tmp_path, UK, transcript_key=keys)).transcript_seal()

    before, rotated = seal(old).encrypt(b"x"), seal(f"{new}, {old}")
    assert rotated.decrypt(before) == b"x"
    assert seal(new).decrypt(rotated.encrypt(b"y")) == b"y"
    with pytest.raises(UnsealingError):
        seal(new).decrypt(before)


def test_every_setting_says_what_it_means() -> None:
    assert all(setting.meaning.endswith(".") for setting in SETTINGS)
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
