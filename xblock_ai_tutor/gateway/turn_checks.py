"""The checks that a turn passes before a model is asked, in the order in which `turn.CHECKS` lists them.

Each takes the `Turn`, fills what it is responsible for, and says PASS or STOP. What it wants the learner to know it
`tell`s; how the turn ended it `end`s.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections import Counter
from typing import Final

from sqlalchemy.orm import Session

from xblock_ai_tutor.gateway import messages
from xblock_ai_tutor.gateway.budget import SERVICE, claims_on, tokens_to_reserve
from xblock_ai_tutor.gateway.failures import ConflictError, InvalidError, NotFoundError, UnauthorisedError
from xblock_ai_tutor.gateway.housekeeping import release_stranded, stranded_after_ms
from xblock_ai_tutor.gateway.i18n import marked
from xblock_ai_tutor.gateway.lessons import read_lesson
from xblock_ai_tutor.gateway.models.compose import Exchange, asks_first, compose
from xblock_ai_tutor.gateway.models.feedback import compose_feedback
from xblock_ai_tutor.gateway.rubric import CRITERIA, review
from xblock_ai_tutor.gateway.sandbox.markings import blocked_by
from xblock_ai_tutor.gateway.sandbox.redact import Placeholders, redact
from xblock_ai_tutor.gateway.sandbox.screen import Verdict as ScreenVerdict
from xblock_ai_tutor.gateway.sandbox.screen import screen
from xblock_ai_tutor.gateway.sse import Event, notice
from xblock_ai_tutor.gateway.store import conversations as stored
from xblock_ai_tutor.gateway.store.budgets import Claim, dao_reserve_tokens
from xblock_ai_tutor.gateway.store.database import transaction
from xblock_ai_tutor.gateway.store.lessons import dao_get_lesson
from xblock_ai_tutor.gateway.store.tables import Turn as StoredTurn
from xblock_ai_tutor.gateway.tickets import BAD_TICKET, read_ticket
from xblock_ai_tutor.gateway.turn_state import Turn, UnknownVerdictError, Verdict

HISTORY_TURNS: Final = 6

STILL_RUNNING: Final = marked("Your question is being answered already. Wait a moment.")
LESSON_UNKNOWN: Final = marked("The tutor does not know this lesson yet. Reload the page.")
STEP_UNKNOWN: Final = marked("The lesson has no such step. Reload the page.")


def authorise(turn: Turn) -> Verdict:
    """The ticket's learner may ask about the ticket's lesson. STOP: the same request was answered before."""
    settings = turn.services.settings
    ticket = turn.ticket = read_ticket(settings, turn.token)
    turn.claims = claims_on(settings, ticket.learner, dt.datetime.fromtimestamp(turn.at_ms / 1000, dt.UTC))
    with transaction() as session:
        body = dao_get_lesson(session, ticket.lesson)
        if body is None:
            raise NotFoundError(LESSON_UNKNOWN, code="lesson_unknown")
        turn.lesson, turn.lesson_bytes = read_lesson(body), len(body)
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
        if opened is None:
            raise UnauthorisedError(BAD_TICKET)
        turn.earlier = _earlier(session, turn)
        if turn.earlier is not None:
            return Verdict.STOP
        past = stored.dao_get_finished_turns(session, conversation=ticket.conversation, learner=ticket.learner)
        turn.history = _history(turn, list(past))
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


def _history(turn: Turn, past: list[StoredTurn]) -> tuple[Exchange, ...]:
    decrypt = turn.services.decrypt
    exchanges = (Exchange(row.step, decrypt(row.question_cipher), decrypt(row.answer_cipher)) for row in past)
    return tuple(exchange for exchange in exchanges if exchange.answer)[-HISTORY_TURNS:]


def reserve_budget(turn: Turn) -> Verdict:
    """Hold the most that the turn can use in the learner's day and the service's month."""
    settings = turn.services.settings
    tokens = tokens_to_reserve(settings, lesson_bytes=turn.lesson_bytes, history=turn.history, words=turn.words)
    lacking = _reserve(turn, tokens)
    if lacking is not None:
        # A worker that died may still hold some: give that back, and look once more.
        release_stranded(turn.services, int(time.time() * 1000))
        lacking = _reserve(turn, tokens)
    if lacking is None:
        return Verdict.PASS
    whole_service = lacking.scope == SERVICE
    turn.end("refused", "budget_service" if whole_service else "budget_learner")
    sentence = messages.BUDGET_SERVICE if whole_service else messages.BUDGET_LEARNER
    turn.tell(notice("refused", turn.say.gettext(sentence)))
    return Verdict.STOP


class _ExhaustedError(Exception):
    """Rolls back a reservation that one of its budgets cannot hold."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(claim.scope)
        self.claim = claim


def _reserve(turn: Turn, tokens: int) -> Claim | None:
    expires_ms = turn.at_ms + stranded_after_ms(turn.services.settings)
    try:
        with transaction() as session:
            lacking = dao_reserve_tokens(
                session, turn=turn.id, claims=turn.claims, tokens=tokens, expires_ms=expires_ms
            )
            if lacking is not None:
                raise _ExhaustedError(lacking)
    except _ExhaustedError as exhausted:
        return exhausted.claim
    return None


def redact_and_check_markings(turn: Turn) -> Verdict:
    """Stop marked text; put placeholders for identifiers. After this only redacted text is used."""
    services = turn.services
    marking = blocked_by(turn.words, block_official_sensitive=services.settings.block_official_sensitive)
    if marking is not None:
        turn.question = ""
        turn.end("blocked", f"marking:{marking.label}")
        turn.tell(notice("blocked", messages.blocked(marking.label, turn.say)))
        return Verdict.STOP
    # The map is read, extended and written in one transaction: two turns at once never give one number to two values.
    with transaction() as session:
        row = stored.dao_lock_conversation(session, turn.ticket.conversation)
        if row is not None and row.placeholders_cipher:
            turn.placeholders = Placeholders.from_json(services.decrypt(row.placeholders_cipher))
        redaction = redact(turn.words, turn.placeholders)
        if row is not None and redaction.entities:
            row.placeholders_cipher = services.encrypt(turn.placeholders.to_json())
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
    """Write the request, with a canary that must never come back."""
    if turn.intent == "prompt":
        return _compose_feedback(turn)
    turn.first_reply = turn.intent == "ask" and asks_first(turn.lesson, turn.step, turn.history)
    turn.request = compose(
        lesson=turn.lesson,
        step=turn.step,
        history=turn.history,
        words=turn.question,
        canary=f"canary-{secrets.token_hex(8)}",
    )
    return Verdict.PASS


def _compose_feedback(turn: Turn) -> Verdict:
    """Look at the learner's prompt by rules, tell them the result, and ask the model for comments on it."""
    turn.rubric = review(turn.question)
    say = turn.say.gettext
    found = [{"id": one.id, "label": say(one.label), "met": turn.rubric[one.id]} for one in CRITERIA]
    turn.tell(Event("rubric", {"criteria": found}))
    turn.request = compose_feedback(
        prompt=turn.question, met=turn.rubric, language=turn.ticket.language, canary=f"canary-{secrets.token_hex(8)}"
    )
    return Verdict.PASS
