"""What services built on the API platform cost and where their data is: nobody's in particular, so nothing to hide.

Called by `releases.build`, which puts all of it into the manifest. The gateway's own cost by learner is the indicator
`tutor_cost`; the two are never added or divided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics_dash.indicators.population import month_of, within

if TYPE_CHECKING:
    from analytics_dash.indicators import Window
    from analytics_dash.warehouse import WarehouseTables


def api_costs(tables: WarehouseTables, window: Window) -> list[dict[str, Any]]:
    """The measure, month, currency and amount (whole units, rounded half up) of each month with costs, in order."""
    costs = within(tables.api_costs, "day", window)
    monthly = costs.mutate(month=month_of(costs.day)).group_by("month", "currency")
    sums = monthly.agg(micro=lambda t: t.amount_micro.sum()).order_by("month", "currency")
    return [
        {
            "measure": "api_cost",
            "month": row["month"],
            "currency": row["currency"],
            "amount": (int(row["micro"]) + 500_000) // 1_000_000,
        }
        for row in sums.to_pyarrow().to_pylist()
    ]


def quota(tables: WarehouseTables, window: Window) -> list[dict[str, Any]]:
    """Of each month with a limited budget: the last threshold that its use has reached (0, 80, 95, 100), and as_of.

    By the latest that the gateway said of the month. Never how many tokens: thresholds are what it warns at.
    """
    rows = tables.budgets.order_by("at", "digest").to_pyarrow().to_pylist()
    latest = {row["month"]: row for row in rows if row["month"] in window.months and row["limit_tokens"]}
    return [
        {
            "month": month,
            "reached": max(each for each in (0, 80, 95, 100) if 100 * row["used_tokens"] >= each * row["limit_tokens"]),
            "as_of": row["day"].isoformat(),
        }
        for month, row in sorted(latest.items())
    ]


def attestations(tables: WarehouseTables) -> list[dict[str, Any]]:
    """The latest attestation of each gateway (by its key): the facts with what they rest on, day, until, outcome.

    In the order of the keys. Of the day on which the gateway looked, whatever the release is about.
    """
    rows = tables.attestations.order_by("at", "digest").to_pyarrow().to_pylist()
    latest = {row["attested_by"]: row for row in rows}
    dates = ("day", "until")
    return [
        {name: value for name, value in row.items() if name not in ("digest", "at", *dates)}
        | {name: row[name].isoformat() for name in dates}
        for _key, row in sorted(latest.items())
    ]


def posture(tables: WarehouseTables) -> list[dict[str, Any]]:
    """What the platform's record last said of each project: project, stored_in, retention, status, as_of (a date).

    In the order of the projects' ids. The record is of the day on which it was read, whatever the release is about.
    """
    rows = tables.posture.order_by("as_of", "digest").to_pyarrow().to_pylist()
    latest = {row["project"]: row for row in rows}
    return [
        {
            "project": project,
            "stored_in": row["stored_in"],
            "retention": row["retention"],
            "status": row["status"],
            "as_of": row["as_of"].isoformat(),
        }
        for project, row in sorted(latest.items())
    ]
