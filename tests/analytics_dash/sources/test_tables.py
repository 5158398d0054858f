"""The CSV feeds: ChatGPT user analytics in their generations, and the roster that is checked hard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_dash.errors import FeedError
from analytics_dash.sources.roster import Roster, read_roster
from analytics_dash.sources.streams import lines, look_at
from tests.support import feeds

HEADER = feeds.csv_bytes([feeds.usage_row()], feeds.OLDER_COLUMNS).splitlines(keepends=True)[0]


def roster_of(data: bytes, folder: Path) -> Roster:
    path = folder / "roster.csv"
    path.write_bytes(data)
    return read_roster(lines(look_at(path)), feeds.identity())


@pytest.mark.parametrize("columns", [feeds.OLDER_COLUMNS, feeds.NEWER_COLUMNS, tuple(reversed(feeds.NEWER_COLUMNS))])
def test_each_generation_of_columns_gives_the_same_record(columns: tuple[str, ...], tmp_path: Path) -> None:
    (row,) = feeds.read("chatgpt-users", feeds.csv_bytes([feeds.usage_row()], columns), tmp_path).rows
    assert row.alias == feeds.identity().alias("email", "meredith.quill@CANALS.example")
    assert row[2:] == ("chatgpt-enterprise", "monthly", 20574, 20604, True, None, 42, 5, 2, None)


def test_a_byte_order_mark_quoted_line_feeds_and_gzip_do_not_matter(tmp_path: Path) -> None:
    rows = [feeds.usage_row(name="Quill,\nMeredith"), feeds.usage_row(email="b@canals.example", public_id="")]
    data = b"\xef\xbb\xbf" + feeds.csv_bytes(rows, feeds.NEWER_COLUMNS)
    for wrapped in (data, feeds.gz(data), data.replace(b"\n", b"\r\n")):
        batch = feeds.read("chatgpt-users", wrapped, tmp_path)
        assert (batch.lines, len(batch.rows), batch.rejects) == (2, 2, [])


def test_a_reject_names_the_physical_line_on_which_its_record_starts(tmp_path: Path) -> None:
    rows = [feeds.usage_row(name="over\ntwo\nlines"), feeds.usage_row(cadence="hourly")]
    batch = feeds.read("chatgpt-users", feeds.csv_bytes(rows), tmp_path)
    assert [(reject.line, reject.reason.split(":")[0]) for reject in batch.rejects] == [(5, "cadence")]


@pytest.mark.parametrize("closed_later", [False, True])
def test_a_quote_that_nobody_closes_costs_its_own_line_alone(closed_later: bool, tmp_path: Path) -> None:
    rows = [feeds.usage_row(email=f"p{number}@canals.example", public_id="") for number in range(50)]
    first, *good = feeds.csv_bytes(rows, feeds.OLDER_COLUMNS).splitlines(keepends=True)[1:]
    late = feeds.csv_bytes(
        [feeds.usage_row(name="over\ntwo", email="z@canals.example", public_id="")], feeds.OLDER_COLUMNS
    )
    data = HEADER + b'"' + first + b"".join(good) + (late.split(b"\n", 1)[1] if closed_later else b"")
    batch = feeds.read("chatgpt-users", data, tmp_path)
    assert [reject.line for reject in batch.rejects] == [2]
    assert (batch.lines, len(batch.rows)) == (50 + closed_later, 49 + closed_later)


def test_an_open_quote_before_the_damage_of_a_gzip_file_hides_neither(tmp_path: Path) -> None:
    rows = [feeds.usage_row(email=f"p{number}@canals.example", public_id="") for number in range(3)]
    first, *good = feeds.csv_bytes(rows, feeds.OLDER_COLUMNS).splitlines(keepends=True)[1:]
    batch = feeds.read("chatgpt-users", feeds.gz(HEADER + b'"' + first + b"".join(good))[:-6], tmp_path)
    assert [reject.line for reject in batch.rejects] == [2, 5]
    assert batch.damage == batch.rejects[-1].reason
    assert len(batch.rows) == 2


def test_unknown_columns_are_tolerated_and_named(tmp_path: Path) -> None:
    row = feeds.usage_row() | {"sora_videos": "3", "jo@x.example": "1"}
    batch = feeds.read("chatgpt-users", feeds.csv_bytes([row]), tmp_path)
    assert len(batch.rows) == 1
    assert batch.notes == ["columns that are not known and were not read: sora_videos, (unreadable)"]


def test_missing_columns_are_named_and_the_file_is_refused(tmp_path: Path) -> None:
    columns = [name for name in feeds.OLDER_COLUMNS if name not in {"cadence", "messages"}]
    with pytest.raises(FeedError, match="Missing columns: cadence, messages"):
        feeds.read("chatgpt-users", feeds.csv_bytes([feeds.usage_row()], columns), tmp_path)
    with pytest.raises(FeedError, match="separated by commas"):
        feeds.read("chatgpt-users", HEADER.replace(b",", b";"), tmp_path)
    with pytest.raises(FeedError, match="occur twice: email"):
        feeds.read("chatgpt-users", HEADER.replace(b",role,", b",email,"), tmp_path)
    with pytest.raises(FeedError, match="is empty"):
        feeds.read("chatgpt-users", b"", tmp_path)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"period_start": "01/05/2026"}, "period_start"),
        ({"period_start": "2026-06-01"}, "period_end"),
        ({"period_end": "2028-01-01"}, "period_end"),
        ({"period_start": "2026-02-30"}, "period_start"),
        ({"is_active": "maybe"}, "is_active"),
        ({"messages": "-1"}, "messages"),
        ({"messages": "NaN"}, "messages"),
        ({"messages": "1e9"}, "messages"),
        ({"messages": "9" * 30}, "messages"),
        ({"gpt_messages": "1.5"}, "gpt_messages"),
        ({"email": "no address"}, "email"),
        ({"email": "", "public_id": ""}, "no person"),
        ({"last_day_active_in_period": "2026-05-01"}, "last_day_active_in_period"),
    ],
)
def test_a_bad_record_is_rejected_with_its_column(changes: dict[str, Any], why: str, tmp_path: Path) -> None:
    batch = feeds.read("chatgpt-users", feeds.csv_bytes([feeds.usage_row(**changes)]), tmp_path)
    assert [reject.reason.startswith(why) for reject in batch.rejects] == [True]


def test_what_is_broken_in_one_record_does_not_spoil_its_neighbours(tmp_path: Path) -> None:
    sound = feeds.csv_bytes([feeds.usage_row()], feeds.OLDER_COLUMNS).splitlines(keepends=True)[1]
    other = sound.replace(b"Meredith.Quill", b"b")
    for bad in (b"too,few\n", b'a "stray" quote,"x"y\n', sound.replace(b"Lawyer", b"\xff"), b"x" * 5_000_000 + b"\n"):
        batch = feeds.read("chatgpt-users", HEADER + sound + bad + other, tmp_path)
        assert (batch.lines, len(batch.rows), len(batch.rejects)) == (3, 2, 1)
        assert batch.rejects[0].line == 3


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({"is_active": "False", "first_day_active_in_period": "", "last_day_active_in_period": ""}, 0),
        ({"cadence": "daily", "period_end": "2026-05-01"}, 1),
        ({"last_day_active_in_period": "2026-05-04"}, 1),
        ({"last_day_active_in_period": "2026-05-05"}, 2),
        ({"last_day_active_in_period": ""}, None),
    ],
)
def test_active_days_are_given_only_where_the_export_says_enough(
    changes: dict[str, Any], days: int | None, tmp_path: Path
) -> None:
    (row,) = feeds.read("chatgpt-users", feeds.csv_bytes([feeds.usage_row(**changes)]), tmp_path).rows
    assert row.active_days == days


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300) | st.text(alphabet='a,"\n\r;é1', max_size=200).map(str.encode))
def test_whatever_follows_the_header_every_record_is_accounted_for(data: bytes, tmp_path: Path) -> None:
    batch = feeds.read("chatgpt-users", HEADER + data, tmp_path)
    assert batch.lines == len(batch.rows) + len(batch.rejects)


def test_a_roster_gives_people_and_every_identifier_leads_to_them(tmp_path: Path) -> None:
    rows = [feeds.roster_row(1), feeds.roster_row(2, lms_username="", lms_user_id="", profession="", licence_from="")]
    roster = roster_of(feeds.csv_bytes(rows), tmp_path)
    who = feeds.identity()
    first, second = (who.alias("email", f"person{n}@canals.example") for n in (1, 2))
    assert roster.rejects == []
    assert {person.person for person in roster.people} == {first, second}
    assert roster.links == {
        first: first,
        who.alias("lms_username", "person_1"): first,
        who.alias("lms_user_id", "1001"): first,
        second: second,
    }


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"work_email": "person1@Canals.EXAMPLE"}, "work_email: already"),
        ({"lms_username": "person_1"}, "lms_username: already"),
        ({"lms_user_id": "1001"}, "lms_user_id: already"),
        ({"lms_user_id": "x"}, "user_id"),
        ({"work_email": ""}, "work_email"),
        ({"work_email": "nobody"}, "email"),
        ({"department": "  "}, "department"),
        ({"department": "jo@canals.example"}, "department: holds an @"),
        ({"department": "ALL"}, "department: a word"),
        ({"grade_band": "[c]"}, "grade_band: a word"),
        ({"grade_band": ""}, "grade_band"),
        ({"grade_band": "x" * 101}, "grade_band"),
        ({"licence_from": "soon"}, "licence_from"),
        ({"licence_to": "2026-04-30"}, "licence_to"),
        ({"licence_from": "", "licence_to": "2026-04-30"}, "licence_to"),
    ],
)
def test_a_bad_roster_row_is_rejected_and_the_others_stay(changes: dict[str, Any], why: str, tmp_path: Path) -> None:
    roster = roster_of(feeds.csv_bytes([feeds.roster_row(1), feeds.roster_row(2, **changes)]), tmp_path)
    assert (roster.lines, len(roster.people)) == (2, 1)
    assert [(reject.line, reject.reason.startswith(why)) for reject in roster.rejects] == [(3, True)]


def test_a_repeated_roster_row_is_a_duplicate(tmp_path: Path) -> None:
    roster = roster_of(feeds.csv_bytes([feeds.roster_row(1), feeds.roster_row(1)]), tmp_path)
    assert (roster.lines, len(roster.people), roster.duplicates, roster.rejects) == (2, 1, 1, [])


def test_a_roster_without_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="Missing columns: department, grade_band"):
        roster_of(b"work_email\nx@canals.example\n", tmp_path)
