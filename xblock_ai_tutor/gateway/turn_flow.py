"""From the model to the learner: the chain of generators that `turn.FLOW` lists. All that is shown has passed it.

Each stage takes the `Turn` and the flow of the stage before it. While a sentence is being written the guard hands on a
HEARTBEAT once a second, so that a browser that went away is noticed.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from xblock_ai_tutor.gateway import messages, where
from xblock_ai_tutor.gateway.models import Delta, Finished, ModelUnavailableError, Refused, feedback
from xblock_ai_tutor.gateway.sandbox.giveaway import Marked
from xblock_ai_tutor.gateway.sandbox.guard import Guard, GuardAction, GuardedCitation, GuardedText
from xblock_ai_tutor.gateway.sandbox.placeholders import LOOK_ALIKE
from xblock_ai_tutor.gateway.sse import HEARTBEAT, PAUSE, Event, notice
from xblock_ai_tutor.gateway.switches import scopes_of, until_off
from xblock_ai_tutor.gateway.tickets import safety_identifier
from xblock_ai_tutor.gateway.turn_state import Turn

_HEARTBEAT_S: Final = 1.0
# Where an endpoint ignores max_output_tokens: more characters than that many tokens can be in any prose.
_LONGEST_TOKEN: Final = 8


@dataclass(frozen=True, slots=True)
class _Shown:
    """Text as the learner sees it."""

    text: str


def stream_answer(turn: Turn, _flow: Iterator[Any]) -> Iterator[str]:
    """Ask the model; its deltas. Where in the lesson something is needs no model."""
    if turn.intent == "where":
        yield where.places(turn.lesson, turn.step, LOOK_ALIKE.sub(" ", turn.question), turn.say)
        return
    settings = turn.services.settings
    turn.upstream = turn.services.model.ask(
        turn.request,
        safety_identifier=safety_identifier(settings, turn.ticket.learner),
        reading=turn.reading,
    )
    declined = ""
    whole: list[str] = []
    for event in until_off(turn.services.switches, scopes_of(turn.ticket, turn.lesson.id), turn.upstream):
        turn.asked = True
        match event:
            case Delta(text):
                turn.received += len(text)
                if turn.intent == "prompt":
                    whole.append(text)  # structured output means something only as a whole
                else:
                    yield text
                if turn.received > settings.max_output_tokens * _LONGEST_TOKEN:
                    _cut_short(turn)
                    return
            case Refused(by):
                declined = by
            case Finished():
                turn.tokens_in, turn.tokens_out = event.tokens_in, event.tokens_out
                if not event.complete:
                    _cut_short(turn)
    if declined:
        turn.withdrawn = declined == "moderation"
        turn.end("refused", declined)
        turn.tell(notice("refused", messages.refused(declined, turn.say)))
    elif not turn.received:
        raise ModelUnavailableError("empty answer")
    if turn.intent == "prompt" and not declined:
        yield feedback.written(turn.rubric, feedback.read_comments("".join(whole)), turn.say)


def _cut_short(turn: Turn) -> None:
    turn.end("incomplete", "max_output_tokens")
    turn.tell(notice("info", turn.say.gettext(messages.CUT_SHORT)))


def guard_sentences(turn: Turn, deltas: Iterator[str]) -> Iterator[GuardedText | GuardedCitation | Event]:
    """Only what the guard passed; what it did is counted."""
    guard = Guard(
        passages={passage.id: passage.text for passage in turn.lesson.passages},
        links=turn.lesson.links,
        canary=turn.request.canary,
        secrets=turn.request.secrets,
        placeholders=turn.placeholders,
        learner_text=turn.question,
        gettext=turn.say.gettext,
        answers=[Marked(one.text, one.mark) for one in turn.lesson.answers_to_keep(turn.ticket.attempted)],
        hints=[hint for step in turn.lesson.steps for hint in step.hints],
    )
    yield PAUSE
    beat = time.monotonic()
    for delta in deltas:
        paused = True
        for item in _passed(turn, guard.feed(delta)):
            paused = False
            yield item
        turn.reading.mid_sentence = guard.is_mid_sentence
        if (now := time.monotonic()) - beat >= _HEARTBEAT_S:
            beat, paused = now, False
            yield HEARTBEAT
        if not paused:
            yield PAUSE
    if turn.withdrawn:
        # What was shown before the endpoint flagged it is not kept, and the finished answer is without it.
        turn.sent.clear()
        turn.citations.clear()
        return
    yield from _passed(turn, guard.finish())
    if turn.first_reply and turn.status in ("", "answered") and "?" not in "".join(turn.sent):
        # The lesson's author wants a question here, whether or not the model thought of one.
        yield GuardedText(f"\n\n{turn.say.gettext(messages.ASK_FIRST)}")


def _passed(turn: Turn, guarded: Iterable[Any]) -> Iterator[GuardedText | GuardedCitation]:
    for item in guarded:
        match item:
            case GuardAction():
                turn.guard_actions[item.rule] += 1
            case GuardedText() | GuardedCitation():
                yield item
            case _:
                raise TypeError("The guard gave something that is neither text, citation nor action.")


def restore_placeholders(turn: Turn, guarded: Iterator[Any]) -> Iterator[_Shown | GuardedCitation | Event]:
    """The learner's own values put back for the learner; what is stored keeps the placeholders."""
    for item in guarded:
        if isinstance(item, GuardedText):
            turn.sent.append(item.text)
            yield _Shown(turn.placeholders.restore(item.text))
        else:
            if isinstance(item, GuardedCitation):
                turn.sent.append(item.marker)
            yield item


def send_events(turn: Turn, shown: Generator[Any, None, None]) -> Iterator[Event]:
    """The learner's events; a heartbeat at most once a second."""
    last = time.monotonic()
    with closing(shown):
        for item in shown:
            if item is PAUSE:
                yield item
                continue
            if item is HEARTBEAT:
                if time.monotonic() - last < _HEARTBEAT_S:
                    continue
                yield HEARTBEAT
            elif isinstance(item, GuardedCitation):
                if item.passage_id not in turn.citations:
                    turn.citations.append(item.passage_id)
                yield Event(
                    "citation", {"passage": item.passage_id, "number": turn.citations.index(item.passage_id) + 1}
                )
            else:
                if turn.first_text_ms is None:
                    turn.first_text_ms = turn.elapsed_ms()
                    turn.reading.begun = True
                yield Event("text", {"text": item.text})
            last = time.monotonic()
