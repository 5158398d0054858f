"""One plain sentence for each thing that can be found about an endpoint. Pure; `residency` calls `explain`.

A sentence is a msgid with places to fill in, so that a learner can read it in their language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from xblock_ai_tutor.gateway.sandbox.msgid import _

STORED: Final = "stored in"
PROCESSED: Final = "processed in"
USAGE: Final = "usage metadata in"
RETENTION: Final = "retention"

UNKNOWN: Final = "unknown"
NOT_PROVEN: Final = "not proven"
THIS_MACHINE: Final = "this machine"
ANYWHERE: Final = "anywhere"
OUTSIDE_RESIDENCY: Final = "US, outside residency"

NONE: Final = "none"  # a project with the provider's usual retention
OPERATOR: Final = "operator"


def explain(
    name: str, *, required: str, found: str, ok: bool, translate: Callable[[str], str] = lambda message: message
) -> str:
    """Why the fact `name` will do or not. `translate` gives the sentence in another language."""
    return translate(_REASONS[name, _kind(name, found, required, ok), ok]).format(required=required, found=found)


def _kind(name: str, found: str, required: str, ok: bool) -> str:
    if name == RETENTION:
        return found if found in _SAID_OF_RETENTION else "other"
    if name == PROCESSED and found == ANYWHERE and not ok and required == "GB":
        return "UK storage only"
    return found if found in _SAID_OF_PLACES else "place"


_SAID_OF_PLACES: Final = {UNKNOWN, NOT_PROVEN, ANYWHERE, OUTSIDE_RESIDENCY, THIS_MACHINE}
_SAID_OF_RETENTION: Final = {"zero_data_retention", "modified_abuse_monitoring", NONE, OPERATOR, NOT_PROVEN}

_REASONS: Final[Mapping[tuple[str, str, bool], str]] = {
    (STORED, "place", True): _("What is sent is stored in {found}."),
    (STORED, "place", False): _(
        "What is sent is stored in {found}; the policy requires it to be stored in {required}."
    ),
    (STORED, ANYWHERE, True): _("What is sent may be stored in any country."),
    (STORED, ANYWHERE, False): _(
        "What is sent may be stored in any country; the policy requires it to be stored in {required}."
    ),
    (PROCESSED, "place", True): _("What is sent is processed in {found}."),
    (PROCESSED, "place", False): _(
        "What is sent is processed in {found}; the policy requires it to be processed in {required}."
    ),
    (PROCESSED, ANYWHERE, True): _(
        "What is sent may be processed in any country, and held there for a short time; the policy accepts that."
    ),
    (PROCESSED, ANYWHERE, False): _(
        "What is sent may be processed in any country; the policy requires it to be processed in {required}."
    ),
    (PROCESSED, "UK storage only", False): _(
        "What is sent may be processed in any country; the policy requires it to be processed in {required}. "
        "OpenAI's UK residency covers storage only: use an endpoint that you run in {required}."
    ),
    (USAGE, "place", True): _("Usage metadata is kept in {found}."),
    (USAGE, "place", False): _("Usage metadata is kept in {found}; the policy requires it in {required}."),
    (USAGE, ANYWHERE, True): _("Usage metadata may be kept in any country; the policy accepts that."),
    (USAGE, ANYWHERE, False): _("Usage metadata may be kept in any country; the policy requires it in {required}."),
    (USAGE, OUTSIDE_RESIDENCY, True): _(
        "Usage metadata (counts and account data, no words) is outside residency and may be kept in the United States; "
        "the policy accepts that."
    ),
    (USAGE, OUTSIDE_RESIDENCY, False): _(
        "Usage metadata (counts and account data, no words) is outside residency and may be kept in the United States; "
        "the policy requires it in {required}."
    ),
    (STORED, THIS_MACHINE, True): _("What is sent is stored, if at all, on the machine that the gateway runs on."),
    (PROCESSED, THIS_MACHINE, True): _("What is sent is processed on the machine that the gateway runs on."),
    (USAGE, THIS_MACHINE, True): _("Usage metadata is kept on the machine that the gateway runs on."),
    (STORED, UNKNOWN, True): _("Where what is sent is stored is not known."),
    (STORED, UNKNOWN, False): _(
        "Where what is sent is stored is not known; the policy requires {required}: declare the operator's country "
        "if you run this endpoint yourself."
    ),
    (PROCESSED, UNKNOWN, True): _("Where what is sent is processed is not known; the policy accepts that."),
    (PROCESSED, UNKNOWN, False): _(
        "Where what is sent is processed is not known; the policy requires {required}: declare the operator's country "
        "if you run this endpoint yourself."
    ),
    (USAGE, UNKNOWN, True): _("Where usage metadata is kept is not known; the policy accepts that."),
    (USAGE, UNKNOWN, False): _(
        "Where usage metadata is kept is not known; the policy requires {required}: declare the operator's country "
        "if you run this endpoint yourself."
    ),
    (STORED, NOT_PROVEN, True): _("Where what is sent is stored is not proven; the policy does not ask."),
    (STORED, NOT_PROVEN, False): _(
        "That what is sent is stored in {required} is not proven: the provider's own record was not read."
    ),
    (PROCESSED, NOT_PROVEN, True): _("Where what is sent is processed is not proven; the policy does not ask."),
    (PROCESSED, NOT_PROVEN, False): _(
        "That what is sent is processed in {required} is not proven: the provider's own record was not read."
    ),
    (RETENTION, "zero_data_retention", True): _(
        "Zero data retention is set: what is sent is not kept for abuse monitoring."
    ),
    (RETENTION, "zero_data_retention", False): _("Zero data retention is set; the policy requires {required}."),
    (RETENTION, "modified_abuse_monitoring", True): _(
        "Modified abuse monitoring is set: what is kept for abuse monitoring holds no words."
    ),
    (RETENTION, "modified_abuse_monitoring", False): _(
        "Modified abuse monitoring is set; the policy requires {required}."
    ),
    (RETENTION, NONE, True): _(
        "The provider may keep what is sent for its usual abuse monitoring, 30 days; the policy accepts that."
    ),
    (RETENTION, NONE, False): _(
        "The provider may keep what is sent for its usual abuse monitoring, 30 days; the policy requires {required}."
    ),
    (RETENTION, OPERATOR, True): _("The endpoint is the operator's own, and what it keeps is the operator's setting."),
    (RETENTION, OPERATOR, False): _(
        "What the operator's endpoint keeps is not declared; the policy requires {required}."
    ),
    (RETENTION, NOT_PROVEN, True): _("How long the provider keeps what is sent is not proven."),
    (RETENTION, NOT_PROVEN, False): _(
        "How long the provider keeps what is sent is not proven: its own record was not read. The policy requires "
        "{required}."
    ),
    (RETENTION, "other", True): _("The provider's retention is {found}; the policy accepts that."),
    (RETENTION, "other", False): _("The provider's retention is {found}; the policy requires {required}."),
}
