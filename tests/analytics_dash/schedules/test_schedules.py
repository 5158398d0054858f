"""Schedules as an operator writes them down: when they are due, paused, and in a backup."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.cli import cli
from analytics_dash.errors import USAGE
from analytics_dash.schedules.due import DAYS, due_at
from tests.support.mail import Post
from tests.support.schedules import ANALYST, HEAD, good, report


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
