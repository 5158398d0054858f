"""What an assessment states of this gateway, read from its settings, its rules and its newest attestation. Pure.

`tutor-gateway facts` prints it, and fills it into the marked block of docs/dpia.md and docs/atrs.md, so that no figure
in them is typed by hand. Keys are no part of it: only the settings that `_PUBLIC` lists are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from xblock_ai_tutor.gateway.config import SETTINGS, ConfigError
from xblock_ai_tutor.gateway.errors import GatewayError, PolicyError
from xblock_ai_tutor.gateway.sandbox.identifiers import REGISTRY
from xblock_ai_tutor.gateway.sandbox.markings import NAMES, OFFICIAL_SENSITIVE
from xblock_ai_tutor.gateway.sandbox.rulebook import Policy, Rulebook
from xblock_ai_tutor.gateway.tickets import RECEIPT_SECONDS, SERVICE_TOKEN_SECONDS, TICKET_SECONDS

Facts = dict[str, Any]

BEGIN: Final = "<!-- facts: tutor-gateway facts --fill PAGE -->"
END: Final = "<!-- /facts -->"
_TOKENS: Final = {"service_token": SERVICE_TOKEN_SECONDS, "ticket": TICKET_SECONDS, "receipt": RECEIPT_SECONDS}
NOT_SET: Final = "not set"
USE_DAYS: Final = 30
_FEWEST: Final = 10  # a count below it could be one person's doing

_PUBLIC: Final = (
    "TUTOR_MODEL",
    "TUTOR_MODEL_BASE_URL",
    "TUTOR_RESIDENCY_POLICY",
    "TUTOR_RESIDENCY_FILE",
    "TUTOR_RESIDENCY_EVIDENCE",
    "TUTOR_RESIDENCY_CHECK_HOURS",
    "TUTOR_RESIDENCY_STALE_HOURS",
    "TUTOR_RETENTION_DAYS",
    "TUTOR_BUDGET_TOKENS_PER_LEARNER_DAY",
    "TUTOR_BUDGET_TOKENS_PER_LESSON_MONTH",
    "TUTOR_BUDGET_TOKENS_PER_DEPARTMENT_MONTH",
    "TUTOR_BUDGET_TOKENS_PER_MONTH",
    "TUTOR_MESSAGES_PER_MINUTE",
    "TUTOR_MAX_OUTPUT_TOKENS",
    "TUTOR_BLOCK_OFFICIAL_SENSITIVE",
)

_UNTIL_DECISION: Final = "`tutor-gateway records erase`, or the operator deletes it"

# tables, whether they hold a learner's pseudonym, what they hold, until when; `{days}` is the retention.
_KEPT: Final = (
    (
        ("conversations", "turns"),
        True,
        "redacted question and answer, and what placeholders stand for, each encrypted",
        "a turn: {days} days; placeholders: {days} days after the last turn; or the learner erases it",
    ),
    (("feedback", "reports"), True, "a thumb or a report on a turn, and what a person decided", "as long as the turn"),
    (("ledger",), True, "pseudonym, course, step, counts, times, cost; no words", _UNTIL_DECISION),
    (
        ("budgets", "reservations"),
        True,
        "tokens used and held",
        "a learner's day: {days} days; a reservation: its turn has ended; other budgets, which name no learner, stay",
    ),
    (("paces",), True, "the times of a learner's messages within a minute", "an hour at most"),
    (("used_tokens",), False, "ids of service tokens", "an hour after they expired at most"),
    (("revocations",), False, "ids of erased conversations", "an hour after their tickets expired at most"),
    (("switches",), False, "what is switched off, and why", "it is switched on"),
    (("audit",), False, "what was done to records and settings, with counts", "it stays: the database refuses changes"),
    (("lessons",), False, "the texts of lessons", "the operator deletes them"),
    (
        ("attestations", "residency_checks"),
        False,
        "what each residency check found",
        "it stays: the database refuses changes",
    ),
)


class NoBlockError(GatewayError):
    """A page has no block between the two marks."""


def facts_of(
    environ: Mapping[str, str],
    attestation: Mapping[str, Any] | None = None,
    use: Mapping[str, int] | None = None,
) -> Facts:
    """The facts of a gateway with these settings (defaults where not set) and this newest attestation.

    `use` counts, where there is a database: a count below ten becomes a sentence. It holds no parts of a whole, from
    which a small one could be had by subtraction.
    Tokens are the model's; times say their unit. Raises `ConfigError` when a setting that is read does not fit.
    """
    values = _values(environ)
    rules: Rulebook = values["TUTOR_RESIDENCY_FILE"]
    try:
        policy = rules.policy(values["TUTOR_RESIDENCY_POLICY"])
    except PolicyError as error:
        raise ConfigError((f"TUTOR_RESIDENCY_POLICY: {error}",)) from None
    days = values["TUTOR_RETENTION_DAYS"]
    host = urlsplit(values["TUTOR_MODEL_BASE_URL"]).hostname or NOT_SET
    allowed = () if values["TUTOR_BLOCK_OFFICIAL_SENSITIVE"] else (OFFICIAL_SENSITIVE,)
    return {
        "model": values["TUTOR_MODEL"],
        "host": host,
        "residency": {
            "policy": policy.id,
            "required": _required(policy),
            "evidence_accepted": values["TUTOR_RESIDENCY_EVIDENCE"],
            "check_hours": values["TUTOR_RESIDENCY_CHECK_HOURS"],
            "stale_hours": values["TUTOR_RESIDENCY_STALE_HOURS"],
            "newest_attestation": _attested(attestation, policy.id, host) if attestation else None,
        },
        "retention_days": days,
        "kept": [
            {"tables": list(tables), "learners": learners, "holds": holds, "until": until.format(days=days)}
            for tables, learners, holds, until in _KEPT
        ],
        "budgets": {
            "tokens_per_learner_day": values["TUTOR_BUDGET_TOKENS_PER_LEARNER_DAY"],
            "tokens_per_lesson_month": values["TUTOR_BUDGET_TOKENS_PER_LESSON_MONTH"],
            "tokens_per_department_month": values["TUTOR_BUDGET_TOKENS_PER_DEPARTMENT_MONTH"],
            "tokens_per_service_month": values["TUTOR_BUDGET_TOKENS_PER_MONTH"],
            "messages_per_learner_minute": values["TUTOR_MESSAGES_PER_MINUTE"],
            "tokens_per_answer": values["TUTOR_MAX_OUTPUT_TOKENS"],
        },
        "use": {name: _count(number) for name, number in use.items()} if use else None,
        "identifiers": sorted(identifier.type for identifier in REGISTRY),
        "markings_blocked": [name for name in NAMES if name not in allowed],
        "token_seconds": _TOKENS,
    }


def _values(environ: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    problems = []
    for setting in SETTINGS:
        given = environ.get(setting.name) or setting.default or ""
        if setting.name not in _PUBLIC:
            continue
        try:
            values[setting.name] = setting.read(given) if given or setting.default is not None else given
        except ValueError as error:
            problems.append(f"{setting.name} {error}.")
    if problems:
        raise ConfigError(tuple(problems))
    return values


def _required(policy: Policy) -> dict[str, list[str]]:
    """Accepted places and retentions; an empty list asks nothing."""
    return {
        "stored in": sorted(policy.stored_in),
        "processed in": sorted(policy.processed_in),
        "usage metadata in": sorted(policy.usage_metadata_in),
        "retention": sorted(policy.retention),
    }


def _attested(document: Mapping[str, Any], policy: str, host: str) -> Facts:
    """What was attested; `of_these_settings`: whether it is about this policy and this host."""
    named = ("policy", "host", "outcome", "at", "valid_until", "digest")
    facts = (*document["facts"], document["retention"])
    return {name: document[name] for name in named} | {
        "of_these_settings": (document["policy"], document["host"]) == (policy, host),
        "facts": [{name: fact[name] for name in ("name", "found", "evidence", "ok")} for fact in facts],
    }


def block(facts: Facts) -> str:
    """The facts as Markdown tables, between the two marks."""
    residency, budgets = facts["residency"], facts["budgets"]
    lines = [
        BEGIN,
        *_table(
            ("fact", "value"),
            [
                ("model", f"`{facts['model']}`"),
                ("host of the model endpoint", facts["host"]),
                ("residency policy", f"`{residency['policy']}`"),
                ("evidence that is accepted", residency["evidence_accepted"]),
                ("residency is checked every", f"{residency['check_hours']:g} hours"),
                ("nobody is answered when the last passed check is older than", f"{residency['stale_hours']:g} hours"),
                ("transcripts are erased after", f"{facts['retention_days']} days"),
                *((name.replace("_", " "), _limit(amount)) for name, amount in budgets.items()),
                *((f"a {name.replace('_', ' ')} lives", f"{s} seconds") for name, s in facts["token_seconds"].items()),
                *((name.replace("_", " "), f"{count}") for name, count in (facts["use"] or {}).items()),
                ("identifiers that are held back", ", ".join(name.replace("_", " ") for name in facts["identifiers"])),
                ("markings that block a message", ", ".join(facts["markings_blocked"])),
            ],
        ),
        "",
        *_residency(residency),
        "",
        *_table(
            ("kept (tables)", "holds", "a learner's pseudonym", "until"),
            [
                (", ".join(row["tables"]), row["holds"], "yes" if row["learners"] else "no", row["until"])
                for row in facts["kept"]
            ],
        ),
        END,
    ]
    return "\n".join(lines)


def filled(page: str, facts: Facts) -> str:
    """`page` with these facts in its block. Raises `NoBlockError`."""
    head, begin, rest = page.partition(BEGIN)
    _old, end, tail = rest.partition(END)
    if not begin or not end:
        raise NoBlockError(f"The page has no block between {BEGIN} and {END}.")
    return head + block(facts) + tail


def _residency(residency: Facts) -> list[str]:
    attested = residency["newest_attestation"]
    counts = attested and attested["of_these_settings"]
    found = {fact["name"]: fact for fact in attested["facts"]} if counts else {}
    rows = [
        (name, ", ".join(places) or "–", *((found[name]["found"], found[name]["evidence"]) if found else ("–", "–")))
        for name, places in residency["required"].items()
    ]
    return [*_table(("fact", "required", "found", "evidence"), rows), "", _said(attested)]


def _said(attested: Facts | None) -> str:
    if attested is None:
        return "No residency check is recorded here: nothing is proven."
    said = (
        f"Newest attestation: {attested['outcome']} under `{attested['policy']}` for {attested['host']}, "
        f"{attested['at']}, until {attested['valid_until']}; digest `{attested['digest']}`."
    )
    other = "" if attested["of_these_settings"] else " It is about another policy or host: nothing is proven of these."
    return said + other


def _count(number: int) -> int | str:
    return number if number >= _FEWEST else f"fewer than {_FEWEST}"


def _limit(amount: int) -> str:
    return f"{amount:,}" if amount else "no limit"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    written = [head, ("---",) * len(head), *rows]
    return [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in written]
