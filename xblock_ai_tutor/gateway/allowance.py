"""What a learner may still use of the tutor, and when it returns: figures for the page, and a sentence for the person.

A turn draws on several budgets; the one with the least left is the one that matters. `settlement` puts it into `done`,
`transcript` into the conversation, `turn_checks` into a refusal.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from xblock_ai_tutor.gateway.budget import DEPARTMENT, LEARNER, LESSON, SERVICE, kind_of, returns_at
from xblock_ai_tutor.gateway.i18n import marked, translator
from xblock_ai_tutor.gateway.store.budgets import Balance, Claim, dao_get_balances
from xblock_ai_tutor.gateway.store.direct import Work

_LEFT: Final = {
    LEARNER: marked("Left of your allowance for today: {percent} %. It is whole again on {when}."),
    LESSON: marked("Left of this lesson’s allowance for this month: {percent} %. It is whole again on {when}."),
    DEPARTMENT: marked("Left of your department’s allowance for this month: {percent} %. It is whole again on {when}."),
    SERVICE: marked("Left of the tutor’s allowance for this month: {percent} %. It is whole again on {when}."),
}
_USED_UP: Final = {
    LEARNER: marked(
        "You have used the tutor's allowance for today. It returns at midnight: {when}. The lesson works without the "
        "tutor."
    ),
    LESSON: marked(
        "The tutor's allowance for this lesson is used up for this month. It returns on {when}. The lesson works "
        "without the tutor."
    ),
    DEPARTMENT: marked(
        "Your department's allowance of the tutor is used up for this month. It returns on {when}. The lesson works "
        "without the tutor."
    ),
    SERVICE: marked(
        "The tutor's allowance for this month is used up for everyone. It returns on {when}. The lesson works without "
        "the tutor."
    ),
}
_WHEN: Final = marked("{date}, {time} (UTC)")


@dataclass(frozen=True, slots=True)
class Allowance:
    """The budget with the least left: which kind it is, tokens left of how many, when it is whole again (UTC)."""

    kind: str
    remaining: int
    limit: int
    returns: dt.datetime

    def to_json(self, language: str) -> dict[str, Any]:
        """`{"of", "remaining_tokens", "limit_tokens", "returns_at", "message"}`, the message in `language`."""
        percent = self.remaining * 100 // self.limit
        message = translator(language).gettext(_LEFT[self.kind])
        return {
            "of": self.kind,
            "remaining_tokens": self.remaining,
            "limit_tokens": self.limit,
            "returns_at": self.returns.isoformat(timespec="seconds"),
            "message": message.format(percent=percent, when=in_words(self.returns, language)),
        }


def read_allowance(work: Work, claims: Sequence[Claim]) -> Allowance | None:
    """What is left of `claims` now; None when nothing limits the learner."""
    return allowance_of(claims, dao_get_balances(work, claims))


def allowance_of(claims: Sequence[Claim], balances: Iterable[Balance]) -> Allowance | None:
    """What is left of `claims`, whose budgets stand at `balances`: what is neither used nor held."""
    if not claims:
        return None
    gone = {balance.scope: balance.used + balance.reserved for balance in balances}
    remaining, claim = min(
        ((max(0, claim.limit - gone.get(claim.scope, 0)), claim) for claim in claims), key=lambda each: each[0]
    )
    return Allowance(kind_of(claim.scope), remaining, claim.limit, returns_at(claim.period))


def used_up(claim: Claim, language: str) -> str:
    """The sentence for a learner whose question `claim` cannot hold any more."""
    sentence = translator(language).gettext(_USED_UP[kind_of(claim.scope)])
    return sentence.format(when=in_words(returns_at(claim.period), language))


@functools.lru_cache(maxsize=256)
def in_words(at: dt.datetime, language: str) -> str:
    """A moment as a person writes it in their language: "Friday, 3 July 2026, 00:00 (UTC)"."""
    tag = language.replace("-", "_")
    try:
        locale = Locale.parse("en_GB" if tag == "en" else tag)
    except (UnknownLocaleError, ValueError):
        locale = Locale("en", "GB")
    date, time = format_date(at, "full", locale=locale), format_time(at, "short", tzinfo=dt.UTC, locale=locale)
    return translator(language).gettext(_WHEN).format(date=date, time=time)
