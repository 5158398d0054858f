"""How many tokens a turn may need, which budgets it draws on, what it cost. Pure; the turn and the API call it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.models.compose import Exchange
from xblock_ai_tutor.gateway.store.budgets import Claim

SERVICE: Final = "service"
# A token is at least one byte, so bytes are a safe bound for what a learner wrote (which may be built to have many
# tokens). Instructions and lessons are ordinary prose at some four bytes a token: half their bytes is still twice that.
_PROSE_BYTES_PER_TOKEN: Final = 2
_BYTES_PER_TOKEN: Final = 4
_INSTRUCTIONS_TOKENS: Final = 2_000


def claims_on(settings: Settings, learner: str, at: dt.datetime) -> tuple[Claim, Claim]:
    """The learner's day and the service's month (UTC) at `at`."""
    return (
        Claim(f"learner:{learner}", at.strftime("%Y-%m-%d"), settings.budget_tokens_per_learner_day),
        Claim(SERVICE, at.strftime("%Y-%m"), settings.budget_tokens_per_month),
    )


def tokens_to_reserve(settings: Settings, *, lesson_bytes: int, history: Sequence[Exchange], words: str) -> int:
    """The most that a turn can use: its whole input, and the longest answer."""
    learner_bytes = len(words.encode("utf-8", errors="replace"))
    learner_bytes += sum(len((past.question + past.answer).encode("utf-8", errors="replace")) for past in history)
    lesson_tokens = lesson_bytes // _PROSE_BYTES_PER_TOKEN
    return _INSTRUCTIONS_TOKENS + lesson_tokens + learner_bytes + settings.max_output_tokens


def estimated_tokens(characters: int) -> int:
    """What a text of this many characters probably took, where the endpoint could not say because it was cut off."""
    return -(-characters // _BYTES_PER_TOKEN)


def cost_microusd(settings: Settings, *, tokens_in: int, tokens_out: int) -> int:
    """Millionths of a dollar at the configured prices; dollars a million tokens are microdollars a token."""
    price_in, price_out = settings.price_input_usd_per_million, settings.price_output_usd_per_million
    return round(tokens_in * price_in + tokens_out * price_out)
