"""The Django app that the platform finds by the entry point `lms.djangoapp: ai_tutor_xapi`.

It is found wherever the block is installed, so it must load without event-routing-backends, and does nothing then.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar

from django.apps import AppConfig


class AiTutorXApiConfig(AppConfig):  # type: ignore[misc]  # Django ships no types
    """Registers our transformers beside event-routing-backends' own, when the platform has started."""

    name = "xblock_ai_tutor.xapi"
    label = "ai_tutor_xapi"
    verbose_name = "AI tutor: xAPI statements"

    # The words of edx_django_utils.plugins.constants, written out, so that this file loads without it. Common settings
    # are made before the operator's file is read: the switch can only be seen in the other two.
    plugin_app: ClassVar[dict[str, Any]] = {
        "settings_config": {
            "lms.djangoapp": {
                "production": {"relative_path": "settings"},
                "devstack": {"relative_path": "settings"},
            }
        }
    }

    def ready(self) -> None:
        """Import the transformers, which registers them: the registry is filled by decorators."""
        if find_spec("event_routing_backends") is not None:
            import_module("xblock_ai_tutor.xapi.transformers")
