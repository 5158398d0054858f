"""How much of the tutor's monthly budget was used, of the whole service: one line a month from the gateway.

Budgets of departments, lessons and learners are ignored, should somebody put them there: what a department used says
something of its people, and only a protected count may. Read: `tutor-gateway budgets export`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import ClassVar, Final

import msgspec

from analytics_dash.identity import Identity
from analytics_dash.sources import checks
from analytics_dash.sources.description import FeedSchema, Field, NeverRead
from analytics_dash.sources.json_lines import json_text, read_json_lines
from analytics_dash.sources.reader import Reader, Sample
from analytics_dash.sources.records import Batch, Budget, Rejected
from analytics_dash.sources.samples import json_lines, mixed, moments, never_read, randomness
from analytics_dash.sources.streams import Line

_SERVICE: Final = "service"
_MONTH: Final = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_TOKENS: Final = 1 << 53


class _Row(msgspec.Struct, gc=False):
    at: datetime
    budget: str
    period: str
    used_tokens: int
    limit_tokens: int


_DECODER: Final = msgspec.json.Decoder(_Row)


class TutorBudgets(Reader):
    """The reader of the service's budget."""

    kind: ClassVar[str] = "tutor-budgets"
    title: ClassVar[str] = "the tutor gateway's monthly budget"
    version: ClassVar[int] = 1
    summary: ClassVar[str] = "Tutor gateway: how much of the whole service's monthly budget was used"
    row: ClassVar[type] = Budget
    schema: ClassVar[FeedSchema] = FeedSchema(
        version=1,
        form="JSON lines from `tutor-gateway budgets export`",
        counts="lines, blank ones too",
        source="docs/gateway.md",
        reads=(
            Field("at", "text", "when it was asked; the latest of a month counts", "ISO 8601", True),
            Field("budget", "text", "kept: service; others are ignored", required=True),
            Field("period", "text", "the month, UTC", "YYYY-MM", True),
            Field("used_tokens", "whole number", "used so far", "tokens", True),
            Field("limit_tokens", "whole number", "the limit that was last enforced; 0: none", "tokens", True),
        ),
        never=(NeverRead("held_tokens", "what running turns hold is over in a minute"),),
    )

    def sample(self, seed: int, rows: int, broken: int = 0) -> Sample:
        rng = randomness("tutor-budgets", seed)
        times = moments(rng)
        sound = [
            {"budget": _SERVICE, "used_tokens": rng.randrange(2_000_000), "limit_tokens": 1_500_000}
            | {"at": at.isoformat(), "period": f"{at:%Y-%m}", "held_tokens": never_read("held_tokens")}
            for at in (next(times) for _number in range(rows + broken))
        ]
        spoilt: tuple[dict[str, object], ...] = ({"period": never_read("period")}, {"used_tokens": -1}, {"at": 7})
        bad = [each | rng.choice(spoilt) for each in sound[rows:]]
        return Sample("budgets.jsonl", json_lines(mixed(rng, sound[:rows], bad)), rows + broken, broken)

    def read(self, lines: Iterable[Line], identity: Identity) -> Iterator[Batch]:
        """The budget's batches, in the file's order."""

        def take(line: bytes, _batch: Batch) -> Budget | None:
            text = json_text(line)
            found = _DECODER.decode(text)
            if found.budget != _SERVICE:
                return None
            if not _MONTH.fullmatch(found.period):
                raise Rejected("period: must be a month, YYYY-MM")
            at, day = checks.moment(found.at)
            used = checks.count("used_tokens", found.used_tokens, _TOKENS)
            limit = checks.count("limit_tokens", found.limit_tokens, _TOKENS)
            digest = identity.digest(repr(("budget", at, found.period, used, limit)).encode())
            return Budget(digest, at, day, found.period, used, limit)

        yield from read_json_lines(lines, take)
