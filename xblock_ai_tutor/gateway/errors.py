"""The gateway's error tree. Rooms add subclasses beside the code that raises them; nothing is caught here.

    GatewayError
    └── SandboxError           a rule of the sandbox was given something that it cannot judge
        ├── PlaceholderError   stored placeholders are not what `Placeholders.to_json` wrote
        ├── ScreenError        a verdict that no rule gives
        └── ResidencyError     an endpoint address that cannot be read
            └── PolicyError    a residency policy or an operator's country that does not exist
    (others stand beside the code that raises them, such as `sealing.UnsealingError`)

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
    """An endpoint address that cannot be read: its residency cannot be judged."""


class PolicyError(ResidencyError):
    """A residency policy or an operator's country that does not exist: a setting to put right."""
