"""The end of a turn: budget settled, record finished and ledger booked together; then what the learner is told last.

Called by `turn`, once for each turn, however it ended. `replay` tells a finished turn again without asking a model.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from xblock_ai_tutor.gateway import messages, metrics
from xblock_ai_tutor.gateway.allowance import Allowance, allowance_of, read_allowance
from xblock_ai_tutor.gateway.budget import OVER_REPORTED, cost_microusd, estimated_tokens
from xblock_ai_tutor.gateway.budget_watch import warn_of_use
from xblock_ai_tutor.gateway.logs import log
from xblock_ai_tutor.gateway.restoring import placeholders_of, restored
from xblock_ai_tutor.gateway.sandbox.html import answer_html
from xblock_ai_tutor.gateway.sse import Event, error
from xblock_ai_tutor.gateway.store.budgets import dao_settle_tokens
from xblock_ai_tutor.gateway.store.conversations import dao_finish_turn, dao_get_turn
from xblock_ai_tutor.gateway.store.database import reading
from xblock_ai_tutor.gateway.store.direct import direct, within
from xblock_ai_tutor.gateway.store.ledger import dao_add_ledger_row
from xblock_ai_tutor.gateway.tickets import issue_receipt
from xblock_ai_tutor.gateway.turn_state import Turn


def settle(turn: Turn) -> None:
    """Give the budget back, book what was used, finish the record. In one transaction: all of it, or none."""
    begun = time.perf_counter()
    tokens_in, tokens_out = _tokens(turn)
    question, answer = (_kept(turn, text) for text in (turn.question, "".join(turn.sent)))
    with direct() as work:
        balances = dao_settle_tokens(work, turn=turn.id, used=tokens_in + tokens_out)
        turn.record("settle", "pass", begun)
        dao_finish_turn(
            work,
            turn.id,
            status=turn.status,
            reason=turn.reason,
            question_cipher=question,
            answer_cipher=answer,
            notices=turn.notices,
            citations=turn.citations,
            redactions=turn.redactions.total(),
            steps=turn.steps,
        )
        turn.left = allowance_of(turn.claims, balances) if balances else read_allowance(work, turn.claims)
        dao_add_ledger_row(work, _ledger_row(turn, tokens_in, tokens_out))
    warn_of_use(balances)
    metrics.book(turn, tokens_in=tokens_in, tokens_out=tokens_out)
    if tokens_in + tokens_out > turn.hold.tokens:
        log(OVER_REPORTED, turn=turn.id, tokens_in=tokens_in, tokens_out=tokens_out, held=turn.hold.tokens)
    log(
        "turn",
        turn=turn.id,
        status=turn.status,
        reason=turn.reason,
        first_text_ms=turn.first_text_ms,
        total_ms=turn.elapsed_ms(),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        steps=turn.steps,
    )


def _kept(turn: Turn, text: str) -> bytes | None:
    return turn.services.encrypt(text) if text else None


def _tokens(turn: Turn) -> tuple[int, int]:
    """(input, output) tokens: as the endpoint reported, or estimated when an answer broke off before it could.

    An answer that is broken off was paid for; were it free, breaking off would be a way around the budget.
    """
    if not turn.asked:
        return 0, 0
    if turn.tokens_in is not None and turn.tokens_out is not None:
        return turn.tokens_in, turn.tokens_out
    longest = turn.services.settings.max_output_tokens  # what was reserved: an estimate must not overspend a budget
    return estimated_tokens(turn.request.size()), min(estimated_tokens(turn.received), longest)


def _ledger_row(turn: Turn, tokens_in: int, tokens_out: int) -> dict[str, Any]:
    return {
        "turn": turn.id,
        "at_ms": int(time.time() * 1000),
        "learner": turn.ticket.learner,
        "course": turn.ticket.course,
        "lesson": turn.ticket.lesson,
        "lesson_id": turn.lesson.id,
        "step": turn.step_id,
        "status": turn.status,
        "reason": turn.reason,
        "redactions": dict(turn.redactions),
        "guard_actions": dict(turn.guard_actions),
        "citations": len(turn.citations),
        "tokens_in": tokens_in,
        "tokens_out": tokens_out,
        "cost_microusd": cost_microusd(turn.services.settings, tokens_in=tokens_in, tokens_out=tokens_out),
        "first_text_ms": turn.first_text_ms,
        "total_ms": turn.elapsed_ms(),
        "model": turn.services.model.name if turn.asked else "",
    }


def done(turn: Turn) -> Event:
    """The last event of a turn that did not fail."""
    return _done(
        turn,
        turn_id=turn.id,
        status=turn.status,
        answer=turn.placeholders.restore("".join(turn.sent)),
        citations=turn.citations,
        redactions=turn.redactions.total(),
        left=turn.left,
    )


def replay(turn: Turn) -> Iterator[Event]:
    """Tell `turn.earlier` again: its notices, its answer in one piece, its citations, and a fresh receipt."""
    with reading() as session:
        earlier = dao_get_turn(session, turn.earlier)
        left = read_allowance(within(session), turn.claims)
    if earlier is None:  # erased since a moment
        yield error("failed", turn.say.gettext(messages.FAILED), retry=True)
        return
    answer = restored(turn.services, earlier, placeholders_of(turn.services, turn.placeholders_cipher)).answer
    for data in earlier.notices:
        yield Event("notice", data)
    if answer:
        yield Event("text", {"text": without_markers(answer, earlier.citations)})
    for number, passage in enumerate(earlier.citations, 1):
        yield Event("citation", {"passage": passage, "number": number})
    yield _done(
        turn,
        turn_id=earlier.id,
        status=earlier.status,
        answer=answer,
        citations=earlier.citations,
        redactions=earlier.redactions,
        left=left,
    )


def without_markers(answer: str, citations: list[str]) -> str:
    """An answer as plain text: citation markers are events of their own."""
    for passage in citations:
        answer = answer.replace(f"[{passage}]", "")
    return answer


def _done(
    turn: Turn,
    *,
    turn_id: str,
    status: str,
    answer: str,
    citations: list[str],
    redactions: int,
    left: Allowance | None,
) -> Event:
    settings = turn.services.settings
    data: dict[str, Any] = {
        "turn": turn_id,
        "status": status,
        "html": answer_html(answer, citations, turn.lesson.links) if answer else "",
        "citations": citations_of(citations),
        "receipt": issue_receipt(
            settings, turn.ticket, step=turn.step_id, turn=turn_id, status=status, redactions=redactions
        ),
        "remaining_tokens": left.remaining if left else None,
        "allowance": left.to_json(turn.ticket.language) if left else None,
    }
    return Event("done", data)


def citations_of(passages: list[str]) -> list[dict[str, Any]]:
    """Citations as the browser gets them."""
    return [{"passage": passage, "number": number} for number, passage in enumerate(passages, 1)]
