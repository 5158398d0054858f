"""Every registered reader is held to its own description, on files of its own making."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_dash.errors import FeedError
from analytics_dash.sources import FEEDS, READERS, Batch
from analytics_dash.sources.pages import page
from analytics_dash.sources.registry import FETCHERS
from analytics_dash.sources.samples import FICTIONAL, NEVER
from analytics_dash.sources.streams import lines, look_at
from analytics_dash.warehouse.staging import FACTS
from tests.support import feeds

PAGES = Path(__file__).parents[3] / "docs" / "feeds"
OURS = [entry.name for entry in READERS.entries if entry.origin == "xblock-ai-tutor"]
every_reader = pytest.mark.parametrize("kind", OURS)
every_feed = pytest.mark.parametrize("kind", ["roster", *OURS])


def read(kind: str, folder: Path, rows: int, broken: int, seed: int = 1) -> tuple[Batch, bytes]:
    sample = READERS[kind]().sample(seed, rows, broken)
    assert (sample.lines, sample.broken) == (rows + broken, broken)
    path = folder / sample.name
    path.write_bytes(sample.data)
    reader = READERS[kind](sample.options).for_file(path.name)
    return feeds.joined(reader.read(lines(look_at(path)), feeds.identity())), sample.data


@every_reader
def test_a_sample_is_read_without_a_reject(kind: str, tmp_path: Path) -> None:
    batch, _data = read(kind, tmp_path, rows=200, broken=0)
    assert batch.rejects == []
    assert batch.lines == 200
    assert len(batch.rows) >= 50
    assert {type(row) for row in batch.rows} == {READERS[kind].row}
    assert READERS[kind].row in FACTS


@every_reader
def test_as_many_lines_of_a_sample_are_rejected_as_are_broken(kind: str, tmp_path: Path) -> None:
    batch, _data = read(kind, tmp_path, rows=150, broken=60)
    assert batch.lines == 210
    assert len(batch.rejects) == 60
    assert len(batch.rows) + batch.ignored == 150


@every_reader
def test_what_must_never_be_read_leaves_no_trace(kind: str, tmp_path: Path) -> None:
    batch, data = read(kind, tmp_path, rows=120, broken=60)
    for never in READERS[kind].schema.never:
        assert f"{NEVER} {never.name}".encode() in data
    for left in (batch.rows, batch.parts, batch.rejects, batch.notes, batch.same_as):
        assert NEVER not in repr(left)


@every_reader
def test_nobody_of_a_sample_is_in_its_rows_or_reasons(kind: str, tmp_path: Path) -> None:
    batch, _data = read(kind, tmp_path, rows=120, broken=60)
    for left in (batch.rows, batch.parts, batch.rejects, batch.notes, batch.same_as):
        assert FICTIONAL not in repr(left)
        assert "department.example" not in repr(left)


@every_reader
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spoilt=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=12), st.integers(0, 12)), min_size=1, max_size=6))
def test_a_spoilt_sample_is_accounted_for_line_by_line(
    kind: str, spoilt: list[tuple[float, bytes, int]], tmp_path: Path
) -> None:
    sample = READERS[kind]().sample(3, 25, 5)
    data = bytearray(sample.data)
    for place, put, taken in spoilt:
        start = int(place * len(data))
        data[start : start + taken] = put
    path = tmp_path / sample.name
    path.write_bytes(data)
    try:
        batches = list(READERS[kind](sample.options).for_file(path.name).read(lines(look_at(path)), feeds.identity()))
    except FeedError:
        return  # its head was spoilt: it is no such feed
    batch = feeds.joined(batches)
    assert batch.lines == len(batch.rows) + batch.ignored + len(batch.rejects)
    assert NEVER not in repr(batch.rejects)


@every_feed
def test_a_sample_is_the_same_for_the_same_seed(kind: str) -> None:
    reader = FEEDS[kind]()
    assert reader.sample(7, 30, 5) == reader.sample(7, 30, 5)
    assert reader.sample(7, 30, 5).data != reader.sample(8, 30, 5).data


@every_feed
def test_the_page_in_the_docs_is_the_one_that_the_reader_gives(kind: str) -> None:
    """Where this fails: adoption feeds page KIND > docs/feeds/KIND.md"""
    assert (PAGES / f"{kind}.md").read_text(encoding="utf-8") == page(FEEDS[kind], FETCHERS.get(kind))


def test_the_docs_have_a_page_of_every_reader_and_of_no_other() -> None:
    assert sorted(path.stem for path in PAGES.glob("*.md")) == sorted(FEEDS)
    front = (PAGES.parent / "feeds.md").read_text(encoding="utf-8")
    for kind in FEEDS:
        assert f"feeds/{kind}.md" in front
