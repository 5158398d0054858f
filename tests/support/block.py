"""The block in XBlock's own runtime, in memory: no workbench, so that these tests run under every XBlock we support."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from webob import Request
from xblock.core import XBlockMixin
from xblock.fields import ScopeIds
from xblock.runtime import DictKeyValueStore, KvsFieldData, MemoryIdManager, Runtime

from tests.support.lessons import SMALL_LESSON
from xblock_ai_tutor import compat
from xblock_ai_tutor.block import AiTutorXBlock
from xblock_ai_tutor.lesson import parse_lesson

COURSE = "course-v1:Example+AI101+2026"
SERVICE_KEY = "a-service-key-that-only-these-tests-use-and-nobody-else-on-any-host"


INHERITED: dict[str, Any] = {"due": None, "graceperiod": None, "self_paced": False, "show_correctness": "always"}
"""What the platform's mixin gives a block of which nothing is set (`xmodule/modulestore/inheritance.py`)."""


class User:
    """What the platform's user service gives."""

    def __init__(self, learner: str | None, *, staff: bool = False) -> None:
        self.opt_attrs: dict[str, Any] = {compat.STAFF: staff}
        if learner is not None:
            self.opt_attrs[compat.ANONYMOUS_ID] = learner


class UserService:
    """The platform's user service for one learner."""

    def __init__(self, user: User) -> None:
        self._user = user

    def get_current_user(self) -> User:
        return self._user


class SettingsService:
    """The platform's settings service with this block's settings."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings

    def get_settings_bucket(self, block: Any, default: Any = None) -> Any:
        return self._settings or default


class RecordingRuntime(Runtime):  # type: ignore[misc]  # XBlock ships no types
    """XBlock's runtime; what a block publishes is kept in `published`, as (block, kind, payload)."""

    course_id = COURSE

    def __init__(
        self, services: dict[str, Any], store: DictKeyValueStore, ids: MemoryIdManager, mixins: tuple[type, ...] = ()
    ) -> None:
        super().__init__(ids, ids, services={"field-data": KvsFieldData(store), **services}, mixins=mixins)
        self.published: list[tuple[str, dict[str, Any]]] = []

    def handler_url(self, block: Any, handler_name: str, *args: Any, **kwargs: Any) -> str:
        return f"/handler/{handler_name}"

    def resource_url(self, resource: str) -> str:
        return f"/resource/{resource}"

    def local_resource_url(self, block: Any, uri: str) -> str:
        return f"/local/{uri}"

    def publish(self, block: Any, event_type: str, event_data: dict[str, Any]) -> None:
        self.published.append((event_type, json.loads(json.dumps(event_data))))


@dataclass
class Site:
    """One block as several people see it: the state is shared, each call is a request of its own."""

    text: str = SMALL_LESSON
    settings: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    services: dict[str, Any] = field(default_factory=dict)
    inherited: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self.store, self.ids = DictKeyValueStore(), MemoryIdManager()
        definition = self.ids.create_definition("ai_tutor")
        self.usage = self.ids.create_usage(definition)
        self.definition = definition
        self.published: list[tuple[str, dict[str, Any]]] = []
        block = self.block("author", staff=True)
        block.lesson_text = self.text
        block.save()

    def block(self, learner: str | None = "learner-a", *, staff: bool = False) -> AiTutorXBlock:
        """The block, for one learner, as a request gets it."""
        services: dict[str, Any] = {
            "user": UserService(User(learner, staff=staff)),
            "settings": SettingsService(self.settings),
        }
        services = {name: each for name, each in (services | self.services).items() if name not in self.without}
        runtime = RecordingRuntime(services, self.store, self.ids, self._mixins())
        runtime.published = self.published
        scope = ScopeIds(learner, "ai_tutor", self.definition, self.usage)
        block: AiTutorXBlock = runtime.construct_xblock_from_class(AiTutorXBlock, scope)
        return block

    def _mixins(self) -> tuple[type, ...]:
        """The platform's mixin of inherited settings, where a test gives any of them."""
        return () if self.inherited is None else (type("Inherited", (XBlockMixin,), {**INHERITED, **self.inherited}),)

    def post(
        self, handler: str, body: Any, learner: str | None = "learner-a", **who: Any
    ) -> tuple[int, dict[str, Any]]:
        """Call a handler with a JSON body (or raw bytes): status and answer."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = Request.blank("/", method=who.pop("method", "POST"), body=raw)
        block = self.block(learner, **who)
        response = block.runtime.handle(block, handler, request)
        return response.status_code, json.loads(response.body)

    def kinds(self) -> list[str]:
        """The kinds of what was published, in order."""
        return [kind for kind, _ in self.published]

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The payloads of one kind."""
        return [payload for name, payload in self.published if name == kind]


def right_form(text: str, step_id: str) -> dict[str, list[str]]:
    """The form that answers a step fully right and quite sure; for a scenario, its first part."""
    return right_forms(parse_lesson(text).step(step_id).activity)[0]


def right_forms(activity: Any) -> list[dict[str, list[str]]]:
    """The forms that answer an activity fully right, in order: one, or for a scenario one for each scene."""
    sure = "confidence"
    match activity.kind:
        case "choice":
            form = {"choice": [option.id for option in activity.options if option.mark == "x"]}
            return [form | ({sure: ["75"]} if activity.asks_confidence else {})]
        case "spot":
            answers = {f"verdict-{one.id}": one.mark for one in activity.authorities}
        case "sort":
            answers = {f"place-{one.id}": one.mark for one in activity.items}
        case "verify":
            answers = {f"where-{name}": truth.where[0] for name, truth in activity.truths.items()}
            answers |= {f"found-{name}": truth.found for name, truth in activity.truths.items()}
        case "scenario":
            return _best_path(activity)
        case "prompt-lab":
            answers = {"prompt": GOOD_PROMPT}
        case _:
            answers = {}
    if getattr(activity, "asks_confidence", False):
        answers |= {f"{sure}-{name.partition('-')[2]}": "75" for name in answers if not name.startswith("where-")}
    return [{name: [value] for name, value in answers.items()}]


GOOD_PROMPT = (
    "Summarise the note below for my minister. Use at most three bullets in plain English. Quote the sentence that "
    "each point comes from."
)


def _best_path(activity: Any) -> list[dict[str, list[str]]]:
    """The best option of each scene, from the start to an ending."""
    forms, scene = [], activity.scenes[0]
    while scene.options:
        option = max(scene.options, key=lambda one: one.worth)
        forms.append({"scene": [scene.id], "option": [option.id]})
        scene = next(one for one in activity.scenes if one.id == option.target)
    return forms
