"""What services built on the API platform cost: nobody's in particular, so the 10-5 rule has nothing to hide.

Called by `releases.build`, which puts it into the manifest. The gateway's own cost by learner is the indicator
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
