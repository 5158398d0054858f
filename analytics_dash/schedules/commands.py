"""`adoption report`: schedules, recipients, the run that sends what is due, and the making of long exports."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import click

from analytics_dash import i18n
from analytics_dash.exporting.commands import work
from analytics_dash.exporting.order import FORMATS, LATEST
from analytics_dash.exporting.parts import audited, said
from analytics_dash.i18n import _
from analytics_dash.questions import QUESTIONS
from analytics_dash.releases import ROLES, Role, Scope, audit
from analytics_dash.releases.access import NAME
from analytics_dash.releases.options import json_option, register_option, register_url
from analytics_dash.releases.readers import may_read_cells
from analytics_dash.releases.register import opened_register
from analytics_dash.schedules import book
from analytics_dash.schedules.due import checked
from analytics_dash.schedules.errors import MailSettingsError, ScheduleError, UnsentError
from analytics_dash.schedules.post import knock
from analytics_dash.schedules.running import run_due
from analytics_dash.schedules.settings import allowed, read_domains, read_settings


@click.group()
def report() -> None:
    """Mail reports on schedule, and make the long exports that readers ask for."""


report.add_command(work)


@report.group()
def recipient() -> None:
    """The readers who may get reports by mail, and what each may see."""


@recipient.command("add")
@click.argument("address")
@click.option("--role", required=True, type=click.Choice([role for role in ROLES if role != "auditor"]))
@click.option("--department", metavar="D", help=_("A department head's own department, as in the roster."))
@register_option
def add_recipient(address: str, role: Role, department: str | None, register: str | None) -> None:
    """Put a reader in the book, or change what one may see; it counts from the next mail on.

    Mail goes to the domains of ADOPTION_MAIL_DOMAINS alone.
    """
    problems: list[str] = []
    domains = read_domains(os.environ, problems)
    if problems:
        raise MailSettingsError("\n".join(problems))
    if not allowed(address, domains):
        raise ScheduleError(_("Mail may not go to this address: see ADOPTION_MAIL_DOMAINS."))
    scope = Scope(role, department if role == "department_head" else None)
    with opened_register(register_url(register)):
        book.set_recipient(address, scope)
        audit("operator", "recipient set", scope.role)
    click.echo(_("Written down."))


@recipient.command("list")
@register_option
@json_option
def list_recipients(register: str | None, as_json: bool) -> None:
    """List the readers who may get mail."""
    with opened_register(register_url(register)):
        found = book.recipients()
    rows = [{"address": each.address, "role": each.scope.role, "department": each.scope.department} for each in found]
    if as_json:
        click.echo(json.dumps({"recipients": rows}, ensure_ascii=False, indent=2))
    for row in () if as_json else rows:
        click.echo(f"{row['address']}  {row['role']}  {row['department'] or ''}".rstrip())


@recipient.command("remove")
@click.argument("address")
@register_option
def remove_recipient(address: str, register: str | None) -> None:
    """Take a reader out of the book, and off every schedule."""
    with opened_register(register_url(register)):
        book.remove_recipient(address)
        audit("operator", "recipient remove")
    click.echo(_("Removed."))


@report.group()
def schedule() -> None:
    """What is mailed, when and to whom."""


@schedule.command("add")
@click.argument("name")
@click.option("--to", "addresses", multiple=True, required=True, metavar="ADDRESS", help=_("A recipient; repeatable."))
@click.option("--due", default="release", show_default=True, metavar="WHEN", help=_("release, weekly:mon, monthly:15."))
@click.option("--department", default="", metavar="D", help=_("Default: all of government; for a head the own one."))
@click.option("--section", "sections", multiple=True, type=click.Choice(tuple(QUESTIONS)), help=_("Only this one."))
@click.option(
    "--period",
    type=click.Choice(("whole", LATEST)),
    default="whole",
    show_default=True,
    help=_("All months of each release, or its latest month."),
)
@click.option("--format", "formats", multiple=True, type=click.Choice(FORMATS), default=("pdf",), show_default=True)
@click.option("--language", default="en", show_default=True, type=click.Choice(i18n.languages()))
@register_option
def add_schedule(
    *,
    name: str,
    addresses: tuple[str, ...],
    due: str,
    department: str,
    sections: tuple[str, ...],
    period: str,
    formats: tuple[str, ...],
    language: str,
    register: str | None,
) -> None:
    """Mail each new release, once, to these readers, on the day that --due says.

    The release that is published already goes with the next run that is due. NAME is what the audit says: small
    letters, digits, “.”, “_”, “-”.
    """
    if not NAME.fullmatch(name):
        raise ScheduleError(_("A schedule's name is made of small letters, digits, “.”, “_” and “-”."))
    wanted = book.Schedule(
        *(name, department, sections, formats, language, checked(due)),
        paused=False,
        created_at=datetime.now(UTC),
        recipients=(),
        period=LATEST if period == LATEST else "",
    )
    with opened_register(register_url(register)):
        scopes = {each.address: each.scope for each in book.recipients()}
        for address in addresses:
            if address in scopes:
                may_read_cells(scopes[address], department or scopes[address].department)
        book.add_schedule(wanted, addresses)
        audit("operator", "schedule add", f"{name}, {' '.join(formats)}, {audited(wanted.orders('')[0])}")
    click.echo(_("Written down; adoption report run-due sends what is due."))


@schedule.command("list")
@register_option
@json_option
def list_schedules(register: str | None, as_json: bool) -> None:
    """List the schedules and how their last mails ended."""
    with opened_register(register_url(register)):
        rows = [_row(each, book.mailings(each.name)) for each in book.schedules()]
    if as_json:
        click.echo(json.dumps({"schedules": rows}, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo(_("There is no schedule."))
    for row in rows:
        paused = _(" (paused)") if row["paused"] else ""
        about = f"{row['due']}, {', '.join(row['formats'])}, {row['language']}; {row['what']}"
        click.echo(f"{row['name']}{paused}: {about}; {row['recipients']} → {_last(row['last'])}")


def _row(each: book.Schedule, mails: tuple[book.Mailing, ...]) -> dict[str, Any]:
    latest = [mail for mail in mails if mail.release == mails[0].release] if mails else []
    last: dict[str, Any] | None = None
    if latest:
        waiting = [mail.next_at.isoformat() for mail in latest if mail.next_at is not None]
        last = {
            "release": latest[0].release,
            "at": latest[0].beat.isoformat(),
            "mails": dict(Counter(mail.state for mail in latest)),
            "problems": sorted({mail.problem for mail in latest if mail.problem}),
            "next": min(waiting, default=None),
        }
    return {
        "name": each.name,
        "due": each.due,
        "department": each.department,
        "sections": list(each.sections),
        "formats": list(each.formats),
        "language": each.language,
        "period": each.period or "whole",
        "what": said(each.orders("")[0]),
        "paused": each.paused,
        "recipients": len(each.recipients),
        "last": last,
    }


def _last(last: dict[str, Any] | None) -> str:
    if last is None:
        return _("nothing sent yet")
    mails = ", ".join(f"{state} {number}" for state, number in last["mails"].items())
    problems = f" ({', '.join(last['problems'])})" if last["problems"] else ""
    return f"{last['release']}, {last['at'][:16]}: {mails}{problems}"


@schedule.command("remove")
@click.argument("name")
@register_option
def remove_schedule(name: str, register: str | None) -> None:
    """End a schedule; what it has sent stays on record."""
    with opened_register(register_url(register)):
        book.remove_schedule(name)
        audit("operator", "schedule remove", name)
    click.echo(_("Removed."))


@schedule.command("pause")
@click.argument("name")
@click.option("--off", is_flag=True, help=_("Let it go on."))
@register_option
def pause_schedule(name: str, off: bool, register: str | None) -> None:
    """Stop a schedule for a while."""
    with opened_register(register_url(register)):
        book.pause(name, paused=not off)
        audit("operator", "schedule go on" if off else "schedule pause", name)
    click.echo(_("Written down."))


@schedule.command("retry")
@click.argument("name")
@register_option
def retry_schedule(name: str, register: str | None) -> None:
    """Let the next run try again what failed or was refused."""
    with opened_register(register_url(register)):
        count = book.retry(name)
        audit("operator", "schedule retry", name)
    click.echo(_("Mails to try again: {count}").format(count=count))


@report.command("run-due")
@click.option("--check", is_flag=True, help=_("Check the settings and knock at the mail server; send nothing."))
@click.option("--demo", is_flag=True, help=_("Say in each report that its data is invented."))
@register_option
@json_option
def run(*, check: bool, demo: bool, register: str | None, as_json: bool) -> None:
    """Send what is due and has not gone; call it from cron or a CronJob, every few minutes or once a day.

    Leaves with 3 when a mail that was due did not go. Two runs at once do no harm.
    """
    settings = read_settings()
    if check:
        knock(settings)
        click.echo(_("The settings are in order and the mail server answers."))
        return
    with opened_register(register_url(register)):
        outcomes = list(run_due(settings, demo=demo))
    counts = Counter(outcome.state for outcome in outcomes)
    if as_json:
        mails = [
            {"schedule": one.schedule, "release": one.release, "state": one.state, "problem": one.problem}
            for one in outcomes
        ]
        click.echo(json.dumps({"mails": mails}, indent=2))
    else:
        click.echo(
            _("Mails sent: {sent}, not sent: {rest}").format(sent=counts["sent"], rest=len(outcomes) - counts["sent"])
        )
    if unsent := [one for one in outcomes if one.state != "sent"]:
        named = ", ".join(sorted({f"{one.schedule} ({one.state}: {one.problem})" for one in unsent}))
        raise UnsentError(_("Not every mail went: {schedules}").format(schedules=named))
