"""The transformers that event-routing-backends calls for our events. Imported once, by `apps`, on a site that has it.

A statement's id, time, course and session are made by the package as for its own events; verb, object and result come
from `mapping`. The learner is the package's pseudonym and nothing else, whatever the site has set.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from event_routing_backends.helpers import get_anonymous_user_id
from event_routing_backends.processors.xapi.registry import XApiTransformersRegistry
from event_routing_backends.processors.xapi.transformer import XApiTransformer
from tincan import Activity, ActivityDefinition, ActivityList, Agent, Extensions, LanguageMap, Result, Verb

from xblock_ai_tutor import events
from xblock_ai_tutor.xapi.mapping import LESSON, MAPPING, Parts, parts


class AiTutorTransformer(XApiTransformer):  # type: ignore[misc]  # the package ships no types
    """One of our events as a statement.

    Raises `ValueError` for an event that the vocabulary does not describe or that has no course: the router notes it
    and drops the event.
    """

    additional_fields = ("result",)

    def __init__(self, event: dict[str, Any]) -> None:
        super().__init__(event)
        name = event["name"]
        self.parts: Final[Parts] = parts(name, events.payload(events.TRACKING[name], event["data"]))

    def get_actor(self) -> Agent:
        """The learner under the package's pseudonym, never by e-mail, which `XAPI_AGENT_IFI_TYPE` can ask it for."""
        pseudonym = get_anonymous_user_id(self.extract_username_or_userid(), "XAPI")
        return Agent(account={"homePage": settings.LMS_ROOT_URL, "name": pseudonym})

    def get_verb(self) -> Verb:
        """The verb; its display is the last part of its IRI, as in ADL's own list."""
        return Verb(id=self.parts.verb, display=LanguageMap({"en": self.parts.verb.rpartition("/")[2]}))

    def get_object(self) -> Activity:
        """The lesson, or what in it the event is about."""
        return Activity(
            id=self._iri(*self.parts.path),
            definition=ActivityDefinition(
                type=self.parts.type,
                interaction_type=self.parts.interaction,
                extensions=Extensions(self.parts.about),
            ),
        )

    def get_result(self) -> Result | None:
        """What came of it; None for a mere beginning."""
        return Result(**self.parts.result) if self.parts.result else None

    def get_context_activities(self) -> Any:
        """The course as parent, where Aspects looks for it; the lesson and the block that shows it as grouping."""
        context = super().get_context_activities()
        lesson = Activity(id=self._iri(self.parts.path[0]), definition=ActivityDefinition(type=LESSON))
        grouping = [lesson] if len(self.parts.path) > 1 else []
        # While a page is rendered the platform's context names no block: `lesson.started` has a course and no module.
        block = self.get_data("context.module.usage_key")
        if block is not None:
            grouping.append(Activity(id=self.get_object_iri("xblock", block)))
        if grouping:
            context.grouping = ActivityList(grouping)
        return context

    def _iri(self, *path: str) -> str:
        """An IRI below the course's. The block's would not do, see `get_context_activities`."""
        course = self.get_object_iri("course", self.get_data("context.course_id", required=True))
        return "/".join([course, "ai_tutor", *(quote(part, safe="") for part in path)])


for _name in MAPPING:
    XApiTransformersRegistry.register(_name)(AiTutorTransformer)
