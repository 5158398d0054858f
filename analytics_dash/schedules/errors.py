"""What can go wrong with mailed reports. No text here quotes an address or what a server answered.

UserError (analytics_dash.errors)
├── ScheduleError        a schedule or a recipient that cannot be meant (also a UsageError)
├── MailSettingsError    the settings; every problem is listed at once (also a UsageError)
├── UnsentError          a run after which a mail that was due has not gone
└── MailError            a mail did not go; `reason` is a word or the server's code
    └── MailRefused      and will not go by trying again
"""

from __future__ import annotations

from analytics_dash.errors import UsageError, UserError


class ScheduleError(UsageError):
    """A schedule or a recipient that cannot be meant."""


class MailSettingsError(UsageError):
    """The settings do not allow mail; the message lists every problem."""


class UnsentError(UserError):
    """A mail that was due has not gone."""


class MailError(UserError):
    """A mail did not go. `reason`: `timeout`, `connection`, `tls`, `login`, `size`, or the server's code (`450`)."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The mail did not go ({reason}).")
        self.reason = reason


class MailRefused(MailError):  # noqa: N818 - reads as the refusal it is
    """The server refused it for good, such as 550: no such mailbox."""
