"""The command line over records: ledger, feedback, transcripts, one person's data, budgets and the kill switch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support import feeds
from tests.support.gateway import LEARNER, RecordingEndpoint, environment, gateway
from tests.support.gateway_cli import run
from xblock_ai_tutor.events import FEEDBACK, LEDGER, payload

# ── ledger and transcripts ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def used(tmp_path: Path, endpoint: RecordingEndpoint) -> tuple[Path, dict[str, str | None]]:
    """A database with three turns, and the environment to reach it."""
    env = environment(tmp_path, endpoint.base_url)
    changes = {name.removeprefix("TUTOR_").lower(): value for name, value in env.items()}
    with gateway(tmp_path, endpoint.base_url, **changes) as tutor:
        for text in ("What about pat@dept.example and a case?", "OFFICIAL-SENSITIVE: x", "A hint?"):
            tutor.ask(text)
    return tmp_path, dict(env)


def test_the_ledger_exports_rows_of_the_vocabulary_and_goes_on_from_a_cursor(
    used: tuple[Path, dict[str, str | None]],
) -> None:
    _folder, env = used
    rows = [json.loads(line) for line in run("ledger", "export", env=env).stdout.splitlines()]
    assert [row["status"] for row in rows] == ["answered", "blocked", "answered"]
    assert all(payload(LEDGER, row) == row for row in rows)
    assert rows[0]["redactions"] == {"email": 1}
    assert rows[0]["at"].endswith("+00:00")
    after = run("ledger", "export", "--after", str(rows[0]["cursor"]), env=env).stdout.splitlines()
    assert [json.loads(line) for line in after] == rows[1:]
    assert run("ledger", "export", "--after", str(rows[-1]["cursor"]), env=env).stdout == ""


def test_feedback_exports_what_was_said_without_words_and_goes_on_from_a_cursor(
    tmp_path: Path, endpoint: RecordingEndpoint
) -> None:
    env = environment(tmp_path, endpoint.base_url)
    changes = {name.removeprefix("TUTOR_").lower(): value for name, value in env.items()}
    with gateway(tmp_path, endpoint.base_url, **changes) as tutor:
        ticket = tutor.ticket()
        headers = {"Authorization": f"Bearer {ticket}"}
        first, second = (tutor.ask(text, ticket=ticket)[-1][1]["turn"] for text in ("What about a case?", "A hint?"))
        for thumb in ("up", "down"):
            tutor.client.post("/feedback", json={"turn": first, "thumb": thumb}, headers=headers)
        tutor.client.post("/feedback", json={"turn": second, "thumb": "up"}, headers=headers)
        tutor.client.post("/feedback", json={"turn": second, "thumb": "none"}, headers=headers)
        tutor.client.post("/reports", json={"turn": first, "kind": "worrying"}, headers=headers)
    alone = {name: value if name == "TUTOR_DATABASE_URL" else None for name, value in env.items()}
    rows = [json.loads(line) for line in run("feedback", "export", env=alone).stdout.splitlines()]
    assert sorted((row["turn"], row["kind"]) for row in rows) == sorted(
        [(first, "unhelpful"), (first, "worrying"), (second, "withdrawn")]
    )
    assert all(payload(FEEDBACK, row) == row for row in rows)
    assert {(row["learner"], row["lesson_id"]) for row in rows} == {(LEARNER, "checking-authorities")}
    out = tmp_path / "feedback.jsonl"
    told = json.loads(run("feedback", "export", "--out", str(out), "--json", env=alone).stdout)
    assert told == {"rows": 3, "cursor": max(row["cursor"] for row in rows)}
    assert len(run("feedback", "export", "--after", str(told["cursor"]), env=alone).stdout.splitlines()) == 3
    assert run("feedback", "export", "--after", str(told["cursor"] + 60_000), env=alone).stdout == ""


def test_whoever_exports_the_ledger_needs_its_database_and_no_key(used: tuple[Path, dict[str, str | None]]) -> None:
    _folder, env = used
    alone = {name: value if name == "TUTOR_DATABASE_URL" else None for name, value in env.items()}
    assert len(run("ledger", "export", env=alone).stdout.splitlines()) == 3
    none = run("ledger", "export", env=dict.fromkeys(env))
    assert none.exit_code == 4
    assert "TUTOR_DATABASE_URL is not set" in none.stderr


def test_a_ledger_that_is_not_there_is_not_an_empty_one(tmp_path: Path) -> None:
    done = run("ledger", "export", env={"TUTOR_DATABASE_URL": f"sqlite:///{tmp_path / 'typo.sqlite'}"})
    assert done.exit_code == 6
    assert "no database" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_driver_that_is_not_installed_is_a_sentence(tmp_path: Path) -> None:
    address = "postgresql+pg8000://u:a-password@127.0.0.1:1/x"
    env = environment(tmp_path, "https://gb.api.openai.com/v1", database_url=address)
    done = run("serve", env=dict(env))
    assert done.exit_code == 6
    assert "pg8000" in done.stderr
    assert "a-password" not in done.stderr


def test_a_ledger_file_appears_whole(used: tuple[Path, dict[str, str | None]]) -> None:
    folder, env = used
    done = run("ledger", "export", "--out", str(folder / "ledger.jsonl"), "--json", env=env)
    assert json.loads(done.stdout) == {"rows": 3, "cursor": 3}
    assert len((folder / "ledger.jsonl").read_text().splitlines()) == 3
    assert not (folder / "ledger.jsonl.part").exists()


def test_the_sweep_says_what_is_left(used: tuple[Path, dict[str, str | None]]) -> None:
    _folder, env = used
    done = run("transcripts", "sweep", "--json", env=env)
    swept = json.loads(done.stdout)
    assert swept.pop("before") < "2100"
    assert swept == {
        "turns": 0,
        "conversations": 0,
        "turns_left": 3,
        "conversations_left": 1,
        "overdue": 0,
        "log_emptied": True,
        "released": 0,
    }
    assert "3 turns" in run("transcripts", "sweep", env=env).stdout


def test_one_learners_records_come_out_and_go(used: tuple[Path, dict[str, str | None]], tmp_path: Path) -> None:
    _folder, env = used
    out = tmp_path / "request"
    assert (
        "3 turns and 3 ledger rows" in run("records", "export", "--learner", LEARNER, "--out", str(out), env=env).stdout
    )
    told = json.loads((out / "records.json").read_text())
    assert len(told["conversations"][0]["turns"]) == 3
    assert "<h1>" in (out / "records.html").read_text()
    erased = json.loads(run("records", "erase", "--learner", LEARNER, "--yes", "--json", env=env).stdout)
    assert (erased["turns"], erased["ledger"]) == (3, 3)
    again = run("records", "export", "--learner", LEARNER, "--out", str(out), env=env)
    assert "0 turns and 0 ledger rows" in again.stdout


@pytest.mark.parametrize("who", [(), ("--learner", "Priya"), ("--learner", LEARNER, "--lms-id", "7")])
def test_a_learner_is_named_in_one_way(used: tuple[Path, dict[str, str | None]], who: tuple[str, ...]) -> None:
    done = run("records", "erase", *who, "--yes", env=used[1])
    assert done.exit_code == 2
    assert "Priya" not in done.stderr


def test_the_audit_says_what_was_done_and_that_it_is_whole(used: tuple[Path, dict[str, str | None]]) -> None:
    _folder, env = used
    run("transcripts", "sweep", env=env)
    [entry] = [json.loads(line) for line in run("audit", "show", env=env).stdout.splitlines()]
    assert (entry["actor"], entry["action"]) == ("operator", "transcripts_swept")
    assert json.loads(run("audit", "verify", "--json", env=env).stdout)["last_link"] == entry["link"]
    assert run("audit", "verify", "--noted", "0" * 63 + "1", env=env).exit_code == 1


def test_the_queue_of_reports_says_when_it_is_empty(used: tuple[Path, dict[str, str | None]]) -> None:
    assert "No report waits" in run("reports", "list", env=used[1]).stdout
    assert run("reports", "show", "7", env=used[1]).exit_code == 1
    assert run("reports", "close", "7", "--outcome", "upheld", env=used[1]).exit_code == 1


def test_a_database_that_cannot_be_used_is_a_sentence_without_its_password(tmp_path: Path) -> None:
    env = environment(tmp_path / "nowhere", "http://127.0.0.1:9/v1")
    done = run("ledger", "export", env=dict(env))
    assert done.exit_code == 6
    assert "TUTOR_DATABASE_URL" in done.stderr
    assert "nowhere" not in done.stderr


# ── budgets and the kill switch ──────────────────────────────────────────────────────────────────────────────────────


def test_budgets_are_shown_without_a_key_and_without_a_learner(used: tuple[Path, dict[str, str | None]]) -> None:
    _folder, env = used
    alone = {name: value if name == "TUTOR_DATABASE_URL" else None for name, value in env.items()}
    found = json.loads(run("budgets", "show", "--json", env=alone).stdout)
    (service,) = found["budgets"]
    assert (service["budget"], service["held_tokens"], service["limit_tokens"]) == ("service", 0, 50_000_000)
    assert service["used_tokens"] > 0
    assert found["learners_today"]["learners"] == 1
    assert found["learners_today"]["at_percent"] == {"80": 0, "95": 0, "100": 0}
    exported = run("budgets", "export", env=alone).stdout
    [row] = feeds.read("tutor-budgets", exported.encode(), _folder).rows
    assert (row.month, row.used_tokens, row.limit_tokens) == (found["month"], service["used_tokens"], 50_000_000)
    said = run("budgets", "show", env=alone).stdout
    assert "service: 0 % used in" in said
    assert "a" * 32 not in said


def test_the_switch_is_audited_and_lists_what_is_off_and_why(used: tuple[Path, dict[str, str | None]]) -> None:
    _folder, env = used
    env = {name: value if name == "TUTOR_DATABASE_URL" else None for name, value in env.items()}
    assert "Nothing is switched off" in run("switch", "list", env=env).stdout
    off = ("switch", "off", "--course", "course-v1:A+B+C", "--reason", "Wrong answers reported")
    assert run(*off, env=env).stdout == "course:course-v1:A+B+C is off.\n"
    assert "already" in run(*off, env=env).stdout
    listed = json.loads(run("switch", "list", "--json", env=env).stdout)["switches"]
    assert [(row["off"], row["reason"]) for row in listed] == [("course:course-v1:A+B+C", "Wrong answers reported")]
    on = run("switch", "on", "--course", "course-v1:A+B+C", "--reason", "Mended", "--json", env=env)
    assert json.loads(on.stdout) == {"switch": "course:course-v1:A+B+C", "on": True, "changed": True}


@pytest.mark.parametrize(
    "arguments",
    [("off",), ("off", "--reason", "  "), ("off", "--course", "a", "--lesson", "b", "--reason", "r"), ("on",)],
)
def test_a_switch_wants_a_reason_and_one_thing_to_switch(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run("switch", *arguments, env={"TUTOR_DATABASE_URL": f"sqlite:///{tmp_path / 'x.sqlite'}"})
    assert done.exit_code == 2
