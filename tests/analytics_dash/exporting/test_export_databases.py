"""Claims of exports and of mails on SQLite and PostgreSQL: of many who ask at the same moment, one gets each."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask

from analytics_dash.exporting import queue
from analytics_dash.exporting.order import Order
from analytics_dash.releases import Scope, register_app
from analytics_dash.releases.access import Caller
from analytics_dash.releases.models import db
from analytics_dash.schedules import book
from tests.support.releases import add_release

ADDRESS = "head@weather.example.gov.uk"


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    made = register_app(database_url)
    with made.app_context():
        add_release()
        yield made
        db.session.remove()
        db.engine.dispose()


def test_of_many_workers_each_job_has_one_and_of_many_runs_each_mail(app: Flask) -> None:
    for number in range(6):
        caller = Caller(f"reader-{number % 2}", Scope("analyst"))
        queue.ask(caller, Order("2026-10.1", "pdf"), f"{number:064x}", days=1, ready=False)
    now = datetime.now(UTC)

    def claim(number: int) -> tuple[str | None, bool]:
        with app.app_context():
            job, mail = queue.claim(f"worker-{number}"), book.claim("monthly", "2026-10.1", ADDRESS, now)
            db.session.remove()
            return None if job is None else job.id, mail is not None

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(claim, range(12)))
    jobs = [job for job, _mail in found if job is not None]
    assert len(jobs) == len(set(jobs)) == 6
    assert [mail for _job, mail in found].count(True) == 1
    assert not queue.any_free()
    assert queue.counts()["making"] == 6


def test_a_schedule_is_kept_with_its_readers_and_goes_with_nothing_left_behind(app: Flask) -> None:
    book.set_recipient(ADDRESS, Scope("department_head", "Ministry of Weather"))
    wanted = book.Schedule(
        *("monthly", "", ("use",), ("pdf", "csv"), "cy", "weekly:mon"),
        paused=False,
        created_at=datetime.now(UTC),
        recipients=(),
    )
    book.add_schedule(wanted, [ADDRESS, ADDRESS])
    (kept,) = book.schedules()
    assert kept.recipients == (book.Recipient(ADDRESS, Scope("department_head", "Ministry of Weather")),)
    assert (kept.formats, kept.due, kept.sections) == (("pdf", "csv"), "weekly:mon", ("use",))
    mail = book.claim("monthly", "2026-10.1", ADDRESS, datetime.now(UTC))
    assert mail is not None
    assert book.settle(mail, "sent") == "sent"
    assert book.counts() == {
        "mailings": dict.fromkeys(book.RESULTS, 0) | {"sent": 1},
        "schedules": {"active": 1, "paused": 0},
    }
    book.remove_recipient(ADDRESS)
    assert book.schedules()[0].recipients == ()
    book.remove_schedule("monthly")
    assert book.claim("monthly", "2026-10.1", ADDRESS, datetime.now(UTC)) is None, "what was sent stays on record"
