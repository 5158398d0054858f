"""The gateway's settings: read once from the environment, checked, frozen. Nothing else reads the environment.

`Settings.read(os.environ)` reports every problem at once. Secrets are `Secret`: they never show in a repr, a log or a
message. `OPENAI_BASE_URL` is not consulted: where the words go is said explicitly or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, MultiFernet

from xblock_ai_tutor.gateway.errors import GatewayError, PolicyError
from xblock_ai_tutor.gateway.sandbox.residency import check_names

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


def _key(text: str) -> Secret:
    if len(text.encode()) < SHORTEST_KEY:
        raise ValueError(f"must have at least {SHORTEST_KEY} bytes. Make one with: tutor-gateway keys")
    return Secret(text)


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
        raise ValueError("must be a number of seconds above 0")
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


SETTINGS: Final = (
    Setting(
        "TUTOR_DATABASE_URL",
        _text,
        "SQLAlchemy address of the database, such as `sqlite:////var/lib/tutor/gateway.sqlite`.",
    ),
    Setting(
        "TUTOR_SERVICE_KEY",
        _key,
        "Shared with the LMS: signs service tokens and receipts. At least 32 bytes.",
    ),
    Setting(
        "TUTOR_TICKET_KEY",
        _key,
        "The gateway's own: signs tickets. At least 32 bytes, not the service key.",
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
        "`uk-at-rest`, `uk-at-rest-and-processing` or `eu-at-rest`.",
        "uk-at-rest",
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
        _whole,
        "Tokens that one learner may use in a day (UTC).",
        "200000",
    ),
    Setting(
        "TUTOR_BUDGET_TOKENS_PER_MONTH",
        _whole,
        "Tokens that the whole service may use in a month (UTC).",
        "50000000",
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
    transcript_key: Secret
    model_base_url: str
    model_api_key: Secret
    model: str
    residency_policy: str
    operator_country: str
    allowed_origins: tuple[str, ...]
    retention_days: int
    budget_tokens_per_learner_day: int
    budget_tokens_per_month: int
    block_official_sensitive: bool
    moderation: str
    max_output_tokens: int
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
            check_names(values["residency_policy"], values["operator_country"])
        except PolicyError as error:
            problems.append(f"TUTOR_RESIDENCY_POLICY, TUTOR_OPERATOR_COUNTRY: {error}")
        if "service_key" in values and values.get("ticket_key") == values["service_key"]:
            problems.append(
                "TUTOR_TICKET_KEY is the same as TUTOR_SERVICE_KEY: the LMS could forge tickets. Make another."
            )
        if environment.get("OPENAI_CUSTOM_HEADERS"):
            # The SDK would add them to every request, past everything that is checked here.
            problems.append("OPENAI_CUSTOM_HEADERS is set: the gateway sends no headers but its own. Unset it.")
        if problems:
            raise ConfigError(tuple(problems))
        return cls(**values)

    def transcript_cipher(self) -> MultiFernet:
        """What encrypts transcripts: with the newest key; what older keys wrote can still be read."""
        return MultiFernet([Fernet(key.strip()) for key in self.transcript_key.reveal().split(",")])
