"""Whether the configured endpoint meets the configured residency policy. Called before anything starts.

The judgement itself is `sandbox.residency`; here it is applied to the settings and given its refusal.
"""

from __future__ import annotations

from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.errors import GatewayError
from xblock_ai_tutor.gateway.sandbox.residency import Assessment, assess


class ResidencyRefusedError(GatewayError):
    """The endpoint does not meet the policy; the message says which of the three facts fails, and why."""

    def __init__(self, assessment: Assessment) -> None:
        super().__init__(refusal(assessment))
        self.assessment = assessment


def refusal(assessment: Assessment) -> str:
    """Which facts fail, one a line."""
    failing = "".join(f"\n- {fact.name}: {fact.reason}" for fact in assessment.facts if not fact.ok)
    return f"The endpoint at {assessment.host} does not meet the residency policy {assessment.policy}:{failing}"


def assess_settings(settings: Settings) -> Assessment:
    """The endpoint's residency. Raises `ResidencyRefusedError`, or `ResidencyError` when it cannot be judged."""
    found = assess(
        settings.residency_policy, settings.model_base_url, operator_country=settings.operator_country or None
    )
    if not found.ok:
        raise ResidencyRefusedError(found)
    return found
