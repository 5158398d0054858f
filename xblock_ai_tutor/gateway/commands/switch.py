"""`tutor-gateway switch`: the kill switch for the whole service, one course or one lesson."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import click

from xblock_ai_tutor.gateway.commands.common import EXIT_CODES, database_errors, ledger_app, say_json

_Command = Callable[..., None]


@click.group(epilog=EXIT_CODES)
def switch() -> None:
    """The kill switch: takes effect within a second on all workers, for answers that are being written too.

    Lessons go on without the tutor and say that it is switched off. Needs TUTOR_DATABASE_URL and no key.
    """


def _what(command: _Command) -> _Command:
    """The options that say what is switched; neither of them: the whole service."""
    lesson = click.option(
        "--lesson", metavar="ID", default="", help="One lesson: its usage key, the digest of its text, or its own id."
    )
    course = click.option("--course", metavar="KEY", default="", help="One course, by its key.")
    as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
    return lesson(course(as_json(command)))


_reason = click.option(
    "--reason",
    required=True,
    help="Why, for the audit. Names nobody.",
    callback=lambda _context, _option, value: _checked(value),
)


def _checked(reason: str) -> str:
    if not 1 <= len(reason.strip()) <= 500:
        raise click.BadParameter("give a reason of at most 500 characters.")
    return reason.strip()


@switch.command(epilog=EXIT_CODES)
@_what
@_reason
def off(course: str, lesson: str, as_json: bool, reason: str) -> None:
    """Switch the tutor off."""
    _switch(_scope(course, lesson), on=False, reason=reason, as_json=as_json)


@switch.command(epilog=EXIT_CODES)
@_what
@_reason
def on(course: str, lesson: str, as_json: bool, reason: str) -> None:
    """Switch the tutor on again. What is switched off by another switch stays off."""
    _switch(_scope(course, lesson), on=True, reason=reason, as_json=as_json)


@switch.command("list", epilog=EXIT_CODES)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def list_(as_json: bool) -> None:
    """Say what is switched off, since when and why."""
    from xblock_ai_tutor.gateway.store.database import reading  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.switches import dao_get_switches  # noqa: PLC0415

    with database_errors(), ledger_app().app_context(), reading() as session:
        found = [
            {"off": row.scope, "since": _at(row.since_ms), "reason": row.reason} for row in dao_get_switches(session)
        ]
    if as_json:
        say_json({"switches": found})
        return
    for row in found:
        click.echo(f"{row['off']} is off since {row['since']}: {row['reason']}")
    if not found:
        click.echo("Nothing is switched off.")


def _scope(course: str, lesson: str) -> str:
    from xblock_ai_tutor.gateway.switches import SERVICE, course_scope, lesson_scope  # noqa: PLC0415

    if course and lesson:
        raise click.UsageError("Give --course or --lesson, not both; neither switches the whole service.")
    return course_scope(course) if course else lesson_scope(lesson) if lesson else SERVICE


def _switch(scope: str, *, on: bool, reason: str, as_json: bool) -> None:
    from xblock_ai_tutor.gateway.store.audit import dao_add_audit  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.database import transaction  # noqa: PLC0415
    from xblock_ai_tutor.gateway.store.switches import dao_switch_off, dao_switch_on  # noqa: PLC0415

    now_ms = int(time.time() * 1000)
    with database_errors(), ledger_app().app_context(), transaction() as session:
        if on:
            changed = dao_switch_on(session, scope)
        else:
            changed = dao_switch_off(session, scope=scope, reason=reason, now_ms=now_ms)
        detail: dict[str, Any] = {"switch": scope, "reason": reason, "changed": changed}
        action = "switched_on" if on else "switched_off"
        dao_add_audit(session, at_ms=now_ms, actor="operator", action=action, detail=detail)
    if as_json:
        say_json({"switch": scope, "on": on, "changed": changed})
        return
    state = "on" if on else "off"
    click.echo(f"{scope} is {state}." if changed else f"{scope} was {state} already.")


def _at(milliseconds: int) -> str:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC).isoformat(timespec="seconds")
