"""What the running gateway does, in figures: for a data protection impact assessment and a transparency record.

`tutor-gateway facts` prints them, or puts them into the marked place of a page such as docs/dpia.md. All of it is from
the settings, the attestation in force and the ledger's totals; nothing is about a person.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any, Final

from xblock_ai_tutor.gateway.residency.public import shown
from xblock_ai_tutor.gateway.sandbox.redact import ENTITY_LABELS
from xblock_ai_tutor.gateway.services import Services
from xblock_ai_tutor.gateway.store.database import reading
from xblock_ai_tutor.gateway.store.feedback import dao_count_opinions
from xblock_ai_tutor.gateway.store.ledger import dao_count_turns_since

DAYS: Final = 30
_DAY_MS: Final = 86_400_000
_FEWEST: Final = 10  # a count below it could be one person's doing
_PLACE: Final = re.compile(r"(<!-- facts: [^\n]*-->\n).*?(<!-- end of facts -->)", re.DOTALL)


class NoPlaceError(ValueError):
    """A page has no place for the facts; the message says what it looks like."""


def facts_of(services: Services) -> dict[str, str]:
    """Each fact's name and value, in English, as an operator reads them."""
    settings = services.settings
    with reading() as session:
        turns = dao_count_turns_since(session, int(time.time() * 1000) - DAYS * _DAY_MS)
        opinions = dao_count_opinions(session)
    residency = shown(services, "en")
    places = {
        fact["name"].capitalize(): f"{fact['found']} ({fact['evidence_says']})" for fact in residency["facts"]
    } or {"Residency": "not attested: nobody is answered"}
    return {
        "Model": settings.model,
        "Residency policy": settings.residency_policy,
        **places,
        "Attested at": residency["at"] or "never",
        "Transcripts kept": f"{settings.retention_days} days, redacted and encrypted, then erased",
        "Identifiers held back": ", ".join(sorted(ENTITY_LABELS.values())),
        "OFFICIAL-SENSITIVE": "blocked"
        if settings.block_official_sensitive
        else "let through; higher markings blocked",
        "Tokens of one learner in a day": _limit(settings.budget_tokens_per_learner_day),
        "Tokens of the service in a month": _limit(settings.budget_tokens_per_month),
        "Messages of one learner in a minute": _limit(settings.messages_per_minute),
        "Longest answer": f"{settings.max_output_tokens} tokens",
        f"Turns in the last {DAYS} days": _count(sum(turns.values())),
        **{f"… {status}": _count(number) for status, number in sorted(turns.items())},
        "Reports waiting for a person": _count(opinions["waiting"]),
    }


def as_markdown(facts: Mapping[str, str]) -> str:
    """The facts as a table."""
    lines = [f"| {name} | {value.replace('|', '/')} |" for name, value in facts.items()]
    return "\n".join(["| what | as it is set up |", "|---|---|", *lines, ""])


def filled(page: str, facts: Mapping[str, str]) -> str:
    """`page` with the facts in its marked place. Raises `NoPlaceError`."""
    made, places = _PLACE.subn(lambda match: match[1] + as_markdown(facts) + match[2], page)
    if not places:
        raise NoPlaceError("The page has no place for them: a line <!-- facts: … --> and a line <!-- end of facts -->.")
    return made


def _limit(number: int) -> str:
    return f"{number:,}" if number else "no limit"


def _count(number: int) -> Any:
    return f"{number:,}" if number >= _FEWEST else f"fewer than {_FEWEST}"
