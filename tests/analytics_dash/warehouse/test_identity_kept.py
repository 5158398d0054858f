"""Erasing a person and rotating the key: what goes, what stays, what old files bring back, and what a kill leaves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from analytics_dash.cli import cli
from analytics_dash.errors import IdentityError
from analytics_dash.home import key_path
from analytics_dash.keys import load_key, next_identity, next_path, old_path
from analytics_dash.masks import Mask
from analytics_dash.warehouse import open_warehouse, rotation
from analytics_dash.warehouse.erasure import erase, read_request
from analytics_dash.warehouse.files import Files
from analytics_dash.warehouse.report import LoadReport
from analytics_dash.warehouse.rotation import rotate
from analytics_dash.warehouse.schema import TABLES
from tests.support import feeds

Load = Callable[..., LoadReport]
Dump = Callable[..., dict[str, list[tuple[Any, ...]]]]

LEARNERS = [f"{number:032x}" for number in range(1, 31)]


def _who(number: int) -> dict[str, Any]:
    context = {"user_id": 1000 + number, "course_id": feeds.COURSE}
    return {"username": f"user{number}", "context": context}


def _log(numbers: Any) -> bytes:
    lines = []
    for number in numbers:
        who = _who(number)
        lines += [
            feeds.enrolled(event={"course_id": feeds.COURSE, "user_id": 1000 + number}, **who),
            feeds.step_submitted({"detection": {"hits": 1, "false_alarms": 0, "targets": 1, "non_targets": 2}}, **who),
            feeds.tutor_opened(LEARNERS[number], **who),
        ]
    return feeds.json_lines(lines)


def _ledger(numbers: Any) -> bytes:
    return feeds.json_lines(feeds.ledger_row(turn=f"t{n}", learner=LEARNERS[n], cursor=n + 1) for n in numbers)


def _usage(numbers: Any) -> bytes:
    return feeds.csv_bytes(
        [feeds.usage_row(email=f"person{n}@canals.example", public_id=f"user-{n}", name="") for n in numbers]
    )


def _roster(numbers: Any) -> bytes:
    return feeds.csv_bytes(
        [
            feeds.roster_row(n, work_email=f"person{n}@canals.example", lms_username=f"user{n}", lms_user_id=1000 + n)
            for n in numbers
        ]
    )


def fill(load_files: Load, into: str, order: str = "rlcu") -> None:
    everyone = range(8)
    steps = {
        "r": lambda: load_files(None, roster=_roster(everyone), into=into),
        "l": lambda: load_files("openedx-log", _log(everyone), into=into),
        "c": lambda: load_files("gateway-ledger", _ledger(everyone), into=into),
        "u": lambda: load_files("chatgpt-users", _usage(everyone), into=into),
    }
    for step in order:
        steps[step]()


def _digest(url: str) -> str:
    with open_warehouse(url) as opened:
        return opened.digest()


def test_an_erased_person_is_in_no_table_and_everyone_else_is_as_before(
    load_files: Load, url: str, dump: Dump, tmp_path: Path
) -> None:
    fill(load_files, url)
    before = dump()
    key = load_key(key_path())
    theirs = {
        key.mask.alias(key.alias(kind, value))  # type: ignore[arg-type]
        for kind, value in [
            *(("email", "person3@canals.example"), ("lms_username", "user3"), ("lms_user_id", 1003)),
            *(("lms_learner", LEARNERS[3]), ("openai_public_id", "user-3")),
            ("email_sha1", hashlib.sha1(b"person3@canals.example").hexdigest()),
        ]
    }
    assert erase(url, [("email", "Person3@Canals.example")]).known == [True]
    after = dump()
    assert {alias for (alias,) in after.pop("erased")} == theirs
    digests = {
        row[0] for table in ("learning_events", "usage", "tutor_turns") for row in before[table] if row[1] in theirs
    }
    assert len(digests) == 5
    for name, rows in after.items():
        if name == "identities":
            continue
        kept = [row for row in before[name] if not (theirs | digests) & set(row)]
        assert rows == kept, name
    assert len(after["tutor_redactions"]) < len(before["tutor_redactions"])
    content = (tmp_path / "adoption.duckdb").read_bytes()
    for digest in digests:
        assert digest.bytes not in content
        assert digest.bytes[::-1] not in content


@pytest.mark.parametrize("order", ["rlcu", "clur"])
def test_old_files_do_not_bring_an_erased_person_back(load_files: Load, url: str, order: str) -> None:
    """Whether someone is erased after all is loaded, in between or before anything: the content is the same."""
    late, early = url.replace("adoption", "late"), url.replace("adoption", "early")
    fill(load_files, late, order)
    erase(late, [("lms_username", "user3")])
    load_files("openedx-log", _log([11]), into=early)
    erase(early, [("lms_username", "user3")])
    for step in order:
        fill(load_files, early, step)
    load_files("openedx-log", _log([11]), into=late)
    assert _digest(early) == _digest(late)
    fill(load_files, early, order)
    assert _digest(early) == _digest(late)


def test_a_load_says_of_an_erased_persons_lines_that_they_are_ignored(load_files: Load, url: str) -> None:
    load_files("openedx-log", _log([1]))
    erase(url, [("lms_username", "user3")])
    report = load_files("openedx-log", _log([2, 3]))
    assert report.totals == {"lines": 6, "accepted": 3, "ignored": 3, "duplicates": 0, "rejected": 0}


def test_erasing_twice_changes_nothing(load_files: Load, url: str) -> None:
    fill(load_files, url)
    erase(url, [("email", "person3@canals.example")])
    once = _digest(url)
    assert erase(url, [("email", "person3@canals.example")]).known == [True]
    assert _digest(url) == once


def test_a_request_is_read_from_a_file_and_repeated_nowhere(load_files: Load, url: str, tmp_path: Path) -> None:
    fill(load_files, url)
    request = "# from the subject access team\nemail: person3@canals.example\n\nlms_username user999\n"
    done = CliRunner().invoke(cli, ["identity", "erase", "--warehouse", url, "--from", "-", "--json"], input=request)
    assert json.loads(done.stdout) == {"identifiers": 2, "known": [True, False]}
    wrong = CliRunner().invoke(
        cli, ["identity", "erase", "--warehouse", url, "--from", "-"], input="person3@canals.example"
    )
    assert wrong.exit_code == 2
    assert "Line 1" in wrong.output
    assert "person3" not in wrong.output
    assert "person3" not in Files(tmp_path / "adoption.duckdb").journal.read_text()
    assert [entry["action"] for entry in Files(tmp_path / "adoption.duckdb").read_journal()][-1] == "erase"
    with pytest.raises(Exception, match="no identifier"):
        read_request(["# nothing"])


@pytest.mark.parametrize("keep", [False])
def test_a_rotated_warehouse_is_the_one_that_loading_anew_would_give(
    load_files: Load, url: str, dump: Dump, keep: bool
) -> None:
    fill(load_files, url)
    erase(url, [("email", "person3@canals.example")])
    before, old = dump(), load_key(key_path())
    new = rotate(url, keep_old=keep)
    assert (new.version, load_key(key_path()).fingerprint) == (2, new.fingerprint)
    assert new.fingerprint != old.fingerprint
    assert old_path(key_path(), 1).exists() == keep
    after = dump()
    aliases = {row[0] for row in before["identities"]}
    assert len(after["identities"]) == len(aliases)
    assert not aliases & {row[0] for row in after["identities"]}
    for name in TABLES:
        assert len(after[name]) == len(before[name]), name
    anew = url.replace("adoption", "anew")
    fill(load_files, anew)
    erase(anew, [("email", "person3@canals.example")])
    assert _digest(anew) == _digest(url)
    # Feeds go on: the same files are known, and new ones find the same people.
    assert not load_files("openedx-log", _log(range(8))).changed
    load_files("openedx-log", _log([12]))
    load_files("openedx-log", _log([12]), into=anew)
    assert _digest(anew) == _digest(url)


def test_the_old_key_says_nothing_about_a_rotated_warehouse(load_files: Load, url: str, tmp_path: Path) -> None:
    fill(load_files, url)
    old = load_key(key_path())
    rotate(url, keep_old=False)
    content = (tmp_path / "adoption.duckdb").read_bytes()
    for number in range(8):
        base = old.alias("lms_username", f"user{number}")
        for alias in (base, old.mask.alias(base)):
            assert alias.to_bytes(8, "little") not in content
    with open_warehouse(url) as opened:
        (found,) = opened.connection.execute("SELECT value FROM meta WHERE key = 'key_fingerprint'").fetchone() or ("",)
    assert found != old.fingerprint


class Killed(BaseException):
    """Stands for SIGKILL at a chosen moment: nothing catches it."""


@pytest.mark.parametrize("moment", ["swap", "promote"])
def test_a_rotation_killed_at_any_moment_goes_on_when_run_again(
    load_files: Load, url: str, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    fill(load_files, url)
    key = load_key(key_path())
    expected = next_identity(key_path())  # what it would have made, and has made where it was killed after that

    def killed(*_given: Any, **_named: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        places = {"next key": (rotation, "Staging"), "swap": (Files, "swap_in"), "promote": (rotation, "promote")}
        patch.setattr(*places[moment], killed)
        with pytest.raises(Killed):
            rotate(url, keep_old=True)
    # A load in between goes on under whichever version the warehouse is.
    load_files("openedx-log", _log([12]))
    assert load_key(key_path()).fingerprint == key.fingerprint
    new = rotate(url, keep_old=True)
    assert new.fingerprint == expected.fingerprint == load_key(key_path()).fingerprint
    assert not next_path(key_path()).exists()
    anew = url.replace("adoption", "anew")
    fill(load_files, anew)
    load_files("openedx-log", _log([12]), into=anew)
    assert _digest(anew) == _digest(url)


def test_a_second_warehouse_of_the_same_key_follows_where_the_old_version_was_kept(load_files: Load, url: str) -> None:
    other = url.replace("adoption", "other")
    for each in (url, other):
        fill(load_files, each)
    rotate(url, keep_old=True)
    with pytest.raises(IdentityError, match="another pseudonym key"):
        load_files("openedx-log", _log([12]), into=other)
    assert rotate(other, keep_old=True).version == 2
    assert _digest(other) == _digest(url)


def test_linkage_is_told_by_department_and_never_of_a_few(load_files: Load, url: str) -> None:
    rows = [
        feeds.roster_row(n, work_email=f"person{n}@canals.example", lms_username=f"user{n}", lms_user_id=1000 + n)
        | {"department": "Canals" if n < 25 else "Lighthouses"}
        for n in range(30)
    ]
    load_files(None, roster=feeds.csv_bytes(rows))
    load_files("openedx-log", _log(range(12)))
    load_files("chatgpt-users", _usage(range(20)))
    done = CliRunner().invoke(cli, ["identity", "linkage", "--warehouse", url, "--json"])
    assert json.loads(done.stdout) == {
        "Canals": {"people": 25, "learning": 12, "usage": "[c]", "turns": "[c]"},
        "Lighthouses": {"people": "[c]", "learning": "[c]", "usage": "[c]", "turns": "[c]"},
    }


@pytest.mark.parametrize("key", [bytes(32), b"k" * 32])
def test_a_mask_is_one_to_one_and_comes_off_again(key: bytes) -> None:
    mask, other = Mask(key), Mask(b"o" * 32)
    aliases = [0, 1, (1 << 63) - 1, *(pow(7, n, (1 << 63) - 25) for n in range(500))]
    masked = [mask.alias(alias) for alias in aliases]
    assert mask.aliases(np.array(aliases, np.uint64)).tolist() == masked
    assert all(0 <= alias < 1 << 63 for alias in masked)
    assert len(set(masked)) == len(set(aliases))
    assert [mask.unmasked_alias(alias) for alias in masked] == aliases
    assert not set(masked) & {other.alias(alias) for alias in aliases}
    digests = bytes(range(160))
    assert mask.unmasked_digests(mask.digests(digests)) == digests != mask.digests(digests)
