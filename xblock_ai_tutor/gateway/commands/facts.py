"""`tutor-gateway facts`: what an assessment states of this gateway, printed or filled into a page."""

from __future__ import annotations

import json
import os
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
    say_json,
    settings_problems,
)
from xblock_ai_tutor.gateway.config import ConfigError


@click.command(epilog=EXIT_CODES)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option(
    "--fill",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Write the facts into the marked block of this page, such as your copy of docs/dpia.md.",
)
def facts(as_json: bool, fill: Path | None) -> None:
    """Say what an assessment states of this gateway: model, residency, what is kept until when, budgets, identifiers.

    Settings that are not set show their defaults. With TUTOR_DATABASE_URL the newest residency attestation is part of
    it. No key is needed, and none is shown.
    """
    from xblock_ai_tutor.gateway.facts import NoBlockError, block, facts_of, filled  # noqa: PLC0415

    try:
        found = facts_of(os.environ, _newest_attestation())
    except ConfigError as error:
        raise Stopped(settings_problems(error), CONFIG) from None
    if fill is not None:
        try:
            page = filled(fill.read_text(encoding="utf-8"), found)
        except NoBlockError as error:
            raise Stopped(str(error), FAILED) from None
        fill.write_text(page, encoding="utf-8")
    if as_json:
        say_json(found)
    elif fill is None:
        click.echo(block(found))


def _newest_attestation() -> dict[str, Any] | None:
    if not os.environ.get(DATABASE_URL):
        return None
    from xblock_ai_tutor.gateway.store.attestations import dao_get_attestations  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.database import reading  # noqa: PLC0415

    with database_errors(), ledger_app().app_context(), reading() as session:
        rows = dao_get_attestations(session, limit=1)
        document: dict[str, Any] | None = json.loads(rows[0].document) if rows else None
    return document
