"""The API platform's feeds, as `adoption fetch` saves them: what it charged day by day, and where its data is.

One project, stored in the UK, with a cost that grows a little; its record is read at the end of each month. Nothing is
about a person. Called by `build`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from analytics_dash.demonstration import planted
from analytics_dash.sources.attestations_feed import document, sealed

PROJECT: Final = "proj_tutor"
BUDGET_TOKENS: Final = 20_000_000
DAILY_USD: Final = (3.0, 9.0)
"""Between which amounts a day's cost lies."""


def posture_lines(rng: Random) -> list[bytes]:
    """The platform's record of the project on the last day of each month, a page each."""
    return [
        _page(
            "openai-posture",
            _evening(_after(month) - timedelta(days=1)) + timedelta(seconds=rng.randrange(3600)),
            {
                "project": {"id": PROJECT, "residency": "GB_STORAGE", "status": "active"},
                "retention": "organization_default",
                "organisation_retention": "modified_abuse_monitoring",
            },
        )
        for month in planted.MONTHS
    ]


def attestation_lines(rng: Random) -> list[bytes]:
    """What the gateway attested of its endpoint on the last day of each month; its key is of this seed."""
    key = Ed25519PrivateKey.from_private_bytes(rng.randbytes(32))
    days = (_after(month) - timedelta(days=1) for month in planted.MONTHS)
    return [json.dumps(sealed(document(_evening(day)), key)).encode() for day in days]


def budget_lines(rng: Random) -> list[bytes]:
    """The tutor's budget at the end of each month: its use grows, until in the last month it passes 80 %."""
    lines = []
    for number, month in enumerate(planted.MONTHS):
        used = BUDGET_TOKENS * (38 + 9 * number) // 100 + rng.randrange(BUDGET_TOKENS // 50)
        at = _evening(_after(month) - timedelta(days=1)).isoformat()
        line = {"at": at, "budget": "service", "period": month, "used_tokens": used, "held_tokens": 0}
        lines.append(json.dumps(line | {"limit_tokens": BUDGET_TOKENS}).encode())
    return lines


def cost_lines(rng: Random) -> list[bytes]:
    """What the platform charged for the project on each day, a page each."""
    return [_page("openai-costs", _evening(day + timedelta(days=1)), _cost(rng, day)) for day in _days()]


def _cost(rng: Random, day: date) -> dict[str, Any]:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    result = {
        "object": "organization.costs.result",
        "project_id": PROJECT,
        "line_item": None,
        "amount": {"value": round(rng.uniform(*DAILY_USD), 2), "currency": "usd"},
    }
    return {
        "start_time": int(start.timestamp()),
        "end_time": int((start + timedelta(days=1)).timestamp()),
        "results": [result],
    }


def _page(feed: str, fetched: datetime, record: dict[str, Any]) -> bytes:
    line = {"feed": feed, "format": 1, "request": {}, "fetched_at": fetched.isoformat(), "cursor": None, "done": True}
    return json.dumps(line | {"page": {"data": [record]}}).encode()


def _days() -> Iterator[date]:
    day = date.fromisoformat(f"{planted.MONTHS[0]}-01")
    while day < _after(planted.MONTHS[-1]):
        yield day
        day += timedelta(days=1)


def _after(month: str) -> date:
    """The first day of the next month."""
    return (date.fromisoformat(f"{month}-01") + timedelta(days=31)).replace(day=1)


def _evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 18, tzinfo=UTC)
