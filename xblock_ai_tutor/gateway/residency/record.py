"""Attestations kept: one check made, stored and logged; when the next is due; one worker at a time.

`serve` checks before it starts, each worker's timer asks `check_when_due`, `residency check --record` checks now.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Final

from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.errors import ResidencyError
from xblock_ai_tutor.gateway.logs import log
from xblock_ai_tutor.gateway.posture import subject
from xblock_ai_tutor.gateway.residency.attestation import CLOCK_MARGIN_MS, PASSED, Document, failing, moment_ms
from xblock_ai_tutor.gateway.residency.check import attest
from xblock_ai_tutor.gateway.store.attestations import (
    dao_add_attestation,
    dao_get_last_attestation,
    dao_give_check_back,
    dao_take_check,
)
from xblock_ai_tutor.gateway.store.database import transaction
from xblock_ai_tutor.gateway.store.tables import AttestationRow

_RETRY_MS: Final = 300_000  # after a check that did not pass
_LEASE_MS: Final = 180_000  # longer than a check can take: four silences
_HOUR_MS: Final = 3_600_000


def check_and_record(settings: Settings, *, environ: Mapping[str, str]) -> Document:
    """Check now, and add what was found to the database of the app context."""
    found = attest(settings, environ=environ, now=dt.datetime.now(dt.UTC))
    record(found)
    return found


def record(found: Document) -> int:
    """Add an attestation; its number. What failed goes to the log, which holds no words of a learner anyway."""
    with transaction() as session:
        number = dao_add_attestation(
            session,
            AttestationRow(
                subject=found["subject"],
                at_ms=moment_ms(found["at"]),
                valid_until_ms=moment_ms(found["valid_until"]),
                outcome=found["outcome"],
                document=json.dumps(found, ensure_ascii=False),
            ),
        )
    log("residency_checked", attestation=number, outcome=found["outcome"], failing=failing(found))
    return number


def check_when_due(settings: Settings, *, environ: Mapping[str, str], now_ms: int) -> Document | None:
    """Check if it is time and no other worker is at it; what was found, or None."""
    about = subject(settings)
    with transaction() as session:
        last = dao_get_last_attestation(session, about)
        if not is_due(settings, last, now_ms) or not dao_take_check(session, now_ms=now_ms, lease_ms=_LEASE_MS):
            return None
    try:
        return check_and_record(settings, environ=environ)
    except ResidencyError as error:  # the address was judged at start, so this is a mistake of ours
        log("residency_check_failed", error=type(error).__name__)
        return None
    finally:
        with transaction() as session:
            dao_give_check_back(session)


def is_due(settings: Settings, last: AttestationRow | None, now_ms: int) -> bool:
    """Whether it is time: none yet, the last is old enough, or it was dated by a clock that has since gone back."""
    if last is None or last.at_ms > now_ms + CLOCK_MARGIN_MS:
        return True
    return now_ms - last.at_ms >= wait_ms(settings, last.outcome)


def wait_ms(settings: Settings, outcome: str) -> int:
    """How long after a check with that outcome the next is due."""
    interval = int(settings.residency_check_hours * _HOUR_MS)
    return interval if outcome == PASSED else min(interval, _RETRY_MS)
