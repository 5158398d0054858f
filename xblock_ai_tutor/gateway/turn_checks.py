"""The checks that a turn passes before a model is asked, in the order in which `turn.CHECKS` lists them.

Each takes the `Turn`, fills what it is responsible for, and says PASS or STOP. What it wants the learner to know it
`tell`s; how the turn ended it `end`s.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway import messages, rubric
from xblock_ai_tutor.gateway.allowance import used_up
from xblock_ai_tutor.gateway.budget import claims_on, compose_within, hold_for, kind_of
from xblock_ai_tutor.gateway.budget_watch import warn_of_refusal
from xblock_ai_tutor.gateway.failures import (
    ConflictError,
    InvalidError,
    NotFoundError,
    TooManyError,
    UnauthorisedError,
)
from xblock_ai_tutor.gateway.housekeeping import release_stranded, stranded_after_ms
from xblock_ai_tutor.gateway.i18n import marked
from xblock_ai_tutor.gateway.lessons import read_lesson
from xblock_ai_tutor.gateway.models.compose import Exchange, ModelRequest, asks_first, compose
from xblock_ai_tutor.gateway.models.feedback import compose_feedback
from xblock_ai_tutor.gateway.sandbox.markings import blocked_by
from xblock_ai_tutor.gateway.sandbox.redact import Placeholders, redact
from xblock_ai_tutor.gateway.sandbox.screen import Verdict as ScreenVerdict
from xblock_ai_tutor.gateway.sandbox.screen import screen
from xblock_ai_tutor.gateway.sandbox.view import view_of
from xblock_ai_tutor.gateway.sse import Event, notice
from xblock_ai_tutor.gateway.store import conversations as stored
from xblock_ai_tutor.gateway.store.budgets import Claim, dao_reserve_tokens
from xblock_ai_tutor.gateway.store.database import transaction
from xblock_ai_tutor.gateway.store.lessons import dao_get_lesson
from xblock_ai_tutor.gateway.store.paces import dao_take_message
from xblock_ai_tutor.gateway.store.tables import Turn as StoredTurn
from xblock_ai_tutor.gateway.switches import refuse_when_off
from xblock_ai_tutor.gateway.ticket_checks import is_revoked
from xblock_ai_tutor.gateway.tickets import BAD_TICKET, read_ticket
from xblock_ai_tutor.gateway.turn_state import Turn, UnknownVerdictError, Verdict
from xblock_ai_tutor.gateway.workers import this_worker

HISTORY_TURNS: Final = 6
_SOME_CANARY: Final = f"canary-{'0' * 16}"  # as long as the one that `compose_request` makes

STILL_RUNNING: Final = marked("Your question is being answered already. Wait a moment.")
LESSON_UNKNOWN: Final = marked("The tutor does not know this lesson yet. Reload the page.")
STEP_UNKNOWN: Final = marked("The lesson has no such step. Reload the page.")


def authorise(turn: Turn) -> Verdict:
    """The ticket's learner may ask about the ticket's lesson, and residency is attested.

    STOP: the same request was answered before.
    """
    settings, off = turn.services.settings, turn.services.switches.off()
    ticket = turn.ticket = read_ticket(settings, turn.token)
    turn.services.residency.require(ticket.language)
    with transaction() as session:
        if is_revoked(session, ticket):
            raise UnauthorisedError(BAD_TICKET)
        turn.claims = claims_on(settings, ticket, dt.datetime.fromtimestamp(turn.at_ms / 1000, dt.UTC))
        body = dao_get_lesson(session, ticket.lesson)
        if body is None:
            raise NotFoundError(LESSON_UNKNOWN, code="lesson_unknown")
        turn.lesson = read_lesson(body)
        turn.step = turn.lesson.step(turn.step_id)
        if turn.step_id and turn.step is None:
            raise InvalidError(STEP_UNKNOWN, code="step_unknown")
        opened = stored.dao_open_conversation(
            session,
            conversation=ticket.conversation,
            learner=ticket.learner,
            course=ticket.course,
            usage=ticket.usage,
            now_ms=turn.at_ms,
        )
        if opened is stored.Opened.FOREIGN:
            raise UnauthorisedError(BAD_TICKET)
        if opened is stored.Opened.KNOWN:
            turn.earlier = _earlier(session, turn)
            if turn.earlier is not None:
                return Verdict.STOP
        refuse_when_off(off, ticket, lesson_id=turn.lesson.id)
        _keep_pace(session, turn)
        if opened is stored.Opened.KNOWN:
            turn.history = _history(session, turn)
        stored.dao_begin_turn(
            session,
            turn=turn.id,
            conversation=ticket.conversation,
            key=turn.key,
            lesson=ticket.lesson,
            step=turn.step_id,
            now_ms=turn.at_ms,
        )
    return Verdict.PASS


def _earlier(session: Session, turn: Turn) -> StoredTurn | None:
    """The finished turn with this key. One that never reached the learner is dropped, so that it can be asked again."""
    earlier = stored.dao_get_turn_by_key(session, conversation=turn.ticket.conversation, key=turn.key)
    if earlier is None or stored.was_delivered(earlier):
        return earlier
    if earlier.status == stored.RUNNING and earlier.at_ms > turn.at_ms - stranded_after_ms(turn.services.settings):
        raise ConflictError(STILL_RUNNING)
    session.delete(earlier)
    session.flush()
    return None


def _keep_pace(session: Session, turn: Turn) -> None:
    """Count the message. Raises `TooManyError` when the learner has to wait; then nothing of the turn is kept."""
    most = turn.services.settings.messages_per_minute
    if not most:
        return
    wait_ms = dao_take_message(session, learner=turn.ticket.learner, most=most, now_ms=turn.at_ms)
    if wait_ms:
        seconds = -(-wait_ms // 1000)
        raise TooManyError(messages.too_many(seconds, turn.say), retry_after=seconds)


def _history(session: Session, turn: Turn) -> tuple[Exchange, ...]:
    past = stored.dao_get_exchanges(session, conversation=turn.ticket.conversation, most=HISTORY_TURNS)
    decrypt = turn.services.decrypt
    return tuple(Exchange(step, decrypt(question), decrypt(answer)) for step, question, answer in past)


def reserve_budget(turn: Turn) -> Verdict:
    """Hold more than the turn can use in each of its budgets."""
    most = turn.services.settings.max_output_tokens
    turn.hold = hold_for(_composed(turn, turn.history, turn.words, canary=_SOME_CANARY), max_output_tokens=most)
    lacking = _reserve(turn)
    if lacking is not None:
        # A worker that died may still hold some: give that back, and look once more.
        release_stranded(turn.services, int(time.time() * 1000))
        lacking = _reserve(turn)
    if lacking is None:
        return Verdict.PASS
    with transaction() as session:
        warn_of_refusal(session, lacking)
    turn.end("refused", f"budget_{kind_of(lacking.scope)}")
    turn.tell(notice("refused", used_up(lacking, turn.ticket.language)))
    return Verdict.STOP


class _ExhaustedError(Exception):
    """Rolls back a reservation that one of its budgets cannot hold."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(claim.scope)
        self.claim = claim


def _reserve(turn: Turn) -> Claim | None:
    expires_ms = turn.at_ms + stranded_after_ms(turn.services.settings)
    try:
        with transaction() as session:
            lacking = dao_reserve_tokens(
                session,
                turn=turn.id,
                claims=turn.claims,
                hold=turn.hold,
                expires_ms=expires_ms,
                worker=this_worker(),
            )
            if lacking is not None:
                raise _ExhaustedError(lacking)
    except _ExhaustedError as exhausted:
        return exhausted.claim
    return None


def redact_and_check_markings(turn: Turn) -> Verdict:
    """Stop marked text; put placeholders for identifiers. After this only redacted text is used."""
    services = turn.services
    view = view_of(turn.words)
    marking = blocked_by(view, block_official_sensitive=services.settings.block_official_sensitive)
    if marking is not None:
        turn.question = ""
        turn.end("blocked", f"marking:{marking.label}")
        turn.tell(notice("blocked", messages.blocked(marking.label, turn.say)))
        return Verdict.STOP
    # The map is read, extended and written in one transaction: two turns at once never give one number to two values.
    with transaction() as session:
        kept = stored.dao_lock_placeholders(session, turn.ticket.conversation)
        if kept is not None:
            turn.placeholders = Placeholders.from_json(services.decrypt(kept))
        before = turn.placeholders.to_json()
        redaction = redact(view, turn.placeholders)
        # Also when nothing was held back: what the learner typed in the form of a placeholder takes its number.
        if (after := turn.placeholders.to_json()) != before:
            # An erased conversation keeps nothing: there is no row to write to.
            stored.dao_keep_placeholders(session, turn.ticket.conversation, services.encrypt(after))
    turn.question = redaction.text
    held = Counter(entity.type for entity in redaction.entities)
    if held:
        turn.redactions += held
        turn.tell(notice("redacted", messages.redacted(held, turn.say), messages.labelled(held, turn.say)))
    return Verdict.PASS


def screen_question(turn: Turn) -> Verdict:
    """Judge the redacted question, and go on without its invisible characters.

    Taking them out brings no identifier to light: `redact` looked through the same characters. Redacting again would
    take the placeholders that were just given for the learner's own words.
    """
    result = screen(turn.question)
    turn.question = result.text
    match result.verdict:
        case ScreenVerdict.ALLOW:
            for signal in result.signals:
                turn.guard_actions[f"noticed_{signal}"] += 1
            if "smuggling" in result.signals:
                turn.tell(notice("info", turn.say.gettext(messages.SMUGGLING)))
            return Verdict.PASS
        case ScreenVerdict.REFUSE:
            turn.end("refused", result.reason)
            turn.tell(notice("refused", messages.refused(result.reason, turn.say)))
            return Verdict.STOP
    raise UnknownVerdictError("screen")


def compose_request(turn: Turn) -> Verdict:
    """Write the request, with a canary that must never come back, no larger than what is held for it."""
    canary = f"canary-{secrets.token_hex(8)}"
    turn.first_reply = turn.intent == "ask" and asks_first(turn.lesson, turn.step, turn.history)
    request = compose_within(
        turn.hold,
        turn.history,
        lambda history: _composed(turn, history, turn.question, canary=canary),
        max_output_tokens=turn.services.settings.max_output_tokens,
    )
    if request is None:
        turn.end("refused", "too_long")
        turn.tell(notice("refused", messages.refused("too_long", turn.say)))
        return Verdict.STOP
    turn.request = request
    if turn.intent == "prompt":
        turn.rubric = rubric.review(turn.question)
        turn.tell(Event("rubric", rubric.told(turn.rubric, turn.say.gettext)))
    return Verdict.PASS


def _composed(turn: Turn, history: Sequence[Exchange], words: str, *, canary: str) -> ModelRequest:
    if turn.intent == "prompt":
        return compose_feedback(prompt=words, met=rubric.review(words), language=turn.ticket.language, canary=canary)
    return compose(lesson=turn.lesson, step=turn.step, history=history, words=words, canary=canary)
