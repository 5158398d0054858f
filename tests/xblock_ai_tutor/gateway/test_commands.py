"""The command line: what it prints, what it refuses, with which exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.gateway import LEARNER, RecordingEndpoint, environment, gateway
from tests.support.provider import Provider, provider_settings
from xblock_ai_tutor.events import FEEDBACK, LEDGER, payload
from xblock_ai_tutor.gateway.commands import tutor_gateway
from xblock_ai_tutor.gateway.commands.common import EXIT_CODES
from xblock_ai_tutor.gateway.config import SETTINGS

COMMAND = [sys.executable, "-c", "from xblock_ai_tutor.gateway.cli import main; main()"]
DOCS = Path(__file__).resolve().parents[3] / "docs" / "gateway.md"


def run(*arguments: str, env: dict[str, str | None] | None = None, stdin: str | bytes = "") -> Result:
    clean: dict[str, str | None] = {name: None for name in os.environ if name.startswith(("TUTOR_", "OPENAI_"))}
    return CliRunner().invoke(tutor_gateway, list(arguments), env=clean | (env or {}), input=stdin)


# ── redact ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def lines(*values: object) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def test_redact_gives_offsets_into_the_text_as_it_was_given() -> None:
    text = "É: NINO AB123456C, mail pat@dept.example."
    done = run("redact", stdin=lines({"id": 1, "text": text}))
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert list(answer) == ["id", "text", "entities", "blocked", "reason"]
    assert {(e["type"], text[e["start"] : e["end"]]) for e in answer["entities"]} == {
        ("nino", "AB123456C"),
        ("email", "pat@dept.example"),
    }
    assert "AB123456C" not in answer["text"]
    assert (answer["id"], answer["blocked"], answer["reason"]) == (1, False, None)


def test_redact_says_what_is_blocked_and_why() -> None:
    done = run("redact", stdin=lines({"id": "a", "text": "OFFICIAL-SENSITIVE: x"}, {"id": "b", "text": "plain"}))
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["blocked"], first["reason"]) == (True, "marking: OFFICIAL-SENSITIVE")
    assert second == {"id": "b", "text": "plain", "entities": [], "blocked": False, "reason": None}


@pytest.mark.parametrize(
    "bad",
    [
        b'{"id": NaN, "text": "x"}',
        b"not json",
        b"[]",
        b'{"id": 1}',
        b'{"id": 1, "text": 3}',
        b'{"text": "x"}',
        b'{"id":1,"text":"\xff"}',
    ],
)
def test_redact_names_a_bad_line_and_still_does_the_others(bad: bytes) -> None:
    good = lines({"id": "good", "text": "plain"}).encode()
    done = run("redact", stdin=good + bad + b"\n\n" + good)
    assert done.exit_code == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["good", "good"]
    assert done.stderr.startswith("line 2: ")


def test_redact_reads_a_file_with_unusual_characters(tmp_path: Path) -> None:
    text = "line\u2028separator \ud83d and \x85"
    (tmp_path / "in.jsonl").write_bytes(b"\xef\xbb\xbf" + lines({"id": 1, "text": text}).encode())
    done = run("redact", str(tmp_path / "in.jsonl"))
    assert json.loads(done.stdout)["text"] == text


def test_redact_answers_each_line_at_once() -> None:
    with subprocess.Popen([*COMMAND, "redact"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(2):
            process.stdin.write(lines({"id": number, "text": "x"}).encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(20) == 0


# ── residency ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_residency_check_says_which_fact_fails() -> None:
    done = run("residency", "check", "--base-url", "https://api.openai.com/v1", "--json")
    assert done.exit_code == 3
    found = json.loads(done.stdout)
    assert found["ok"] is False
    assert {fact["name"]: fact["ok"] for fact in found["facts"]} == {
        "stored in": False,
        "processed in": True,
        "usage metadata in": True,
    }


def test_residency_check_answers_json_where_the_address_cannot_be_judged() -> None:
    done = run("residency", "check", "--base-url", "http://gb.api.openai.com/v1", "--json")
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["ok"], answer["facts"]) == (3, False, [])
    assert "https://" in answer["error"]


def test_residency_check_keeps_the_three_facts_apart() -> None:
    at_rest = run("residency", "check", "--base-url", "https://gb.api.openai.com/v1")
    assert at_rest.exit_code == 0
    for name in ("stored in: GB", "processed in:", "usage metadata in:"):
        assert name in at_rest.stdout
    both = run(
        *("residency", "check", "--base-url", "https://gb.api.openai.com/v1"),
        *("--policy", "uk-at-rest-and-processing"),
    )
    assert both.exit_code == 3
    assert "FAILS  processed in" in both.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 4),
        (["--base-url", "nonsense"], 3),
        (["--base-url", "https://gb.api.openai.com/v1", "--policy", "none"], 2),
    ],
)
def test_residency_check_explains_what_it_cannot_judge(arguments: list[str], code: int) -> None:
    done = run("residency", "check", *arguments)
    assert done.exit_code == code
    assert len(done.stderr) > 20


def test_an_address_alone_is_said_to_prove_nothing() -> None:
    done = run("residency", "check", "--base-url", "https://gb.api.openai.com/v1")
    assert "By its address alone" in done.stdout
    assert "Nothing is proven" in done.stdout
    found = json.loads(run("residency", "check", "--base-url", "https://gb.api.openai.com/v1", "--json").stdout)
    assert {fact["evidence"] for fact in found["facts"]} == {"address", "published"}
    assert run("residency", "check", "--base-url", "https://gb.api.openai.com/v1", "--record").exit_code == 2


def test_the_configured_openai_host_is_not_proven_without_an_admin_key(tmp_path: Path) -> None:
    env = environment(tmp_path, "https://gb.api.openai.com/v1", connect_seconds="0.2")
    done = run("residency", "check", env=dict(env))
    assert done.exit_code == 3
    assert "FAILS  stored in: not proven" in done.stdout
    assert "TUTOR_RESIDENCY_EVIDENCE=address" in done.stderr
    served = run("serve", "--port", "0", env=dict(env))
    assert served.exit_code == 3
    assert "stored in: That what is sent is stored in GB is not proven" in served.stderr


def test_a_check_writes_an_attestation_that_can_be_listed_shown_and_verified(tmp_path: Path) -> None:
    out = tmp_path / "attestation.json"
    with Provider() as provider:
        env = dict(environment(tmp_path, provider.base_url, **provider_settings(tmp_path, provider)))
        done = run("residency", "check", "--json", "--record", "--out", str(out), env=env)
        assert done.exit_code == 0, done.stderr
        provider.residency = "GLOBAL"
        failed = run("residency", "check", "--record", env=env)
    assert failed.exit_code == 3
    assert failed.stderr.startswith("FAILS  stored in: ")
    found = json.loads(done.stdout)
    assert json.loads(out.read_text()) == found
    database = {"TUTOR_DATABASE_URL": env["TUTOR_DATABASE_URL"]}
    rows = [
        json.loads(line)
        for line in run("residency", "attestations", "list", "--json", env=database).stdout.splitlines()
    ]
    assert [(row["id"], row["outcome"]) for row in rows] == [(2, "failed"), (1, "passed")]
    assert "passed" in run("residency", "attestations", "list", env=database).stdout
    key = found["public_key"]
    shown = run("residency", "attestations", "show", "1", "--json", "--public-key", key, env=database)
    assert (shown.exit_code, json.loads(shown.stdout)) == (0, found)
    other = "A" * 43 + "="
    assert run("residency", "attestations", "show", "1", "--public-key", other, env=database).exit_code == 1
    assert run("residency", "attestations", "show", "9", env=database).exit_code == 1
    assert run("residency", "attestations", "list").exit_code == 4


@pytest.mark.parametrize("text", ["[policy.x]\nstored_in = 1", "nonsense", "[policy.uk-at-rest]\nstored_in = []"])
def test_a_residency_file_that_does_not_fit_is_a_setting_to_put_right(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text)
    done = run("serve", env=dict(environment(tmp_path, "http://127.0.0.1:9/v1", residency_file=str(path))))
    assert done.exit_code == 4
    assert "TUTOR_RESIDENCY_FILE does not fit" in done.stderr
    arguments = ("residency", "check", "--base-url", "http://127.0.0.1:9/v1")
    assert run(*arguments, env={"TUTOR_RESIDENCY_FILE": str(path)}).exit_code == 4


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


# ── serve ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_serve_refuses_the_global_host_and_names_what_fails(tmp_path: Path) -> None:
    env = environment(tmp_path, "https://api.openai.com/v1")
    done = subprocess.run(
        [*COMMAND, "serve", "--port", "0"], env=os.environ | env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "stored in" in done.stderr
    assert "processed in" not in done.stderr
    assert not (tmp_path / "gateway.sqlite").exists()


def test_serve_names_the_residency_failure_among_other_problems() -> None:
    done = run("serve", "--model-base-url", "https://api.openai.com/v1")
    assert done.exit_code == 3
    assert "stored in" in done.stderr
    assert "TUTOR_SERVICE_KEY" in done.stderr


def test_serve_says_that_uk_processing_is_not_to_be_had_from_the_uk_host(tmp_path: Path) -> None:
    env = environment(tmp_path, "https://gb.api.openai.com/v1")
    done = run("serve", "--policy", "uk-at-rest-and-processing", env=dict(env))
    assert done.exit_code == 3
    assert "processed in" in done.stderr
    assert "usage metadata in" in done.stderr
    assert "stored in" not in done.stderr


@pytest.mark.parametrize(
    "change", [{"residency_policy": "moon"}, {"operator_country": "Britain"}, {"residency_policy": "UK-AT-REST"}]
)
def test_a_policy_or_country_that_does_not_exist_is_a_setting_to_put_right(
    tmp_path: Path, change: dict[str, str]
) -> None:
    done = run("serve", env=dict(environment(tmp_path, "https://gb.api.openai.com/v1", **change)))
    assert done.exit_code == 4
    assert "choose one of" in done.stderr or "ISO 3166" in done.stderr
    assert run("serve", env={f"TUTOR_{name.upper()}": value for name, value in change.items()}).exit_code == 4


def test_serve_lists_every_missing_setting_at_once() -> None:
    done = run("serve")
    assert done.exit_code == 4
    for name in ("DATABASE_URL", "SERVICE_KEY", "TICKET_KEY", "TRANSCRIPT_KEY", "MODEL_BASE_URL", "MODEL_API_KEY"):
        assert f"TUTOR_{name} is not set" in done.stderr


def test_a_taken_port_is_a_sentence(tmp_path: Path, endpoint: RecordingEndpoint) -> None:
    taken = endpoint.base_url.split(":")[2].split("/")[0]
    env = environment(tmp_path, endpoint.base_url)
    assert "Choose another --port" in run("serve", "--port", taken, env=dict(env)).stderr
    assert run("engine", "--port", taken).exit_code == 6


def started(arguments: list[str], env: dict[str, str]) -> tuple[subprocess.Popen[str], str]:
    """A command that serves, and the address in its ready line."""
    process = subprocess.Popen([*COMMAND, *arguments], env=os.environ | env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert " ready on http://127.0.0.1:" in line
    return process, line.split()[-1]


def stopped(process: subprocess.Popen[str], number: int) -> int:
    process.send_signal(number)
    code = process.wait(20)
    assert process.stdout is not None
    process.stdout.close()
    return code


def test_engine_and_serve_work_together_as_an_operator_starts_them(tmp_path: Path) -> None:
    engine, base_url = started(["engine", "--port", "0", "--pace", "1"], {})
    env = environment(tmp_path, base_url)
    # What could redirect or expose a request, were the environment believed.
    env |= {
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://[::1]:9",
    }
    serve, address = started(["serve", "--port", "0"], env)
    try:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{address}/readyz", timeout=10) as ready:
            assert ready.status == 200
        changes = {
            name.removeprefix("TUTOR_").lower(): value for name, value in env.items() if name.startswith("TUTOR_")
        }
        with gateway(
            tmp_path, base_url, **changes
        ) as lms:  # the same keys and database: only the ticket comes from here
            body = {"text": "How do I check an invented case?", "key": "0" * 8 + "-0000-4000-8000-" + "0" * 12}
            headers = {"Authorization": f"Bearer {lms.ticket()}", "Content-Type": "application/json"}
            request = urllib.request.Request(f"{address}/turns", json.dumps(body | {"step": "spot"}).encode(), headers)
            with direct.open(request, timeout=20) as answered:
                found = [line for line in answered if line.startswith(b"event:")]
        assert found.count(b"event: text\n") >= 3
        assert found[-1] == b"event: done\n"
        assert oct((tmp_path / "gateway.sqlite").stat().st_mode)[-2:] == "00"
    finally:
        codes = stopped(serve, signal.SIGTERM), stopped(engine, signal.SIGINT)
    assert codes == (0, 0)


# ── the documentation ────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_setting_and_command_is_in_the_operators_guide() -> None:
    text = DOCS.read_text()
    for setting in SETTINGS:
        assert f"`{setting.name}`" in text, setting.name
    for name, command in tutor_gateway.commands.items():
        for sub in getattr(command, "commands", {"": None}):
            assert f"`tutor-gateway {name} {sub}".rstrip() in text


def test_every_help_text_says_the_exit_codes() -> None:
    for command in tutor_gateway.commands.values():
        assert command.epilog == EXIT_CODES
        for sub in getattr(command, "commands", {}).values():
            assert sub.epilog == EXIT_CODES


def test_keys_are_fresh_and_fit(tmp_path: Path) -> None:
    made = dict(line.split("=", 1) for line in run("keys").stdout.splitlines())
    assert len(made) == 4
    assert made != dict(line.split("=", 1) for line in run("keys").stdout.splitlines())
    env = environment(tmp_path, "https://gb.api.openai.com/v1") | made
    from xblock_ai_tutor.gateway.config import Settings

    assert Settings.read(env).model_base_url == "https://gb.api.openai.com/v1"


def test_without_the_extra_there_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "flask.py").write_text("raise ModuleNotFoundError('gone', name='click')")
    (tmp_path / "click.py").write_text("raise ModuleNotFoundError('gone', name='click')")
    done = subprocess.run(
        COMMAND, env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 5
    assert "pip install 'xblock-ai-tutor[gateway]'" in done.stderr


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
