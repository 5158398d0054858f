"""Prepare all that the demonstration shows, in one folder: feeds, warehouse, release. What `./scripts/demo` calls.

Each stage looks whether it is done before it does anything, so a second call is quick and changes nothing, and a call
after an interruption goes on where the first one stopped. The work itself is done by the functions behind `adoption
load`, `adoption release build` and `adoption release publish`, with the folder as adoption's home.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analytics_dash.demonstration import planted
from analytics_dash.demonstration.build import build_feeds
from analytics_dash.demonstration.errors import PreparationError
from analytics_dash.demonstration.loading import EARLIER, load_everything, load_what_was_there
from analytics_dash.demonstration.marker import is_complete
from analytics_dash.home import REGISTER_FILE
from analytics_dash.i18n import _
from analytics_dash.releases import LeakError, list_releases, register_app
from analytics_dash.releases.build import build_release
from analytics_dash.releases.publish import publish_release
from analytics_dash.releases.titles import read_titles
from analytics_dash.warehouse import open_warehouse

Say = Callable[[str], None]

THROUGH: Final = planted.MONTHS[-1]
"""The month through which the release goes."""

TITLES: Final = Path(__file__).with_name("titles.json")
"""What the lesson and the course's test are called, as `./scripts/build-course --titles` writes it."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are in the demonstration's folder."""

    folder: Path

    @property
    def feeds(self) -> Path:
        """The feeds and planted.json."""
        return self.folder / "feeds"

    @property
    def warehouse(self) -> str:
        """The warehouse's URL."""
        return f"duckdb:///{self.folder / 'warehouse.duckdb'}"

    @property
    def register(self) -> str:
        """The release register's URL."""
        return f"sqlite:///{self.folder / REGISTER_FILE}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a call did: the published release, and whether each stage had anything to do."""

    release: str
    built_feeds: bool
    changed_warehouse: bool
    published: bool
    seconds: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return the summary that `adoption demo prepare --json` prints."""
        return {
            "release": self.release,
            "built_feeds": self.built_feeds,
            "changed_warehouse": self.changed_warehouse,
            "published": self.published,
            "seconds": {stage: round(spent, 1) for stage, spent in self.seconds.items()},
        }


def prepare(folder: Path, say: Say = lambda _sentence: None, *, history: bool = False) -> Prepared:
    """Make feeds, warehouse and a published release in `folder`, as far as they are not there yet.

    With `history` an earlier release comes first, of what had been loaded by then; not where the later one is there
    already. `say` is told about each stage as it begins. Raises `OutputFolderError` where the feeds' folder is somebody
    else's, and `PreparationError` where the pipeline does not take the data as it should.
    """
    folder.mkdir(parents=True, exist_ok=True)
    places = Places(folder.absolute())
    seconds: dict[str, float] = {}
    with _at_home(places.folder):
        with _timed(seconds, "feeds"):
            built_feeds = _feeds(places, say)
        if history and not _published(places, THROUGH) and not _published(places, EARLIER):
            with _timed(seconds, "earlier release"):
                load_what_was_there(places.warehouse, places.feeds, places.folder / "as-it-was", say)
                _release(places, EARLIER, say)
        with _timed(seconds, "load"):
            changed_warehouse = load_everything(places.warehouse, places.feeds, say)
        with _timed(seconds, "release"):
            release, published = _release(places, THROUGH, say)
    return Prepared(release, built_feeds, changed_warehouse, published, seconds)


def _feeds(places: Places, say: Say) -> bool:
    if is_complete(places.feeds):
        return False
    say(_("Making a fictional government: {staff} staff, six months …").format(staff=planted.STAFF))
    build_feeds(places.feeds)
    return True


def _published(places: Places, through: str) -> str:
    """The id of the published release through that month, "" where there is none."""
    with register_app(places.register).app_context():
        found = (info.id for info in list_releases() if info.through == through and info.status == "published")
        return next(found, "")


def _release(places: Places, through: str, say: Say) -> tuple[str, bool]:
    """Publish a release through a month, unless one is published: a visitor's later loads do not add another."""
    if there := _published(places, through):
        return there, False
    with register_app(places.register).app_context():
        say(_("Building the release through {month}: protecting every figure …").format(month=through))
        with open_warehouse(places.warehouse) as warehouse:
            release = build_release(warehouse, through, titles=read_titles(TITLES), demonstration=True).info.id
        say(_("Publishing {release}: an attacker tries to recover what is hidden …").format(release=release))
        try:
            publish_release(release)
        except LeakError as error:
            raise PreparationError(_("The release was not published. {reason}").format(reason=error)) from error
        return release, True


@contextmanager
def _at_home(folder: Path) -> Iterator[None]:
    """Make `folder` adoption's home for a while, so that the pseudonym key is there and no other one is touched."""
    before = os.environ.get("ADOPTION_HOME")
    os.environ["ADOPTION_HOME"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["ADOPTION_HOME"]
        else:
            os.environ["ADOPTION_HOME"] = before


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    seconds[stage] = time.monotonic() - start
