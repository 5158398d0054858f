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

from tests.support import feeds
from tests.support.gateway import RecordingEndpoint, environment, gateway
from tests.support.gateway_cli import run
from tests.support.provider import Provider, provider_settings
from xblock_ai_tutor.gateway.commands import tutor_gateway
from xblock_ai_tutor.gateway.commands.common import EXIT_CODES
from xblock_ai_tutor.gateway.config import SETTINGS

COMMAND = [sys.executable, "-c", "from xblock_ai_tutor.gateway.cli import main; main()"]
DOCS = Path(__file__).resolve().parents[3] / "docs" / "gateway.md"


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
    exported = run("residency", "attestations", "export", env=database).stdout
    assert [json.loads(line)["outcome"] for line in exported.splitlines()] == ["passed", "failed"]
    assert json.loads(exported.splitlines()[0]) == found
    batch = feeds.read("tutor-attestations", exported.encode(), tmp_path)
    assert [(row.outcome, row.stored_in) for row in batch.rows] == [("passed", "GB"), ("failed", "anywhere")]
    assert run("residency", "attestations", "export", "--after", "2", env=database).stdout == ""


@pytest.mark.parametrize("text", ["[policy.x]\nstored_in = 1", "nonsense", "[policy.uk-at-rest]\nstored_in = []"])
def test_a_residency_file_that_does_not_fit_is_a_setting_to_put_right(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text)
    done = run("serve", env=dict(environment(tmp_path, "http://127.0.0.1:9/v1", residency_file=str(path))))
    assert done.exit_code == 4
    assert "TUTOR_RESIDENCY_FILE does not fit" in done.stderr
    arguments = ("residency", "check", "--base-url", "http://127.0.0.1:9/v1")
    assert run(*arguments, env={"TUTOR_RESIDENCY_FILE": str(path)}).exit_code == 4


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
