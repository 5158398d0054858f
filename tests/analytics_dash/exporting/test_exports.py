"""Long exports: the pages, the queue, the shelf, and the process that makes them, on a real register."""

from __future__ import annotations

import io
import os
import re
import time
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import DashboardConfig
from analytics_dash.dashboard.exports import MOST_OPEN
from analytics_dash.exporting import queue, shelf
from analytics_dash.exporting.keeper import Keeper, make_claimed
from analytics_dash.exporting.making import check, facts_of, file_name, make, rows
from analytics_dash.exporting.order import FORMATS, Order, digest
from analytics_dash.exporting.parts import audited, said
from analytics_dash.exporting.settings import ExportSettings, read_settings
from analytics_dash.releases import ReleaseInfo, Role, Scope, ScopeError, audit_entries, register_app
from analytics_dash.releases.access import Caller, open_session
from analytics_dash.releases.errors import ExportError
from analytics_dash.releases.models import ExportRow, db
from analytics_dash.reports.csv import csv_bytes
from tests.support.dashboard import token
from tests.support.releases import DEPARTMENTS, add_release, make_register

OWN, OTHER = "Ministry of Weather", "Office for Canals"
SMALL = ["trained"]


@pytest.fixture
def place(tmp_path: Path) -> tuple[str, ReleaseInfo, ExportSettings]:
    url, release = make_register(tmp_path)
    return url, release, ExportSettings(tmp_path / "shelf")


@pytest.fixture
def app(place: tuple[str, ReleaseInfo, ExportSettings]) -> Flask:
    return create_app(DashboardConfig(place[0], "k" * 40, demo=True, testing=True, exports=place[2]))


def person(app: Flask, name: str, role: Role = "analyst", department: str | None = None) -> FlaskClient:
    client = app.test_client()
    with app.app_context():
        key = open_session(Caller(name, Scope(role, department)), hours=1)
    with client.session_transaction() as session:
        session["key"] = key
    return client


def ask(client: FlaskClient, **form: Any) -> Any:
    page = client.get("/exports").text
    given = {"format": "html", "section": SMALL, "csrf_token": token(page)} | form
    return client.post("/exports", data=given)


def make_next(app: Flask, settings: ExportSettings) -> queue.Job | None:
    """What a keeper and its child do, in this process."""
    with app.app_context():
        job = queue.claim("worker")
        if job is not None:
            make_claimed(settings.folder, job.id, "worker", demo=True)
        db.session.remove()
        return job


def test_a_reader_asks_watches_and_fetches_and_all_of_it_is_on_record(app: Flask, place: Any) -> None:
    client = person(app, "ann")
    address = ask(client, department=OWN).headers["Location"]
    waiting = client.get(address).text
    assert "Waiting for its turn." in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert client.get(f"{address}/state").json["state"] == "queued"
    assert client.get(f"{address}/file", buffered=True).status_code == 404
    make_next(app, place[2])
    assert client.get(f"{address}/state").json == {"state": "done", "done": 2, "parts": 2, "said": "Ready."}
    assert "Download" in client.get(address).text
    answer = client.get(f"{address}/file", buffered=True)
    assert "attachment; filename=adoption-" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].endswith("-fictional.html"), "of a demonstration, as inside"
    with app.app_context():
        assert answer.data == make(Scope("analyst"), Order(place[1].id, "html", OWN, tuple(SMALL), demo=True))
        done = [(entry.action, entry.detail) for entry in audit_entries(user="ann")]
    about = f"release {place[1].id}, {OWN}, {' '.join(SMALL)}"
    assert ("export asked html", about) in done
    assert ("export html", about) in done


def test_an_export_is_its_askers_alone_and_only_while_the_role_covers_it(app: Flask, place: Any) -> None:
    address = ask(person(app, "ann"), department=OTHER).headers["Location"]
    make_next(app, place[2])
    for who in (person(app, "ben"), person(app, "eve", "administrator")):
        for path in (address, f"{address}/state", f"{address}/file"):
            assert who.get(path).status_code == 404
    moved = person(app, "ann", "department_head", OWN)  # the same reader with another role
    assert moved.get(f"{address}/file", buffered=True).status_code == 403
    assert person(app, "ann", "auditor").get(f"{address}/file", buffered=True).status_code == 403
    assert person(app, "ann").get(f"{address}/file", buffered=True).status_code == 200


def test_a_department_head_gets_the_own_department_and_no_other(app: Flask, place: Any) -> None:
    head = person(app, "head", "department_head", OWN)
    assert OTHER not in head.get("/exports").text
    assert ask(head, department=OTHER).status_code == 403
    address = ask(head, format="csv").headers["Location"]
    make_next(app, place[2])
    with zipfile.ZipFile(io.BytesIO(head.get(f"{address}/file", buffered=True).data)) as archive:
        table = archive.read(next(name for name in archive.namelist() if name.endswith(".csv"))).decode()
    assert OWN in table
    assert not any(name in table for name in set(DEPARTMENTS) - {OWN})
    for auditor in (person(app, "audit", "auditor"),):
        assert auditor.get("/exports").status_code == 403


def test_a_form_from_elsewhere_a_wrong_word_and_too_many_are_refused(app: Flask) -> None:
    client = person(app, "ann")
    assert client.post("/exports", data={"format": "pdf"}).status_code == 400
    assert ask(client, format="exe").status_code == 400
    assert ask(client, section="nobody").status_code == 400
    assert ask(client, department="Nowhere").status_code == 404
    with app.app_context():
        row = db.session.scalars(db.select(ExportRow)).first()
        assert row is None
    for number in range(MOST_OPEN):
        answer = ask(
            client,
            department=list(DEPARTMENTS)[number % 4],
            period=("", "2026-09", "2026-10")[number % 3],
            format=FORMATS[number % 5],
            language=("en", "cy", "fr")[number // 12],
        )
        assert answer.status_code == 302, number
    with app.app_context():
        assert queue.open_jobs("ann") == MOST_OPEN
    assert ask(client, format="csv", language="fr").status_code == 429


def test_a_pages_split_goes_with_its_own_question_alone_and_one_that_is_not_there_is_said_at_once(app: Flask) -> None:
    client = person(app, "ann")
    form = client.get("/exports?section=trained&view=nation&period=2026-10").text
    assert 'name="view-trained" value="nation"' in form
    carried = {"view-trained": "nation", "period": "2026-10"}
    told = [client.get(ask(client, section=each, **carried).headers["Location"]).text for each in ("trained", "use")]
    assert ["by nation" in page for page in told] == [True, False], "another question was ticked instead"
    assert all("October 2026" in page for page in told)
    refused = ask(client, section="trained", **{"view-trained": "shoe-size"})
    assert refused.status_code == 404
    assert "no view “shoe-size”" in refused.text


def test_cancelling_ends_it_and_a_worker_notices(app: Flask, place: Any) -> None:
    client = person(app, "ann")
    address = ask(client).headers["Location"]
    with app.app_context():
        job = queue.claim("worker")
        assert job is not None
    page = client.get(address).text
    assert client.post(f"{address}/cancel").status_code == 400
    assert person(app, "ben").post(f"{address}/cancel", data={"csrf_token": token(page)}).status_code == 400
    assert client.post(f"{address}/cancel", data={"csrf_token": token(page)}).status_code == 302
    with app.app_context():
        assert not queue.progress(job.id, "worker", 1, 2)
        assert queue.beat({job.id: "worker"}) == [job.id]
        make_claimed(place[2].folder, job.id, "worker", demo=True)
    assert "Cancelled." in client.get(address).text
    assert not place[2].folder.exists()


def test_the_same_request_is_one_file_whoever_asks(app: Flask, place: Any) -> None:
    first = ask(person(app, "ann"), department=OWN).headers["Location"]
    assert ask(person(app, "ann"), department=OWN).headers["Location"] == first, "it is being made already"
    make_next(app, place[2])
    head = person(app, "head", "department_head", OWN)
    second = ask(head).headers["Location"]
    assert make_next(app, place[2]) is None, "nothing was left to make"
    assert head.get(f"{second}/file", buffered=True).data == person(app, "ann").get(f"{first}/file", buffered=True).data
    assert len(list(place[2].folder.iterdir())) == 1
    kept = next(place[2].folder.iterdir())
    assert kept.stat().st_mode & 0o077 == 0
    assert place[2].folder.stat().st_mode & 0o077 == 0


def test_every_difference_of_an_order_is_another_file(place: Any) -> None:
    release = place[1]
    base = Order("2026-10.1", "pdf", OWN)
    changes: list[dict[str, Any]] = [
        *({"release": "2026-10.2"}, {"format": "html"}, {"department": OTHER}, {"department": ""}),
        *(
            {"sections": tuple(SMALL)},
            {"language": "cy"},
            {"period": "2026-10"},
            {"view": "profession"},
            {"demo": True},
        ),
    ]
    others = [replace(base, **change) for change in changes]
    named = {digest(order, [release]) for order in (base, *others)}
    assert len(named | {digest(base, [release, release])}) == len(others) + 2, "also with another release before it"
    assert len({file_name(order) for order in (base, *others)}) == len(others) + 1
    told = [(audited(order), said(order)) for order in (base, *others) if (order.format, order.demo) == ("pdf", False)]
    for way, but in ((0, 0), (1, 1)):  # in words the release stands beside it
        assert len({each[way] for each in told}) == len(told) - but
    assert re.fullmatch(r"adoption-2026-10\.1-[a-z0-9-]+\.pdf", file_name(Order("2026-10.1", "pdf", '=HYPERLINK("x")')))


def test_an_order_never_reaches_past_a_scope(place: Any) -> None:
    url, release, _settings = place
    head = Scope("department_head", OWN)
    with register_app(url).app_context():
        for order in (Order(release.id, "pdf", OTHER), Order(release.id, "pdf")):  # the second would be cached for all
            with pytest.raises(ScopeError):
                make(head, order)
        with pytest.raises(ScopeError):
            make(Scope("auditor"), Order(release.id, "csv"))
        with pytest.raises(ExportError):
            make(Scope("analyst"), Order(release.id, "pdf", "Nowhere"))
        whole, month = Order(release.id, "csv", OWN), Order(release.id, "csv", OWN, period="2026-09")
        mine = rows(facts_of(head, whole), whole)
        assert mine == rows(facts_of(Scope("administrator"), whole), whole)
        assert {cell.department for cell in mine} == {None, OWN}
        assert {cell.month for cell in rows(facts_of(head, month), month)} == {"2026-09"}
        assert csv_bytes(mine).count(b"\n") > 100


def test_a_claim_that_has_stopped_is_taken_up_and_the_late_worker_says_nothing(app: Flask, place: Any) -> None:
    ask(person(app, "ann"))
    with app.app_context():
        job = queue.claim("killed")
        assert job is not None
        assert queue.claim("second") is None, "it is being made"
        db.session.get(ExportRow, job.id).beat = datetime.now(UTC) - queue.STALE - timedelta(seconds=1)
        db.session.commit()
        again = queue.claim("second")
        assert again is not None
        assert again.id == job.id
        assert not queue.finish(job.id, "killed")
        make_claimed(place[2].folder, job.id, "second", demo=True)
        assert queue.counts()["done"] == 1


def test_a_job_that_takes_its_process_down_is_not_tried_for_ever(app: Flask) -> None:
    ask(person(app, "ann"))
    with app.app_context():
        for number in range(queue.ATTEMPTS):
            job = queue.claim(f"w{number}")
            assert job is not None
            queue.give_back(job.id, f"w{number}", crashed=True)
        assert queue.claim("w") is None
        assert queue.counts()["failed"] == 1


def test_who_asks_for_many_does_not_keep_out_who_asks_for_one(app: Flask) -> None:
    many, one = person(app, "many"), person(app, "one")
    for department in DEPARTMENTS:
        ask(many, department=department)
    ask(one)
    with app.app_context():
        claimed = [queue.claim(f"w{number}") for number in range(3)]
    assert [job.caller.id for job in claimed if job] == ["many", "one", "many"]


def test_what_is_over_goes_and_what_is_wanted_stays(app: Flask, place: Any) -> None:
    settings = place[2]
    address = ask(person(app, "ann")).headers["Location"]
    make_next(app, settings)
    kept = next(settings.folder.iterdir())
    shelf.put(settings.folder, "0" * 64 + ".pdf", b"nobody's")
    (settings.folder / ".draft-x").write_bytes(b"half")
    (settings.folder / "README").write_text("not ours")
    with app.app_context():
        keep = queue.forget_ended()
        assert shelf.sweep(settings.folder, keep=keep) == 0, "a stray is left for an hour"
        assert shelf.sweep(settings.folder, keep=keep, now=time.time() + 4000) == 2
        assert {path.name for path in settings.folder.iterdir()} == {kept.name, "README"}
        db.session.scalars(db.select(ExportRow)).one().ends_at = datetime.now(UTC) - timedelta(seconds=1)
        db.session.commit()
        assert queue.forget_ended() == ()
    assert shelf.sweep(settings.folder, keep=(), now=time.time() + 4000) == 1
    assert person(app, "ann").get(f"{address}/file", buffered=True).status_code == 404


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "a" * 64 + ".pdf"

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExportError):
        shelf.put(tmp_path, name, b"x")
    assert list(tmp_path.iterdir()) == []
    for outside in ("../secret.pdf", "a.pdf", name + "/..", ""):
        assert shelf.find(tmp_path, outside) is None


def test_the_keeper_makes_each_in_a_process_of_its_own(place: Any) -> None:
    url, release, settings = place
    keeper = Keeper(url, settings, demo=False)
    caller = Caller("ann", Scope("analyst"))
    with register_app(url).app_context():
        wanted = [Order(release.id, kind, sections=tuple(SMALL)) for kind in ("html", "csv")]
        asked = [
            queue.ask(caller, order, digest(order, check(caller.scope, order)), days=1, ready=False) for order in wanted
        ]
        foreign = queue.ask(caller, Order(release.id, "pdf"), "f" * 64, days=1, ready=False)
        until = time.monotonic() + 60
        while queue.open_jobs("ann") and time.monotonic() < until:
            keeper.step()
            time.sleep(0.05)
            assert len(keeper.making) <= settings.at_once
        assert [queue.job("ann", job.id).state for job in asked] == ["done", "done"]
        refused = queue.job("ann", foreign.id)
        assert (refused.state, refused.problem) == ("failed", "version")
        assert (settings.folder / asked[0].file).read_bytes() == make(caller.scope, wanted[0])
        db.session.remove()


def test_a_second_release_leaves_a_finished_export_what_it_was(app: Flask, place: Any) -> None:
    client = person(app, "ann")
    address = ask(client).headers["Location"]
    make_next(app, place[2])
    before = client.get(f"{address}/file", buffered=True).data
    with app.app_context():
        add_release()
    assert client.get(f"{address}/file", buffered=True).data == before
    assert ask(client).headers["Location"] != address


def test_the_settings_say_all_that_is_wrong(tmp_path: Path) -> None:
    problems: list[str] = []
    env = {"ADOPTION_EXPORTS_FOLDER": "here", "ADOPTION_EXPORTS_AT_ONCE": "many", "ADOPTION_EXPORTS_DAYS": "0"}
    read_settings(problems, env)
    assert len(problems) == 3
    tmp_path.chmod(0o755)
    read_settings(problems, {"ADOPTION_EXPORTS_FOLDER": str(tmp_path)})
    assert "chmod 700" in problems[-1]
