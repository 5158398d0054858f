"""The OpenAI API platform's feeds: their fields, those that are never read, and made-up pages as a fetch saves them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from analytics_dash.sources.description import FeedSchema, Field, NeverRead
from analytics_dash.sources.fetched_pages import FORMAT
from analytics_dash.sources.reader import Sample
from analytics_dash.sources.samples import START, json_lines, mixed, never_read, randomness

_FORM: Final = "JSON lines of `adoption fetch`, a page each; or the API's own pages, as JSON lines or one document"
_PERSON: Final = "of one user, one key or one kind of request: such results are rejected"
_NARROW: Final = tuple(NeverRead(name, _PERSON) for name in ("user_id", "api_key_id"))
_BUCKET: Final = (
    Field("data.start_time", "whole number", "the day's begin; a bucket must be one day", "s since 1970, UTC", True),
    Field("data.end_time", "whole number", "the day's end, exclusive", "s since 1970, UTC"),
    Field("data.results.project_id", "text", "the project; null: not attributed, where it was asked by project"),
)
USAGE: Final = FeedSchema(
    version=1,
    form=_FORM,
    counts="results; a page without any counts as one",
    source="OpenAI Admin API, `GET /organization/usage/completions`, grouped by project and model",
    reads=(
        *_BUCKET,
        Field("data.results.model", "text", "the model"),
        Field("data.results.num_model_requests", "whole number", "requests", required=True),
        Field("data.results.input_tokens", "whole number", "tokens read, cached ones too", "tokens", True),
        Field("data.results.input_cached_tokens", "whole number", "of them, from the cache", "tokens"),
        Field("data.results.output_tokens", "whole number", "tokens written", "tokens", True),
    ),
    never=(
        NeverRead("input_text_tokens", "no indicator needs it"),
        NeverRead("output_text_tokens", "no indicator needs it"),
    ),
)
COSTS: Final = FeedSchema(
    version=1,
    form=_FORM,
    counts="results; a page without any counts as one",
    source="OpenAI Admin API, `GET /organization/costs`, grouped by project and line of the bill",
    reads=(
        *_BUCKET,
        Field("data.results.line_item", "text", "the line of the bill"),
        Field("data.results.amount.value", "number", "the amount, kept in millionths; credits are negative", "", True),
        Field("data.results.amount.currency", "text", "three letters", "ISO 4217", True),
    ),
    never=(
        NeverRead("organization_name", "the organisation's name is no figure"),
        NeverRead("quantity_unit", "no indicator needs it"),
    ),
)
POSTURE: Final = FeedSchema(
    version=1,
    form="JSON lines of `adoption fetch`, a page each",
    counts="projects; a page without any counts as one",
    source="OpenAI Admin API, `GET /organization/projects`, `…/projects/{id}/data_retention`, `…/data_retention`",
    reads=(
        Field("data.project.id", "text", "the project", required=True),
        Field("data.project.residency", "text", "where its data is kept at rest, such as GB_STORAGE"),
        Field("data.project.status", "text", "active, archived"),
        Field("data.project.archived_at", "whole number", "only whether it is archived, where there is no status"),
        Field("data.retention", "text", "the project's own data retention"),
        Field("data.organisation_retention", "text", "what holds where the project has none of its own"),
    ),
    never=(
        NeverRead("name", "a project may be named after somebody; the fetch does not save it"),
        NeverRead("external_key_id", "a key; the fetch does not save it"),
    ),
)
AUDIT: Final = FeedSchema(
    version=1,
    form=_FORM,
    counts="events; a page without any counts as one",
    source="OpenAI Admin API, `GET /organization/audit_logs`",
    reads=(
        Field("data.id", "text", "the event's id, kept as a digest", required=True),
        Field(
            "data.type", "text", "kept: project.*, organization.updated, external_key.*; others are ignored", "", True
        ),
        Field("data.effective_at", "whole number", "when it was", "s since 1970", True),
        Field("data.project.id", "text", "the project that it was done in"),
        Field("data.project.updated.id", "text", "the project that it was done to; likewise of the other kinds"),
    ),
    never=(
        NeverRead("actor", "who did it, with name, address, IP and key; the fetch does not save it"),
        NeverRead("data.title", "a project may be named after somebody; the fetch does not save it"),
    ),
)
_FETCHED_AT: Final = datetime(2026, 6, 1, 5, tzinfo=UTC)
_RECORDS_A_PAGE: Final = 7


def usage_sample(seed: int, rows: int, broken: int) -> Sample:
    spoils = (
        {"num_model_requests": -1},
        {"input_tokens": never_read("input_tokens")},
        {"user_id": "user-1"},
        {"input_cached_tokens": 10**9},
        {"project_id": never_read("project_id")},
    )
    return _buckets("openai-usage", seed, rows, broken, result=_usage, spoils=spoils)


def costs_sample(seed: int, rows: int, broken: int) -> Sample:
    spoils = (
        {"amount": None},
        {"amount": {"value": "NaN", "currency": "usd"}},
        {"amount": {"value": 1, "currency": never_read("currency")}},
        {"api_key_id": "key_1"},
        {"line_item": "someone@department.example"},
    )
    return _buckets("openai-costs", seed, rows, broken, result=_cost, spoils=spoils)


def posture_sample(seed: int, rows: int, broken: int) -> Sample:
    rng = randomness("openai-posture", seed)
    spoils: tuple[dict[str, Any], ...] = ({"status": never_read("status")}, {"id": never_read("id")}, {"residency": 7})
    sound = [_posture(rng, number, {}) for number in range(rows)]
    bad = [_posture(rng, rows + number, rng.choice(spoils)) for number in range(broken)]
    return _paged("openai-posture", mixed(rng, sound, bad), broken)


def audit_sample(seed: int, rows: int, broken: int) -> Sample:
    rng = randomness("openai-audit", seed)
    spoils: tuple[dict[str, Any], ...] = ({"id": never_read("id")}, {"effective_at": 10**15}, {"type": None})
    sound = [_event(rng, number) for number in range(rows)]
    bad = [_event(rng, rows + number) | {"type": "project.updated"} | rng.choice(spoils) for number in range(broken)]
    return _paged("openai-audit", mixed(rng, sound, bad), broken)


def _usage(rng: random.Random) -> dict[str, Any]:
    tokens = rng.randrange(1000, 90_000)
    return {
        "object": "organization.usage.completions.result",
        "model": rng.choice(("model-a", "model-b")),
        "num_model_requests": rng.randrange(1, 200),
        "input_tokens": tokens,
        "input_cached_tokens": rng.randrange(tokens),
        "output_tokens": rng.randrange(100, 9000),
        "input_text_tokens": never_read("input_text_tokens"),
        "output_text_tokens": never_read("output_text_tokens"),
    }


def _cost(rng: random.Random) -> dict[str, Any]:
    return {
        "object": "organization.costs.result",
        "line_item": rng.choice(("model-a, input", "model-a, output")),
        "amount": {"value": rng.randrange(1, 9_000_000) / 1_000_000, "currency": "usd"},
        "organization_name": never_read("organization_name"),
        "quantity_unit": never_read("quantity_unit"),
    }


def _buckets(
    kind: str,
    seed: int,
    rows: int,
    broken: int,
    *,
    result: Callable[[random.Random], dict[str, Any]],
    spoils: Sequence[dict[str, Any]],
) -> Sample:
    rng = randomness(kind, seed)

    def bucket(number: int, spoil: dict[str, Any]) -> dict[str, Any]:
        start = START.replace(hour=0) + timedelta(days=number % 28)
        values = {"project_id": f"proj_fictive{number % 3}", "user_id": None, "api_key_id": None} | result(rng) | spoil
        end = start + timedelta(days=1)
        return {"start_time": int(start.timestamp()), "end_time": int(end.timestamp()), "results": [values]}

    sound = [bucket(number, {}) for number in range(rows)]
    bad = [bucket(number, rng.choice(spoils)) for number in range(broken)]
    return _paged(kind, mixed(rng, sound, bad), broken)


def _posture(rng: random.Random, number: int, spoil: dict[str, Any]) -> dict[str, Any]:
    return {
        "project": {
            "id": f"proj_fictive{number}",
            "name": never_read("name"),
            "external_key_id": never_read("external_key_id"),
            "residency": rng.choice(("GB_STORAGE", "GB_STORAGE", "GLOBAL", None)),
            "status": rng.choice(("active", "archived")),
            **spoil,
        },
        "retention": rng.choice(("organization_default", "zero_data_retention")),
        "organisation_retention": "modified_abuse_monitoring",
    }


def _event(rng: random.Random, number: int) -> dict[str, Any]:
    kind = rng.choice(("project.created", "project.updated", "project.archived", "login.succeeded"))
    return {
        "id": f"audit_log-{number}",
        "type": kind,
        "effective_at": int((START + timedelta(hours=number)).timestamp()),
        "actor": {"session": {"user": {"email": never_read("actor")}, "ip_address": "192.0.2.7"}},
        kind: {"id": f"proj_fictive{number % 5}", "data": {"title": never_read("data.title")}},
    }


def _paged(kind: str, records: Iterable[dict[str, Any]], broken: int) -> Sample:
    pages = list(_pages(kind, list(records)))
    lines = sum(len(page["page"]["data"]) for page in pages)
    return Sample(f"{kind}-0001.jsonl", json_lines(json.dumps(page) for page in pages), lines, broken)


def _pages(kind: str, records: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(records), _RECORDS_A_PAGE):
        yield {
            "feed": kind,
            "format": FORMAT,
            "request": {},
            "fetched_at": _FETCHED_AT.isoformat(),
            "cursor": None,
            "done": start + _RECORDS_A_PAGE >= len(records),
            "page": {"data": records[start : start + _RECORDS_A_PAGE]},
        }
