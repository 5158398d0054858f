"""Fetchers of OpenAI's Admin API: usage, costs, each project's posture, the audit log's changes to projects.

What is saved is less than what is answered: numbers by project and day, and of an event its id, kind, time and project.
Names, addresses, IPs and keys are dropped before anything is written. `sources.fetching` calls `pages`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec

from analytics_dash.errors import FetchError
from analytics_dash.i18n import _
from analytics_dash.sources.description import Option
from analytics_dash.sources.fetcher import Page
from analytics_dash.sources.openai_admin import OPTIONS, AdminFetcher

if TYPE_CHECKING:
    import openai

_DAY_S: Final = 86_400
_MOST_DAYS: Final = 31  # buckets of a page: the API's own limit
_MOST_PAGES: Final = 10_000
DAYS: Final = (
    Option("from", "day", "the first day to fetch, YYYY-MM-DD (UTC)", required=True),
    Option("open-days", "whole number", "for how many days a day's figures may still change", default="7"),
)


class _Buckets(msgspec.Struct):
    data: list[_Bucket]
    has_more: bool = False
    next_page: str | None = None


class _Bucket(msgspec.Struct):
    start_time: int
    end_time: int
    results: list[dict[str, msgspec.Raw]] | None = None
    result: list[dict[str, msgspec.Raw]] | None = None


class _List(msgspec.Struct):
    data: list[dict[str, msgspec.Raw]]
    has_more: bool = False


class _BucketFetcher(AdminFetcher):
    """Daily buckets. The cursor is `first day/end/page`: while it runs the next page, at its end the first open day."""

    incremental: ClassVar[bool] = True
    options: ClassVar[tuple[Option, ...]] = (*DAYS, *OPTIONS)
    group_by: ClassVar[tuple[str, ...]]  # never what is one person's
    kept: ClassVar[frozenset[str]]  # of a result

    def pages(self, after: str | None) -> Iterator[Page]:
        """Pages from the first open day through today. Raises `FetchError`."""
        today = int(self.now()) // _DAY_S
        first, end, token = _place(after) if after else (self.values["from"], 0, "")
        end = end or today + 1
        open_from = max(first, min(end, today + 1) - int(self.values["open-days"]))
        seen: set[str] = set()
        with self.client() as client:
            for _number in range(_MOST_PAGES):
                if first >= end:
                    yield Page({"data": []}, f"{first}/0/", done=True)
                    return
                found = _decoded(self._asked(client, first, end, token), _Buckets)
                token = found.next_page or "" if found.has_more else ""
                if token in seen:
                    raise FetchError(_("The Admin API gives the same page again and again; run the fetch again."))
                seen.add(token)
                content = {"data": [self._bucket(bucket) for bucket in found.data]}
                if not token:
                    yield Page(content, f"{open_from}/0/", done=True)
                    return
                yield Page(content, f"{first}/{end}/{token}")
        raise FetchError(_("The Admin API has more pages than can be; ask from a later day."))

    def _asked(self, client: openai.OpenAI, first: int, end: int, token: str) -> bytes:
        """One page of the days from `first` to before `end`."""
        more = {"page": token} if token else {}
        return self.answer(
            self.method(client),
            start_time=first * _DAY_S,
            end_time=end * _DAY_S,
            bucket_width="1d",
            group_by=list(self.group_by),
            limit=_MOST_DAYS,
            **more,
        )

    @abstractmethod
    def method(self, client: openai.OpenAI) -> Callable[..., Any]:
        """The SDK's method for this feed."""

    def _bucket(self, bucket: _Bucket) -> dict[str, Any]:
        results = bucket.results or bucket.result or []
        return {
            "start_time": bucket.start_time,
            "end_time": bucket.end_time,
            "results": [self._result(result) for result in results],
        }

    def _result(self, result: Mapping[str, msgspec.Raw]) -> dict[str, Any]:
        return {name: value for name, value in result.items() if name in self.kept}


class OpenAiUsageFetcher(_BucketFetcher):
    """Requests and tokens by project, day and model."""

    kind: ClassVar[str] = "openai-usage"
    summary: ClassVar[str] = "requests and tokens of the API platform, by project, day and model"
    group_by: ClassVar[tuple[str, ...]] = ("project_id", "model")
    kept: ClassVar[frozenset[str]] = frozenset(
        {"project_id", "model", "num_model_requests", "input_tokens", "input_cached_tokens", "output_tokens"}
    )

    def method(self, client: openai.OpenAI) -> Callable[..., Any]:
        return client.admin.organization.usage.with_raw_response.completions


class _Amount(msgspec.Struct):
    value: Decimal | None = None
    currency: str | None = None


class OpenAiCostsFetcher(_BucketFetcher):
    """Costs by project, day and line of the bill."""

    kind: ClassVar[str] = "openai-costs"
    summary: ClassVar[str] = "costs of the API platform, by project, day and line of the bill"
    group_by: ClassVar[tuple[str, ...]] = ("project_id", "line_item")
    kept: ClassVar[frozenset[str]] = frozenset(group_by)

    def method(self, client: openai.OpenAI) -> Callable[..., Any]:
        return client.admin.organization.usage.with_raw_response.costs

    def _result(self, result: Mapping[str, msgspec.Raw]) -> dict[str, Any]:
        # As text: a number that goes through a float is no longer the amount of the bill.
        amount = _decoded(bytes(result.get("amount", b"null")), _Amount | None)
        kept = super()._result(result)
        return kept if amount is None else kept | {"amount": {"value": str(amount.value), "currency": amount.currency}}


class OpenAiPostureFetcher(AdminFetcher):
    """Each project's residency, retention and status, as they are now. The cursor is the last project's id."""

    kind: ClassVar[str] = "openai-posture"
    summary: ClassVar[str] = "where each project's data is and how long it stays, as of now"

    def pages(self, after: str | None) -> Iterator[Page]:
        """Pages of projects, archived ones too. Raises `FetchError`."""
        with self.client() as client:
            organisation = client.admin.organization
            of_all = _word(self.ask(organisation.data_retention.with_raw_response.retrieve), "type")
            for _number in range(_MOST_PAGES):
                asked: dict[str, Any] = {"after": after} if after else {}
                projects = organisation.projects.with_raw_response.list
                found = _decoded(self.answer(projects, limit=100, include_archived=True, **asked), _List)
                content = {"data": [self._project(client, project, of_all) for project in found.data]}
                following = _text(found.data[-1], "id") if found.data else None
                if not found.has_more or following is None:
                    yield Page(content, None, done=True)
                    return
                if following == after:
                    raise FetchError(_("The Admin API gives the same page again and again; run the fetch again."))
                after = following
                yield Page(content, after)
        raise FetchError(_("The Admin API has more pages than can be; ask from a later day."))

    def _project(self, client: Any, project: Mapping[str, msgspec.Raw], of_all: str | None) -> dict[str, Any]:
        number = _text(project, "id")
        if number is None:
            raise FetchError(_("The Admin API's answer is not a page of projects."))
        retention = client.admin.organization.projects.data_retention.with_raw_response
        return {
            "project": {
                name: project[name] for name in ("id", "residency", "status", "archived_at") if name in project
            },
            "retention": _word(self.ask(retention.retrieve, number), "type"),
            "organisation_retention": of_all,
        }


class OpenAiAuditFetcher(AdminFetcher):
    """Events of the audit log about projects. The cursor is `since/latest/id`, times in seconds since 1970."""

    kind: ClassVar[str] = "openai-audit"
    summary: ClassVar[str] = "the audit log's changes to projects, without who made them"
    incremental: ClassVar[bool] = True
    options: ClassVar[tuple[Option, ...]] = (DAYS[0], *OPTIONS)
    events: ClassVar[tuple[str, ...]] = (
        *("project.created", "project.updated", "project.archived", "project.deleted", "organization.updated"),
        *("external_key.registered", "external_key.removed"),
    )

    def pages(self, after: str | None) -> Iterator[Page]:
        """Pages of events since a day before the latest that is known. Raises `FetchError`."""
        since, latest, token = _place(after) if after else (int(self.values["from"]) * _DAY_S, 0, "")
        with self.client() as client:
            for _number in range(_MOST_PAGES):
                asked: dict[str, Any] = {"after": token} if token else {}
                log: Any = client.admin.organization.audit_logs.with_raw_response.list
                question = {"event_types": list(self.events), "effective_at": {"gte": since}}
                found = _decoded(self.answer(log, limit=100, **question, **asked), _List)
                content = {"data": [_event(event) for event in found.data]}
                latest = max([latest, *(event["effective_at"] for event in content["data"])])
                following = content["data"][-1]["id"] if content["data"] else ""
                if not found.has_more or not following:
                    # An event may come into the log late: a day is looked at again.
                    yield Page(content, f"{max(since, latest - _DAY_S)}/0/", done=True)
                    return
                if following == token:
                    raise FetchError(_("The Admin API gives the same page again and again; run the fetch again."))
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
    found = _decoded(msgspec.json.encode(event), _Event)
    things = {name: _decoded(bytes(event[name]), _Thing | None) for name in ("project", found.type) if name in event}
    projects = {name: {"id": thing.id} for name, thing in things.items() if thing is not None}
    return {"id": found.id, "type": found.type, "effective_at": found.effective_at, **projects}


def _place(cursor: str) -> tuple[int, int, str]:
    """A cursor's two numbers and the API's own. Raises `FetchError` for what is none of ours."""
    first, _mark, rest = cursor.partition("/")
    end, _mark, token = rest.partition("/")
    if not (first.isdecimal() and end.isdecimal()):
        raise FetchError(_("An earlier fetch's file is damaged; move it away and fetch again."))
    return int(first), int(end), token


def _decoded(content: bytes, form: Any) -> Any:
    try:
        return msgspec.json.decode(content, type=form)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise FetchError(_("The Admin API's answer is not a page of what was asked for.")) from None


def _text(values: Mapping[str, msgspec.Raw], name: str) -> str | None:
    """A text of an object, None where it is none."""
    value = _decoded(bytes(values.get(name, b"null")), Any)
    return value if isinstance(value, str) and value else None


def _word(content: bytes | None, name: str) -> str | None:
    return None if content is None else _text(_decoded(content, dict[str, msgspec.Raw]), name)
