"""How the platform writes an event down: its envelope, its logging head, and who an event is about.

A line carries what a real platform's lines carry: user names, addresses, browsers. That is the point: none of it may
be found past the wall. What is emitted is in `feeds.tracking`; here it becomes bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from analytics_dash.demonstration import checking, lesson
from analytics_dash.demonstration.staff import Person

_HOST = "learn.demo-government.example"
_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")  # RFC 5737: documentation only
_TITLES = {lesson.LESSON_BLOCK: "Check the sources", checking.BLOCK: "Keep a checking log"}
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
)


@dataclass(frozen=True, slots=True)
class Emitted:
    """One event as the platform emitted it.

    `source` is server or browser; `anonymous` marks a line from a background task, which names the learner by number
    inside the event only; `block` is the usage key of the module, if any.
    """

    at: datetime
    name: str
    event: Mapping[str, Any]
    person: Person
    source: str = "server"
    block: str | None = None
    anonymous: bool = False

    @property
    def counts(self) -> bool:
        """Whether the analytics want it: only what browsers say about moving around is of no interest."""
        return self.source != "browser"


Style = Callable[[Emitted, int], bytes]


def in_order(emitted: Iterable[Emitted]) -> list[Emitted]:
    """Put events in order of time, and of person and name where times are equal."""
    return sorted(emitted, key=lambda e: (e.at, e.person.number, e.name))


def log_lines(emitted: Iterable[Emitted], style: Callable[[datetime], Style]) -> list[bytes]:
    """Write events, each in the style of its moment; lines without newlines."""
    return [style(event.at)(event, number) for number, event in enumerate(emitted)]


def plain(emitted: Emitted, _number: int) -> bytes:
    """Write one JSON object."""
    return json.dumps(_line(emitted, string_event=emitted.source == "browser")).encode()


def prefixed(emitted: Emitted, number: int) -> bytes:
    """Write one JSON object behind the head that the platform's logging puts before it."""
    stamp = emitted.at.strftime("%Y-%m-%d %H:%M:%S,") + f"{emitted.at.microsecond // 1000:03d}"
    user, address = (None, None) if emitted.anonymous else (emitted.person.number, _address(emitted.person))
    head = f"{stamp} INFO {20 + number % 7} [tracking] [user {user}] [ip {address}] logger.py:41 - "
    return head.encode() + plain(emitted, number)


def older(emitted: Emitted, _number: int) -> bytes:
    """Write one JSON object whose `event` is a JSON string, whatever emitted it, as older releases did."""
    return json.dumps(_line(emitted, string_event=True)).encode()


def _line(emitted: Emitted, *, string_event: bool) -> dict[str, Any]:
    """The platform's envelope, in its order of keys."""
    person, known = emitted.person, not emitted.anonymous
    context: dict[str, Any] = {"course_id": lesson.COURSE, "org_id": lesson.ORG, "enterprise_uuid": ""}
    if known:
        path = f"/courses/{lesson.COURSE}/xblock/{emitted.block}/handler/x" if emitted.block else "/event"
        context = {"course_id": lesson.COURSE, "user_id": person.number, "path": path, "org_id": lesson.ORG}
        if emitted.block:
            context["module"] = {"display_name": _TITLES.get(emitted.block, "Post-test"), "usage_key": emitted.block}
    event: Any = dict(emitted.event)
    return {
        "name": emitted.name,
        "context": context,
        "username": person.username if known else "",
        "session": stable_id(person.number, emitted.at.date()) if known else "",
        "ip": _address(person) if known else "",
        "agent": _AGENTS[person.number % len(_AGENTS)] if known else "",
        "host": _HOST if known else "",
        "referer": f"https://{_HOST}/learning/course/{lesson.COURSE}/home" if known else "",
        "accept_language": "cy-GB,cy;q=0.9,en;q=0.8" if known and person.nation == "Wales" else "en-GB,en;q=0.9",
        "event": json.dumps(event) if string_event else event,
        "time": emitted.at.isoformat(),
        "event_type": emitted.name,
        "event_source": emitted.source,
        "page": f"https://{_HOST}/xblock/{lesson.LESSON_BLOCK}" if emitted.source == "browser" else "x_module",
    }


def _address(person: Person) -> str:
    return f"{_NETWORKS[person.number % 3]}.{person.number % 254 + 1}"


def stable_id(*what: object) -> str:
    """Return 32 hex digits that depend on `what` alone."""
    return blake2b("|".join(map(str, what)).encode(), digest_size=16).hexdigest()
