"""A run: everything that is due and has not gone, mail by mail. Called by `adoption report run-due`.

What can be promised: each mail is claimed in the register before it is sent and settled after, so it goes once for each
schedule, release and reader, with one exception. A run that is killed after the server took a mail over and before the
register says so cannot know; ten minutes later another run sends it again, with the same Message-ID and the same
bytes, and the audit says `mail again`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

from analytics_dash import i18n
from analytics_dash.exporting.making import check, composed, facts_of, file_name, for_reader, make
from analytics_dash.exporting.order import MIMETYPES, Order
from analytics_dash.exporting.parts import audited
from analytics_dash.releases import ReleaseInfo, Scope, audit, latest_published
from analytics_dash.releases.errors import ReleaseError, ScopeError
from analytics_dash.schedules import book
from analytics_dash.schedules.book import Claim, Recipient, Schedule
from analytics_dash.schedules.due import due_at
from analytics_dash.schedules.errors import MailError, MailRefused
from analytics_dash.schedules.letter import Attachment, Envelope, letter, message_id, where_data_is
from analytics_dash.schedules.post import send
from analytics_dash.schedules.settings import MailSettings

log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Run:
    """What is the same for all mails of a run. `file` makes an attachment; a schedule's readers mostly get the same."""

    settings: MailSettings
    release: ReleaseInfo
    demo: bool
    file: Callable[[Scope, Order], Attachment]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one mail of this run ended."""

    schedule: str
    release: str
    state: book.Result
    problem: str | None = None


def run_due(settings: MailSettings, *, demo: bool = False, now: datetime | None = None) -> Iterator[Outcome]:
    """Send what is due; yield how each mail ended. Needs an application context."""
    release = latest_published()
    if release is None:
        return
    moment = now or datetime.now(UTC)
    run = _Run(settings, release, demo, lru_cache(maxsize=16)(_file))
    for schedule in book.schedules():
        since = max(release.published_at or release.built_at, schedule.created_at)
        if schedule.paused or due_at(schedule.due, since) > moment:
            continue
        for recipient in schedule.recipients:
            mail = book.claim(schedule.name, release.id, recipient.address, now or datetime.now(UTC))
            if mail is not None:
                yield _sent(run, schedule, recipient, mail)


def _sent(run: _Run, schedule: Schedule, recipient: Recipient, mail: Claim) -> Outcome:
    """One mail, and its end in the register and in the audit; there without the address."""
    state: book.Result = "sent"
    problem: str | None = None
    try:
        _send(run, schedule, recipient, mail)
    except ScopeError:
        state, problem = "refused", "scope"
    except MailRefused as error:
        state, problem = "failed", error.reason
    except MailError as error:
        state, problem = "waiting", error.reason
    except ReleaseError:
        state, problem = "refused", "department"
    except Exception as error:  # one schedule's fault must not keep the others' mails
        log.error("A mail could not be made: %s.", type(error).__name__)  # its text may quote a name
        state, problem = "waiting", "internal"
    state = book.settle(mail, state, problem=problem)
    named = message_id(_envelope(run.settings, mail)).partition("@")[0].strip("<")[:12]
    action = "mail again" if mail.again and state == "sent" else f"mail {state}"
    audit(f"schedule:{schedule.name}", action, f"{_about(run, schedule, recipient)}, message {named}")
    return Outcome(schedule.name, run.release.id, state, problem)


def _about(run: _Run, schedule: Schedule, recipient: Recipient) -> str:
    """What the mail was to hold, for the audit."""
    try:
        return audited(for_reader(recipient.scope, schedule.orders(run.release.id)[0]))
    except ReleaseError:  # a schedule of an older version, of what there is no more
        return f"release {run.release.id}"


def _send(run: _Run, schedule: Schedule, recipient: Recipient, mail: Claim) -> None:
    if not run.settings.allows(recipient.address):
        raise MailRefused("domain")
    orders = [for_reader(recipient.scope, order) for order in schedule.orders(run.release.id, demo=run.demo)]
    for order in orders:
        check(recipient.scope, order)
    attached = tuple(run.file(recipient.scope, order) for order in orders) if run.settings.attach else ()
    if sum(len(each.content) for each in attached) > run.settings.most_bytes:
        if not run.settings.public_url:
            raise MailRefused("size")
        attached = ()
    before = i18n.current()
    i18n.use(schedule.language)
    try:
        found = facts_of(recipient.scope, orders[0])
        message = letter(
            composed(found, orders[0]),
            where_data_is(found),
            _envelope(run.settings, mail),
            link="" if attached else _link(run.settings, orders[0]),
            attachments=attached,
        )
    finally:
        i18n.use(before)
    send(run.settings, message, recipient.address)


def _file(scope: Scope, order: Order) -> Attachment:
    return Attachment(file_name(order), MIMETYPES[order.format], make(scope, order))


def _envelope(settings: MailSettings, mail: Claim) -> Envelope:
    return Envelope(mail.schedule, mail.release, settings.sender, mail.address, mail.first_at)


def _link(settings: MailSettings, order: Order) -> str:
    """The page that makes this report, for whoever signs in; it says nothing that the sender's page would not."""
    asked = [("department", order.department), ("release", order.release), ("period", order.period)]
    asked += [*(("section", each) for each in order.sections), ("format", order.format), ("lang", order.language)]
    return f"{settings.public_url}/exports?{urlencode(asked)}"
