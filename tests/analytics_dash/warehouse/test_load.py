"""Loading: every line accounted for, each fact once, whatever the order; bad files keep nobody else out."""

from __future__ import annotations

import json
import os
import pwd
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analytics_dash.cli import cli
from analytics_dash.errors import IdentityError, UsageError, WarehouseError
from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.files import Files
from analytics_dash.warehouse.load import load
from analytics_dash.warehouse.report import COUNTS, FileReport, LoadReport
from tests.support import feeds

LoadFiles = Callable[..., LoadReport]
DumpOf = Callable[..., dict[str, list[tuple[Any, ...]]]]
Write = Callable[[str, bytes], Path]

EVENTS = feeds.many_events(20)  # 60 of interest, 20 not
LOG = feeds.json_lines(EVENTS)
ROSTER = feeds.csv_bytes([feeds.roster_row(number) for number in range(1, 16)])


def counts(report: FileReport | LoadReport) -> tuple[int, ...]:
    found = report.totals if isinstance(report, LoadReport) else report.to_json()
    return tuple(found[name] for name in COUNTS)


def test_plain_prefixed_and_gzipped_copies_count_once(load_files: LoadFiles, dump: DumpOf) -> None:
    prefixed = feeds.json_lines(EVENTS, head=feeds.HEAD)
    report = load_files("openedx-log", LOG, prefixed, feeds.gz(LOG), LOG + LOG)
    assert [counts(file) for file in report.files] == [
        (80, 60, 20, 0, 0),
        (80, 0, 20, 60, 0),
        (80, 0, 20, 60, 0),
        (160, 0, 40, 120, 0),
    ]
    assert len(dump()["learning_events"]) == 60


def test_loading_again_changes_no_byte(load_files: LoadFiles, tmp_path: Path) -> None:
    spoilt = LOG + b"broken\n"
    first = load_files("openedx-log", spoilt, roster=ROSTER)
    before = (tmp_path / "adoption.duckdb").read_bytes()
    journal = (tmp_path / "adoption.duckdb.journal.jsonl").read_bytes()
    again = load_files("openedx-log", spoilt, roster=ROSTER)
    assert counts(first) == (81, 60, 20, 0, 1)
    assert counts(again) == (81, 0, 20, 60, 1)
    assert again.rejects_file == first.rejects_file
    assert (first.changed, again.changed) == (True, False)
    assert again.roster is not None
    assert counts(again.roster) == (15, 0, 0, 15, 0)
    assert (tmp_path / "adoption.duckdb").read_bytes() == before
    assert (tmp_path / "adoption.duckdb.journal.jsonl").read_bytes() == journal


def test_the_content_does_not_depend_on_order_or_on_how_it_was_cut(
    load_files: LoadFiles, dump: DumpOf, url: str
) -> None:
    usage = feeds.csv_bytes([feeds.usage_row()])
    later = feeds.csv_bytes([feeds.usage_row(messages="50")])
    ledger = feeds.json_lines([feeds.ledger_row(), feeds.ledger_row(turn="2", learner=f"{3:032x}")])
    load_files("openedx-log", LOG, roster=ROSTER)
    load_files("chatgpt-users", usage, later)
    load_files("gateway-ledger", ledger)
    other = url.replace("adoption", "other")
    load_files("gateway-ledger", ledger, into=other)
    load_files("chatgpt-users", later, into=other)
    load_files("openedx-log", LOG, into=other)
    load_files("chatgpt-users", usage, into=other)
    load_files(None, roster=ROSTER, into=other)
    assert dump(url) == dump(other)
    with open_warehouse(url) as one, open_warehouse(other) as two:
        assert one.digest() == two.digest()
        assert one.inputs() == two.inputs()
        assert len(one.inputs()) == 5


def test_of_two_exports_of_one_period_the_larger_counts(load_files: LoadFiles, dump: DumpOf) -> None:
    exports = [feeds.csv_bytes([feeds.usage_row(messages=messages)]) for messages in ("42", "50", "45")]
    report = load_files("chatgpt-users", *exports)
    assert counts(report) == (3, 3, 0, 0, 0)
    assert [row[9] for row in dump()["usage_by_person"]] == [50]


def test_facts_of_all_feeds_meet_in_one_person(load_files: LoadFiles, dump: DumpOf, home: Path) -> None:
    roster = feeds.csv_bytes([feeds.roster_row(1, work_email=feeds.EMAIL, lms_username="person_1", lms_user_id="")])
    load_files("openedx-log", LOG, roster=roster)
    load_files("gateway-ledger", feeds.json_lines([feeds.ledger_row(learner=f"{1:032x}")]))
    by_id_only = feeds.usage_row(email="", period_start="2026-06-01", period_end="2026-06-30")
    load_files("chatgpt-users", feeds.csv_bytes([feeds.usage_row(), by_id_only]))
    found = dump()
    ((person, *_attributes),) = found["people"]
    assert sum(row[0] == person for row in found["learning"]) == 3
    assert [row[0] for row in found["usage_by_person"]] == [person, person]
    assert [row[0] for row in found["turns_by_person"]] == [person]


def test_without_a_roster_people_stay_unlinked_but_one(load_files: LoadFiles, dump: DumpOf) -> None:
    by_number = [event | {"username": ""} for event in EVENTS]
    report = load_files("openedx-log", LOG, feeds.json_lines(by_number))
    found = dump()
    assert found["people"] == []
    assert len({row[0] for row in found["learning"]}) == 20
    assert report.linked["learning"] == {"facts": 120, "linked": "[c]"}


def test_a_new_roster_replaces_the_old_one(load_files: LoadFiles, dump: DumpOf) -> None:
    load_files("openedx-log", LOG, roster=ROSTER)
    fewer = feeds.csv_bytes([feeds.roster_row(number, department="Harbours") for number in range(1, 5)])
    report = load_files(None, roster=fewer)
    assert "has 4 people and the roster of before has 15, which stays" in " ".join(report.errors)
    assert len(dump()["people"]) == 15
    load_files(None, roster=fewer, accept_roster=True)
    found = dump()
    assert {row[1] for row in found["people"]} == {"Harbours"}
    assert len(found["people"]) == 4
    assert [row[1] for row in found["loads"]].count("roster") == 1
    load_files(None, roster=ROSTER)
    assert len(dump()["people"]) == 15


def test_a_roster_that_cannot_be_used_leaves_the_old_one(load_files: LoadFiles, dump: DumpOf) -> None:
    load_files(None, roster=ROSTER)
    before = dump()
    for bad in (
        b"a,b\n1,2\n",
        ROSTER.splitlines(keepends=True)[0],
        feeds.csv_bytes([feeds.roster_row(department="")]),
        feeds.gz(ROSTER)[:-9],
    ):
        report = load_files(None, roster=bad)
        assert report.errors
        assert report.changed is False
        assert dump() == before


def test_a_roster_of_which_many_rows_are_lost_leaves_the_old_one_unless_that_is_meant(
    load_files: LoadFiles, dump: DumpOf
) -> None:
    rows = [feeds.roster_row(number, department="Ministère") for number in range(1, 16)]
    load_files(None, roster=ROSTER)
    before = dump()
    as_excel_saves_it = feeds.csv_bytes(rows[:12]) + feeds.csv_bytes(rows[12:]).split(b"\n", 1)[1].replace(
        "è".encode(), b"\xe8"
    )
    report = load_files(None, roster=as_excel_saves_it)
    assert "3 of 15 rows" in " ".join(report.errors)
    assert "--accept-roster" in " ".join(report.errors)
    assert dump() == before
    assert not load_files(None, roster=as_excel_saves_it, accept_roster=True).errors
    assert len(dump()["people"]) == 12


def test_departments_that_differ_in_capitals_alone_are_noted(load_files: LoadFiles) -> None:
    rows = [feeds.roster_row(1, department="Office for Canals"), feeds.roster_row(2, department="Office for canals")]
    report = load_files(None, roster=feeds.csv_bytes(rows)).roster
    assert report is not None
    assert any("capitals alone" in note for note in report.notes)


@pytest.mark.parametrize("name", ["All of government", "not stated", "Y LLYWODRAETH GYFAN"])
def test_a_department_cannot_be_called_what_pages_call_everybody_or_nobody(load_files: LoadFiles, name: str) -> None:
    report = load_files(None, roster=feeds.csv_bytes([feeds.roster_row(1, department=name)])).roster
    assert report is not None
    assert report.rejected == 1


def test_linked_facts_are_told_from_ten_on(load_files: LoadFiles) -> None:
    report = load_files("openedx-log", LOG, roster=ROSTER)
    assert report.linked["learning"] == {"facts": 60, "linked": 45}
    assert report.linked["usage"] == {"facts": 0, "linked": 0}
    almost_all = feeds.csv_bytes([feeds.roster_row(number) for number in range(1, 19)])
    assert load_files(None, roster=almost_all).linked["learning"] == {"facts": 60, "linked": "[c]"}


def test_rejects_are_kept_beside_the_warehouse_with_line_and_reason(load_files: LoadFiles) -> None:
    report = load_files("openedx-log", LOG + b"broken\n", b"\n" + LOG)
    assert report.rejects_file is not None
    rows = [json.loads(line) for line in Path(report.rejects_file).read_text().splitlines()]
    assert [(row["file"], row["line"]) for row in rows] == [
        (report.files[0].digest, 81),
        (report.files[1].digest, 1),
    ]
    one = report.files[0].rejects_file
    assert one is not None
    assert json.loads(Path(one).read_text()).keys() == {"line", "reason"}
    Path(one).unlink()
    assert load_files("openedx-log", LOG + b"broken\n").rejects_file == one
    assert Path(one).is_file()


def test_a_file_without_rejects_has_no_rejects_file(load_files: LoadFiles) -> None:
    assert load_files("openedx-log", LOG).rejects_file is None


def test_a_damaged_file_costs_nothing_and_the_whole_one_completes_it(load_files: LoadFiles, dump: DumpOf) -> None:
    packed = feeds.gz(LOG)
    for _again in range(2):
        report = load_files("openedx-log", packed[:-40])
        assert "damaged" in report.errors[0]
        assert report.files[0].rejected == 1
    some = len(dump()["learning_events"])
    assert 30 < some < 60
    report = load_files("openedx-log", packed)
    assert (report.errors, report.totals["accepted"], report.totals["duplicates"]) == ([], 60 - some, some)


def test_a_file_that_cannot_be_read_keeps_no_other_out(load_files: LoadFiles, dump: DumpOf) -> None:
    sound = feeds.csv_bytes([feeds.usage_row()])
    report = load_files("chatgpt-users", b"a,b\n1,2\n", sound, b"a,b\n1,2\n")
    assert [bool(file.error) for file in report.files] == [True, False, True]
    assert counts(report) == (1, 1, 0, 0, 0)
    assert len(dump()["usage"]) == 1


def test_where_nothing_can_be_read_no_warehouse_appears(load_files: LoadFiles, tmp_path: Path) -> None:
    report = load_files("chatgpt-users", b"a,b\n1,2\n")
    assert report.changed is False
    assert not (tmp_path / "adoption.duckdb").exists()


def test_a_directory_is_taken_in_sorted_order(url: str, write: Write) -> None:
    write("logs/b.log.gz", feeds.gz(LOG))
    folder = write("logs/a/a.log", LOG).parent.parent
    write("logs/.hidden", b"x")
    write("logs/empty.log", b"")
    report = load(url, kind="openedx-log", paths=[folder])
    assert [Path(file.file).name for file in report.files] == ["a.log", "b.log.gz", "empty.log"]
    assert [file.accepted for file in report.files] == [60, 0, 0]


def test_a_warehouse_may_lie_among_its_feeds(write: Write) -> None:
    folder = write("tracking.log", LOG + b"broken\n").parent
    here = f"duckdb:///{folder / 'adoption.duckdb'}"
    first, again = (load(here, kind="openedx-log", paths=[folder]) for _time in range(2))
    assert [file.name for file in again.files] == ["tracking.log"]
    assert (first.changed, again.changed) == (True, False)
    write("adoption.duckdb-old.log", LOG)
    assert len(load(here, kind="openedx-log", paths=[folder]).files) == 2


def test_an_empty_directory_and_a_missing_file_are_wrong_usage(url: str, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    with pytest.raises(UsageError, match="no files in"):
        load(url, kind="openedx-log", paths=[tmp_path / "none"])
    with pytest.raises(UsageError, match="There is no file"):
        load(url, kind="openedx-log", paths=[tmp_path / "absent.log"])
    with pytest.raises(UsageError, match="no folder"):
        load(f"duckdb:///{tmp_path}/absent/w.duckdb", kind="openedx-log", paths=[])
    assert not (tmp_path / "adoption.duckdb").exists()


def test_a_file_that_is_no_warehouse_is_refused_and_left_alone(url: str, tmp_path: Path, write: Write) -> None:
    log = write("a.log", LOG)
    (tmp_path / "adoption.duckdb").write_bytes(b"text" * 5000)
    with pytest.raises(WarehouseError, match="cannot be opened as a DuckDB database"):
        load(url, kind="openedx-log", paths=[log])
    assert (tmp_path / "adoption.duckdb").read_bytes() == b"text" * 5000


def test_another_key_is_refused(load_files: LoadFiles, home: Path) -> None:
    load_files("openedx-log", LOG)
    (home / "pseudonym.key").rename(home / "old.key")
    with pytest.raises(IdentityError, match="restore the key"):
        load_files("openedx-log", LOG)
    text = (home / "old.key").read_text().rstrip()
    (home / "pseudonym.key").write_text(text[:-4] + ("0000" if text[-4:] != "0000" else "1111"))
    (home / "pseudonym.key").chmod(0o600)
    with pytest.raises(IdentityError, match="another pseudonym key"):
        load_files("openedx-log", LOG)


def test_the_files_are_their_owners_alone(load_files: LoadFiles, tmp_path: Path) -> None:
    load_files("openedx-log", LOG + b"broken\n")
    for path in tmp_path.glob("adoption.duckdb*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    (tmp_path / "adoption.duckdb").chmod(0o640)
    load_files("openedx-log", LOG + b"other\n")
    assert stat.S_IMODE((tmp_path / "adoption.duckdb").stat().st_mode) == 0o640


def test_the_journal_says_what_was_loaded_when(load_files: LoadFiles, tmp_path: Path) -> None:
    load_files("openedx-log", LOG, roster=ROSTER)
    (entry,) = [json.loads(line) for line in (tmp_path / "adoption.duckdb.journal.jsonl").read_text().splitlines()]
    assert entry.keys() == {"at", "by", "action", "kind", "key", "files", "roster"}
    assert entry["by"] == pwd.getpwuid(os.getuid()).pw_name
    assert (entry["files"][0]["file"], entry["files"][0]["accepted"]) == ("feed-0", 60)
    assert entry["roster"]["accepted"] == 15


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:The .future.infer_string. option")
def test_indicators_read_four_tables_through_ibis(load_files: LoadFiles, url: str) -> None:
    load_files("openedx-log", LOG, roster=ROSTER)
    with open_warehouse(url) as warehouse:
        assert warehouse.digest()  # a release asks for it first; nothing of it may be left in the way
        tables = warehouse.tables()
        started = tables.learning.filter(tables.learning.kind == "enrolled")
        joined = started.join(tables.people, "person").group_by("department").agg(n=started.person.nunique())
        assert joined.execute().to_dict("records") == [{"department": "Canals Agency", "n": 15}]
        assert "person" in tables.usage.columns
        assert "person" in tables.turns.columns


def test_history_says_what_was_loaded_by_whom_and_what_was_killed(
    load_files: LoadFiles, url: str, tmp_path: Path
) -> None:
    load_files("openedx-log", LOG, roster=ROSTER)
    journal = tmp_path / "adoption.duckdb.journal.jsonl"
    entry = json.loads(journal.read_text())
    killed = entry | {"files": [entry["files"][0] | {"digest": "0" * 64}]}
    journal.write_text(json.dumps(entry) + "\n" + json.dumps(killed) + "\n")
    shown = CliRunner().invoke(cli, ["warehouse", "history", "--warehouse", url, "--json"])
    first, second = json.loads(shown.stdout)["entries"]
    assert (first["ended"], second["ended"]) == (True, False)
    assert first["files"][0]["digest"] in {row[0] for row in _loads(url)}
    assert first["files"][0]["bytes"] == len(LOG)
    said = CliRunner().invoke(cli, ["warehouse", "history", "--warehouse", url]).output
    assert f"by {first['by']}: openedx-log" in said
    assert "was killed" in said


def _loads(url: str) -> list[tuple[Any, ...]]:
    with open_warehouse(url) as opened:
        return opened.connection.execute("SELECT file_digest FROM loads").fetchall()


def test_fields_that_nobody_knows_are_named_and_not_read(load_files: LoadFiles) -> None:
    line = feeds.enrolled(tenant="x", **{"jo@canals.example": 1})
    (report,) = load_files("openedx-log", feeds.json_lines([line, feeds.enrolled()])).files
    assert report.notes == ["fields that are not known and were not read: (unreadable), tenant"]
    (other,) = load_files(
        "openedx-log", feeds.json_lines([feeds.problem_check(), feeds.transformed(feeds.enrolled())])
    ).files
    assert other.notes == []


def test_a_payload_with_a_field_that_nobody_knows_is_named(load_files: LoadFiles) -> None:
    line = feeds.problem_check()
    page = feeds.problem_check(event_source="browser", event={"typed": "by anybody"})
    line["event"] |= {"weight": 2, "jo@canals.example": 1}
    (report,) = load_files("openedx-log", feeds.json_lines([line, page])).files
    assert report.notes == [
        "fields that are not known and were not read: problem_check: (unreadable), problem_check: weight"
    ]
    assert (report.accepted, report.ignored) == (1, 1)


def test_what_is_dated_after_the_load_is_taken_and_told(load_files: LoadFiles, url: str, tmp_path: Path) -> None:
    lines = [feeds.enrolled(), feeds.enrolled(time="2098-01-01T00:00:00Z")]
    lines.append(feeds.step_submitted(time="2098-01-02T00:00:00+00:00"))
    (report,) = load_files("openedx-log", feeds.json_lines(lines)).files
    assert (report.accepted, report.ahead) == (3, 2)
    assert report.notes == ["2 rows are dated after this load: a clock was wrong"]
    (entry,) = Files(tmp_path / "adoption.duckdb").read_journal()
    assert entry["files"][0]["ahead"] == 2
