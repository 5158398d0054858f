"""Aspects: a platform's learning, which lies as xAPI statements in ClickHouse. The reader of what was fetched.

A statement is known by its id, so that one that is fetched again is no new fact. That id comes of actor, verb and time
(event-routing-backends), none of which the tracking log's lines share to the letter: so a warehouse takes an act from
one of the two, which `warehouse.overlap` sees to by the option `since`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

import msgspec

from analytics_dash.identity import Identity
from analytics_dash.sources import checks, people
from analytics_dash.sources.aspects_statements import COURSE_TYPE, VERBS, Statement, fact
from analytics_dash.sources.description import FeedSchema, Field, NeverRead, Option
from analytics_dash.sources.facts import parts_of
from analytics_dash.sources.fetched_pages import FORMAT, FetchedPage, read_pages
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import Batch, LearningEvent, Rejected
from analytics_dash.sources.samples import (
    COURSE,
    Somebody,
    json_lines,
    mixed,
    moments,
    never_read,
    randomness,
    somebody,
)
from analytics_dash.sources.streams import Line

KIND: Final = "aspects"
_MAIL: Final = "mailto:"
_SHA1: Final = re.compile(r"[0-9a-f]{40}")
_IRI: Final = "https://learn.department.example"
_VERB: Final = {short: iri for iri, short in VERBS.items()}
_RESPONSE: Final = "what a learner answered"


class _Body(msgspec.Struct):
    statements: list[msgspec.Raw]


_BODY: Final = msgspec.json.Decoder(_Body)
_STATEMENT: Final = msgspec.json.Decoder(Statement)


class Aspects(Reader):
    """The reader of Aspects' statements."""

    kind: ClassVar[str] = KIND
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Aspects, the platform's analytics in ClickHouse"
    summary: ClassVar[str] = "Aspects' xAPI statements: pages that `adoption fetch aspects` wrote"
    row: ClassVar[type] = LearningEvent
    options: ClassVar[tuple[Option, ...]] = (
        Option("since", "day", "first day that counts; the tracking log has what was before"),
    )
    same_acts_as: ClassVar[frozenset[str]] = frozenset({"openedx-log"})
    schema: ClassVar[FeedSchema] = FeedSchema(
        version=1,
        form="JSON lines, one page of statements each, with the few values that are asked for",
        counts="statements; a page that cannot be read, or has none, counts as one",
        source="`xapi.xapi_events_all` of tutor-contrib-aspects; the transformers of event-routing-backends",
        reads=(
            Field("id", "text", "`event_id`: what a statement is known by", unit="UUID", required=True),
            Field("time", "time", "`timestamp`", unit="ISO 8601", required=True),
            Field("verb", "text", "`verb.id`; those that no indicator uses are not fetched", unit="IRI", required=True),
            Field("account", "text", "`actor.account.name`, the platform's pseudonym", identifies=True),
            Field("mbox", "text", "`actor.mbox`, where the platform is set so", unit="mailto:", identifies=True),
            Field("mbox_sha1sum", "text", "`actor.mbox_sha1sum`, where the platform is set so", identifies=True),
            Field("username", "text", "`event_sink.external_id.username` of the account", identifies=True),
            Field("user_id", "whole number", "`event_sink.external_id.user_id` of the account", identifies=True),
            Field("object", "text", "`object.id`: the course, block or lesson", unit="IRI"),
            Field("object_type", "text", "`object.definition.type`", unit="IRI"),
            Field("parent", "text", "`context.contextActivities.parent[0].id`: the course", unit="IRI"),
            Field("parent_type", "text", "its type", unit="IRI"),
            Field("grouping", "list", "`context.contextActivities.grouping[].id`", unit="IRIs"),
            Field("part_of", "text", "`context.statement.id`: it is a part of another", unit="UUID"),
            Field("success", "true or false", "`result.success`"),
            Field("completion", "true or false", "`result.completion`"),
            Field("raw", "number", "`result.score.raw`", unit="marks"),
            Field("max", "number", "`result.score.max`", unit="marks"),
            Field("grade", "text", "the course grade's letter, an extension of `result`"),
            Field("attempt", "whole number", "the attempt's number, an extension of the object", unit="from 1"),
            Field("items", "list", "our own block's: ids of item and authored answer, hit, confidence"),
            Field("confidence", "number", "our own block's", unit="0 to 100 %"),
            Field("detection", "object", "our own block's: the four counts of a spotting step"),
            Field("test", "text", "our own block's: the test that a lesson is a form of"),
            Field("form", "text", "our own block's: pre, post, delayed"),
            Field("anchor", "true or false", "our own block's: the step is in the other forms too"),
            Field("turns", "whole number", "our own block's: 1 where a tutor turn ended"),
        ),
        never=(
            NeverRead("response", f"`result.response`: {_RESPONSE}; it does not leave ClickHouse"),
            NeverRead("name", "titles that authors write freely, and an actor's name; they do not leave ClickHouse"),
            NeverRead("session", "joins a person's acts without their name; it does not leave ClickHouse"),
            NeverRead("profile", "`event_sink.user_profile`: names, birth years, addresses; it is not asked for"),
        ),
        notes=(
            "The same acts are in the tracking log. A warehouse that has a log takes Aspects only with `since`, from a "
            "day after the log's last; one that has Aspects takes no more logs.",
            "`registered` is said of an enrolment and of a change of its mode alike. A problem's `completed` is passed "
            "over: `progressed` says the same. The gradebook's word on a problem (`attempted` of a question) is sent "
            "only where the platform allows it: event-routing-backends does not list it.",
            "Without `event_sink.external_id` (which Aspects fills where the operator allows personal data in it) a "
            "person is known by pseudonym alone, and joined to the roster only where the actor is an e-mail address or "
            "its SHA-1.",
        ),
    )

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The pages' batches. A page that cannot be read is a reject."""
        since: int | None = self.values.get("since")

        def take(record: msgspec.Raw, _page: FetchedPage, batch: Batch) -> LearningEvent | None:
            said = _STATEMENT.decode(record)
            found = fact(said)
            if found is None:
                return None
            (kind, block, step, earned, possible, correct, confidence, lesson, answers), course = found
            at, day = checks.moment(_moment(said.time))
            if since is not None and day < since:
                return None
            digest = identity.digest(_uuid(said.id))
            alias = _alias(said, identity, batch.same_as)
            row = LearningEvent(
                digest, alias, at, day, kind, course, block, step, earned, possible, correct, confidence, lesson
            )
            if answers is not None:
                batch.parts += parts_of(row, answers)
            return row

        yield from read_pages(lines, KIND, lambda page: _BODY.decode(page.content).statements, take)

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        rng = randomness(KIND, seed)
        times = moments(rng)
        sound = [_statement(rng, somebody(rng), next(times)) for _row in range(rows)]
        bad = [_broken(rng, _statement(rng, somebody(rng), next(times))) for _row in range(broken)]
        said, size = mixed(rng, sound, bad), 100
        starts = list(range(0, len(said), size)) or [0]
        pages = [_page(said[start : start + size], start // size + 1 == len(starts)) for start in starts]
        return Sample(f"{KIND}-sample.jsonl", json_lines(pages), rows + broken, broken)


def _moment(text: str) -> datetime:
    try:
        return msgspec.convert(text, datetime)
    except msgspec.ValidationError as error:
        raise Rejected("time: must be an ISO 8601 time") from error


def _uuid(text: str) -> bytes:
    try:
        return UUID(text).bytes
    except ValueError as error:
        raise Rejected("id: must be a UUID") from error


def _alias(said: Statement, identity: Identity, same_as: set[tuple[int, int]]) -> int:
    """The person's alias; username and number, where Aspects knows them, are the actor's."""
    actors: list[int] = []
    if said.account:
        actors.append(identity.alias("xapi_account", str(UUID(bytes=_uuid(said.account)))))
    if said.mbox:
        address = checks.email(said.mbox.removeprefix(_MAIL))
        actors += [identity.alias("email", address)] if address is not None else []
    if said.mbox_sha1sum:
        if not _SHA1.fullmatch(said.mbox_sha1sum):
            raise Rejected("mbox_sha1sum: must be 40 hex digits")
        actors.append(identity.alias("email_sha1", said.mbox_sha1sum))
    who = people.person(said.username, said.user_id)
    if who.username is not None or who.user_id is not None:
        alias, same = people.alias_of(identity, who)
        actors.insert(0, alias)
        same_as.update([same] if same is not None else [])
    if not actors:
        raise Rejected("no person: the statement has no actor that is known here")
    same_as.update((other, actors[0]) for other in actors[1:])
    return actors[0]


def _statement(rng: random.Random, who: Somebody, at: datetime) -> dict[str, Any]:
    course = f"{_IRI}/course/{COURSE}"
    block = f"{_IRI}/xblock/{COURSE.replace('course-v1', 'block-v1')}+type@problem+block@p{rng.randrange(9)}"
    right = rng.random() < 0.7
    verb, about = rng.choice(
        (
            ("registered", {"object": course, "object_type": COURSE_TYPE}),
            ("progressed", {"object": block, "completion": rng.random() < 0.8}),
            ("evaluated", {"object": block, "success": right, "raw": float(right), "max": 1.0}),
            ("earned", {"object": course, "object_type": COURSE_TYPE, "raw": 0.7, "grade": "Pass"}),
            (
                "completed",
                {"object": f"{course}/ai_tutor/check-the-sources", "raw": 2.0, "max": 3.0, "completion": True},
            ),
        )
    )
    return {
        "id": str(UUID(int=rng.getrandbits(128))),
        "time": at.isoformat(),
        "verb": _VERB[verb],
        "account": str(UUID(int=who.number)),
        "username": who.username,
        "user_id": who.user_id,
        "parent": course,
        "parent_type": COURSE_TYPE,
        **about,
        **{never.name: never_read(never.name) for never in Aspects.schema.never},
    }


def _broken(rng: random.Random, said: dict[str, Any]) -> dict[str, Any]:
    sound = said | {"verb": _VERB["progressed"], "completion": True, "object": f"{_IRI}/xblock/b1"}
    spoil: dict[str, Any] = rng.choice(
        (
            {"id": never_read("id")},
            {"time": never_read("time")},
            {"account": "", "username": "", "user_id": None},
            {"account": never_read("account")},
            {"parent": "", "object": never_read("object")},
            {"object": f"{_IRI}/xblock/{never_read('block')}"},
            {"raw": never_read("raw")},
        )
    )
    return sound | spoil


def _page(said: list[dict[str, Any]], done: bool) -> dict[str, Any]:
    return {
        "feed": KIND,
        "format": FORMAT,
        "request": {"clickhouse": "https://aspects.department.example:8443"},
        "fetched_at": "2026-05-29T16:30:00Z",
        "cursor": "0 00000000-0000-0000-0000-000000000000",
        "done": done,
        "page": {"statements": said},
    }
