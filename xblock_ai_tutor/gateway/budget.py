"""Which budgets a turn draws on, how many tokens it may need, what it cost. Pure; the turn and the API call it.

What is held for a turn is more than it can use, whatever the learner wrote: a request never has more tokens than bytes
(`ModelRequest.tokens_at_most`), `compose_within` leaves out what would not fit, and the answer is limited by the
`max_output_tokens` that is sent with it. Only an endpoint that ignores that limit, or counts more tokens than there
are bytes, can report more; that is booked as reported, and `OVER_REPORTED` is logged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.models.compose import Exchange, ModelRequest
from xblock_ai_tutor.gateway.store.budgets import Claim, Hold

if TYPE_CHECKING:
    from xblock_ai_tutor.gateway.tickets import Ticket  # brings in ssl, which gevent must patch first

SERVICE: Final = "service"
LEARNER: Final = "learner"
LESSON: Final = "lesson"
DEPARTMENT: Final = "department"
OVER_REPORTED: Final = "more_tokens_than_held"
_BYTES_PER_TOKEN: Final = 4
# Bytes by which placeholders may be longer than what they stand for, before history makes room for them.
_PLACEHOLDERS_BYTES: Final = 256


def claims_on(settings: Settings, ticket: Ticket, at: dt.datetime) -> tuple[Claim, ...]:
    """The budgets of the ticket's learner (day), lesson, department and the service (months) at `at` (UTC).

    A limit of 0 is none. A ticket without a department draws on no department's budget.
    """
    day, month = at.strftime("%Y-%m-%d"), at.strftime("%Y-%m")
    department = settings.budget_tokens_per_department_month if ticket.department else 0
    claims = (
        Claim(f"{LEARNER}:{ticket.learner}", day, settings.budget_tokens_per_learner_day),
        Claim(f"{LESSON}:{ticket.usage}", month, settings.budget_tokens_per_lesson_month),
        Claim(f"{DEPARTMENT}:{ticket.department}", month, department),
        Claim(SERVICE, month, settings.budget_tokens_per_month),
    )
    return tuple(claim for claim in claims if claim.limit)


def kind_of(scope: str) -> str:
    """`learner`, `lesson`, `department` or `service`, for a budget's scope."""
    return scope.partition(":")[0]


def returns_at(period: str) -> dt.datetime:
    """When a budget of this period (`2026-07-03` or `2026-07`) is whole again: the next period's beginning, UTC."""
    if len(period) == len("2026-07-03"):
        return dt.datetime.fromisoformat(period).replace(tzinfo=dt.UTC) + dt.timedelta(days=1)
    year, month = (int(part) for part in period.split("-"))
    return dt.datetime(year + month // 12, month % 12 + 1, 1, tzinfo=dt.UTC)


def hold_for(request: ModelRequest, *, max_output_tokens: int) -> Hold:
    """What to hold for a turn, from its request before the learner's words are redacted."""
    return Hold(
        tokens=request.tokens_at_most() + _PLACEHOLDERS_BYTES + max_output_tokens,
        likely_in=estimated_tokens(request.size()),
        likely_out=max_output_tokens,
    )


def compose_within(
    hold: Hold,
    history: Sequence[Exchange],
    write: Callable[[Sequence[Exchange]], ModelRequest],
    *,
    max_output_tokens: int,
) -> ModelRequest | None:
    """The request that `write` makes of as much of the latest history as what is held allows; None: not even without.

    Placeholders can be longer than what they stand for, so a request may have grown since `hold_for` saw it.
    """
    for start in range(len(history) + 1):
        request = write(history[start:])
        if request.tokens_at_most() + max_output_tokens <= hold.tokens:
            return request
    return None


def estimated_tokens(characters: int) -> int:
    """What a text of this many characters probably took, where the endpoint could not say because it was cut off."""
    return -(-characters // _BYTES_PER_TOKEN)


def cost_microusd(settings: Settings, *, tokens_in: int, tokens_out: int) -> int:
    """Millionths of a dollar at the configured prices; dollars a million tokens are microdollars a token."""
    price_in, price_out = settings.price_input_usd_per_million, settings.price_output_usd_per_million
    return round(tokens_in * price_in + tokens_out * price_out)
