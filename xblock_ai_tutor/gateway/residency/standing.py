"""Whether the gateway may answer now, by the attestation in its database. `turn`, the model and the routes ask it.

Each worker looks again after `_CACHE_S`, so what one worker finds stops or starts all of them within seconds. The
newest attestation that could be read counts: passed, genuine, not stale, and not dated by a clock that has gone back.
One that could not be read (`unreadable`) takes nothing away from the last that passed, until that one is stale.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.failures import ApiError
from xblock_ai_tutor.gateway.i18n import marked, translator
from xblock_ai_tutor.gateway.posture import subject
from xblock_ai_tutor.gateway.residency.attestation import (
    CLOCK_MARGIN_MS,
    PASSED,
    UNREADABLE,
    Document,
    is_genuine,
    moment_ms,
    public_key,
    signing_key,
)
from xblock_ai_tutor.gateway.store.attestations import dao_get_last_attestation
from xblock_ai_tutor.gateway.store.database import reading
from xblock_ai_tutor.gateway.store.tables import AttestationRow

# This module is imported before gunicorn's worker patches the standard library, so it must not bring in the SDK (ssl).
_CACHE_S: Final = 2.0

HOLDS: Final = "holds"
NONE: Final = "none"
FAILED: Final = "failed"
STALE: Final = "stale"
CLOCK: Final = "clock"
FORGED: Final = "forged"

STOPPED: Final = marked(
    "The tutor is not answering at the moment: where your words would go has not been confirmed. "
    "The lesson works without it."
)


class ResidencyStoppedError(ApiError):
    """No attestation holds: no turn is begun and no model is asked."""

    status = 503
    code = "residency"
    retry = True

    def __init__(self, language: str = "en") -> None:
        super().__init__(translator(language).gettext(STOPPED))


@dataclass(frozen=True, slots=True)
class Standing:
    """`reason` is `holds`, or why the gateway does not answer; `attestation` is the one that was judged, if any."""

    reason: str
    attestation: Document | None

    @property
    def answering(self) -> bool:
        return self.reason == HOLDS


class Standings:
    """The standing of one gateway, looked up in its database and remembered for a moment."""

    def __init__(self, settings: Settings) -> None:
        self.public_key = public_key(signing_key(settings.identity_bytes()))
        self._subject = subject(settings)
        self._looking = threading.Lock()
        self._looked = float("-inf")
        self._standing = Standing(NONE, None)

    def now(self) -> Standing:
        """The standing, at most `_CACHE_S` old."""
        if time.monotonic() - self._looked < _CACHE_S:
            return self._standing
        with self._looking:
            if time.monotonic() - self._looked >= _CACHE_S:
                self._standing = self._look(int(time.time() * 1000))
                self._looked = time.monotonic()
            return self._standing

    def require(self, language: str = "en") -> None:
        """Raise `ResidencyStoppedError` unless an attestation holds."""
        if not self.now().answering:
            raise ResidencyStoppedError(language)

    def forget(self) -> None:
        """Look again at the next question: this worker has just checked."""
        self._looked = float("-inf")

    def _look(self, now_ms: int) -> Standing:
        with reading() as session:
            row = dao_get_last_attestation(session, self._subject, but=UNREADABLE)
        return judge_row(row, subject=self._subject, trusted=self.public_key, now_ms=now_ms)


def judge_row(row: AttestationRow | None, *, subject: str, trusted: str, now_ms: int) -> Standing:
    """What a stored attestation is worth now. Nothing of the row is believed but what is signed."""
    if row is None:
        return Standing(NONE, None)
    try:
        document = json.loads(row.document)
    except ValueError:
        return Standing(FORGED, None)
    if not isinstance(document, dict) or not is_genuine(document, trusted) or document["subject"] != subject:
        return Standing(FORGED, None)
    at_ms, until_ms = (moment_ms(document[name]) for name in ("at", "valid_until"))
    if document["outcome"] != PASSED:
        return Standing(FAILED, document)
    if at_ms > now_ms + CLOCK_MARGIN_MS:
        return Standing(CLOCK, document)
    return Standing(HOLDS if now_ms < until_ms else STALE, document)
