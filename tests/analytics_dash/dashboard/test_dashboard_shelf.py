"""What was read of a release is kept for its own reader, and given up when there is too much."""

from __future__ import annotations

import pytest
from flask import Flask

from analytics_dash.dashboard import shelf
from analytics_dash.dashboard.shelf import Shelf
from analytics_dash.releases import Scope, ScopeError

RELEASE = "2026-10.1"
HEAD = Scope("department_head", "Registry of Tides")


def test_a_scope_never_gets_what_was_read_for_another(app: Flask) -> None:
    kept = Shelf()
    with app.app_context():
        everything = kept.read(Scope("analyst"), RELEASE)
        own = kept.read(HEAD, RELEASE)
        assert kept.read(HEAD, RELEASE) is own
        assert kept.read(Scope("analyst"), RELEASE) is everything
        with pytest.raises(ScopeError):
            kept.read(Scope("auditor"), RELEASE)
    assert {cell.department for cell in own.cells} == {None, "Registry of Tides"}
    assert len(everything.cells) > len(own.cells)


def test_the_least_recently_used_is_given_up(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Shelf()
    monkeypatch.setattr(shelf, "MOST_CELLS", 10)
    with app.app_context():
        first = kept.read(HEAD, RELEASE)
        kept.read(Scope("analyst"), RELEASE)
        assert kept.read(HEAD, RELEASE) is not first
        assert kept.read(HEAD, RELEASE) == first
