"""Fetchers of OpenAI's Admin API for posture: where each project's data is, and what changed that.

What is saved is less than what is answered: of a project no name and no key, of an event of the audit log its id, kind,
time and project. Who did it, from where and with which key is dropped before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import msgspec

from analytics_dash.errors import FetchError
from analytics_dash.i18n import _
from analytics_dash.sources.description import Option
from analytics_dash.sources.fetcher import Page
from analytics_dash.sources.openai_admin import (
    DAY_S,
    FROM,
    MOST_PAGES,
    OPTIONS,
    AdminFetcher,
    decoded,
    place_of,
    text_of,
)


class _List(msgspec.Struct):
    data: list[dict[str, msgspec.Raw]]
    has_more: bool = False


class OpenAiPostureFetcher(AdminFetcher):
    """Each project's residency, retention and status, as they are now. The cursor is the last project's id."""

    kind: ClassVar[str] = "openai-posture"
    summary: ClassVar[str] = "where each project's data is and how long it stays, as of now"

    def pages(self, after: str | None) -> Iterator[Page]:
        """Pages of projects, archived ones too. Raises `FetchError`."""
        with self.client() as client:
            organisation = client.admin.organization
            of_all = word_of(self.ask(organisation.data_retention.with_raw_response.retrieve), "type")
            for _number in range(MOST_PAGES):
                asked: dict[str, Any] = {"after": after} if after else {}
                projects = organisation.projects.with_raw_response.list
                found = decoded(self.answer(projects, limit=100, include_archived=True, **asked), _List)
                content = {"data": [self._project(client, project, of_all) for project in found.data]}
                following = text_of(found.data[-1], "id") if found.data else None
                if not found.has_more or following is None:
                    yield Page(content, None, done=True)
                    return
                if following == after:
                    raise FetchError(_("The Admin API's pages do not end as they should; run the fetch again."))
                after = following
                yield Page(content, after)
        raise FetchError(_("The Admin API has more pages than can be; ask from a later day."))

    def _project(self, client: Any, project: Mapping[str, msgspec.Raw], of_all: str | None) -> dict[str, Any]:
        number = text_of(project, "id")
        if number is None:
            raise FetchError(_("The Admin API's answer is not a page of projects."))
        retention = client.admin.organization.projects.data_retention.with_raw_response
        return {
            "project": {
                name: project[name] for name in ("id", "residency", "status", "archived_at") if name in project
            },
            "retention": word_of(self.ask(retention.retrieve, number), "type"),
            "organisation_retention": of_all,
        }


class OpenAiAuditFetcher(AdminFetcher):
    """Events of the audit log about projects. The cursor is `since/latest/id`, times in seconds since 1970."""

    kind: ClassVar[str] = "openai-audit"
    summary: ClassVar[str] = "the audit log's changes to projects, without who made them"
    incremental: ClassVar[bool] = True
    options: ClassVar[tuple[Option, ...]] = (FROM, *OPTIONS)
    events: ClassVar[tuple[str, ...]] = (
        *("project.created", "project.updated", "project.archived", "project.deleted", "organization.updated"),
        *("external_key.registered", "external_key.removed"),
    )

    def pages(self, after: str | None) -> Iterator[Page]:
        """Pages of events since a day before the latest that is known. Raises `FetchError`."""
        since, latest, token = place_of(after) if after else (int(self.values["from"]) * DAY_S, 0, "")
        with self.client() as client:
            for _number in range(MOST_PAGES):
                asked: dict[str, Any] = {"after": token} if token else {}
                log: Any = client.admin.organization.audit_logs.with_raw_response.list
                question = {"event_types": list(self.events), "effective_at": {"gte": since}}
                found = decoded(self.answer(log, limit=100, **question, **asked), _List)
                content = {"data": [_event(event) for event in found.data]}
                latest = max([latest, *(event["effective_at"] for event in content["data"])])
                following = content["data"][-1]["id"] if content["data"] else ""
                if not found.has_more or not following:
                    # An event may come into the log late: a day is looked at again.
                    yield Page(content, f"{max(since, latest - DAY_S)}/0/", done=True)
                    return
                if following == token:
                    raise FetchError(_("The Admin API's pages do not end as they should; run the fetch again."))
                token = following
                yield Page(content, f"{since}/{latest}/{token}")
        raise FetchError(_("The Admin API has more pages than can be; ask from a later day."))


class _Event(msgspec.Struct):
    id: str
    type: str
    effective_at: int


class _Thing(msgspec.Struct):
    id: str | None = None


def _event(event: Mapping[str, msgspec.Raw]) -> dict[str, Any]:
    """Of an event its id, kind and time, and the ids of the projects that it names."""
    found = decoded(msgspec.json.encode(event), _Event)
    things = {name: decoded(bytes(event[name]), _Thing | None) for name in ("project", found.type) if name in event}
    projects = {name: {"id": thing.id} for name, thing in things.items() if thing is not None}
    return {"id": found.id, "type": found.type, "effective_at": found.effective_at, **projects}


def word_of(content: bytes | None, name: str) -> str | None:
    """A text of an answer, None where there is no answer or no such text."""
    return None if content is None else text_of(decoded(content, dict[str, msgspec.Raw]), name)
