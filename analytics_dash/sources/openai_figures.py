"""The OpenAI API platform's figures by project and day: requests and tokens, and what they cost. Never ChatGPT's.

Pages of the Admin API's `organization/usage/completions` and `organization/costs`, as `adoption fetch` saves them. A
day's figures grow while it is open, so a later fetch takes an earlier one's place (`warehouse.staging`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import ClassVar, Final

import msgspec

from analytics_dash.identity import Identity
from analytics_dash.sources import checks, openai_feeds
from analytics_dash.sources.description import FeedSchema
from analytics_dash.sources.documents import read_documents
from analytics_dash.sources.openai_pages import Grouped, Result, label, project_of, results
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import ApiCost, ApiUsage, Batch, Rejected
from analytics_dash.sources.streams import Line

_MOST: Final = 1 << 53
_MICRO: Final = Decimal(1_000_000)
_MOST_MONEY: Final = 12  # digits before the point
_CURRENCY: Final = re.compile(r"[a-z]{3}")


class _Usage(Grouped, gc=False):
    num_model_requests: int = msgspec.field(default=-1)
    input_tokens: int = msgspec.field(default=-1)
    output_tokens: int = msgspec.field(default=-1)
    input_cached_tokens: int | None = None
    model: str | None = None


class _Amount(msgspec.Struct, gc=False):
    value: Decimal
    currency: str


class _Cost(Grouped, gc=False):
    amount: _Amount | None = None
    line_item: str | None = None


_USAGE: Final = msgspec.json.Decoder(_Usage)
# Not strict: the amount has been seen as a number and as its text.
_COST: Final = msgspec.json.Decoder(_Cost)


class OpenAiUsage(Reader):
    """The reader of requests and tokens."""

    kind: ClassVar[str] = "openai-usage"
    title: ClassVar[str] = "OpenAI API platform, requests and tokens"
    version: ClassVar[int] = 1
    summary: ClassVar[str] = "OpenAI API platform: requests and tokens by project and day, from the Admin API"
    row: ClassVar[type] = ApiUsage
    schema: ClassVar[FeedSchema] = openai_feeds.USAGE

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        return openai_feeds.usage_sample(seed, rows, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The pages' batches; a record is one result of one day."""

        def take(result: Result, _batch: Batch) -> ApiUsage:
            found = _USAGE.decode(result.text)
            requests = checks.count("num_model_requests", found.num_model_requests, _MOST)
            tokens_in = checks.count("input_tokens", found.input_tokens, _MOST)
            cached = checks.count("input_cached_tokens", found.input_cached_tokens or 0, _MOST)
            if cached > tokens_in:
                raise Rejected("input_cached_tokens: more than input_tokens")
            tokens_out = checks.count("output_tokens", found.output_tokens, _MOST)
            project = project_of(found, result)
            model = label("model", found.model)
            kept = (result.day, result.as_of, project, model, requests, tokens_in, cached, tokens_out)
            return ApiUsage(identity.digest(repr(("usage", *kept)).encode()), *kept)

        yield from read_documents(lines, lambda text: results(text, self.kind), take)


class OpenAiCosts(Reader):
    """The reader of costs."""

    kind: ClassVar[str] = "openai-costs"
    title: ClassVar[str] = "OpenAI API platform, costs"
    version: ClassVar[int] = 1
    summary: ClassVar[str] = "OpenAI API platform: costs by project, day and line of the bill, from the Admin API"
    row: ClassVar[type] = ApiCost
    schema: ClassVar[FeedSchema] = openai_feeds.COSTS

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        return openai_feeds.costs_sample(seed, rows, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The pages' batches; a record is one result of one day."""

        def take(result: Result, _batch: Batch) -> ApiCost:
            found = _COST.decode(result.text)
            if found.amount is None:
                raise Rejected("amount: must not be empty")
            currency = found.amount.currency.lower()
            if not _CURRENCY.fullmatch(currency):
                raise Rejected("amount: the currency must have three letters")
            amount = in_millionths(found.amount.value)
            project = project_of(found, result)
            kept = (result.day, result.as_of, project, label("line_item", found.line_item), amount, currency)
            return ApiCost(identity.digest(repr(("cost", *kept)).encode()), *kept)

        yield from read_documents(lines, lambda text: results(text, self.kind), take)


def in_millionths(value: Decimal) -> int:
    """An amount in millionths of its unit, exactly where it has so few decimals, else rounded half to even.

    Amounts may be negative: credits are. Raises `Rejected` for what is no amount.
    """
    if not value.is_finite() or value.adjusted() >= _MOST_MONEY:
        raise Rejected("amount: must be a number of less than a million millions")
    return int((value * _MICRO).to_integral_value(rounding=ROUND_HALF_EVEN))
