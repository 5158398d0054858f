"""The gateway's error tree. Rooms add subclasses beside the code that raises them; nothing is caught here.

    GatewayError
    └── SandboxError           a rule of the sandbox was given something that it cannot judge
        ├── PlaceholderError   stored placeholders are not what `Placeholders.to_json` wrote
        ├── ScreenError        a verdict that no rule gives
        └── ResidencyError     a residency policy or an endpoint that cannot be read

A message is one plain sentence that says what to do. It never quotes what a learner wrote.
"""

from __future__ import annotations


class GatewayError(Exception):
    """Anything that goes wrong in the gateway and that the gateway knows the reason of."""


class SandboxError(GatewayError):
    """A rule of the sandbox was given something that it cannot judge."""


class PlaceholderError(SandboxError):
    """Stored placeholders are not what `Placeholders.to_json` wrote."""


class ScreenError(SandboxError):
    """A verdict that no rule gives: an unknown verdict stops the turn, it never passes."""


class ResidencyError(SandboxError):
    """A residency policy or an endpoint address that cannot be read."""
