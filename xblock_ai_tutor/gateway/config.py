"""The gateway's settings: read once from the environment, checked, frozen. Nothing else reads the environment.

`Settings.read(os.environ)` reports every problem at once; `setting_table` lists the variables. Secrets are `Secret`:
they never show in a repr, a log or a message. `OPENAI_BASE_URL` is not consulted: where the words go is said explicitly
or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from xblock_ai_tutor.gateway.errors import GatewayError, PolicyError
from xblock_ai_tutor.gateway.sandbox.residency import check_names
from xblock_ai_tutor.gateway.sandbox.rulebook import READY, Rulebook
from xblock_ai_tutor.gateway.sealing import Seal
from xblock_ai_tutor.gateway.setting_readers import EVIDENCE_ADDRESS, EVIDENCE_PROOF, Secret
from xblock_ai_tutor.gateway.setting_table import SETTINGS

__all__ = ["EVIDENCE_ADDRESS", "EVIDENCE_PROOF", "METRICS_FOLDER", "SETTINGS", "ConfigError", "Secret", "Settings"]

METRICS_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"  # `serve` sets it; prometheus_client reads it at its import


class ConfigError(GatewayError):
    """Settings are missing or do not fit; `problems` has one sentence each, with what to do."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


_FIELD_OF: Final = {setting.name: setting.name.removeprefix("TUTOR_").lower() for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, typed. Field names are the variables' names without `TUTOR_`, in lower case."""

    database_url: str = field(repr=False)  # a PostgreSQL address carries its password
    service_key: Secret
    ticket_key: Secret
    identity_key: Secret
    transcript_key: Secret
    model_base_url: str
    model_api_key: Secret
    model: str
    residency_policy: str
    residency_file: Rulebook = field(repr=False)
    residency_evidence: str
    residency_check_hours: float
    residency_stale_hours: float
    admin_api_key: Secret
    model_project: str
    model_organisation: str
    model_ca_file: str
    operator_country: str
    allowed_origins: tuple[str, ...]
    retention_days: int
    budget_tokens_per_learner_day: int
    budget_tokens_per_lesson_month: int
    budget_tokens_per_department_month: int
    budget_tokens_per_month: int
    messages_per_minute: int
    block_official_sensitive: bool
    moderation: str
    max_output_tokens: int
    metrics_token: Secret
    price_input_usd_per_million: float
    price_output_usd_per_million: float
    connect_seconds: float
    read_seconds: float
    turn_seconds: float
    model_retries: int

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """The settings in `environment`. Raises `ConfigError` with every problem."""
        values: dict[str, Any] = {}
        problems: list[str] = []
        for setting in SETTINGS:
            given = environment.get(setting.name) or environment.get(setting.fallback) or setting.default
            if given is None:
                problems.append(f"{setting.name} is not set. {setting.meaning}")
                continue
            try:
                values[_FIELD_OF[setting.name]] = setting.read(given)
            except ValueError as error:
                problems.append(f"{setting.name} {error}.")
        try:
            check_names(values["residency_policy"], values["operator_country"], values.get("residency_file", READY))
        except PolicyError as error:
            problems.append(f"TUTOR_RESIDENCY_POLICY, TUTOR_OPERATOR_COUNTRY: {error}")
        if values.get("residency_check_hours", 0) >= values.get("residency_stale_hours", 1):
            problems.append("TUTOR_RESIDENCY_STALE_HOURS must be more than TUTOR_RESIDENCY_CHECK_HOURS.")
        secrets = [set(values[name].each()) for name in ("service_key", "ticket_key") if name in values]
        if len(secrets) > 1 and secrets[0] & secrets[1]:
            problems.append(
                "TUTOR_TICKET_KEY shares a key with TUTOR_SERVICE_KEY: the LMS could forge tickets. Make another."
            )
        if environment.get("OPENAI_CUSTOM_HEADERS"):
            # The SDK would add them to every request, past everything that is checked here.
            problems.append("OPENAI_CUSTOM_HEADERS is set: the gateway sends no headers but its own. Unset it.")
        if problems:
            raise ConfigError(tuple(problems))
        return cls(**values)

    def identity_bytes(self) -> bytes:
        """The key that pseudonymous ids are derived from: it stays when the ticket key is rotated."""
        return (self.identity_key.reveal() or self.ticket_key.each()[-1]).encode()

    def transcript_seal(self) -> Seal:
        """What encrypts transcripts: with the newest key; what older keys wrote can still be read."""
        return Seal(self.transcript_key.each())
