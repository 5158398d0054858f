"""Whether the configured endpoint can meet the configured residency policy at all. Called before anything starts.

The judgement itself is `sandbox.residency`; here it is applied to the settings and given its refusal. What is proven
of an endpoint that may meet it is `residency`'s matter.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.errors import GatewayError
from xblock_ai_tutor.gateway.sandbox.endpoints import port_of, read_address
from xblock_ai_tutor.gateway.sandbox.residency import Assessment, assess, by_record, judge
from xblock_ai_tutor.gateway.sandbox.rulebook import ADMIN_API, Endpoint


class ResidencyRefusedError(GatewayError):
    """The endpoint does not meet the policy; the message says which of the three facts fails, and why."""

    def __init__(self, assessment: Assessment) -> None:
        super().__init__(refusal(assessment))
        self.assessment = assessment


def refusal(assessment: Assessment) -> str:
    """Which facts fail, one a line."""
    failing = "".join(f"\n- {fact.name}: {fact.reason}" for fact in assessment.facts if not fact.ok)
    return f"The endpoint at {assessment.host} does not meet the residency policy {assessment.policy}:{failing}"


def profile(settings: Settings) -> Endpoint | None:
    """The rulebook's profile of the configured endpoint, if it has one."""
    parts, host = read_address(settings.model_base_url)
    return settings.residency_file.endpoint(host, port_of(parts))


def subject(settings: Settings) -> str:
    """What an attestation is about, as a digest: another policy, endpoint, project or kind of evidence is another."""
    endpoint = profile(settings)
    policy = settings.residency_file.policy(settings.residency_policy)
    about: dict[str, Any] = {
        "policy": {
            name: sorted(value) if isinstance(value, frozenset) else value for name, value in asdict(policy).items()
        },
        "endpoint": asdict(endpoint) if endpoint else None,
        "base_url": settings.model_base_url,
        "project": settings.model_project,
        "organisation": settings.model_organisation,
        "country": settings.operator_country,
        "evidence": settings.residency_evidence,
    }
    return hashlib.sha256(json.dumps(about, sort_keys=True, default=str).encode()).hexdigest()


def assess_settings(settings: Settings) -> Assessment:
    """The endpoint's residency at best. Raises `ResidencyRefusedError`, or `ResidencyError` when it cannot be judged.

    Where an Admin key is set, a project of any kind that the host may serve counts: which it is, the record will say.
    """
    rulebook = settings.residency_file
    policy = rulebook.policy(settings.residency_policy)
    found = assess(
        policy, settings.model_base_url, operator_country=settings.operator_country or None, rulebook=rulebook
    )
    endpoint = profile(settings)
    if not found.ok and endpoint is not None and endpoint.proof == ADMIN_API and settings.admin_api_key.reveal():
        possible = [judge(policy, by_record(endpoint, kind, ""), rulebook) for kind in endpoint.residencies]
        found = next((assessment for assessment in possible if assessment.ok), found)
    if not found.ok:
        raise ResidencyRefusedError(found)
    return found
