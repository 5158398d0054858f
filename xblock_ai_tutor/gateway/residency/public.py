"""What a learner, a learning platform or anyone else may read of the attestation in force: `GET /residency`.

Sentences are in the reader's language. The host, the project and the checks stay with the operator
(`tutor-gateway residency attestations show`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from xblock_ai_tutor.gateway.i18n import marked, translator
from xblock_ai_tutor.gateway.residency.standing import Standing
from xblock_ai_tutor.gateway.sandbox.residency import (
    BY_ADDRESS,
    BY_ADMIN_API,
    BY_DECLARATION,
    BY_NOTHING,
    BY_PLACE,
    BY_PUBLICATION,
)
from xblock_ai_tutor.gateway.sandbox.residency_reasons import explain
from xblock_ai_tutor.gateway.services import Services

EVIDENCE_SAYS: Final[Mapping[str, str]] = {
    BY_ADMIN_API: marked("Read in the provider's own record."),
    BY_ADDRESS: marked("By the endpoint's address only: nobody has looked."),
    BY_PUBLICATION: marked("As the provider publishes it for all its customers."),
    BY_DECLARATION: marked("As declared by those who run the endpoint."),
    BY_PLACE: marked("The model runs beside the gateway."),
    BY_NOTHING: marked("Not known."),
}
_SHOWN: Final = ("name", "required", "found", "ok", "evidence")


def shown(services: Services, language: str) -> dict[str, Any]:
    """The facts of the attestation in force, or of the one that stopped the gateway, with their dates."""
    standing = services.residency.now()
    say = translator(language).gettext
    known = standing.attestation or {"facts": [], "at": None, "valid_until": None, "digest": None}
    facts = [*known["facts"], *([known["retention"]] if standing.attestation else [])]
    return {
        "answering": standing.answering,
        "reason": standing.reason,
        "policy": services.settings.residency_policy,
        "at": known["at"],
        "valid_until": known["valid_until"],
        "facts": [
            {name: fact[name] for name in _SHOWN}
            | {
                "reason": explain(
                    fact["name"], required=fact["required"], found=fact["found"], ok=fact["ok"], translate=say
                ),
                "evidence_says": say(EVIDENCE_SAYS[fact["evidence"]]),
            }
            for fact in facts
        ],
        "digest": known["digest"],
        "public_key": services.residency.public_key,
    }


def where(services: Services) -> dict[str, str]:
    """The three places by their names in code, as last attested; nothing is said that was not."""
    standing: Standing = services.residency.now()
    facts = standing.attestation["facts"] if standing.attestation else []
    found = {fact["name"].replace(" ", "_"): fact["found"] for fact in facts}
    return {name: found.get(name, "unknown") for name in ("stored_in", "processed_in", "usage_metadata_in")}
