"""The demonstration LMS as a process: its pages, its tracking log, what it keeps between starts, and its manners."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.block import right_form
from tests.support.lessons import SMALL_LESSON
from tests.support.workbench import Workbench, free_port, workbench
from xblock_ai_tutor import events

PLATFORM_KEYS = {
    *("name", "event_type", "event_source", "time", "username", "session", "ip", "agent", "host", "referer"),
    *("accept_language", "page", "context", "event"),
}


class Learner:
    """A browser without a screen: a session with the cookie and the header that Django asks for."""

    def __init__(self, lms: Workbench, student: str, lesson: str = "01-small") -> None:
        self.lms, self.student = lms, student
        self.session = requests.Session()
        self.page = self.session.get(lms.learner(lesson, student), timeout=10)
        self.usage = re.findall(r"data-usage='([^']+)'", self.page.text)[0]

    def post(self, handler: str, body: Any) -> requests.Response:
        return self.session.post(
            f"{self.lms.url}/handler/{self.usage}/{handler}/?student={self.student}",
            json=body,
            headers={"X-CSRFToken": self.session.cookies["csrftoken"]},
            timeout=10,
        )

    def do_lesson(self) -> None:
        for step in ("why-check", "what-next", "the-note"):
            response = self.post("submit", {"step": step, "form": right_form(SMALL_LESSON, step)})
            assert response.status_code == 200, response.text


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("content")
    (folder / "modules" / "01-small" / "static").mkdir(parents=True)
    (folder / "modules" / "01-small" / "static" / "chart.svg").write_text("<svg/>", encoding="utf-8")
    (folder / "modules" / "01-small" / "lesson.md").write_text(SMALL_LESSON, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def lms(tmp_path_factory: pytest.TempPathFactory, content: Path) -> Iterator[Workbench]:
    with workbench(tmp_path_factory.mktemp("lms"), content=content) as running:
        yield running


def test_a_lesson_leaves_the_platforms_lines_in_the_tracking_log(lms: Workbench) -> None:
    Learner(lms, "student_7").do_lesson()
    lines = [line for line in lms.tracking() if line["username"] == "student_7"]
    assert [line["event_type"] for line in lines] == [
        "edx.course.enrollment.activated",
        "/scenario/01-small/student_view/",
        "ai_tutor.lesson.started",
        "ai_tutor.step.submitted",
        "edx.completion.block_completion.changed",
        "ai_tutor.step.submitted",
        "edx.grades.problem.submitted",
        "edx.completion.block_completion.changed",
        "ai_tutor.step.submitted",
        "edx.grades.problem.submitted",
        "edx.completion.block_completion.changed",
        "ai_tutor.lesson.completed",
    ]
    for line in lines:
        assert set(line) == PLATFORM_KEYS
        assert line["event_source"] == "server"
        assert line["context"]["user_id"] == 7
        assert line["context"]["course_id"] == "course-v1:DemoGov+AI101+2026"
        assert line["context"]["org_id"] == "DemoGov"
        if line["event_type"] in events.TRACKING:
            assert line["context"]["module"]["usage_key"].endswith("+type@ai_tutor+block@01-small")
            events.payload(events.TRACKING[line["event_type"]], line["event"])
    grade = next(line["event"] for line in reversed(lines) if line["event_type"] == "edx.grades.problem.submitted")
    assert (grade["weighted_earned"], grade["weighted_possible"]) == (2.0, 2.0)


def test_no_request_body_reaches_the_tracking_log_or_the_process_log(lms: Workbench) -> None:
    learner = Learner(lms, "student_8")
    words = "my-own-words-0d1f"
    learner.post("submit", {"step": "what-next", "form": {"choice": [words], "note": [words]}, "key": words})
    learner.post("ticket", {"text": words})
    learner.post("receipt", {"receipt": words})
    assert words not in lms.tracking_text()
    assert words not in (lms.data / "workbench.log").read_text()


def test_many_learners_at_once_leave_whole_lines_and_whole_state(lms: Workbench) -> None:
    names = [f"student_{number}" for number in range(100, 112)]
    with ThreadPoolExecutor(6) as pool:
        learners = list(pool.map(lambda name: Learner(lms, name), names))
        list(pool.map(Learner.do_lesson, learners))
    done = [line["username"] for line in lms.tracking() if line["event_type"] == "ai_tutor.lesson.completed"]
    assert sorted(name for name in done if name in names) == sorted(names)


def test_a_handler_without_the_csrf_header_is_refused(lms: Workbench) -> None:
    learner = Learner(lms, "student_9")
    response = learner.session.post(f"{lms.url}/handler/{learner.usage}/submit/?student=student_9", json={}, timeout=10)
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/healthz", 200),
        ("/scenario/01-small/", 200),
        ("/scenario/01-small/public_view/", 200),
        ("/scenario/01-small/studio_view/", 200),
        ("/scenario/01-small/author_view/", 200),
        ("/scenario/nothing/", 404),
        ("/scenario/01-small+nothing/", 404),
        ("/scenario/01-small+01-small/", 200),
        ("/scenario/01-small/secret_view/", 404),
        ("/scenario/01-small/?student=../x", 400),
        ("/scenario/01-small/?student=%3Cscript%3E", 400),
        ("/resource/ai_tutor/static/ait.css", 200),
        ("/resource/ai_tutor/static/../block.py", 404),
        ("/resource/ai_tutor/block.py", 404),
        ("/resource/nothing/static/ait.css", 404),
        ("/static/workbench/js/vendor/jquery.min.js", 200),
        ("/static/admin/css/base.css", 404),
        ("/handler/nothing/submit/", 403),
    ],
)
def test_addresses_answer_as_they_should(lms: Workbench, path: str, status: int) -> None:
    method = "POST" if path.startswith("/handler") else "GET"
    response = requests.request(method, lms.url + path, timeout=10)
    assert response.status_code == status
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "Traceback" not in response.text


def test_state_is_kept_between_starts_and_an_unchanged_lesson_follows_its_file(tmp_path: Path, content: Path) -> None:
    own = tmp_path / "content" / "modules" / "01-small"
    own.mkdir(parents=True)
    (own / "lesson.md").write_text(SMALL_LESSON, encoding="utf-8")
    with workbench(tmp_path / "data", content=tmp_path / "content") as first:
        Learner(first, "student_1").do_lesson()
    (own / "lesson.md").write_text(SMALL_LESSON.replace("A small lesson", "A newer lesson"), encoding="utf-8")
    with workbench(tmp_path / "data", content=tmp_path / "content") as second:
        learner = Learner(second, "student_1")
        assert "A newer lesson" in learner.page.text
        assert "&#34;complete&#34;:true" in learner.page.text
        author = Learner(second, "author_1")
        edited = SMALL_LESSON.replace("A small lesson", "The author’s lesson")
        saved = author.post("save_lesson", {"text": edited, "display_name": "Edited", "base": ""})
        assert saved.status_code == 200, saved.text
    (own / "lesson.md").write_text(SMALL_LESSON, encoding="utf-8")
    with workbench(tmp_path / "data", content=tmp_path / "content") as third:
        assert "The author’s lesson" in Learner(third, "student_1").page.text


def test_a_port_that_is_taken_is_named_and_no_trace_shown(lms: Workbench, tmp_path: Path) -> None:
    port = lms.url.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "xblock_ai_tutor.workbench", "--data", str(tmp_path / "d"), "--port", port]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
    assert ended.returncode == 2
    assert f"Port {port} cannot be used" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_broken_lesson_file_still_starts_the_house(tmp_path: Path) -> None:
    folder = tmp_path / "content" / "modules" / "02-broken"
    folder.mkdir(parents=True)
    (folder / "lesson.md").write_text("no lesson", encoding="utf-8")
    with workbench(tmp_path / "data", port=free_port(), content=tmp_path / "content") as running:
        page = requests.get(running.learner("02-broken"), timeout=10)
        assert page.status_code == 200
        assert "being prepared" in page.text
        assert json.loads((running.data / "lessons.json").read_text())


VANILLA = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "workbench.settings"
import django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", run_syncdb=True, verbosity=0)
client = Client(HTTP_HOST="localhost")
assert b"A lesson with a tutor" in client.get("/").content
page = client.get("/scenario/ai_tutor.0/")
assert page.status_code == 200
assert b"ait-step" in page.content
"""


def test_xblock_sdks_own_workbench_shows_the_sample_lesson(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()  # where its settings keep the database
    done = subprocess.run([sys.executable, "-c", VANILLA], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_figure_beside_a_lesson_is_served_and_nothing_else_of_the_folder(lms: Workbench) -> None:
    served = requests.get(f"{lms.url}/lesson-files/01-small/chart.svg", timeout=10)
    assert (served.status_code, served.headers["Content-Type"]) == (200, "image/svg+xml")
    for path in (
        "01-small/lesson.md",
        "01-small/..%2flesson.md",
        "01-small/..%2f..%2fchart.svg",
        "other/chart.svg",
        "01-small/no.svg",
    ):
        assert requests.get(f"{lms.url}/lesson-files/{path}", timeout=10).status_code == 404, path


def test_a_course_is_shown_in_its_chapters_with_its_translations_and_how_far_the_learner_is(tmp_path: Path) -> None:
    content = tmp_path / "content"
    (content / "modules" / "02-small").mkdir(parents=True)
    (content / "modules" / "02-small" / "lesson.md").write_text(SMALL_LESSON, encoding="utf-8")
    (content / "modules" / "02-small" / "lesson.cy.md").write_text(SMALL_LESSON, encoding="utf-8")
    (content / "first.md").write_text(SMALL_LESSON.replace("id: small", "id: other"), encoding="utf-8")
    (content / "course.yaml").write_text(
        """{org: O, number: N, run: R, title: T, language: en, about: A, passing: 0.5, grading: {Module: 1.0},
        chapters: [
        {id: a, title: To begin with, units: [{id: first, lesson: first.md}]},
        {id: b, title: The module, units: [{id: m, lesson: modules/02-small/lesson.md, graded: Module}]}]}""",
        encoding="utf-8",
    )
    with workbench(tmp_path / "data", content=content) as lms:
        Learner(lms, "student_1", "02-small").do_lesson()
        page = requests.get(lms.url, timeout=10).text
        found = re.findall(
            r'class="chapter__title">([^<]+)<|href="/scenario/([^/]+)/student_view|(\d of \d|all \d)', page
        )
        assert ["".join(one) for one in found] == [
            *("To begin with", "0 of 3", "first"),
            *("The module", "all 3", "02-small", "0 of 3", "02-small-cy"),
        ]
        assert "0 of 3" in requests.get(f"{lms.url}/?student=student_2", timeout=10).text
        assert requests.get(f"{lms.url}/?student=<b>", timeout=10).status_code == 400
