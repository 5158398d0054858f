"""Where the OpenAI API platform keeps each project's data and for how long, over time, and what changed that.

Two feeds of the Admin API, as `adoption fetch` saves them: `openai-posture`, each project's residency, retention and
status on the day of the fetch, and `openai-audit`, the audit log's events about projects. The audit log names who did
it, from where and with which key: none of that is read, and the fetch does not save it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import msgspec

from analytics_dash.identity import Identity
from analytics_dash.sources import checks, openai_feeds
from analytics_dash.sources.description import FeedSchema
from analytics_dash.sources.documents import listed, read_documents
from analytics_dash.sources.openai_pages import project_id, unfold
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import Batch, Posture, PostureChange, Rejected
from analytics_dash.sources.streams import Line

ORGANISATION_DEFAULT: Final = "organization_default"
STATUSES: Final = ("active", "archived")
# Events about what a project may do with data. The log has many more, about persons above all.
CHANGES: Final = re.compile(r"project\.[a-z_]{1,40}|organization\.updated|external_key\.[a-z_]{1,40}")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_EVENT_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,120}")


class _Project(msgspec.Struct, gc=False):
    id: str
    residency: str | None = None
    status: str | None = None
    archived_at: int | None = None


class _Snapshot(msgspec.Struct, gc=False):
    project: _Project
    retention: str | None = None
    organisation_retention: str | None = None


class _WithId(msgspec.Struct, gc=False):
    id: str | None = None


class _Event(msgspec.Struct, gc=False):
    id: str
    type: str
    effective_at: int


_SNAPSHOT: Final = msgspec.json.Decoder(_Snapshot)
_EVENT: Final = msgspec.json.Decoder(_Event)
_KEYS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_WITH_ID: Final = msgspec.json.Decoder(_WithId | None)


class OpenAiPosture(Reader):
    """The reader of snapshots."""

    kind: ClassVar[str] = "openai-posture"
    title: ClassVar[str] = "OpenAI API platform, residency and retention"
    version: ClassVar[int] = 1
    summary: ClassVar[str] = "OpenAI API platform: where each project's data is and how long it stays, on a day"
    row: ClassVar[type] = Posture
    schema: ClassVar[FeedSchema] = openai_feeds.POSTURE

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        return openai_feeds.posture_sample(seed, rows, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The snapshots' batches; a record is one project on one day."""

        def unwrap(text: bytes) -> Sequence[tuple[bytes, tuple[int, bytes]]]:
            content, as_of = unfold(text, self.kind)
            if as_of is None:
                raise Rejected("not a page of `adoption fetch openai-posture`, so that nobody says of when it is")
            return [(raw, (as_of, record)) for raw, record in listed(content, "data")]

        def take(record: tuple[int, bytes], _batch: Batch) -> Posture:
            as_of, text = record
            found = _SNAPSHOT.decode(text)
            retention = found.retention
            if retention == ORGANISATION_DEFAULT:
                retention = found.organisation_retention
            status = found.project.status or ("archived" if found.project.archived_at is not None else "active")
            if status not in STATUSES:
                raise Rejected(f"status: must be one of {', '.join(STATUSES)}")
            kept = (
                as_of,
                project_id(found.project.id),
                _word("residency", found.project.residency),
                _word("retention", retention),
                status,
            )
            return Posture(identity.digest(repr(("posture", *kept)).encode()), *kept)

        yield from read_documents(lines, unwrap, take)


class OpenAiAudit(Reader):
    """The reader of changes."""

    kind: ClassVar[str] = "openai-audit"
    title: ClassVar[str] = "OpenAI API platform, changes to projects"
    version: ClassVar[int] = 1
    summary: ClassVar[str] = "OpenAI API platform: the audit log's events about projects, without who did it"
    row: ClassVar[type] = PostureChange
    schema: ClassVar[FeedSchema] = openai_feeds.AUDIT

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        return openai_feeds.audit_sample(seed, rows, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The log's batches; events about anything but projects and where their data is are ignored."""

        def take(text: bytes, _batch: Batch) -> PostureChange | None:
            event = _EVENT.decode(text)
            if not _EVENT_ID.fullmatch(event.id):
                raise Rejected("id: must be the id of an event")
            if not CHANGES.fullmatch(event.type):
                return None
            try:
                moment = datetime.fromtimestamp(event.effective_at, UTC)
            except (ValueError, OverflowError, OSError) as error:
                raise Rejected("effective_at: must be a time in seconds since 1970") from error
            at, day = checks.moment(moment)
            project = project_of_event(_KEYS.decode(text), event.type)
            digest = identity.digest(repr(("change", event.id)).encode())
            return PostureChange(digest, at, day, event.type, project)

        yield from read_documents(lines, lambda text: listed(unfold(text, self.kind)[0], "data"), take)


def project_of_event(event: dict[str, msgspec.Raw], kind: str) -> str | None:
    """The project that an event is about. What is done with an Admin key is logged under the organisation's default
    project, so the event's own detail counts first."""
    for name in (kind, "project") if kind.startswith("project.") else ("project",):
        found: Any = _WITH_ID.decode(event[name]) if name in event else None
        if found is not None and found.id:
            return project_id(found.id)
    return None


def _word(field: str, value: str | None) -> str | None:
    if value is None:
        return None
    if not _WORD.fullmatch(value):
        raise Rejected(f"{field}: must be one of the platform's own words")
    return value
