"""One tutor turn, as a visible list of steps. Read this first.

    authorise → reserve → redact → screen → compose → stream → guard → restore → send → settle

`begin` takes the first step while an HTTP status can still be given; `run` takes the others and yields the learner's
events. CHECKS run one after the other and each can stop the turn (`turn_checks`). FLOW is a chain of generators
(`turn_flow`): a sentence passes through all of it before the next is asked for, so everything shown was guarded, and it
still streams. `settle` runs however the turn ended (`settlement`). The API calls this room.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, Final

from xblock_ai_tutor.gateway import messages
from xblock_ai_tutor.gateway.logs import log
from xblock_ai_tutor.gateway.models import ModelError
from xblock_ai_tutor.gateway.residency.standing import ResidencyStoppedError
from xblock_ai_tutor.gateway.settlement import done, replay, settle
from xblock_ai_tutor.gateway.sse import PAUSE, Event, error
from xblock_ai_tutor.gateway.switches import TutorOffError
from xblock_ai_tutor.gateway.turn_checks import (
    authorise,
    compose_request,
    redact_and_check_markings,
    reserve_budget,
    screen_question,
)
from xblock_ai_tutor.gateway.turn_flow import guard_sentences, restore_placeholders, send_events, stream_answer
from xblock_ai_tutor.gateway.turn_state import Turn, Verdict

CHECKS: Final = (
    ("authorise", authorise),
    ("reserve", reserve_budget),
    ("redact", redact_and_check_markings),
    ("screen", screen_question),
    ("compose", compose_request),
)
FLOW: Final = (
    ("stream", stream_answer),
    ("guard", guard_sentences),
    ("restore", restore_placeholders),
    ("send", send_events),
)


def begin(turn: Turn) -> Iterator[Event]:
    """Authorise the turn and return the events to come. Raises `ApiError` when there is no right to a turn at all."""
    name, check = CHECKS[0]
    if turn.check(name, check) is Verdict.STOP:
        return replay(turn)
    return run(turn)


def run(turn: Turn) -> Iterator[Event]:
    """Answer an authorised turn: its notices, text and citations, then one `done` or `error`.

    Closing the iterator (the browser went away) stops the model, gives the budget back and keeps what was sent.
    """
    failed: Event | None = None
    try:
        yield from _steps(turn)
    except GeneratorExit:
        turn.end("incomplete", "disconnected")
        _settled(turn)
        raise
    except TutorOffError as failure:
        failed = _failed(turn, failure.code, failure.message, retry=failure.retry)
    except ModelError as failure:
        log("model_failed", turn=turn.id, code=failure.code, detail=failure.detail)
        failed = _failed(turn, failure.code, failure.message, retry=failure.retry)
    except ResidencyStoppedError as stopped:
        failed = _failed(turn, stopped.code, stopped.message, retry=stopped.retry)
    except Exception as mistake:
        # Its message may quote a learner; its type and place do not.
        log("turn_failed", turn=turn.id, error=type(mistake).__name__, at=_place(mistake))
        failed = _failed(turn, "failed", messages.FAILED, retry=True)
    turn.end("answered")
    if not _settled(turn):
        failed = failed or error("failed", turn.say.gettext(messages.FAILED), retry=True)
    yield failed or done(turn)


def _steps(turn: Turn) -> Iterator[Event]:
    for name, check in CHECKS[1:]:
        verdict = turn.check(name, check)
        yield from turn.told()
        if verdict is Verdict.STOP:
            return
    flow: Generator[Any, None, None] = _nothing()
    for name, stage in FLOW:
        flow = turn.watch(name, stage(turn, flow))
    try:
        yield from flow
        yield from turn.told()
        yield PAUSE  # the books are still to be done
    finally:
        turn.stop_model()


def _nothing() -> Generator[Any, None, None]:
    """The flow before the first stage."""
    yield from ()


def _settled(turn: Turn) -> bool:
    """Settle; when that fails too, the sweep of stranded turns gives the budget back."""
    try:
        settle(turn)
    except Exception as mistake:
        log("settle_failed", turn=turn.id, error=type(mistake).__name__, at=_place(mistake))
        return False
    return True


def _failed(turn: Turn, code: str, message: str, *, retry: bool) -> Event:
    """End the turn as failed, or as incomplete when the learner has seen some of the answer."""
    turn.end("incomplete" if turn.sent else "failed", code)
    return error(code, turn.say.gettext(message), retry=retry)


def _place(mistake: BaseException) -> str:
    """The innermost file and line, for the log."""
    trace = mistake.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""
