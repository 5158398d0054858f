"""A warehouse of a few hundred people who took two forms of a test, loaded from events as a platform writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from analytics_dash.warehouse import open_warehouse
from analytics_dash.warehouse.load import load
from analytics_dash.warehouse.store import WarehouseTables
from tests.support import feeds

Answered = Sequence[tuple[int, str, str, bool, int]]
"""(person, form, answer, hit, confidence), one item each."""


def events(answered: Answered) -> Iterator[dict[str, Any]]:
    """The events of people who each answered the one item of a form's step."""
    for person, form, answer, hit, confidence in answered:
        payload = {
            "lesson_id": f"quiz-{form}",
            "step_id": "question",
            "kind": "choice",
            "items": [{"item": "choice", "answer": answer, "hit": hit, "confidence": confidence}],
            "confidence": confidence,
            "test": "quiz",
            "form": form,
            "anchor": True,
        }
        context = {"user_id": 1000 + person, "course_id": feeds.COURSE}
        yield feeds.step_submitted(payload, username=f"learner-{person}", context=context)


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Answered], str]:
    """Load what was answered, and a roster of everybody whose number is below 900; the warehouse's URL."""
    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "home"))

    def load_answers(answered: Answered) -> str:
        log, roster = tmp_path / "log", tmp_path / "roster.csv"
        log.write_bytes(feeds.json_lines(events(answered)))
        people = sorted({person for person, *_rest in answered if person < 900})
        roster.write_bytes(
            feeds.csv_bytes([feeds.roster_row(n, lms_username=f"learner-{n}", lms_user_id=1000 + n) for n in people])
        )
        url = f"duckdb:///{tmp_path / 'adoption.duckdb'}"
        load(url, kind="openedx-log", paths=[log], roster=roster)
        return url

    return load_answers


@pytest.fixture
def tables_of(warehouse: Callable[[Answered], str]) -> Iterator[Callable[[Answered], WarehouseTables]]:
    opened = []

    def tables(answered: Answered) -> WarehouseTables:
        opened.append(open_warehouse(warehouse(answered)))
        return opened[-1].tables()

    yield tables
    for each in opened:
        each.close()
