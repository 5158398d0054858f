"""`tutor-gateway redact`: what the gateway would hold back, for texts in JSON lines."""

from __future__ import annotations

import json
import sys
from typing import Any, BinaryIO

import click

from xblock_ai_tutor.gateway.commands.common import EXIT_CODES, FAILED
from xblock_ai_tutor.gateway.errors import GatewayError
from xblock_ai_tutor.gateway.sandbox.markings import blocked_by
from xblock_ai_tutor.gateway.sandbox.redact import Placeholders
from xblock_ai_tutor.gateway.sandbox.redact import redact as redact_text


class BadLineError(GatewayError):
    """A line that is not `{"id", "text"}`."""


@click.command(epilog=EXIT_CODES)
@click.argument("file", type=click.File("rb"), default="-")
@click.option(
    "--allow-official-sensitive", is_flag=True, help="Do not block OFFICIAL-SENSITIVE; higher markings always are."
)
def redact(file: BinaryIO, allow_official_sensitive: bool) -> None:
    """Redact texts from FILE (or stdin), one JSON object a line: {"id", "text"}.

    For each it writes {"id", "text", "entities": [{"type", "start", "end"}], "blocked", "reason"} at once. Offsets
    count characters of the text as it was given, from 0, end exclusive. `blocked` says that a protective marking would
    stop the text before any model. Each line has placeholders of its own. A line that cannot be read is named on
    stderr with its number, the rest is still done, and the exit code is 1.
    """
    failed = False
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            answer = _redacted(line, block_official_sensitive=not allow_official_sensitive)
        except BadLineError as error:
            failed = True
            click.echo(f"line {number}: {error}", err=True)
            continue
        # ASCII: a lone surrogate, which JSON may hold, has no UTF-8.
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    if failed:
        raise SystemExit(FAILED)


def _no_number(name: str) -> None:
    """Python takes NaN and Infinity, which are not JSON."""
    raise ValueError(name)


def _redacted(line: bytes, *, block_official_sensitive: bool) -> dict[str, Any]:
    try:
        given = json.loads(line.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError:
        raise BadLineError("this is not UTF-8; convert the file first.") from None
    except (ValueError, RecursionError):
        raise BadLineError('this is not JSON; write one object a line: {"id": …, "text": "…"}.') from None
    if not isinstance(given, dict) or "id" not in given or not isinstance(given.get("text"), str):
        raise BadLineError('this is not an object with an "id" and a "text" that is a string.')
    marking = blocked_by(given["text"], block_official_sensitive=block_official_sensitive)
    redaction = redact_text(given["text"], Placeholders())
    return {
        "id": given["id"],
        "text": redaction.text,
        "entities": [{"type": e.type, "start": e.start, "end": e.end} for e in redaction.entities],
        "blocked": marking is not None,
        "reason": f"marking: {marking.label}" if marking else None,
    }
