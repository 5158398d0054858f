"""The gateway's settings: read once from the environment, checked, frozen. Nothing else reads the environment.

`Settings.read(os.environ)` reports every problem at once. Secrets are `Secret`: they never show in a repr, a log or a
message. `OPENAI_BASE_URL` is not consulted: where the words go is said explicitly or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from xblock_ai_tutor.gateway.errors import GatewayError, PolicyError
from xblock_ai_tutor.gateway.sandbox.residency import check_names
from xblock_ai_tutor.gateway.sandbox.rulebook import READY, Rulebook, read_rulebook
from xblock_ai_tutor.gateway.sealing import Seal

METRICS_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"  # `serve` sets it; prometheus_client reads it at its import
EVIDENCE_PROOF: Final = "proof"
EVIDENCE_ADDRESS: Final = "address"
SHORTEST_KEY: Final = 32  # bytes: what HS256 asks of its key (RFC 7518, 3.2)


class ConfigError(GatewayError):
    """Settings are missing or do not fit; `problems` has one sentence each, with what to do."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A secret string that shows itself only to `reveal`."""

    _value: str

    def reveal(self) -> str:
        return self._value

    def each(self) -> tuple[str, ...]:
        """The keys of a setting that takes several, newest first."""
        return tuple(key.strip() for key in self._value.split(","))

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: how its text is read, its default (None: required) and what it means, with unit."""

    name: str
    read: Callable[[str], Any]
    meaning: str
    default: str | None = None
    fallback: str = ""  # another variable to read when this one is not set


def _keys(text: str) -> Secret:
    keys = Secret(text)
    if any(len(key.encode()) < SHORTEST_KEY for key in keys.each()):
        raise ValueError(
            f"must have at least {SHORTEST_KEY} bytes (each of several, newest first, with commas). Make one with: "
            "tutor-gateway keys"
        )
    return keys


def _key_or_none(text: str) -> Secret:
    return _keys(text) if text else Secret("")


def _secret(text: str) -> Secret:
    return Secret(text)


def _fernet_keys(text: str) -> Secret:
    try:
        for key in text.split(","):
            Fernet(key.strip())
    except ValueError:
        raise ValueError("must be a Fernet key (or several, newest first, with commas): tutor-gateway keys") from None
    return Secret(text)


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("must be a plain http(s) address such as https://gb.api.openai.com/v1")
    return text.rstrip("/")


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
            raise ValueError("must list origins such as https://lms.example.org, with commas between; `*` is not taken")
    return origins


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ValueError("must be a whole number of 1 or more")
    return int(text)


def _natural(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError("must be a whole number of 0 or more")
    return int(text)


def _amount(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ValueError("must be a number of 0 or more")
    return value


def _seconds(text: str) -> float:
    value = _amount(text)
    if value == 0:
        raise ValueError("must be a number above 0")
    return value


def _yes(text: str) -> bool:
    answer = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}.get(text.lower())
    if answer is None:
        raise ValueError("must be yes or no")
    return answer


def _moderation(text: str) -> str:
    if text not in ("auto", "on", "off"):
        raise ValueError("must be auto, on or off")
    return text


def _text(text: str) -> str:
    return text


def _id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,128}", text):
        raise ValueError("must be an id such as proj_abc123")
    return text


def _rulebook(path: str) -> Rulebook:
    """The ready rules, and those of the operator's own file where one is named."""
    if not path:
        return READY
    try:
        return read_rulebook(Path(path).read_text(encoding="utf-8"), READY)
    except (OSError, UnicodeDecodeError):
        raise ValueError("names a file that cannot be read") from None
    except PolicyError as error:
        raise ValueError(f"does not fit. {str(error).rstrip('.')}") from None


def _evidence(text: str) -> str:
    if text not in (EVIDENCE_PROOF, EVIDENCE_ADDRESS):
        raise ValueError(f"must be {EVIDENCE_PROOF} or {EVIDENCE_ADDRESS}")
    return text


def _file(path: str) -> str:
    if path and not Path(path).is_file():
        raise ValueError("names a file that is not there")
    return path


SETTINGS: Final = (
    Setting(
        "TUTOR_DATABASE_URL",
        _text,
        "SQLAlchemy address of the database, such as `sqlite:////var/lib/tutor/gateway.sqlite`.",
    ),
    Setting(
        "TUTOR_SERVICE_KEY",
        _keys,
        "Shared with the LMS: signs service tokens and receipts. At least 32 bytes; several, newest first, while "
        "rotating.",
    ),
    Setting(
        "TUTOR_TICKET_KEY",
        _keys,
        "The gateway's own: signs tickets. At least 32 bytes, not the service key; several, newest first, while "
        "rotating.",
    ),
    Setting(
        "TUTOR_IDENTITY_KEY",
        _key_or_none,
        "What conversation ids are derived from; never changes. Empty: the oldest ticket key.",
        "",
    ),
    Setting(
        "TUTOR_TRANSCRIPT_KEY",
        _fernet_keys,
        "Fernet key for transcripts and placeholder maps; several, newest first, while rotating.",
    ),
    Setting(
        "TUTOR_MODEL_BASE_URL",
        _base_url,
        "The model endpoint. Always explicit; checked against the residency policy.",
    ),
    Setting(
        "TUTOR_MODEL_API_KEY",
        _secret,
        "Key of the model endpoint; `OPENAI_API_KEY` is read when it is not set.",
        fallback="OPENAI_API_KEY",
    ),
    Setting(
        "TUTOR_MODEL",
        _text,
        "Name of the model.",
        "gpt-5.4-mini",
    ),
    Setting(
        "TUTOR_RESIDENCY_POLICY",
        _text,
        "Id of the policy: a ready one, or one of your own residency file.",
        "uk-at-rest",
    ),
    Setting(
        "TUTOR_RESIDENCY_FILE",
        _rulebook,
        "Path of a TOML file with policies and endpoints of your own (docs/residency.md).",
        "",
    ),
    Setting(
        "TUTOR_RESIDENCY_EVIDENCE",
        _evidence,
        "`proof`: a provider's record must be read; `address`: its host's name is accepted, and said to be no more.",
        EVIDENCE_PROOF,
    ),
    Setting(
        "TUTOR_RESIDENCY_CHECK_HOURS",
        _seconds,
        "How often a running gateway repeats the residency check, hours.",
        "24",
    ),
    Setting(
        "TUTOR_RESIDENCY_STALE_HOURS",
        _seconds,
        "How long an attestation holds, hours; past it the gateway answers no one.",
        "48",
    ),
    Setting(
        "TUTOR_ADMIN_API_KEY",
        _secret,
        "Admin key that may read the project and data retention, and nothing more. Never sent with a learner's words.",
        "",
    ),
    Setting(
        "TUTOR_MODEL_PROJECT",
        _id,
        "The provider's project; every request names it. `OPENAI_PROJECT_ID` is read when it is not set.",
        "",
        fallback="OPENAI_PROJECT_ID",
    ),
    Setting(
        "TUTOR_MODEL_ORGANISATION",
        _id,
        "The provider's organisation, if requests must name it. `OPENAI_ORG_ID` is read when it is not set.",
        "",
        fallback="OPENAI_ORG_ID",
    ),
    Setting(
        "TUTOR_MODEL_CA_FILE",
        _file,
        "PEM file of the authorities for the endpoint's certificate; certifi's otherwise.",
        "",
    ),
    Setting(
        "TUTOR_OPERATOR_COUNTRY",
        _text,
        "Country (ISO 3166, `GB`) where you run an endpoint of your own; empty otherwise.",
        "",
    ),
    Setting(
        "TUTOR_ALLOWED_ORIGINS",
        _origins,
        "Origins of the LMS pages that may call the gateway, with commas between.",
        "",
    ),
    Setting(
        "TUTOR_RETENTION_DAYS",
        _whole,
        "Days after which a transcript is deleted.",
        "30",
    ),
    Setting(
        "TUTOR_BUDGET_TOKENS_PER_LEARNER_DAY",
        _natural,
        "Tokens that one learner may use in a day (UTC); 0: no such limit.",
        "200000",
    ),
    Setting(
        "TUTOR_BUDGET_TOKENS_PER_LESSON_MONTH",
        _natural,
        "Tokens that all learners of one lesson may use in a month (UTC); 0: no such limit.",
        "0",
    ),
    Setting(
        "TUTOR_BUDGET_TOKENS_PER_DEPARTMENT_MONTH",
        _natural,
        "Tokens that all learners of one department may use in a month (UTC); 0: no such limit.",
        "0",
    ),
    Setting(
        "TUTOR_BUDGET_TOKENS_PER_MONTH",
        _natural,
        "Tokens that the whole service may use in a month (UTC); 0: no such limit.",
        "50000000",
    ),
    Setting(
        "TUTOR_MESSAGES_PER_MINUTE",
        _natural,
        "Messages that one learner may send in any sixty seconds; 0: no such limit.",
        "60",
    ),
    Setting(
        "TUTOR_BLOCK_OFFICIAL_SENSITIVE",
        _yes,
        "Whether OFFICIAL-SENSITIVE text is blocked; higher markings always are.",
        "yes",
    ),
    Setting(
        "TUTOR_MODERATION",
        _moderation,
        "`auto`, `on` or `off`: OpenAI's inline moderation of input and output. `auto`: on OpenAI's own hosts.",
        "auto",
    ),
    Setting(
        "TUTOR_MAX_OUTPUT_TOKENS",
        _whole,
        "Longest answer, tokens.",
        "800",
    ),
    Setting(
        "TUTOR_METRICS_TOKEN",
        _secret,
        "Bearer token that opens `/metrics` for Prometheus; empty: there are no metrics.",
        "",
    ),
    Setting(
        "TUTOR_PRICE_INPUT_USD_PER_MILLION",
        _amount,
        "Price of a million input tokens, US dollars; for the ledger.",
        "0",
    ),
    Setting(
        "TUTOR_PRICE_OUTPUT_USD_PER_MILLION",
        _amount,
        "Price of a million output tokens, US dollars; for the ledger.",
        "0",
    ),
    Setting(
        "TUTOR_CONNECT_SECONDS",
        _seconds,
        "Longest wait for a connection to the model, seconds.",
        "5",
    ),
    Setting(
        "TUTOR_READ_SECONDS",
        _seconds,
        "Longest silence of the model, seconds.",
        "30",
    ),
    Setting(
        "TUTOR_TURN_SECONDS",
        _seconds,
        "Longest turn, seconds. Also when a stranded reservation is given back.",
        "120",
    ),
    Setting(
        "TUTOR_MODEL_RETRIES",
        _natural,
        "How often a failed call is repeated before any text came.",
        "1",
    ),
)
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
