"""docs/analytics-install.md, tried: its commands in its order, and each of its files with the program that reads it."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analytics_dash.cli import cli
from tests.support.feeds import csv_bytes, json_lines, log_event, roster_row, usage_row
from tests.support.mail import Post, post_office
from tests.support.provider import make_authority

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "analytics-install.md").read_text(encoding="utf-8")
PEOPLE = 240
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`(/etc/[^`]+)`[^`]*:\n\n```(?:ini|toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FOLDERS = ("/srv/adoption", "/etc/adoption", "/var/backups/adoption")


def moved(text: str, root: Path) -> str:
    """The page's folders under a folder of the test's."""
    for folder in FOLDERS:
        text = text.replace(folder, f"{root}{folder}")
    return text


def write_feeds(folder: Path) -> None:
    """What an operator brings: 240 people of two departments, some trained, each with a licence in October 2026."""
    people = range(1, PEOPLE + 1)
    department = ("Office for Canals", "Office for Kites")
    roster = [
        roster_row(number, department=department[number % 2], licence_from="2026-10-05", grade_band="HEO–SEO")
        for number in people
    ]
    events: list[dict[str, Any]] = []
    for number in people:
        trained = number % 4 < 2
        payload = {"course_id": "course-v1:Gov+AI+1", "user_id": 1000 + number}
        name = "edx.course.grade.passed.first_time" if trained else "edx.course.enrollment.activated"
        events.append(
            log_event(
                name,
                payload,
                context={"user_id": 1000 + number, "course_id": payload["course_id"]},
                username=f"person_{number}",
                time="2026-10-02T09:00:00+00:00" if trained else "2026-10-30T09:00:00+00:00",
            )
        )
    usage = [
        usage_row(
            period_start="2026-10-01",
            period_end="2026-10-31",
            account_id=f"acc-{number}",
            public_id=f"user-{number:08x}",
            email=f"person{number}@canals.example",
            is_active=str(number % 3 > 0),
            messages=str(5 * (number % 3)),
            first_day_active_in_period="2026-10-02" if number % 3 else "",
            last_day_active_in_period="2026-10-30" if number % 3 else "",
            last_day_active="2026-10-30" if number % 3 else "",
        )
        for number in people
    ]
    (folder / "roster.csv").write_bytes(csv_bytes(roster))
    (folder / "tracking.log").write_bytes(json_lines(events))
    (folder / "users_2026-10.csv").write_bytes(csv_bytes(usage))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Post, Path]]:
    (tmp_path / "tls").mkdir()
    authority, *certificate = make_authority(tmp_path / "tls", name="localhost")
    with post_office((certificate[0], certificate[1])) as post:
        yield post, authority


def settings(root: Path, post: Post, authority: Path) -> dict[str, str]:
    """The page's own settings; of the mail server only where it is and who vouches for it are another's."""
    text = moved(dict(NAMED.findall(PAGE))["/etc/adoption/env"], root)
    given = dict(line.split("=", 1) for line in text.splitlines())
    mail = {"ADOPTION_SMTP_HOST": "localhost", "ADOPTION_SMTP_PORT": str(post.port)}
    return given | mail | {"ADOPTION_SMTP_CA_FILE": str(authority)}


def test_the_page_leads_from_a_bare_machine_to_a_release_and_a_report_by_mail(
    tmp_path: Path, office: tuple[Post, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, (post, authority) = tmp_path / "machine", office
    for folder in (*FOLDERS, "/srv/adoption/home", "/srv/adoption/feeds", "/srv/adoption/reports"):
        (root / folder[1:]).mkdir(mode=0o700, parents=True)
    write_feeds(root / "srv/adoption/feeds")
    given = settings(root, post, authority)
    for path, content in NAMED.findall(PAGE):
        (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        (root / path[1:]).write_text(moved(content, root), encoding="utf-8")
    for name in [name for name in os.environ if name.startswith("ADOPTION_")]:
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    said: dict[str, str] = {}
    for kind, block in BLOCK.findall(PAGE):
        if kind == "bash":
            for line in moved(block, root).splitlines():
                said[line] = ran(line)
    assert "Office for Canals" in said["adoption identity linkage"]
    assert "safe" in said["adoption release audit"]
    reports = {path.name for path in (root / "srv/adoption/reports").iterdir()}
    assert {"release-key.pem", "adoption-2026-10.1-trained.pdf", "adoption-2026-10.1-2026-10.csv"} <= reports
    [mail] = post.mails
    assert "Office for Canals, October 2026" in mail["Subject"]
    [attached] = [part.get_content() for part in mail.iter_attachments()]
    assert attached.startswith(b"%PDF")
    body = mail.get_body(("plain",))
    assert body is not None
    assert "50.0% of people were trained before they got access" in body.get_content()
    units_are_sound(root)


def ran(line: str) -> str:
    """One line as the shell runs it; `adoption` in this process, since each start costs as much as all that it does."""
    if not line.startswith("adoption "):
        subprocess.run(["bash", "-euo", "pipefail", "-c", line], check=True, timeout=30)
        return ""
    result = CliRunner().invoke(cli, shlex.split(os.path.expandvars(line))[1:])
    assert result.exit_code == 0, f"{line}: {result.output}"
    return result.output


def units_are_sound(root: Path) -> None:
    """What systemd would start is a command of ours with options that there are, and the settings satisfy it."""
    started = []
    for path in sorted((root / "etc/systemd/system").iterdir()):
        unit = configparser.ConfigParser(interpolation=None)
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read_string(path.read_text(encoding="utf-8"))
        if "Service" in unit:
            program, *arguments = shlex.split(unit["Service"]["ExecStart"])
            assert program == "/opt/adoption/bin/adoption"
            assert unit["Service"]["EnvironmentFile"] == f"{root}/etc/adoption/env"
            result = CliRunner().invoke(cli, [*arguments, "--check"])
            assert result.exit_code == 0, result.output
            started.append(arguments[0])
    assert started == ["report", "serve"]


def test_the_superusers_blocks_are_sound_shell() -> None:
    for kind, block in BLOCK.findall(PAGE):
        if kind in ("sh", "bash"):
            subprocess.run(["bash", "-n", "-c", block], check=True, timeout=10)


def test_the_sizes_are_those_that_were_measured() -> None:
    measured = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    for row in re.findall(r"^\| [\d,]+ \| ([\dM +]+) \| ([\d,]+ MB) \| ([\d.]+ GB) \|$", PAGE, re.MULTILINE):
        [line] = [line for line in measured.splitlines() if line.startswith(f"| {row[0]} |")]
        assert all(f"| {size} |" in line for size in row[1:])
    [server] = re.findall(r"The server took (\d+) MB", PAGE)
    assert re.search(rf"this dashboard: a page \|.*\| {server} MB \|", measured)
