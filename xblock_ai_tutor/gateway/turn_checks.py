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
from xblock_ai_tutor.gateway.models.compose import Exchange, ModelRequest, asks_first, compose
from xblock_ai_tutor.gateway.models.feedback import compose_feedback
from xblock_ai_tutor.gateway.restoring import placeholders_of
from xblock_ai_tutor.gateway.sandbox.markings import blocked_by
from xblock_ai_tutor.gateway.sandbox.redact import Redaction, redact
from xblock_ai_tutor.gateway.sandbox.screen import Verdict as ScreenVerdict
from xblock_ai_tutor.gateway.sandbox.screen import screen
from xblock_ai_tutor.gateway.sandbox.view import View, view_of
from xblock_ai_tutor.gateway.sse import Event, notice
from xblock_ai_tutor.gateway.store import conversations as stored
from xblock_ai_tutor.gateway.store.budgets import Claim, dao_reserve_tokens
from xblock_ai_tutor.gateway.store.database import transaction
from xblock_ai_tutor.gateway.store.direct import Work, direct
from xblock_ai_tutor.gateway.store.lessons import dao_get_lesson
from xblock_ai_tutor.gateway.store.paces import dao_take_message
from xblock_ai_tutor.gateway.switches import refuse_when_off
from xblock_ai_tutor.gateway.tickets import BAD_TICKET
from xblock_ai_tutor.gateway.turn_state import Turn, UnknownVerdictError, Verdict
from xblock_ai_tutor.gateway.workers import this_worker

HISTORY_TURNS: Final = 6

STILL_RUNNING: Final = marked("Your question is being answered already. Wait a moment.")
LESSON_UNKNOWN: Final = marked("The tutor does not know this lesson yet. Reload the page.")
STEP_UNKNOWN: Final = marked("The lesson has no such step. Reload the page.")


def authorise(turn: Turn) -> Verdict:
    """The ticket's learner may ask about the ticket's lesson, and residency is attested: the turn has begun.

    What it may use is held in the same transaction (`_hold`), so that no turn is begun and none is settled in more.
    STOP: the same request was answered before.
    """
    services, off = turn.services, turn.services.switches.off()
    ticket = turn.ticket
    services.residency.require(ticket.language)
    turn.claims = claims_on(services.settings, ticket, dt.datetime.fromtimestamp(turn.at_ms / 1000, dt.UTC))
    with direct() as work:
        _open(turn, work)
        past = stored.dao_look_back(work, conversation=ticket.conversation, key=turn.key, most=HISTORY_TURNS)
        if ticket.issued_ms <= past.revoked_ms:
            raise UnauthorisedError(BAD_TICKET)
        turn.placeholders_cipher = past.placeholders_cipher
        if past.earlier is not None:
            if past.earlier.was_delivered:
                turn.earlier = past.earlier.id
                return Verdict.STOP
            _drop_undelivered(turn, past.earlier, work)
        refuse_when_off(off, ticket, lesson_id=turn.lesson.id)
        _keep_pace(turn, work)
        turn.history = _history(turn, past)
        stored.dao_begin_turn(
            work,
            turn=turn.id,
            conversation=ticket.conversation,
            key=turn.key,
            lesson=ticket.lesson,
            step=turn.step_id,
            now_ms=turn.at_ms,
        )
        most = services.settings.max_output_tokens
        turn.draft = _composed(turn, turn.history, turn.words, canary=f"canary-{secrets.token_hex(8)}")
        turn.hold = hold_for(turn.draft, max_output_tokens=most)
        turn.lacking = _hold(turn, work)
    return Verdict.PASS


def _open(turn: Turn, work: Work) -> None:
    """Find the lesson and its step, and open the conversation; each raises for one that is not this ticket's."""
    ticket = turn.ticket
    lesson = turn.services.lessons.get(ticket.lesson, lambda digest: dao_get_lesson(work, digest))
    if lesson is None:
        raise NotFoundError(LESSON_UNKNOWN, code="lesson_unknown")
    turn.lesson, turn.step = lesson, lesson.step(turn.step_id)
    if turn.step_id and turn.step is None:
        raise InvalidError(STEP_UNKNOWN, code="step_unknown")
    if not stored.dao_open_conversation(
        work,
        conversation=ticket.conversation,
        learner=ticket.learner,
        course=ticket.course,
        usage=ticket.usage,
        now_ms=turn.at_ms,
    ):
        raise UnauthorisedError(BAD_TICKET)


def _drop_undelivered(turn: Turn, earlier: stored.Earlier, work: Work) -> None:
    """Drop the turn with this key that never reached the learner, so that it can be asked again."""
    if earlier.status == stored.RUNNING and earlier.at_ms > turn.at_ms - stranded_after_ms(turn.services.settings):
        raise ConflictError(STILL_RUNNING)
    stored.dao_drop_turn(work, earlier.id)


def _keep_pace(turn: Turn, work: Work) -> None:
    """Count the message. Raises `TooManyError` when the learner has to wait; then nothing of the turn is kept."""
    most = turn.services.settings.messages_per_minute
    if not most:
        return
    wait_ms = dao_take_message(work, learner=turn.ticket.learner, most=most, now_ms=turn.at_ms)
    if wait_ms:
        seconds = -(-wait_ms // 1000)
        raise TooManyError(messages.too_many(seconds, turn.say), retry_after=seconds)


def _history(turn: Turn, past: stored.Past) -> tuple[Exchange, ...]:
    decrypt = turn.services.decrypt
    return tuple(Exchange(step, decrypt(question), decrypt(answer)) for step, question, answer in past.exchanges)


def _hold(turn: Turn, work: Work) -> Claim | None:
    """Hold more than the turn can use in each of its budgets, or nothing: then the one that lacks it is returned."""
    return dao_reserve_tokens(
        work,
        turn=turn.id,
        claims=turn.claims,
        hold=turn.hold,
        expires_ms=turn.at_ms + stranded_after_ms(turn.services.settings),
        worker=this_worker(),
    )


def reserve_budget(turn: Turn) -> Verdict:
    """STOP where a budget lacks what the turn may use; mostly it was held when the turn began."""
    if turn.lacking is not None:
        # A worker that died may still hold some: give that back, and look once more.
        release_stranded(turn.services, int(time.time() * 1000))
        with direct() as work:
            turn.lacking = _hold(turn, work)
    if turn.lacking is None:
        return Verdict.PASS
    with transaction() as session:
        warn_of_refusal(session, turn.lacking)
    turn.end("refused", f"budget_{kind_of(turn.lacking.scope)}")
    turn.tell(notice("refused", used_up(turn.lacking, turn.ticket.language)))
    return Verdict.STOP


def redact_and_check_markings(turn: Turn) -> Verdict:
    """Stop marked text; put placeholders for identifiers. After this only redacted text is used."""
    view = view_of(turn.words)
    marking = blocked_by(view, block_official_sensitive=turn.services.settings.block_official_sensitive)
    if marking is not None:
        turn.question = ""
        turn.end("blocked", f"marking:{marking.label}")
        turn.tell(notice("blocked", messages.blocked(marking.label, turn.say)))
        return Verdict.STOP
    redaction = _redacted(turn, view)
    turn.question = redaction.text
    held = Counter(entity.type for entity in redaction.entities)
    if held:
        turn.redactions += held
        turn.tell(notice("redacted", messages.redacted(held, turn.say), messages.labelled(held, turn.say)))
    return Verdict.PASS


def _redacted(turn: Turn, view: View) -> Redaction:
    """Redact the words, as `view` has them, with the conversation's placeholders, and store those that are new.

    The map is written only over the one that was read, else it is read again: two turns at once never give one number
    to two values. It also changes when nothing was held back: what the learner typed in the form of a placeholder takes
    its number. An erased conversation keeps nothing: there is no row to write to.
    """
    services, conversation = turn.services, turn.ticket.conversation
    while True:
        seen = turn.placeholders_cipher
        turn.placeholders = placeholders_of(services, seen)
        before = turn.placeholders.to_json()
        redaction = redact(view, turn.placeholders)
        if (after := turn.placeholders.to_json()) == before:
            return redaction
        with direct() as work:
            cipher = services.encrypt(after)
            if stored.dao_keep_placeholders(work, conversation, cipher=cipher, seen=seen):
                return redaction
            turn.placeholders_cipher = stored.dao_get_placeholders(work, conversation)
        if turn.placeholders_cipher == seen:
            return redaction


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
    """Write the request, with a canary that must never come back, no larger than what is held for it.

    Where redaction and screening left every character as it was, that is the draft.
    """
    turn.first_reply = turn.intent == "ask" and asks_first(turn.lesson, turn.step, turn.history)
    request: ModelRequest | None = turn.draft
    if turn.question != turn.words:
        request = compose_within(
            turn.hold,
            turn.history,
            lambda history: _composed(turn, history, turn.question, canary=turn.draft.canary),
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
