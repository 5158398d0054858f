"""What can be wrong with a reader's choice. The dashboard makes a page of it.

AdoptionError (analytics_dash.errors)
└── ChoiceError
    ├── NotYours       a reader asked for what is not in their view
    └── NoSuchChoice   a month, a view or a section that is not offered
"""

from __future__ import annotations

from analytics_dash.errors import AdoptionError


class ChoiceError(AdoptionError):
    """A choice that cannot be answered; the message says what to do."""


class NotYours(ChoiceError):  # noqa: N818 - reads as the refusal it is
    """The reader asked for what they may not see. A department that does not exist gets the same answer."""


class NoSuchChoice(ChoiceError):  # noqa: N818
    """A choice that is not among those offered."""
