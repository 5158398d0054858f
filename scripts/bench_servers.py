"""The servers that `bench_gateway.py` compares: how each is started, asked and measured.

Each listens on a free port of loopback, in a folder of its own, and is ended by its own process id. CPU and memory are
read from /proc for the whole tree of processes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench_load import Target

from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.lessons import read_lesson
from xblock_ai_tutor.gateway.models.compose import compose
from xblock_ai_tutor.gateway.store.database import database_app, transaction
from xblock_ai_tutor.gateway.store.lessons import dao_add_lesson
from xblock_ai_tutor.gateway.tickets import Ticket, conversation_id, issue_ticket
from xblock_ai_tutor.lesson import parse_lesson, tutor_lesson

ROOT = Path(__file__).resolve().parent.parent
LESSON = tutor_lesson(parse_lesson((ROOT / "content/modules/04-legal-research/lesson.md").read_text()))
WORDS = (
    "This is question bench-{number}-q of the benchmark. A colleague gave me a note with three authorities and asked "
    "me to file it today. Two of them I found in the law reports, the third one I did not find anywhere. How do I "
    "check whether that case is real before anybody relies on it, and what do I tell my colleague if it is not?"
)
_TICKS = os.sysconf("SC_CLK_TCK")


class MissingError(Exception):
    """A server of the comparison is not on this machine; the message says what to install."""


@dataclass(frozen=True)
class Server:
    """A running server: what to ask and whose trees of processes do the work (none when the stub is asked directly)."""

    target: Target
    roots: tuple[int, ...] = ()

    def cpu_s(self) -> float:
        return sum(_cpu_s(number) for root in self.roots for number in _tree(root))

    def memory_mb(self) -> float:
        return sum(_rss_mb(number) for root in self.roots for number in _tree(root))


def _tree(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = [root]
    for number in found:
        found += [child for child, parent in parents.items() if parent == number]
    return found


def _cpu_s(number: int) -> float:
    """Of a process with all its threads; in nanoseconds where the kernel keeps them, else in ticks of 10 ms."""
    with contextlib.suppress(OSError):
        threads = list(Path(f"/proc/{number}/task").iterdir())
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0


def _rss_mb(number: int) -> float:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{number}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return 0.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(
    command: list[str], *, port: int, log: Path, env: dict[str, str] | None = None, within_s: float = 30
) -> Iterator[int]:
    """Run a server until the block ends; its process id. Raises `RuntimeError` with its last words."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=env, start_new_session=True)
        try:
            ends = time.monotonic() + within_s
            while not _answers(port):
                if process.poll() is not None or time.monotonic() > ends:
                    raise RuntimeError(f"{command[0]} did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.1)
            yield process.pid
        finally:
            # The whole group, which is this server's own: what it started may outlive it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _post(port: int, path: str, body: bytes, token: str) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nConnection: close\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def responses_request(port: int) -> Callable[[int], bytes]:
    """What our gateway would ask of a model, asked directly: the same lesson, the same words."""
    lesson = read_lesson(LESSON)

    def request(number: int) -> bytes:
        words = WORDS.format(number=number)
        asked = compose(lesson=lesson, step=lesson.steps[0], history=(), words=words, canary="canary-0")
        body = {
            "model": "bench",
            "instructions": asked.instructions,
            "input": [{"role": role, "content": text} for role, text in asked.input],
            "max_output_tokens": 800,
            "store": False,
            "stream": True,
        }
        return _post(port, "/v1/responses", json.dumps(body).encode(), "sk-bench")

    return request


@contextlib.contextmanager
def stub(folder: Path) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, str(ROOT / "scripts" / "bench_stub.py"), str(port)]
    with running(command, port=port, log=folder / "stub.log"):
        yield port


@contextlib.contextmanager
def no_proxy(_folder: Path, stub_port: int) -> Iterator[Server]:
    yield Server(Target("no proxy", stub_port, responses_request(stub_port)))


@contextlib.contextmanager
def nginx(folder: Path, stub_port: int) -> Iterator[Server]:
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise MissingError("nginx is not installed. On Debian and Ubuntu: apt-get install nginx-light")
    port = free_port()
    temporary = "\n".join(
        f"  {kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"""daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log warn;
{"user root;" if os.geteuid() == 0 else ""}
events {{ worker_connections 4096; }}
http {{
  access_log off;
{temporary}
  client_body_buffer_size 256k;
  upstream stub {{ server 127.0.0.1:{stub_port}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://stub; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_read_timeout 60s;
    }}
  }}
}}
"""
    )
    command = [program, "-e", str(folder / "nginx-error.log"), "-c", str(config), "-p", str(folder)]
    with running(command, port=port, log=folder / "nginx.log") as pid:
        yield Server(Target("nginx", port, responses_request(port)), (pid,))


@contextlib.contextmanager
def bare(folder: Path, stub_port: int, *, kind: str, workers: int = 1) -> Iterator[Server]:
    """What a gateway is made of, without a gateway (`bench_bare.py`): gunicorn and the model SDK, nothing checked."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "TUTOR_"))},
        "BARE_KIND": kind,
        "BARE_MODEL": f"http://127.0.0.1:{stub_port}/v1",
    }
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    command += ["--worker-class", "gevent", "--chdir", str(ROOT / "scripts"), "bench_bare:app"]
    target = Target(
        f"bare {kind}, {workers} worker{'s' if workers > 1 else ''}",
        port,
        responses_request(port),
        first_text=b"event: text",
        good_end=b"event: done",
    )
    with running(command, port=port, log=folder / f"bare-{kind}.log", env=environment, within_s=60) as pid:
        time.sleep(2)
        yield Server(target, (pid,))


@contextlib.contextmanager
def presidio(folder: Path) -> Iterator[tuple[int, int]]:
    """Presidio's two calls: port and process id."""
    program = ROOT / ".venv" / "bench" / "bin" / "python"
    if not program.exists():
        raise MissingError("Presidio is not installed: run ./scripts/bench-redact --install")
    port = free_port()
    command = [str(program), "-P", str(ROOT / "scripts" / "bench_presidio.py"), str(port)]
    with running(command, port=port, log=folder / "presidio.log", within_s=120) as pid:
        yield port, pid


@contextlib.contextmanager
def litellm_with_presidio(folder: Path, stub_port: int) -> Iterator[Server]:
    """LiteLLM with its Presidio guardrail on what goes in; Presidio's processes count as its own."""
    with presidio(folder) as (port, pid), litellm(folder, stub_port, presidio_port=port) as server:
        yield Server(server.target, (*server.roots, pid))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/calls", timeout=10) as answered:
            if json.loads(answered.read()) == 0:
                raise RuntimeError("LiteLLM's guardrail has never asked Presidio.")


@contextlib.contextmanager
def litellm(
    folder: Path, stub_port: int, *, patterns: bool = False, presidio_port: int | None = None
) -> Iterator[Server]:
    """LiteLLM's proxy with two workers.

    With `patterns`, its own pattern guardrail on what goes in and what comes out; with `presidio_port`, its Presidio
    guardrail as its documentation sets it up: on what goes in.
    """
    program = ROOT / ".venv" / "bench-gateway" / "bin" / "litellm"
    if not program.exists():
        raise MissingError("LiteLLM is not installed: run ./scripts/bench-gateway without --no-litellm")
    port = free_port()
    config: dict[str, object] = {
        "model_list": [
            {
                "model_name": "bench",
                "litellm_params": {
                    "model": "openai/bench",
                    "api_base": f"http://127.0.0.1:{stub_port}/v1",
                    "api_key": "sk-stub",
                },
            }
        ],
        "litellm_settings": {"telemetry": False, "num_retries": 0, "request_timeout": 60},
        "general_settings": {"master_key": "sk-bench", "disable_spend_logs": True},
    }
    if presidio_port is not None:
        address = f"http://127.0.0.1:{presidio_port}/"
        guardrail = {"guardrail": "presidio", "mode": "pre_call", "default_on": True, "presidio_language": "en"}
        guardrail |= {"presidio_analyzer_api_base": address, "presidio_anonymizer_api_base": address}
        config["guardrails"] = [{"guardrail_name": "pii", "litellm_params": guardrail}]
    if patterns:
        names = ("email", "us_phone", "credit_card", "ipv4", "iban", "passport_uk", "us_ssn", "street_address")
        config["guardrails"] = [
            {
                "guardrail_name": f"pii-{mode}",
                "litellm_params": {
                    "guardrail": "litellm_content_filter",
                    "mode": mode,
                    "default_on": True,
                    "patterns": [
                        {"pattern_type": "prebuilt", "pattern_name": name, "action": "MASK"} for name in names
                    ],
                },
            }
            for mode in ("pre_call", "post_call")
        ]
    name = "LiteLLM + patterns" if patterns else "LiteLLM + Presidio" if presidio_port is not None else "LiteLLM"
    path = folder / f"{name}.yaml"
    path.write_text(json.dumps(config))  # JSON is YAML
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "LITELLM_"))},
        "LITELLM_LOG": "ERROR",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_TELEMETRY": "False",
    }
    command = [str(program), "--config", str(path), "--port", str(port), "--host", "127.0.0.1", "--num_workers", "2"]
    command.append("--run_gunicorn")  # uvicorn's own parent kills workers that are busy for five seconds
    with running(command, port=port, log=folder / f"{name}.log", env=environment, within_s=120) as pid:
        time.sleep(3)  # its second worker
        yield Server(Target(name, port, responses_request(port)), (pid,))


@contextlib.contextmanager
def ours(folder: Path, stub_port: int, *, workers: int) -> Iterator[Server]:
    """Our gateway as `serve` starts it, everything switched on; each answer is a turn of another learner."""
    place = folder / f"gateway-{workers}"
    place.mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "TUTOR_"))},
        "TUTOR_DATABASE_URL": f"sqlite:///{place / 'gateway.sqlite'}",
        "TUTOR_SERVICE_KEY": "bench-service-key-" + "s" * 32,
        "TUTOR_TICKET_KEY": "bench-ticket-key-" + "t" * 32,
        "TUTOR_TRANSCRIPT_KEY": "YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2ghISE=",
        "TUTOR_MODEL_BASE_URL": f"http://127.0.0.1:{stub_port}/v1",
        "TUTOR_MODEL_API_KEY": "sk-stub",
        "TUTOR_MODEL": "bench",
        "TUTOR_OPERATOR_COUNTRY": "GB",
        "TUTOR_BUDGET_TOKENS_PER_MONTH": str(10**12),
    }
    settings = Settings.read(environment)
    digest = hashlib.sha256(LESSON).hexdigest()
    with database_app(settings.database_url).app_context(), transaction() as session:
        dao_add_lesson(session, digest=digest, body=LESSON, now_ms=int(time.time() * 1000))
    port = free_port()
    step = read_lesson(LESSON).steps[0].id

    def request(number: int) -> bytes:
        learner, usage = uuid.uuid4().hex, f"block-{number}"
        ticket = Ticket(
            learner=learner,
            lesson=digest,
            course="course-v1:Bench+1+1",
            usage=usage,
            conversation=conversation_id(settings, learner, "course-v1:Bench+1+1", usage),
            language="en",
        )
        body = {"text": WORDS.format(number=number), "key": str(uuid.uuid4()), "step": step}
        return _post(port, "/turns", json.dumps(body).encode(), issue_ticket(settings, ticket))

    command = [str(ROOT / ".venv/bin/tutor-gateway"), "serve", "--port", str(port), "--workers", str(workers)]
    target = Target(
        f"this gateway, {workers} worker{'s' if workers > 1 else ''}",
        port,
        request,
        first_text=b"event: text",
        good_end=b'"status":"answered"',
        waits_for=1,
    )
    with running(command, port=port, log=place / "serve.log", env=environment, within_s=60) as pid:
        time.sleep(1)
        yield Server(target, (pid,))
