"""No identifying byte of roster, logs or exports is in the warehouse or beside it, in whatever encoding."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.erasure import erase
from analytics_dash.warehouse.load import load
from analytics_dash.warehouse.report import LoadReport
from analytics_dash.warehouse.rotation import rotate
from tests.evaluation.kill import write_feeds
from tests.support import feeds
from tests.support.scan import everything, found_in

WORDS = "zebedee thorncastle wrote this"
IDENTIFIERS = (
    *("zebedee.thorncastle", "Thorncastle", "Zebedee", "user-9f8e7d6c5b4a", "203.0.113.77", "83920174"),
    *("fedcba9876543210fedcba9876543210", "WORDS OF THE LEARNER", "typed by the user", "Mozilla/5.0"),
)


def test_a_scan_of_every_byte_finds_nobody(load_files: Callable[..., LoadReport], tmp_path: Path) -> None:
    who = {"username": "zebedee.thorncastle", "ip": "203.0.113.77"}
    context = {"user_id": 83920174, "course_id": feeds.COURSE}
    events = [
        feeds.enrolled(context=context, **who) | {"event": {"course_id": feeds.COURSE, "user_id": 83920174}},
        feeds.problem_check(context=context, **who),
        feeds.step_submitted(context=context, **who),
        feeds.tutor_opened("fedcba9876543210fedcba9876543210", context=context, **who),
        # And what is rejected, with identities in every place where a reason might pick them up.
        feeds.step_submitted({"Zebedee Thorncastle": 1}, context=context, **who),
        *(
            feeds.step_submitted({"items": [feeds.ITEM | {field: "Zebedee Thorncastle"}]}, context=context, **who)
            for field in ("item", "answer")
        ),
        feeds.step_submitted({"test": "Zebedee Thorncastle", "form": "pre"}, context=context, **who),
        feeds.step_submitted({"form": "Zebedee"}, context=context, **who),
        feeds.enrolled(event={"course_id": "Thorncastle"}, **who),
        feeds.enrolled(time="Zebedee", **who),
        "Zebedee Thorncastle",
    ]
    roster = feeds.csv_bytes(
        [
            feeds.roster_row(
                1,
                work_email="zebedee.thorncastle@canals.example",
                lms_username="zebedee.thorncastle",
                lms_user_id=83920174,
            ),
            feeds.roster_row(2, work_email="Zebedee Thorncastle", department="Thorncastle@x"),
        ]
    )
    export = feeds.usage_row(
        email="Zebedee.Thorncastle@canals.example", name="Zebedee Thorncastle", public_id="user-9f8e7d6c5b4a"
    )
    spoilt = export | {"messages": "Thorncastle", "Zebedee": "1"}
    ledger = feeds.ledger_row(learner="fedcba9876543210fedcba9876543210")
    log = feeds.json_lines(events)
    load_files("openedx-log", log, feeds.json_lines(events, head=feeds.HEAD), feeds.gz(log), roster=roster)
    load_files("chatgpt-users", feeds.csv_bytes([export]), feeds.csv_bytes([spoilt]))
    load_files("gateway-ledger", feeds.json_lines([ledger, ledger | {"status": "Zebedee"}, ledger | {"Zebedee": 1}]))

    scanned = 0
    for path in sorted(tmp_path.rglob("*")):
        if not path.is_file() or "feeds" in path.relative_to(tmp_path).parts:
            continue
        content = path.read_bytes().lower()
        scanned += len(content)
        for identifier in IDENTIFIERS:
            for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le"):
                assert identifier.lower().encode(encoding) not in content, (path.name, identifier, encoding)
            assert identifier.lower()[::-1].encode() not in content
    assert scanned > 100_000
    number = (83920174).to_bytes(8, "little")
    assert number not in (tmp_path / "adoption.duckdb").read_bytes()


def test_a_person_is_not_in_the_clear_even_as_a_hash_without_the_key(
    load_files: Callable[..., LoadReport], tmp_path: Path
) -> None:
    load_files("chatgpt-users", feeds.csv_bytes([feeds.usage_row()]))
    content = (tmp_path / "adoption.duckdb").read_bytes()
    for spelling in (feeds.EMAIL, feeds.EMAIL.lower(), f"email|{feeds.EMAIL.lower()}"):
        for name in ("md5", "sha1", "sha256", "blake2b"):
            digest = hashlib.new(name, spelling.encode()).digest()
            assert digest[:8] not in content
            assert digest[:8][::-1] not in content


def test_no_disguise_of_anybody_is_on_disk_after_loading_erasing_and_rotating(
    load_files: Callable[..., LoadReport], tmp_path: Path, url: str, home: Path
) -> None:
    write_feeds(tmp_path / "feeds", people=40)
    identifiers = {*(f"user{n}_surname" for n in range(40)), *(f"given.surname{n}@canals.example" for n in range(40))}
    for path in (tmp_path / "feeds").rglob("*"):
        if path.is_file():
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            for n in range(39, -1, -1):
                data = data.replace(b'"user%d"' % n, b'"user%d_surname"' % n).replace(
                    b",user%d," % n, b",user%d_surname," % n
                )
                data = data.replace(b"p%d@" % n, b"given.surname%d@" % n)
            path.write_bytes(data)
    roster = tmp_path / "feeds" / "roster.csv"
    assert found_in(roster.read_bytes(), identifiers) == identifiers  # it can be found where it is
    for kind, name in (("openedx-log", "tracking"), ("chatgpt-users", "usage.csv"), ("gateway-ledger", "ledger.jsonl")):
        load(url, kind=kind, paths=[tmp_path / "feeds" / name], roster=roster)
    erase(url, [("email", "given.surname3@canals.example")])
    content = everything(tmp_path, url, but=[tmp_path / "feeds"])
    assert len(content) > 100_000
    assert found_in(content, identifiers) == set()
    rotate(url, keep_old=True)
    assert found_in(everything(tmp_path, url, but=[tmp_path / "feeds"]), identifiers) == set()
    with open_warehouse(url) as opened:
        numbers = {row[0] for row in opened.connection.execute("SELECT alias FROM identities").fetchall()}
    assert not numbers & {1000 + n for n in range(40)}


@pytest.mark.parametrize(
    "encode", [str.encode, lambda text: text.encode("utf-16-le"), lambda text: text.encode().hex().encode()]
)
def test_the_scan_finds_what_is_there(encode: Callable[[str], bytes]) -> None:
    who = "given.surname@canals.example"
    for before in range(9):
        assert found_in(b"\x01" * before + encode(who) + b"\x02" * 20, [who, "somebody.else@canals.example"]) == {who}
    for name in ("md5", "sha256"):
        digest = hashlib.new(name, who.encode())
        assert found_in(b"\x01" * 5 + digest.digest() + b"\x02" * 20, [who]) == {who}
        assert found_in(b"\x01" + digest.hexdigest().encode() + b"\x02" * 20, [who]) == {who}
