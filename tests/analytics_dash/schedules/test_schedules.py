"""Reports by mail: schedules as an operator writes them down, and runs against a real SMTP server with TLS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.cli import cli
from analytics_dash.errors import REFUSED, USAGE
from analytics_dash.exporting.making import make
from analytics_dash.exporting.order import Order
from analytics_dash.releases import Scope, audit_entries, register_app
from analytics_dash.releases.models import MailingRow, db
from analytics_dash.schedules import book, running
from analytics_dash.schedules.due import DAYS, due_at
from analytics_dash.schedules.errors import MailError, MailRefused
from analytics_dash.schedules.post import knock, send
from analytics_dash.schedules.settings import MailSettings, allowed, read_settings
from tests.support.dashboard import figures_in_csv
from tests.support.mail import PASSWORD, USER, Post, post_office
from tests.support.provider import make_authority
from tests.support.releases import DEPARTMENTS, add_release, make_register

OWN, OTHER = "Ministry of Weather", "Office for Canals"
HEAD, ANALYST = "head@weather.example.gov.uk", "analyst@cabinet.example.gov.uk"
ARGUMENTS = ("--section", "trained")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    return make_authority(tmp_path_factory.mktemp("tls"), name="localhost")


@pytest.fixture
def office(authority: tuple[Path, Path, Path]) -> Iterator[Post]:
    with post_office(authority[1:], login=True) as post:
        yield post


@pytest.fixture
def env(tmp_path: Path, office: Post, authority: tuple[Path, Path, Path]) -> dict[str, str]:
    url, _release = make_register(tmp_path)
    return {
        "ADOPTION_REGISTER": url,
        "ADOPTION_SMTP_HOST": "localhost",
        "ADOPTION_SMTP_PORT": str(office.port),
        "ADOPTION_SMTP_CA_FILE": str(authority[0]),
        "ADOPTION_SMTP_USER": USER,
        "ADOPTION_SMTP_PASSWORD": PASSWORD,
        "ADOPTION_MAIL_FROM": "adoption@example.gov.uk",
        "ADOPTION_MAIL_DOMAINS": ".example.gov.uk",
        "ADOPTION_MAIL_REPORTS": "attach",
        "ADOPTION_PUBLIC_URL": "https://adoption.example.gov.uk",
    }


def report(env: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["report", *arguments], env=env)


def good(env: dict[str, str], *arguments: str) -> str:
    result = report(env, *arguments)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def written(env: dict[str, str]) -> dict[str, str]:
    """Two readers on one schedule of a CSV."""
    good(env, "recipient", "add", HEAD, "--role", "department_head", "--department", OWN)
    good(env, "recipient", "add", ANALYST, "--role", "analyst")
    good(env, "schedule", "add", "monthly", "--to", HEAD, "--to", ANALYST, "--format", "csv", *ARGUMENTS)
    return env


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


def test_what_the_server_refuses_or_delays_is_seen_and_tried_again(written: dict[str, str], office: Post) -> None:
    office.refuse = {HEAD: f"550 No such mailbox {HEAD}", ANALYST: "450 Later"}
    result = report(written, "run-due", "--json")
    assert result.exit_code == REFUSED
    assert "@" not in result.output, "no address, nor what the server said of it"
    assert states(written) == [("failed", "550"), ("waiting", "450")]
    office.refuse = {}
    assert "sent: 0, not sent: 0" in good(written, "run-due"), "it waits"
    with register_app(written["ADOPTION_REGISTER"]).app_context():
        later = datetime.now(UTC) + timedelta(minutes=6)
        assert [one.state for one in running.run_due(read_settings(written), now=later)] == ["sent"]
        db.session.remove()
    assert "again: 1" in good(written, "schedule", "retry", "monthly")
    assert "sent: 1" in good(written, "run-due")
    assert states(written) == [("sent", None)] * 2


@pytest.mark.parametrize("hang_up", ["data", "taken"])
def test_a_connection_that_drops_is_tried_again_with_the_same_message(
    written: dict[str, str], office: Post, hang_up: str
) -> None:
    office.hang_up = hang_up
    assert report(written, "run-due").exit_code == REFUSED
    assert {state for state, _problem in states(written)} == {"waiting"}
    office.hang_up = ""
    good(written, "schedule", "retry", "monthly")
    good(written, "run-due")
    assert states(written) == [("sent", None)] * 2
    ids = [mail["Message-ID"] for mail in office.mails]
    assert len(set(ids)) == 2
    assert len(ids) == (2 if hang_up == "data" else 4), "who was cut off after the take-over cannot know"
    if hang_up == "taken":
        first, second = (mail for mail in office.mails if mail["Message-ID"] == ids[0])
        assert first.as_bytes() == second.as_bytes(), "a repeat is the same mail, byte for byte"


def test_a_run_killed_between_sending_and_writing_it_down_is_told_from_one_that_sent_nothing(
    written: dict[str, str], office: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As SIGKILL: nothing more is written."""

    def killed(*_arguments: Any, **_named: Any) -> None:
        raise Killed

    settings, now = read_settings(written), datetime.now(UTC)
    with register_app(written["ADOPTION_REGISTER"]).app_context():
        with monkeypatch.context() as patch:
            patch.setattr(book, "settle", killed)
            with pytest.raises(Killed):
                list(running.run_due(settings, now=now))
        assert len(office.mails) == 1
        assert [one.state for one in running.run_due(settings, now=now + timedelta(minutes=9))] == ["sent"]
        assert len(office.mails) == 2, "the other; the first may still be on its way"
        assert [one.state for one in running.run_due(settings, now=now + timedelta(minutes=11))] == ["sent"]
        assert [entry.action for entry in audit_entries(limit=2)] == ["mail again", "mail sent"]
        db.session.remove()
    first, _other, again = office.mails
    assert first["Message-ID"] == again["Message-ID"]
    assert first.as_bytes() == again.as_bytes()


def test_a_mail_that_never_goes_fails_in_the_end_and_waits_longer_each_time(written: dict[str, str]) -> None:
    with register_app(written["ADOPTION_REGISTER"]).app_context():
        now, pauses = datetime.now(UTC), []
        for number in range(book.ATTEMPTS):
            mail = book.claim("monthly", "2026-10.1", HEAD, now)
            assert mail is not None, number
            assert book.claim("monthly", "2026-10.1", HEAD, now) is None, "another run keeps off"
            state = book.settle(mail, "waiting", problem="450", now=now)
            row = db.session.get(MailingRow, ("monthly", "2026-10.1", HEAD), populate_existing=True)
            assert row is not None
            pauses.append(row.next_at and row.next_at - now)
            now += timedelta(days=1)
        assert state == "failed"
        assert pauses[:3] == [timedelta(minutes=minutes) for minutes in (5, 10, 20)]
        assert pauses[-2:] == [timedelta(minutes=320), None]
        db.session.remove()


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


def test_only_an_encrypted_connection_to_the_right_server_is_used(
    authority: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "a@example.gov.uk", HEAD
    message.set_content("x")
    base = MailSettings("localhost", 0, "a@example.gov.uk", (".example.gov.uk",), seconds=0.5)
    with post_office(authority[1:]) as post:
        right = replace(base, port=post.port, ca_file=str(authority[0]))
        send(right, message, HEAD)
        for wrong in (replace(right, ca_file=None), replace(right, host="127.0.0.1")):  # unknown signer; another name
            with pytest.raises(MailError, match="tls"):
                send(wrong, message, HEAD)
        post.after_data = "554 Not wanted"
        with pytest.raises(MailRefused, match="554"):
            send(right, message, HEAD)
        post.after_data, post.silent = "250 OK", True
        with pytest.raises(MailError, match="timeout"):
            send(right, message, HEAD)
        assert len(post.mails) == 1
    with pytest.raises(MailError, match="connection"):
        send(right, message, HEAD)
    with post_office() as post, pytest.raises(MailError, match="tls"):  # somebody on the way takes STARTTLS out
        send(replace(right, port=post.port), message, HEAD)
    with post_office(authority[1:], implicit=True) as post:
        send(replace(right, port=post.port, security="tls"), message, HEAD)
        assert len(post.mails) == 1
    with post_office(authority[1:], login=True) as post:
        knock(replace(right, port=post.port, user=USER, password=PASSWORD))
        with pytest.raises(MailError, match="login"):
            knock(replace(right, port=post.port, user=USER, password="wrong"))


def test_the_settings_say_all_that_is_wrong_at_once(env: dict[str, str]) -> None:
    wrong = {
        "ADOPTION_SMTP_HOST": "mail.example.gov.uk",
        "ADOPTION_SMTP_PORT": "many",
        "ADOPTION_SMTP_SECURITY": "none",
        "ADOPTION_SMTP_CA_FILE": "/nowhere",
        "ADOPTION_MAIL_FROM": "nobody",
        "ADOPTION_MAIL_DOMAINS": "a b",
        "ADOPTION_MAIL_REPORTS": "fax",
        "ADOPTION_PUBLIC_URL": "http://x",
    }
    result = report(env | wrong, "run-due", "--check")
    assert result.exit_code == USAGE
    assert not [name for name in list(wrong)[1:] if name not in result.output]
    assert PASSWORD not in result.output
    assert "answers" in good(env, "run-due", "--check")


def test_mail_goes_to_allowed_domains_alone(written: dict[str, str], office: Post) -> None:
    outside = "someone@example.com"
    refused = report(written, "recipient", "add", outside, "--role", "analyst")
    assert refused.exit_code == USAGE
    assert outside not in refused.output
    assert not allowed("x@notexample.gov.uk", (".example.gov.uk",))
    assert not allowed("x@a.example.gov.uk", ("example.gov.uk",))
    assert not allowed("x@example.gov.uk\r\nRCPT TO:<y@z.uk>", (".gov.uk",))
    narrowed = report(written | {"ADOPTION_MAIL_DOMAINS": "cabinet.example.gov.uk"}, "run-due")
    assert "failed: domain" in narrowed.output
    assert office.to == [ANALYST]


def test_a_paused_schedule_rests_and_a_removed_recipient_gets_nothing(written: dict[str, str], office: Post) -> None:
    good(written, "schedule", "pause", "monthly")
    assert "sent: 0" in good(written, "run-due")
    assert "(paused)" in good(written, "schedule", "list")
    good(written, "schedule", "pause", "monthly", "--off")
    good(written, "recipient", "remove", ANALYST)
    good(written, "run-due")
    assert office.to == [HEAD]
    assert ANALYST not in good(written, "recipient", "list")
    good(written, "schedule", "remove", "monthly")
    assert "no schedule" in good(written, "schedule", "list")
    for arguments in (("schedule", "remove", "monthly"), ("recipient", "remove", ANALYST)):
        assert report(written, *arguments).exit_code == USAGE
    for due in ("daily", "weekly:mo", "monthly:32"):
        assert report(written, "schedule", "add", "x", "--to", HEAD, "--due", due).exit_code == USAGE


def test_schedules_and_what_was_sent_are_in_a_backup(written: dict[str, str], office: Post, tmp_path: Path) -> None:
    good(written, "run-due")
    saved, restored = str(tmp_path / "b.gz"), f"sqlite:///{tmp_path / 'restored.sqlite'}"
    CliRunner().invoke(cli, ["register", "backup", saved], env=written)
    answer = CliRunner().invoke(cli, ["register", "restore", saved, "--register", restored])
    assert answer.exit_code == 0, answer.output
    assert "sent: 0" in good(written | {"ADOPTION_REGISTER": restored}, "run-due"), "it knows what went"
    assert len(office.mails) == 2


@given(
    st.sampled_from(["release", *(f"weekly:{day}" for day in DAYS), *(f"monthly:{day}" for day in range(1, 32))]),
    st.integers(0, 200_000_000).map(lambda seconds: datetime.fromtimestamp(1_700_000_000 + seconds, UTC)),
)
def test_a_mail_is_due_once_within_a_period_and_never_before(due: str, since: datetime) -> None:
    moment = due_at(due, since)
    assert since <= moment < since + timedelta(days={"r": 1, "w": 7, "m": 31}[due[0]])
    if due.startswith("weekly"):
        assert DAYS[moment.weekday()] == due[-3:]
    if due.startswith("monthly"):
        assert moment.day == int(due[8:]) or (moment + timedelta(days=1)).day == 1
