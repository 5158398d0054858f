"""One reader a feed: bytes in, typed rows and rejects out. This is the front door: `READERS`, by registered name.

A reader holds no state and opens no file; persons become keyed pseudonyms while it reads, so that no identifier
leaves this package. The roster has its own shape (`sources.roster`). To add a feed, write a class as `records.Reader`
describes, list it here and document it in docs/feeds.md.
"""

from collections.abc import Mapping
from typing import Final

from analytics_dash.sources.chatgpt_users import ChatGptUsers
from analytics_dash.sources.gateway_ledger import GatewayLedger
from analytics_dash.sources.openedx_log import OpenEdxLog
from analytics_dash.sources.records import (
    Batch,
    Detected,
    ItemAnswer,
    LearningEvent,
    Reader,
    Reject,
    TutorTurn,
    UsageRecord,
)

READERS: Final[Mapping[str, Reader]] = {
    reader.kind: reader for reader in (OpenEdxLog(), ChatGptUsers(), GatewayLedger())
}

__all__ = [
    "READERS",
    "Batch",
    "Detected",
    "ItemAnswer",
    "LearningEvent",
    "Reader",
    "Reject",
    "TutorTurn",
    "UsageRecord",
]
