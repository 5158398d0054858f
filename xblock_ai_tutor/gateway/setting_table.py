"""Every setting of the gateway in one table: the variable, how its text is read, its default, what it means.

`config` reads the environment by it; `facts` and the tests hold the documentation against it. A new setting is one
entry here, one field of `config.Settings` and one row of docs/gateway.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from xblock_ai_tutor.gateway import setting_readers as read


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: how its text is read, its default (None: required) and what it means, with unit."""

    name: str
    read: Callable[[str], Any]
    meaning: str
    default: str | None = None
    fallback: str = ""  # another variable to read when this one is not set


SETTINGS: Final = (
    Setting(
        "TUTOR_DATABASE_URL",
        read.any_text,
        "SQLAlchemy address of the database, such as `sqlite:////var/lib/tutor/gateway.sqlite`.",
    ),
    Setting(
        "TUTOR_SERVICE_KEY",
        read.keys,
        "Shared with the LMS: signs service tokens and receipts. At least 32 bytes; several, newest first, while "
        "rotating.",
    ),
    Setting(
        "TUTOR_TICKET_KEY",
        read.keys,
        "The gateway's own: signs tickets. At least 32 bytes, not the service key; several, newest first, while "
        "rotating.",
    ),
    Setting(
        "TUTOR_IDENTITY_KEY",
        read.key_or_none,
        "What conversation ids are derived from; never changes. Empty: the oldest ticket key.",
        "",
    ),
    Setting(
        "TUTOR_TRANSCRIPT_KEY",
        read.fernet_keys,
        "Fernet key for transcripts and placeholder maps; several, newest first, while rotating.",
    ),
    Setting(
        "TUTOR_MODEL_BASE_URL",
        read.base_url,
        "The model endpoint. Always explicit; checked against the residency policy.",
    ),
    Setting(
        "TUTOR_MODEL_API_KEY",
        read.secret,
        "Key of the model endpoint; `OPENAI_API_KEY` is read when it is not set.",
        fallback="OPENAI_API_KEY",
    ),
    Setting(
        "TUTOR_MODEL",
        read.any_text,
        "Name of the model.",
        "gpt-5.4-mini",
    ),
    Setting(
        "TUTOR_RESIDENCY_POLICY",
        read.any_text,
        "Id of the policy: a ready one, or one of your own residency file.",
        "uk-at-rest",
    ),
    Setting(
        "TUTOR_RESIDENCY_FILE",
        read.rulebook,
        "Path of a TOML file with policies and endpoints of your own (docs/residency.md).",
        "",
    ),
    Setting(
        "TUTOR_RESIDENCY_EVIDENCE",
        read.evidence,
        "`proof`: a provider's record must be read; `address`: its host's name is accepted, and said to be no more.",
        read.EVIDENCE_PROOF,
    ),
    Setting(
        "TUTOR_RESIDENCY_CHECK_HOURS",
        read.seconds,
        "How often a running gateway repeats the residency check, hours.",
        "24",
    ),
    Setting(
        "TUTOR_RESIDENCY_STALE_HOURS",
        read.seconds,
        "How long an attestation holds, hours; past it the gateway answers no one.",
        "48",
    ),
    Setting(
        "TUTOR_ADMIN_API_KEY",
        read.secret,
        "Admin key that may read the project and data retention, and nothing more. Never sent with a learner's words.",
        "",
    ),
    Setting(
        "TUTOR_MODEL_PROJECT",
        read.provider_id,
        "The provider's project; every request names it. `OPENAI_PROJECT_ID` is read when it is not set.",
        "",
        fallback="OPENAI_PROJECT_ID",
    ),
    Setting(
        "TUTOR_MODEL_ORGANISATION",
        read.provider_id,
        "The provider's organisation, if requests must name it. `OPENAI_ORG_ID` is read when it is not set.",
        "",
        fallback="OPENAI_ORG_ID",
    ),
    Setting(
        "TUTOR_MODEL_CA_FILE",
        read.file_path,
        "PEM file of the authorities for the endpoint's certificate; certifi's otherwise.",
        "",
    ),
    Setting(
        "TUTOR_OPERATOR_COUNTRY",
        read.any_text,
        "Country (ISO 3166, `GB`) where you run an endpoint of your own; empty otherwise.",
        "",
    ),
    Setting(
        "TUTOR_ALLOWED_ORIGINS",
        read.origins,
        "Origins of the LMS pages that may call the gateway, with commas between.",
        "",
    ),
    Setting(
        "TUTOR_RETENTION_DAYS",
        read.whole,
        "Days after which a transcript is deleted.",
        "30",
    ),
    Setting(
        "TUTOR_BUDGET_TOKENS_PER_LEARNER_DAY",
        read.natural,
        "Tokens that one learner may use in a day (UTC); 0: no such limit.",
        "200000",
    ),
    Setting(
        "TUTOR_BUDGET_TOKENS_PER_LESSON_MONTH",
        read.natural,
        "Tokens that all learners of one lesson may use in a month (UTC); 0: no such limit.",
        "0",
    ),
    Setting(
        "TUTOR_BUDGET_TOKENS_PER_DEPARTMENT_MONTH",
        read.natural,
        "Tokens that all learners of one department may use in a month (UTC); 0: no such limit.",
        "0",
    ),
    Setting(
        "TUTOR_BUDGET_TOKENS_PER_MONTH",
        read.natural,
        "Tokens that the whole service may use in a month (UTC); 0: no such limit.",
        "50000000",
    ),
    Setting(
        "TUTOR_MESSAGES_PER_MINUTE",
        read.natural,
        "Messages that one learner may send in any sixty seconds; 0: no such limit.",
        "60",
    ),
    Setting(
        "TUTOR_BLOCK_OFFICIAL_SENSITIVE",
        read.yes_or_no,
        "Whether OFFICIAL-SENSITIVE text is blocked; higher markings always are.",
        "yes",
    ),
    Setting(
        "TUTOR_MODERATION",
        read.moderation,
        "`auto`, `on` or `off`: OpenAI's inline moderation of input and output. `auto`: on OpenAI's own hosts.",
        "auto",
    ),
    Setting(
        "TUTOR_MAX_OUTPUT_TOKENS",
        read.whole,
        "Longest answer, tokens.",
        "800",
    ),
    Setting(
        "TUTOR_METRICS_TOKEN",
        read.secret,
        "Bearer token that opens `/metrics` for Prometheus; empty: there are no metrics.",
        "",
    ),
    Setting(
        "TUTOR_PRICE_INPUT_USD_PER_MILLION",
        read.amount,
        "Price of a million input tokens, US dollars; for the ledger.",
        "0",
    ),
    Setting(
        "TUTOR_PRICE_OUTPUT_USD_PER_MILLION",
        read.amount,
        "Price of a million output tokens, US dollars; for the ledger.",
        "0",
    ),
    Setting(
        "TUTOR_CONNECT_SECONDS",
        read.seconds,
        "Longest wait for a connection to the model, seconds.",
        "5",
    ),
    Setting(
        "TUTOR_READ_SECONDS",
        read.seconds,
        "Longest silence of the model, seconds.",
        "30",
    ),
    Setting(
        "TUTOR_TURN_SECONDS",
        read.seconds,
        "Longest turn, seconds. Also when a stranded reservation is given back.",
        "120",
    ),
    Setting(
        "TUTOR_MODEL_RETRIES",
        read.natural,
        "How often a failed call is repeated before any text came.",
        "1",
    ),
)
