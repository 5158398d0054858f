"""Fetchers of OpenAI's Admin API for figures: requests and tokens, and costs, day by day. `sources.fetching` calls.

What is saved is less than what is answered: numbers by project, day and model or line of the bill, and nothing else.
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
from analytics_dash.sources.openai_admin import (
    DAY_S,
    FROM,
    MOST_PAGES,
    OPTIONS,
    AdminFetcher,
    RefusedError,
    decoded,
    place_of,
)

if TYPE_CHECKING:
    import openai

_FORGOTTEN: Final = frozenset({400, 404, 410, 422})
_MOST_DAYS: Final = 31  # buckets of a page: the API's own limit
_MOST_RESULTS: Final = 5_000  # of a line that is saved: about a megabyte
DAYS: Final = (
    FROM,
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


class _BucketFetcher(AdminFetcher):
    """Daily buckets. The cursor is `first day/end/page`: while it runs the next page, at its end the first open day."""

    incremental: ClassVar[bool] = True
    options: ClassVar[tuple[Option, ...]] = (*DAYS, *OPTIONS)
    group_by: ClassVar[tuple[str, ...]]  # never what is one person's
    kept: ClassVar[frozenset[str]]  # of a result

    def pages(self, after: str | None) -> Iterator[Page]:
        """Pages from the first open day through today. Raises `FetchError`."""
        today = int(self.now()) // DAY_S
        first, end, token = place_of(after) if after else (self.values["from"], 0, "")
        end = end or today + 1
        open_from = max(first, min(end, today + 1) - int(self.values["open-days"]))
        if first >= end:
            yield Page({"data": []}, f"{first}/0/", done=True)
            return
        with self.client() as client:
            for asked, following, buckets in self._answers(client, first, end, token):
                *pieces, last = in_pieces(buckets)
                for piece in pieces:
                    # Where a fetch stops between two pieces, the API's whole page is asked for again.
                    yield Page({"data": piece}, f"{first}/{end}/{asked}")
                if not following:
                    yield Page({"data": last}, f"{open_from}/0/", done=True)
                    return
                yield Page({"data": last}, f"{first}/{end}/{following}")

    def _answers(
        self, client: openai.OpenAI, first: int, end: int, token: str
    ) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
        """Page by page its own cursor, the next one's (empty: there is none), and its buckets. Raises `FetchError`."""
        went_on, seen = bool(token), {token}
        for _number in range(MOST_PAGES):
            try:
                found = decoded(self._asked(client, first, end, token), _Buckets)
            except RefusedError as error:
                if not went_on or error.status not in _FORGOTTEN:
                    raise
                # The API no longer knows the cursor of a fetch that was broken off: from the first day again.
                token, seen = "", {""}
                found = decoded(self._asked(client, first, end, token), _Buckets)
            went_on = False
            following = found.next_page or "" if found.has_more else ""
            if found.has_more and (not following or following in seen):
                raise FetchError(_("The Admin API's pages do not end as they should; run the fetch again."))
            seen.add(following)
            yield token, following, [self._bucket(bucket) for bucket in found.data]
            token = following
        raise FetchError(_("The Admin API has more pages than can be; ask from a later day."))

    def _asked(self, client: openai.OpenAI, first: int, end: int, token: str) -> bytes:
        """One page of the days from `first` to before `end`."""
        more = {"page": token} if token else {}
        return self.answer(
            self.method(client),
            start_time=first * DAY_S,
            end_time=end * DAY_S,
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


def in_pieces(buckets: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The buckets in pieces of at most `_MOST_RESULTS` results, at least one piece: a line of a file has its limit."""
    pieces: list[list[dict[str, Any]]] = [[]]
    room = _MOST_RESULTS
    for bucket in buckets:
        results = bucket["results"]
        while True:
            pieces[-1].append(bucket | {"results": results[:room]})
            results, room = results[room:], room - len(results[:room])
            if room == 0:
                pieces.append([])
                room = _MOST_RESULTS
            if not results:
                break
    return pieces if pieces[-1] or len(pieces) == 1 else pieces[:-1]


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
        amount = decoded(bytes(result.get("amount", b"null")), _Amount | None)
        kept = super()._result(result)
        return kept if amount is None else kept | {"amount": {"value": str(amount.value), "currency": amount.currency}}
