"""Schedules on the command line, and what came of them: who gets what, how it went, what is in a mail."""

from __future__ import annotations

from email.message import EmailMessage

from click.testing import CliRunner, Result

from analytics_dash.cli import cli
from analytics_dash.releases import register_app
from analytics_dash.releases.models import db
from analytics_dash.schedules import book

OWN, OTHER = "Ministry of Weather", "Office for Canals"
HEAD, ANALYST = "head@weather.example.gov.uk", "analyst@cabinet.example.gov.uk"
ARGUMENTS = ("--section", "trained")


def report(env: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["report", *arguments], env=env)


def good(env: dict[str, str], *arguments: str) -> str:
    result = report(env, *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def states(env: dict[str, str]) -> list[tuple[str, str | None]]:
    with register_app(env["ADOPTION_REGISTER"]).app_context():
        found = [(mail.state, mail.problem) for mail in book.mailings("monthly")]
        db.session.remove()
        db.engine.dispose()
    return sorted(found)


def attached(mail: EmailMessage) -> dict[str, bytes]:
    return {part.get_filename() or "": part.get_content() for part in mail.iter_attachments()}


def words(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())
