"""How much of a course each learner has completed: pages of the completion aggregator's REST API, and their fetcher.

`GET /api/completion/v1/course/<key>/` by a staff user gives every learner of the course. The share is called `percent`
by the API and `ratio` by its documentation, and older platforms write it as 0 to 100: earned over possible decides.
Written from openedx-completion-aggregator, `api/v1/views.py` and `serializers.py`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from analytics_dash.errors import FetchError
from analytics_dash.i18n import _
from analytics_dash.identity import Identity
from analytics_dash.sources import checks, lms_api
from analytics_dash.sources.description import FeedSchema, Field, NeverRead, Option
from analytics_dash.sources.fetched_pages import FORMAT, FetchedPage, read_pages
from analytics_dash.sources.fetcher import Fetcher, Page, Secret
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import Batch, Completion, Rejected
from analytics_dash.sources.samples import COURSE, Somebody, json_lines, never_read, randomness
from analytics_dash.sources.streams import Line

KIND: Final = "completion"
_CLOSE: Final = 0.011  # the API rounds to hundredths in places
_WORDS: Final = "how one person did in one part of the course; the tracking log has what indicators need"


class _Share(msgspec.Struct):
    earned: float | None = None
    possible: float | None = None
    ratio: float | None = None
    percent: float | None = None


class _Result(msgspec.Struct):
    completion: _Share
    username: str | None = None
    course_key: str | None = None


class _Body(msgspec.Struct):
    results: list[msgspec.Raw]


_BODY: Final = msgspec.json.Decoder(_Body)
_RESULT: Final = msgspec.json.Decoder(_Result)


class CompletionPages(Reader):
    """The completion reader."""

    kind: ClassVar[str] = KIND
    version: ClassVar[int] = 1
    title: ClassVar[str] = "completion of a course by learner"
    summary: ClassVar[str] = "Open edX completion REST API: pages that `adoption fetch completion` wrote"
    row: ClassVar[type] = Completion
    options: ClassVar[tuple[Option, ...]] = (
        Option("course", "course", "course, of pages that were saved by other means and do not say it"),
        Option("as_of", "day", "day of fetching, of pages that were saved by other means: one answer a line"),
    )
    schema: ClassVar[FeedSchema] = FeedSchema(
        version=1,
        form="JSON lines, one page of the API each, with the day of its fetching",
        counts="results; a page that cannot be read, or has none, counts as one",
        source="openedx-completion-aggregator, `GET /api/completion/v1/course/<key>/`",
        generations={
            "v1": "the share is `percent`, 0 to 1",
            "v0": "the share is `ratio`",
            "older": "`percent` is 0 to 100",
        },
        reads=(
            Field("results.username", "text", "whose completion it is", required=True, identifies=True),
            Field("results.course_key", "text", "the course; the request's where it is absent", unit="course key"),
            Field("results.completion.earned", "number", "what was completed", unit="blocks"),
            Field("results.completion.possible", "number", "what can be completed", unit="blocks"),
            Field("results.completion.percent", "number", "earned of possible", unit="0 to 1, or 0 to 100", since="v1"),
            Field("results.completion.ratio", "number", "earned of possible", unit="0 to 1", since="v0"),
        ),
        never=(
            NeverRead("results.mean", "says nothing of the person"),
            NeverRead("results.chapter", _WORDS),
            NeverRead("results.sequential", _WORDS),
            NeverRead("results.vertical", _WORDS),
        ),
    )

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The pages' batches. A page that cannot be read is a reject."""

        def take(record: msgspec.Raw, page: FetchedPage, _batch: Batch) -> Completion:
            result = _RESULT.decode(record)
            username = checks.username(result.username)
            if username is None:
                raise Rejected("no person: the result has no username")
            course = result.course_key or page.request.get("course") or self.values.get("course")
            if not course:
                raise Rejected("no course: neither the result nor the request names one")
            ratio = _ratio(result.completion)
            kept = (identity.alias("lms_username", username), checks.course_key(course), page.as_of, ratio)
            return Completion(identity.digest(repr(kept).encode()), *kept)

        yield from read_pages(lines, KIND, _records, take, bare=self.values.get("as_of"))

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        rng = randomness(KIND, seed)
        results = [_result(rng, Somebody(number)) for number in range(1, rows + 1)]
        for number in range(1, broken + 1):
            results.insert(rng.randrange(len(results) + 1), _broken(rng, _result(rng, Somebody(rows + number))))
        size = 50
        starts = list(range(0, len(results), size)) or [0]
        pages = [_page(results[start : start + size], start // size + 1, len(starts)) for start in starts]
        return Sample(f"{KIND}-sample.jsonl", json_lines(pages), rows + broken, broken)


def _records(page: FetchedPage) -> list[msgspec.Raw]:
    return _BODY.decode(page.content).results


def _ratio(share: _Share) -> float:
    """Earned of possible, 0 to 1. Raises `Rejected` where what is said contradicts it."""
    for name in ("earned", "possible", "ratio", "percent"):
        value = getattr(share, name)
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise Rejected(f"completion: {name} must be a number from 0 up")
    told = share.ratio if share.ratio is not None else share.percent
    if not share.possible:
        if told is None:
            raise Rejected("completion: neither ratio nor percent, and nothing is possible")
        return checks.share("completion", told if told <= 1 else told / 100)
    if share.earned is None:
        raise Rejected("completion: earned is missing")
    ratio = checks.share("completion", share.earned / share.possible)
    if told is not None and min(abs(told - ratio), abs(told / 100 - ratio)) > _CLOSE:
        raise Rejected("completion: the share is not earned of possible")
    return ratio


class CompletionFetcher(Fetcher):
    """Every learner's completion of one course."""

    kind: ClassVar[str] = KIND
    summary: ClassVar[str] = "Asks the platform as an OAuth2 client of a staff user, page by page"
    options: ClassVar[tuple[Option, ...]] = (
        Option("lms", "url", "the platform's address, such as https://learn.department.example", required=True),
        Option("course", "course", "the course key", required=True),
        Option("page_size", "whole number", "learners a page", default="100"),
    )
    secrets: ClassVar[tuple[Secret, ...]] = lms_api.SECRETS

    def pages(self, after: str | None) -> Iterator[Page]:
        """The course's pages; a cursor is a page's query."""
        api = lms_api.LmsApi(self.values["lms"], self.secret)
        path = f"/api/completion/v1/course/{quote(self.values['course'], safe=':')}/"
        query = after if after is not None else urlencode({"page_size": self.values["page_size"]})
        seen = {query}
        while True:
            body = api.get(path, query)
            if not isinstance(body, dict) or not isinstance(body.get("results"), list):
                raise FetchError(_("The platform's answer is no page of results: does it have the completion API?"))
            following = _next(body)
            # Of the address that the server gives only the query is taken: a token goes to no host but the one given.
            cursor = urlsplit(following).query if following else None
            if cursor in seen:
                raise FetchError(_("The platform's pages lead in a circle; run the fetch again later."))
            yield Page({"results": body["results"]}, cursor, done=cursor is None)
            if cursor is None:
                return
            seen.add(cursor)
            query = cursor


def _next(body: dict[str, Any]) -> str | None:
    """Where the next page is: at the top, or within `pagination`, as versions differ."""
    within = body.get("pagination")
    found = within.get("next") if isinstance(within, dict) else body.get("next")
    return found if isinstance(found, str) and found else None


def _result(rng: random.Random, who: Somebody) -> dict[str, Any]:
    earned = float(rng.randrange(41))
    name, scale = rng.choice((("percent", 1), ("ratio", 1), ("percent", 100)))
    return {
        "username": who.username,
        "course_key": COURSE,
        "completion": {"earned": earned, "possible": 40.0, name: earned / 40 * scale},
        "mean": never_read("results.mean"),
        **{part: [{"block_key": never_read(f"results.{part}")}] for part in ("chapter", "sequential", "vertical")},
    }


def _broken(rng: random.Random, result: dict[str, Any]) -> dict[str, Any]:
    spoil: dict[str, Any] = rng.choice(
        (
            {"username": None},
            {"completion": {"earned": 3.0, "possible": 2.0, "percent": 1.0}},
            {"completion": {"earned": 20.0, "possible": 40.0, "percent": 0.9}},
            {"completion": never_read("completion")},
            {"course_key": never_read("course_key")},
        )
    )
    return result | spoil


def _page(results: list[dict[str, Any]], number: int, last: int) -> dict[str, Any]:
    return {
        "feed": KIND,
        "format": FORMAT,
        "request": {"lms": "https://learn.department.example", "course": COURSE},
        "fetched_at": "2026-05-29T16:30:00Z",
        "cursor": None if number == last else f"page={number + 1}",
        "done": number == last,
        "page": {"results": results},
    }
