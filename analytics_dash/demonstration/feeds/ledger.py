"""The tutor gateway's ledger, in `xblock_ai_tutor.events.LEDGER` form: one JSON object a turn, in order of time."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable

from analytics_dash.demonstration import lesson, planted
from analytics_dash.demonstration.behaviour import Life
from analytics_dash.demonstration.moments import local_day
from analytics_dash.demonstration.turns import Turn
from xblock_ai_tutor.events import LEDGER, payload

# Millionths of a US dollar for one token: invented prices of an invented contract.
_PRICE_IN, _PRICE_OUT = 2, 8
_ENCODER = json.JSONEncoder(separators=(",", ":"))


def cost(turn: Turn) -> int:
    """Return what a turn cost, in millionths of a US dollar."""
    return turn.tokens_in * _PRICE_IN + turn.tokens_out * _PRICE_OUT


def pseudonym(username: str) -> str:
    """Return the tutor's pseudonym of an LMS user: 32 hex digits, keyed as the block keys its own."""
    return hmac.digest(planted.DEMO_SERVICE_KEY, f"learner|{username}".encode(), "sha256").hex()[:32]


def ledger_lines(lives: Iterable[Life]) -> list[bytes]:
    """Return the ledger's lines, without newlines, cursors from 1 on."""
    turns = sorted(
        ((turn.at, turn.id, turn, life.person) for life in lives for turn in life.turns), key=lambda t: t[:2]
    )
    lines = []
    for cursor, (_, _, turn, person) in enumerate(turns, start=1):
        row = {
            "cursor": cursor,
            "turn": turn.id,
            "at": turn.at.isoformat(),
            "learner": pseudonym(person.username),
            "course": lesson.COURSE,
            "lesson": lesson.lesson_address(local_day(turn.at)),
            "lesson_id": lesson.LESSON_ID,
            "step": turn.step_id,
            "status": turn.status,
            "reason": turn.reason,
            "redactions": dict(turn.redactions),
            "guard_actions": {"quotation": 1} if turn.guarded else {},
            "citations": turn.citations,
            "tokens_in": turn.tokens_in,
            "tokens_out": turn.tokens_out,
            "cost_microusd": cost(turn),
            "first_text_ms": turn.first_text_ms,
            "total_ms": turn.total_ms,
            "model": "offline-engine" if turn.first_text_ms is not None else "",
        }
        lines.append(_ENCODER.encode(payload(LEDGER, row)).encode())
    return lines
