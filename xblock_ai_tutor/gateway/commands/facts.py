"""`tutor-gateway facts`: what an assessment states of this gateway, printed or filled into a page."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import click

from xblock_ai_tutor.gateway.commands.common import (
    CONFIG,
    DATABASE_URL,
    EXIT_CODES,
    FAILED,
    Stopped,
    database_errors,
    ledger_app,
    settings_problems,
)
from xblock_ai_tutor.gateway.commands.records import whole_file
from xblock_ai_tutor.gateway.config import ConfigError

_DAY_MS = 86_400_000


@click.command(epilog=EXIT_CODES)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option(
    "--fill",
    metavar="PAGE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Put the facts into the marked block of this page, such as docs/dpia.md.",
)
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not stdout.")
def facts(as_json: bool, fill: Path | None, out: Path | None) -> None:
    """Say what an assessment states of this gateway: model, residency, what is kept until when, budgets, identifiers.

    Settings that are not set show their defaults. With TUTOR_DATABASE_URL the newest residency attestation and
    the use of the last thirty days are part of it; counts below ten are not given. No key is needed, and none is shown.
    """
    from xblock_ai_tutor.gateway.facts import NoBlockError, block, facts_of, filled  # noqa: PLC0415

    try:
        found = facts_of(os.environ, *_stored())
        text = filled(fill.read_text(encoding="utf-8"), found) if fill else block(found) + "\n"
    except ConfigError as error:
        raise Stopped(settings_problems(error), CONFIG) from None
    except NoBlockError as error:
        raise Stopped(str(error), FAILED) from None
    with whole_file(out) as file:
        file.write(json.dumps(found, ensure_ascii=False) + "\n" if as_json else text)


def _stored() -> tuple[dict[str, Any] | None, dict[str, int] | None]:
    """The newest attestation and the use of the last days, where there is a database."""
    if not os.environ.get(DATABASE_URL):
        return None, None
    from xblock_ai_tutor.gateway.facts import USE_DAYS  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.attestations import dao_get_attestations  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.database import reading  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.feedback import dao_count_opinions  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.ledger import dao_count_turns_since  # noqa: PLC0415

    since_ms = int(time.time() * 1000) - USE_DAYS * _DAY_MS
    with database_errors(), ledger_app().app_context(), reading() as session:
        rows = dao_get_attestations(session, limit=1)
        document: dict[str, Any] | None = json.loads(rows[0].document) if rows else None
        turns = sum(dao_count_turns_since(session, since_ms).values())
        waiting = dao_count_opinions(session)["waiting"]
    return document, {f"turns_in_the_last_{USE_DAYS}_days": turns, "reports_waiting_for_a_person": waiting}
