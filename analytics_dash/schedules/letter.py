"""A report as a mail: its cover, its findings, the three facts of where data is; and where the whole report is.

Pure: the same report to the same address gives the same mail, byte for byte, with the same Message-ID, so that a mail
system, or a person, can tell a repeat. It says what the report's headlines say and no other figure. A name from a
roster is text here: in a header without line breaks, in HTML escaped.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from analytics_dash.i18n import _
from analytics_dash.questions import QUESTIONS, Facts, answer
from analytics_dash.reports.document import Report


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the report: what it is called, its media type, its bytes."""

    name: str
    mimetype: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the report itself does not say. `at` is when the mail was first to go; `schedule` its schedule's name."""

    schedule: str
    release: str
    sender: str
    address: str
    at: datetime


def message_id(envelope: Envelope) -> str:
    """The mail's own name: of schedule, release and address, and of nothing else."""
    said = f"{envelope.schedule}\n{envelope.release}\n{envelope.address}"
    return f"<{hashlib.sha256(said.encode()).hexdigest()[:40]}@{envelope.sender.rpartition('@')[2]}>"


def where_data_is(facts: Facts) -> tuple[str, ...]:
    """Stored in, processed in, usage metadata in: what the release says of each, or that it does not say."""
    part = next(part for part in answer(QUESTIONS["cost"], facts).parts if part.key == "residency")
    if part.table is None or not part.table.rows:
        return (part.headline,)
    heads = part.table.words
    return tuple(
        "; ".join(f"{head}: {words[place]}" for place, head in enumerate(heads[:4])) + "."
        for words, _figures in part.table.rows
    )


def letter(
    report: Report,
    where: tuple[str, ...],
    envelope: Envelope,
    *,
    link: str = "",
    attachments: tuple[Attachment, ...] = (),
) -> EmailMessage:
    """The mail, in the language that is set. `link` is where the whole report is asked for, when it is not attached."""
    message = EmailMessage(policy=SMTP)
    message["From"] = envelope.sender
    message["To"] = envelope.address
    message["Subject"] = _one_line(f"{report.title}: {report.subtitle}")
    message["Date"] = format_datetime(envelope.at)
    message["Message-ID"] = message_id(envelope)
    message["Auto-Submitted"] = "auto-generated"
    words = {
        "report": report,
        "facts": report.facts,
        "data": _("Where the data is"),
        "places": where,
        "link": link,
        "attached": [attachment.name for attachment in attachments],
        "where": _("The whole report can be asked for here, after signing in:"),
        "files": _("The whole report is attached:"),
        "limits": _("No figure here is about one person. What each figure does not mean stands in the report."),
        "why": _(
            "You get this mail because an operator put you on the schedule “{schedule}”. To end it, ask them."
        ).format(schedule=envelope.schedule),
    }
    message.set_content(_text(words))
    message.add_alternative(_template().render(words), subtype="html")
    for attachment in attachments:
        kind, _slash, subtype = attachment.mimetype.partition("/")
        message.add_attachment(attachment.content, maintype=kind, subtype=subtype, filename=attachment.name)
    message["Content-Language"] = report.language  # last: the library would move it into the first part
    for place, part in enumerate(message.walk()):
        if part.is_multipart():  # the library's own boundaries are random
            part.set_boundary(f"=_{message['Message-ID'][1:33]}_{place}")
    return message


def _text(words: dict[str, object]) -> str:
    report = words["report"]
    assert isinstance(report, Report)  # noqa: S101 (narrows the type)
    lines = [report.title, report.subtitle, ""]
    if report.warning:
        lines += [report.warning, ""]
    lines += [f"{label}: {value}" for label, value in report.facts]
    for each in report.answers:
        lines += ["", each.title, each.headline]
    lines += ["", str(words["data"]), *map(str, words["places"])]  # type: ignore[call-overload]
    lines += ["", str(words["limits"])]
    if words["link"]:
        lines += ["", str(words["where"]), str(words["link"])]
    if words["attached"]:
        lines += ["", str(words["files"]), *map(str, words["attached"])]  # type: ignore[call-overload]
    return "\n".join(map(_one_line, [*lines, "", str(words["why"])])) + "\n"


def _one_line(text: str) -> str:
    """Without control characters: a line break in a name must not begin a header."""
    return "".join(" " if unicodedata.category(character)[0] == "C" else character for character in text)


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(
        files("analytics_dash.schedules").joinpath("templates/mail.html").read_text(encoding="utf-8")
    )
