"""The operator's switch: `AI_TUTOR_XAPI` puts our events on the lists of what event-routing-backends passes on.

The platform calls `plugin_settings` with its settings module. Off is the default: a statement tells a store that holds
one row for each person what that person answered, which somebody has to have decided.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from xblock_ai_tutor.xapi.mapping import MAPPING

SWITCH: Final = "AI_TUTOR_XAPI"
ALLOWED: Final = "EVENT_TRACKING_BACKENDS_ALLOWED_XAPI_EVENTS"
BUS: Final = "EVENT_BUS_TRACKING_LOGS"


def plugin_settings(settings: Any) -> None:
    """Allow our events, whether event-routing-backends' own settings were made before or come after."""
    if getattr(settings, SWITCH, False) is not True:
        return
    setattr(settings, ALLOWED, _with_ours(getattr(settings, ALLOWED, ())))
    if hasattr(settings, BUS):
        setattr(settings, BUS, set(_with_ours(settings.EVENT_BUS_TRACKING_LOGS)))
    for options in _whitelists(getattr(settings, "EVENT_TRACKING_BACKENDS", None) or {}):
        options["whitelist"] = _with_ours(options["whitelist"])


def _with_ours(names: Any) -> list[str]:
    return [*names, *(name for name in MAPPING if name not in names)]


def _whitelists(backends: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The options of each whitelist that an event passes on its way to the xAPI backend.

    They are copies of the list of allowed events, made when event-routing-backends' settings were.
    """
    outer = backends.get("event_transformer", {}).get("OPTIONS", {})
    inner = outer.get("backends", {}).get("xapi", {}).get("OPTIONS", {})
    for options in (outer, inner):
        for processor in options.get("processors", ()):
            if "whitelist" in processor.get("OPTIONS", {}):
                yield processor["OPTIONS"]
