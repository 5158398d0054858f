"""How a site comes to our transformers: without the package nothing happens, with the switch every list has us."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from event_routing_backends.settings.common import plugin_settings as theirs

import xblock_ai_tutor.xapi
from xblock_ai_tutor import events
from xblock_ai_tutor.xapi.apps import AiTutorXApiConfig
from xblock_ai_tutor.xapi.settings import plugin_settings as ours

OURS = set(events.TRACKING)
TRANSFORMERS = "xblock_ai_tutor.xapi.transformers"


def made(*makers: Any, **given: Any) -> SimpleNamespace:
    settings = SimpleNamespace(LMS_ROOT_URL="https://lms.example", **given)
    for make in makers:
        make(settings)
    return settings


def whitelist(options: dict[str, Any]) -> set[str]:
    return set(options["processors"][0]["OPTIONS"]["whitelist"])


@pytest.mark.parametrize("makers", [(ours, theirs), (theirs, ours), (theirs, ours, ours)])
def test_with_the_switch_our_events_pass_every_list_in_whichever_order_the_settings_are_made(makers: Any) -> None:
    settings = made(*makers, AI_TUTOR_XAPI=True)
    router = settings.EVENT_TRACKING_BACKENDS["event_transformer"]["OPTIONS"]
    for allowed in (
        settings.EVENT_TRACKING_BACKENDS_ALLOWED_XAPI_EVENTS,
        settings.EVENT_BUS_TRACKING_LOGS,
        whitelist(router),
        whitelist(router["backends"]["xapi"]["OPTIONS"]),
    ):
        assert set(allowed) >= OURS | {"problem_check"}
        assert len(allowed) == len(set(allowed))
    assert not whitelist(router["backends"]["caliper"]["OPTIONS"]) & OURS


@pytest.mark.parametrize("given", [{}, {"AI_TUTOR_XAPI": False}, {"AI_TUTOR_XAPI": "false"}])
def test_without_it_the_site_is_as_it_was(given: dict[str, Any]) -> None:
    assert vars(made(theirs, ours, **given)) == vars(made(theirs, **given))


def test_a_site_without_the_package_starts_and_registers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    absent: Any = None
    monkeypatch.setitem(sys.modules, "event_routing_backends", absent)
    assert isinstance(xblock_ai_tutor.xapi, ModuleType)
    AiTutorXApiConfig("xblock_ai_tutor.xapi", xblock_ai_tutor.xapi).ready()
    assert TRANSFORMERS not in sys.modules
