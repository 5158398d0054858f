"""Running the fuzz: the real gateway as its own processes, learners at once over HTTP, and what came of it."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.evaluation.fuzz.conversations import CONVERSATIONS, Conversation, Message, conversation
from tests.evaluation.fuzz.languages import lessons
from tests.evaluation.fuzz.recorder import Ledger, Recorder
from tests.support.gateway import environment, read_events
from tests.support.processes import Service, started
from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.tickets import safety_identifier

LEARNERS_AT_ONCE: Final = 8
_UNLIMITED: Final = {
    "budget_tokens_per_learner_day": "0",
    "budget_tokens_per_month": "0",
    "messages_per_minute": "0",
    "read_seconds": "60",
}


class Elsewhere:
    """An address that the environment would send requests to if the gateway believed it; `calls` counts them."""

    def __init__(self) -> None:
        self.calls = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._listener.accept()[0].close()
                self.calls += 1

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@dataclass
class Run:
    """A running gateway with the recorder behind it, and what the turns came to."""

    seed: int
    service: Service
    ledger: Ledger
    elsewhere: Elsewhere
    digests: tuple[str, ...]
    turns: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    intents: Counter[str] = field(default_factory=Counter)
    planted: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)  # planted in a class that is known to be missed
    ways: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def learner(self, number: int, until: float) -> None:
        """Everything that one learner writes, one conversation after the other."""
        for each in range(number * CONVERSATIONS, (number + 1) * CONVERSATIONS):
            if time.monotonic() < until:
                self.converse(conversation(self.seed, each), until)

    def converse(self, talk: Conversation, until: float = float("inf")) -> None:
        """Send the messages of a conversation in turn."""
        who = safety_identifier(self.service.settings, talk.learner)
        self.ledger.begin(who, talk)
        # More than a learner may have in one go takes a ticket's fifteen minutes: each conversation gets its own.
        ticket = self.service.ticket(
            talk.learner, self.digests[talk.lesson], usage=f"{talk.usage}-{talk.number}", language=talk.language
        )
        for number, message in enumerate(talk.messages):
            if time.monotonic() > until:
                return
            self.send(talk, number, message, ticket, who)

    def send(self, talk: Conversation, number: int, message: Message, ticket: str, who: str) -> None:
        """One turn. What it should not have done is a failure of the run."""
        before = self.ledger.asked(who)
        self.ledger.sends(who, message)
        steps = [step["id"] for step in lessons()[talk.lesson]["steps"]]
        body = {"text": message.text, "key": str(uuid.UUID(int=(self.seed << 64) + talk.number * 1000 + number)),
                "step": steps[message.step % len(steps)], "intent": message.intent}  # fmt: skip
        status, answered = self.service.request("POST", "/turns", body, ticket)
        done = _outcome(status, answered)
        asked = self.ledger.asked(who) - before
        wrong = ""
        if message.secret and (done != "blocked" or asked):
            wrong = f"a marked message was {done}, with {asked} requests"
        elif not message.secret and done not in ("answered", "refused", "blocked"):
            wrong = f"the turn ended as {done}"
        elif message.intent == "where" and asked:
            wrong = "a look for a passage asked a model"
        with self.lock:
            self.turns += 1
            self.statuses[done] += 1
            self.intents[message.intent] += 1
            for planted in message.planted:
                self.planted[planted.kind] += 1
                self.ways[planted.way] += 1
                self.known[planted.known] += 1
            self.planted["marking"] += bool(message.secret)
            if wrong:
                self.failures.append(f"conversation {talk.number}, message {number}: {wrong}\n{message.text}")


def _outcome(status: int, answered: bytes) -> str:
    if status != 200:
        return f"HTTP {status} {answered[:200]!r}"
    kind, data = read_events(answered)[-1]
    return str(data["status"]) if kind == "done" else f"{kind} {json.dumps(data)}"


@contextlib.contextmanager
def running(folder: Path, seed: int) -> Iterator[Run]:
    """The gateway with two workers, on a recorder. Variables that point elsewhere are set, and must not be followed."""
    ledger, elsewhere = Ledger(), Elsewhere()
    lure: dict[str, Any] = dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY", "OPENAI_BASE_URL"), elsewhere.url)
    with Recorder(ledger) as recorder:
        env = environment(folder, recorder.base_url, **_UNLIMITED)
        log = folder / "gateway.log"
        with (
            log.open("w") as stderr,
            started(["serve", "--port", "0", "--workers", "2"], env | lure, stderr) as (pid, address),
        ):
            service = Service(address, Settings.read(env), env, pid, log)
            digests = tuple(service.upload(lesson) for lesson in lessons())
            yield Run(seed, service, ledger, elsewhere, digests)
    elsewhere.close()


def run_learners(run: Run, *, first: int, turns: int, seconds: float) -> int:
    """Run learners from number `first` on until there were so many turns or so much time. Returns how many began."""
    until = time.monotonic() + seconds
    per_learner = len(conversation(run.seed, 0).messages) * CONVERSATIONS
    last = first + -(-turns // per_learner)
    began = 0
    with ThreadPoolExecutor(min(LEARNERS_AT_ONCE, last - first)) as pool:
        for future in [pool.submit(run.learner, number, until) for number in range(first, last)]:
            future.result()
            began += 1
    return began
