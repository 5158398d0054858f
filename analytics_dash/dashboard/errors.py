"""What can go wrong on the dashboard. The command line turns them into a message and an exit code in one place.

AdoptionError (analytics_dash.errors)
└── DashboardError
    ├── ConfigurationError   cannot start; every problem is listed at once
    ├── NoRole               the account is known to its provider and has no role here
    └── Untrusted            an identity provider's answer is not to be believed, or there is none

What a reader asks for in vain is a `ChoiceError` of `analytics_dash.questions`.
"""

from __future__ import annotations

from collections.abc import Sequence

from analytics_dash.errors import AdoptionError


class DashboardError(AdoptionError):
    """The root of this room's errors; a bare one is a mistake of ours."""


class ConfigurationError(DashboardError):
    """The dashboard cannot start. `problems` says what is missing and what to do, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class NoRole(DashboardError):  # noqa: N818 - reads as the refusal it is
    """The account is known to the provider and has no role here, or no department that it needs."""


class Untrusted(DashboardError):  # noqa: N818 - reads as what it is
    """The provider's answer is not to be believed, or there is none."""
