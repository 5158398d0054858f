"""The model endpoint of the fuzz: it answers like a model, and judges every request that comes before it does.

A request may hold nothing that was planted in its conversation, in any form, no word of a marked message and none of
another conversation; it has exactly the fields that the gateway may send, `store` false, and names this host.
`Ledger` is where the driver says what a learner is about to send and where what was wrong is kept.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tests.evaluation.fuzz.conversations import Conversation, Message
from tests.evaluation.fuzz.forms import forms
from tests.evaluation.fuzz.planted import Planted
from tests.support.egress import wrong_form
from tests.support.gateway import completed, sse, text_delta
from tests.support.loopback import Handler, Server
from xblock_ai_tutor.gateway.models.offline.answer import comments
from xblock_ai_tutor.gateway.models.offline.responses import read_messages, wants_feedback

STRANGER: Final = "a learner that the gateway was not given"
FOREIGN_WORDS: Final = "words of a marked message or of another conversation"
_NO_WORDS: Final = frozenset({"idempotency-key", "content-length", "host"})
_WORD: Final = re.compile(r"zq[a-z]{10}qz")
_PLACEHOLDER: Final = re.compile(r"\[[a-z]{2,10}(?: [a-z]{2,12}){0,2} [0-9]{1,9}\]")


@dataclass(frozen=True, slots=True)
class WentOut:
    """A planted value that a request held: which conversation, which of its messages (from 0), what, and how.

    `found` is what was found, `around` the request there, both as `forms.letters`.
    """

    conversation: int
    message: int
    planted: Planted
    found: str
    around: str


@dataclass(slots=True)
class _Open:
    """A conversation that is going on, as far as it has been sent."""

    conversation: Conversation
    sent: list[Message] = field(default_factory=list)
    requests: int = 0


@dataclass(slots=True)
class Ledger:
    """What is being sent by whom, and what was wrong. Learners are known by their safety identifier."""

    open: dict[str, _Open] = field(default_factory=dict)
    requests: int = 0
    went_out: dict[tuple[int, str, str], WentOut] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    chance: int = 0  # a needle that stands in the conversation's own ordinary text as well
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, safety_identifier: str, conversation: Conversation) -> None:
        """A conversation begins; its learner has no other at the same time."""
        self.open[safety_identifier] = _Open(conversation)

    def sends(self, safety_identifier: str, message: Message) -> None:
        """A message is about to be sent."""
        self.open[safety_identifier].sent.append(message)

    def asked(self, safety_identifier: str) -> int:
        """How many requests this conversation has caused so far."""
        return self.open[safety_identifier].requests

    def judge(self, path: str, headers: Mapping[str, str], raw: bytes, *, host: str) -> dict[str, Any]:
        """Look at a request and note what is wrong with it; its body."""
        body = json.loads(raw)
        problems = list(wrong_form(path, headers, body, host=host))
        known = self.open.get(str(body.get("safety_identifier")))
        if known is None:
            problems.append(STRANGER)
        else:
            problems += self._content(known, headers, body)
        with self.lock:
            self.requests += 1
            self.wrong.update(problems)
        return dict(body)

    def _content(self, known: _Open, headers: Mapping[str, str], body: Mapping[str, Any]) -> list[str]:
        known.requests += 1
        texts = [str(item["content"]) for item in body["input"]]
        # What is random, counted or checked letter by letter (`wrong_form`) holds nobody's digits.
        heads = (value for name, value in headers.items() if name not in _NO_WORDS)
        seen = "\0".join(forms(text) for text in (*texts, *heads))
        problems = []
        if set(_WORD.findall(seen)) - {known.conversation.token}:
            problems.append(FOREIGN_WORDS)
        for at, message in enumerate(known.sent):
            for planted in message.planted:
                found = next((needle for needle in planted.needles() if needle in seen), None)
                if found is not None:
                    at_letter = seen.index(found)
                    around = seen[max(0, at_letter - 24) : at_letter + len(found) + 24].replace("\0", " ")
                    self._note(known, WentOut(known.conversation.number, at, planted, found, around))
        return problems

    def _note(self, known: _Open, miss: WentOut) -> None:
        """Keep a value that went out, once; under the last message in which it stands."""
        planted = miss.planted
        with self.lock:
            key = (known.conversation.number, planted.kind, planted.value)
            if key in self.went_out:
                return
            if any(miss.found in forms(_rest(message)) for message in known.sent):
                self.chance += 1
                return
            for later, message in enumerate(known.sent):
                for other in message.planted:
                    if (other.kind, other.value) == (planted.kind, planted.value):
                        miss = replace(miss, message=later, planted=other)
            self.went_out[key] = miss


def _rest(message: Message) -> str:
    """A message without what is planted in it."""
    text = message.text
    for planted in message.planted:
        text = text.replace(planted.written, "\n|\n")
    return text


class Recorder(Server):
    """The endpoint. Its answers repeat placeholders that it was given, as models do: so they get into histories."""

    def __init__(self, ledger: Ledger) -> None:
        recorder = self

        class Model(Handler):
            def respond(self) -> None:
                host = f"127.0.0.1:{recorder.port}"
                body = ledger.judge(self.path, self.lower_headers(), self.read_body(), host=host)
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for event in (sse("response.created"), *map(text_delta, _answer(body)), completed()):
                    self.write_chunk(event)
                self.write_chunk(b"")

        super().__init__(Model)


def _answer(body: dict[str, Any]) -> list[str]:
    if wants_feedback(body):
        return [comments(read_messages(body))]
    given = list(dict.fromkeys(_PLACEHOLDER.findall(body["input"][-1]["content"])))
    about = f" You mention {', '.join(given[:6])}." if given else ""
    return ["Look the authority up yourself first.", f"{about} What have you", " tried so far?"]
