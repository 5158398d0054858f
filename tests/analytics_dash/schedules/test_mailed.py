"""What is in a mail, and for whom: their own figures, in their language, and nothing that acts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from analytics_dash.errors import REFUSED
from analytics_dash.exporting.making import make
from analytics_dash.exporting.order import Order
from analytics_dash.releases import Scope, audit_entries, register_app
from analytics_dash.releases.models import db
from tests.support.dashboard import figures_in_csv
from tests.support.mail import Post
from tests.support.releases import DEPARTMENTS, add_release
from tests.support.schedules import ANALYST, ARGUMENTS, HEAD, OTHER, OWN, attached, good, report, words


def test_each_reader_gets_one_mail_with_their_own_figures(written: dict[str, str], office: Post) -> None:
    assert "sent: 2" in good(written, "run-due")
    assert sorted(office.to) == [ANALYST, HEAD]
    mails = dict(zip(office.to, office.mails, strict=True))
    for who, place in ((HEAD, OWN), (ANALYST, "All of government")):
        mail = mails[who]
        assert place in mail["Subject"]
        for kind in ("plain", "html"):
            text = words(mail, kind)
            assert place in text
            assert "2026-10.1" in text
            assert "Are trained people" in text or "?" in text
            assert not any(name in text for name in set(DEPARTMENTS) - {place})
    files = attached(mails[HEAD])
    with register_app(written["ADOPTION_REGISTER"]).app_context():
        order = Order("2026-10.1", "csv", OWN, ("trained",))
        assert list(files.values()) == [make(Scope("analyst"), order)], "the same bytes as the page hands out"
        trail = [(entry.user, entry.action, entry.detail) for entry in audit_entries()]
        db.session.remove()
    assert [line[:2] for line in trail[:2]] == [("schedule:monthly", "mail sent")] * 2
    assert "@" not in json.dumps(trail), "no address is in the audit"
    assert "sent: 0" in good(written, "run-due")
    assert len(office.mails) == 2
    listed = json.loads(good(written, "schedule", "list", "--json"))["schedules"][0]
    assert listed["last"]["mails"] == {"sent": 2}
    with register_app(written["ADOPTION_REGISTER"]).app_context():
        add_release()
        db.session.remove()
    assert "sent: 2" in good(written, "run-due")
    assert len({mail["Message-ID"] for mail in office.mails}) == 4


def test_no_cell_out_of_scope_goes_by_mail(written: dict[str, str], office: Post) -> None:
    """The role is looked at when the mail is sent, not when the schedule was made."""
    refused = report(written, "schedule", "add", "sly", "--to", HEAD, "--department", OTHER)
    assert refused.exit_code == REFUSED
    good(written, "schedule", "add", "canals", "--to", ANALYST, "--department", OTHER, "--format", "csv", *ARGUMENTS)
    good(written, "recipient", "add", ANALYST, "--role", "department_head", "--department", OWN)  # moved since
    result = report(written, "run-due")
    assert result.exit_code == REFUSED
    assert "canals (refused: scope)" in result.output
    assert ANALYST not in result.output
    assert len(office.mails) == 2, "both heads' own"
    for mail in office.mails:
        assert OTHER not in words(mail)
        (name,) = attached(mail)
        assert "ministry-of-weather" in name


def test_a_link_goes_instead_of_the_files_where_it_is_so_set(written: dict[str, str], office: Post) -> None:
    good(written | {"ADOPTION_MAIL_REPORTS": "link"}, "run-due")
    for mail in office.mails:
        assert attached(mail) == {}
        assert "https://adoption.example.gov.uk/exports?department=" in words(mail)
        assert "&release=2026-10.1&period=&section=trained&format=csv&lang=en" in words(mail), "the form, filled in"


def test_a_schedule_of_the_latest_month_sends_each_releases_own_in_its_language(
    env: dict[str, str], office: Post
) -> None:
    good(env, "recipient", "add", ANALYST, "--role", "analyst")
    chosen = ("--period", "latest", "--language", "fr", "--format", "csv", *ARGUMENTS)
    good(env, "schedule", "add", "monthly", "--to", ANALYST, *chosen)
    assert "the latest month; Training before access; Français" in good(env, "schedule", "list")
    good(env, "run-due")
    [mail] = office.mails
    assert "octobre 2026" in mail["Subject"]
    assert list(attached(mail)) == ["adoption-2026-10.1-2026-10-trained-fr.zip"]
    with register_app(env["ADOPTION_REGISTER"]).app_context():
        order = Order("2026-10.1", "csv", sections=("trained",), language="fr", period="2026-10")
        assert list(attached(mail).values()) == [make(Scope("analyst"), order)]
        trail = {entry.action: entry.detail for entry in audit_entries()}
        db.session.remove()
    assert trail["schedule add"] == "monthly, csv, each release, all departments, latest, trained, fr"
    assert trail["mail sent"].startswith("release 2026-10.1, all departments, 2026-10, trained, fr, message ")


def test_a_name_is_only_a_name_in_a_mail(env: dict[str, str], office: Post) -> None:
    name = '=HYPERLINK("x")\r\nBcc: all@example.gov.uk<script>'
    with register_app(env["ADOPTION_REGISTER"]).app_context():
        cells = [replace(cell, department=cell.department and name) for cell in _cells()]
        _publish(cells)
        db.session.remove()
    good(env, "recipient", "add", HEAD, "--role", "department_head", "--department", name)
    good(env, "schedule", "add", "nasty", "--to", HEAD, "--format", "csv", "--language", "cy", *ARGUMENTS)
    good(env, "run-due")
    (mail,) = office.mails
    assert office.to == [HEAD]
    assert mail["Bcc"] is None
    assert '=HYPERLINK("x")' in mail["Subject"]
    assert "<script" not in words(mail, "html")
    assert mail["Content-Language"] == "cy"
    ((file_name, content),) = attached(mail).items()
    assert file_name.startswith("adoption-2026-11.1-hyperlink-x-bcc-")
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        table = archive.read(archive.namelist()[0]).decode("utf-8-sig")
    assert figures_in_csv(table)
    assert '"=HYPERLINK' not in table
    assert "\"'=HYPERLINK" in table


def _cells() -> list[Any]:
    from tests.support.releases import plausible_cells

    return [cell for cell in plausible_cells("2026-11.1", "2026-11") if cell.department in (None, OWN)]


def _publish(cells: list[Any]) -> None:
    from analytics_dash.indicators import Window
    from analytics_dash.releases import dao

    manifest = {"through": "2026-11", "months": list(Window.ending("2026-11").months)}
    info = dao.insert_release(
        through="2026-11", sequence=1, fingerprint="x", digest="x", manifest=manifest, cells=cells
    )
    dao.insert_publication(info.id, {"leaks": 0})
