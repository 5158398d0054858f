"""Mail on its way: to the right server, encrypted, to allowed domains, once, and again where it did not go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from analytics_dash.errors import REFUSED, USAGE
from analytics_dash.releases import audit_entries, register_app
from analytics_dash.releases.models import MailingRow, db
from analytics_dash.schedules import book, running
from analytics_dash.schedules.errors import MailError, MailRefused
from analytics_dash.schedules.post import knock, send
from analytics_dash.schedules.settings import MailSettings, allowed, read_settings
from tests.support.mail import PASSWORD, USER, Post, post_office
from tests.support.schedules import ANALYST, HEAD, good, report, states


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
