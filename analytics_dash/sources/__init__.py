"""One reader a feed: bytes in, typed rows and rejects out. This is the front door: `READERS` and `FETCHERS`, by name.

A reader opens no file; persons become keyed pseudonyms while it reads, so that no identifier leaves this package. The
roster has its own shape (`sources.roster`), and describes itself as readers do (`FEEDS`). To add a feed, write a class
as `reader.Reader` describes and list it in `sources.registry`, or name it as an entry point of another package;
docs/feeds.md says how.
"""

from analytics_dash.sources.fetcher import Fetcher, Page, Secret
from analytics_dash.sources.reader import Feed, Reader, Sample
from analytics_dash.sources.records import (
    Batch,
    Detected,
    ItemAnswer,
    LearningEvent,
    Reject,
    TutorTurn,
    UsageRecord,
)
from analytics_dash.sources.registry import FEEDS, FETCHERS, READERS

__all__ = [
    "FEEDS",
    "FETCHERS",
    "READERS",
    "Batch",
    "Detected",
    "Feed",
    "Fetcher",
    "ItemAnswer",
    "LearningEvent",
    "Page",
    "Reader",
    "Reject",
    "Sample",
    "Secret",
    "TutorTurn",
    "UsageRecord",
]
