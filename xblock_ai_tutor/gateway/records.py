"""Records about one learner: for the learner to take along, for a subject access request, and gone for good.

`api` gives a learner their own conversation as a file; the commands `records export` and `records erase` do it for the
operator, over every table. The learner's own values are put back for placeholders: the file is theirs.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import Any, Final

from jinja2 import Environment, PackageLoader

from xblock_ai_tutor.gateway.i18n import Translator, marked, translator
from xblock_ai_tutor.gateway.ledger import exported
from xblock_ai_tutor.gateway.restoring import placeholders_of, restored
from xblock_ai_tutor.gateway.sandbox.html import answer_html
from xblock_ai_tutor.gateway.sandbox.redact import Placeholders
from xblock_ai_tutor.gateway.services import Services
from xblock_ai_tutor.gateway.settlement import without_markers
from xblock_ai_tutor.gateway.store.audit import dao_add_audit
from xblock_ai_tutor.gateway.store.database import forget_write_ahead_log, transaction
from xblock_ai_tutor.gateway.store.erasure import dao_erase_learner, dao_get_rows_of
from xblock_ai_tutor.gateway.store.tables import Turn

TITLE: Final = marked("Your conversation with the tutor")
ABOUT: Final = marked(
    "The tutor is software and can be wrong. What was held back from the model is shown to you in full. Keep this file "
    "where you may keep what is in it."
)
YOU: Final = marked("You")
TUTOR: Final = marked("The tutor")
NOT_KEPT: Final = marked("(This message was not kept.)")
NOTHING: Final = marked("There is no conversation here.")

_templates: Final = Environment(
    loader=PackageLoader("xblock_ai_tutor.gateway"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def records_of(services: Services, learner: str, *, conversation: str | None = None) -> dict[str, Any]:
    """Everything that is stored about `learner` (32 hex digits), as JSON; only one `conversation`, if given.

    `{"made_at", "retention_days", "conversations": [{"course", "usage", "turns": […]}], "ledger", "budgets"}`.
    """
    with transaction() as session:
        rows: dict[str, list[Any]] = dict(dao_get_rows_of(session, learner))
    wanted = [row for row in rows["conversations"] if conversation in (None, row.id)]
    thumbs = {row.turn: "up" if row.thumb > 0 else "down" for row in rows["feedback"] if row.thumb}
    reports = {row.turn: row.kind for row in rows["reports"]}
    turns = sorted(rows["turns"], key=lambda row: (row.at_ms, row.id))
    told: dict[str, Any] = {
        "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "retention_days": services.settings.retention_days,
        "conversations": [
            {
                "course": row.course,
                "usage": row.usage,
                "turns": [
                    _turn(services, turn, placeholders_of(services, row.placeholders_cipher))
                    | {"thumb": thumbs.get(turn.id, "none"), "reported": reports.get(turn.id)}
                    for turn in turns
                    if turn.conversation == row.id
                ],
            }
            for row in wanted
        ],
    }
    if conversation is None:
        told["ledger"] = [exported(row) for row in sorted(rows["ledger"], key=lambda row: row.cursor)]
        told["budgets"] = [{"period": row.period, "used_tokens": row.used} for row in rows["budgets"]]
    return told


def _turn(services: Services, turn: Turn, placeholders: Placeholders) -> dict[str, Any]:
    words = restored(services, turn, placeholders)
    return {
        "at": words.at,
        "lesson": turn.lesson,
        "step": turn.step,
        "status": turn.status,
        "question": words.question,
        "answer": without_markers(words.answer, turn.citations),
        "passages": turn.citations,
        "held_back": turn.redactions,
        "notices": [notice["message"] for notice in turn.notices],
    }


def as_html(records: dict[str, Any], language: str) -> str:
    """The records as one HTML file without scripts or links to anywhere, in the learner's language."""
    say: Translator = translator(language)
    words = {name: say.gettext(text) for name, text in _WORDS.items()}
    return _templates.get_template("records.html").render(
        records=records, words=words, language=language, prose=lambda text: answer_html(text, (), ())
    )


_WORDS: Final = {
    "title": TITLE,
    "about": ABOUT,
    "you": YOU,
    "tutor": TUTOR,
    "not_kept": NOT_KEPT,
    "nothing": NOTHING,
}


def export_learner(services: Services, learner: str) -> dict[str, Any]:
    """`records_of` for an operator who answers an access request: somebody read them, so the audit notes it."""
    found = records_of(services, learner)
    detail = {"turns": sum(len(conversation["turns"]) for conversation in found["conversations"])}
    with transaction() as session:
        dao_add_audit(
            session, at_ms=int(time.time() * 1000), actor="operator", action="records_exported", detail=detail
        )
    return found


def erase_learner(learner: str) -> dict[str, int]:
    """Erase everything about `learner` from every table and from the database's files; rows by table."""
    with transaction() as session:
        erased = dao_erase_learner(session, learner)
        dao_add_audit(
            session, at_ms=int(time.time() * 1000), actor="operator", action="learner_erased", detail=dict(erased)
        )
    forget_write_ahead_log()
    return erased
