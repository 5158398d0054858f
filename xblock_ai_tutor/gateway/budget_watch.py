"""Telling the operator that a budget runs low: one log line and one audit row for each of 80, 95 and 100 %.

Once in a budget's period for each, whichever worker sees it first. Budgets of single learners are left out: an operator
is to run a service, not to watch a person. `settlement`, `housekeeping` and `turn_checks` call it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final

from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway.budget import LEARNER, kind_of
from xblock_ai_tutor.gateway.logs import log
from xblock_ai_tutor.gateway.store.audit import dao_add_audit
from xblock_ai_tutor.gateway.store.budgets import Balance, Claim, dao_mark_warned
from xblock_ai_tutor.gateway.store.database import dao_insert_once, transaction
from xblock_ai_tutor.gateway.store.tables import Budget

THRESHOLDS: Final = (80, 95, 100)  # per cent of the limit that is used; a turn that was refused makes it 100


def warn_of_use(balances: Iterable[Balance]) -> None:
    """Warn of the thresholds that the use in `balances`, as they were settled, has reached and nobody was told of.

    A transaction of its own, which is rarely needed: were it lost, the next turn that settles would find it due.
    """
    due = [
        (balance, percent)
        for balance in balances
        for percent in THRESHOLDS
        if balance.limit and balance.used * 100 >= percent * balance.limit and percent > balance.warned
        if kind_of(balance.scope) != LEARNER
    ]
    if due:
        with transaction() as session:
            for balance, percent in due:
                _warn(session, balance.scope, balance.period, percent, limit=balance.limit)


def warn_of_refusal(session: Session, claim: Claim) -> None:
    """Warn that a turn was refused because `claim` cannot hold it: for whoever asks, it is used up."""
    dao_insert_once(session, Budget, scope=claim.scope, period=claim.period, used=0, reserved=0)
    _warn(session, claim.scope, claim.period, THRESHOLDS[-1], limit=claim.limit)


def _warn(session: Session, scope: str, period: str, percent: int, *, limit: int) -> None:
    if kind_of(scope) == LEARNER or not dao_mark_warned(session, scope=scope, period=period, percent=percent):
        return
    detail = {"budget": scope, "period": period, "percent": percent, "limit_tokens": limit}
    dao_add_audit(session, at_ms=int(time.time() * 1000), actor="gateway", action="budget_warning", detail=detail)
    log("budget_warning", **detail)
