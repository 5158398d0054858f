"""The dashboard starts with everything in place or says all that is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics_dash.dashboard.config import default_register_url, load_config
from analytics_dash.dashboard.errors import ConfigurationError

KEY = "k" * 40


@pytest.fixture
def url(tmp_path: Path) -> str:
    (tmp_path / "releases.sqlite").touch()
    return f"sqlite:///{tmp_path / 'releases.sqlite'}"


def problems(*args: object, **options: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_config(*args, **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_without_demo_and_without_an_identity_provider_it_does_not_start(url: str) -> None:
    assert "No identity provider" in problems(url, "127.0.0.1", demo=False, env={"ADOPTION_SESSION_KEY": KEY})


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    text = problems(f"sqlite:///{tmp_path / 'none.sqlite'}", "127.0.0.1", demo=False, env={})
    assert "identity provider" in text
    assert "ADOPTION_SESSION_KEY" in text
    assert "no register" in text


def test_a_demonstration_listens_on_this_machine_alone(url: str) -> None:
    assert "--host 127.0.0.1" in problems(url, "0.0.0.0", demo=True, env={})
    for host in ("127.0.0.1", "::1", "localhost"):
        assert load_config(url, host, demo=True, env={}).demo


def test_a_demonstration_makes_its_own_session_key(url: str) -> None:
    made = load_config(url, "127.0.0.1", demo=True, env={})
    assert len(made.session_key) >= 32
    assert made.session_key != load_config(url, "127.0.0.1", demo=True, env={}).session_key


def test_a_short_session_key_is_refused_even_in_a_demonstration(url: str) -> None:
    assert "32 characters" in problems(url, "127.0.0.1", demo=True, env={"ADOPTION_SESSION_KEY": "short"})


def test_the_session_key_may_come_from_a_file(url: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY + "\n")
    env = {"ADOPTION_SESSION_KEY_FILE": str(tmp_path / "key")}
    assert load_config(url, "127.0.0.1", demo=True, env=env).session_key == KEY
    assert "cannot be read" in problems(
        url, "127.0.0.1", demo=True, env={"ADOPTION_SESSION_KEY_FILE": str(tmp_path / "none")}
    )


def test_the_register_defaults_to_the_home_of_adoption(tmp_path: Path) -> None:
    assert default_register_url({"ADOPTION_HOME": str(tmp_path)}) == f"sqlite:///{tmp_path / 'releases.sqlite'}"
    assert default_register_url({"XDG_DATA_HOME": str(tmp_path)}).endswith("/adoption/releases.sqlite")


def test_the_register_of_the_other_commands_is_the_dashboards(tmp_path: Path) -> None:
    env = {"ADOPTION_REGISTER": "sqlite:///elsewhere.sqlite", "ADOPTION_HOME": str(tmp_path)}
    assert default_register_url(env) == "sqlite:///elsewhere.sqlite"
    assert "elsewhere.sqlite" in problems(None, "127.0.0.1", demo=True, env=env)


def test_a_register_that_is_a_path_is_answered_with_a_url() -> None:
    assert "database URL" in problems("releases.sqlite", "127.0.0.1", demo=True, env={})
