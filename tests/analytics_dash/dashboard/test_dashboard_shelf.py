"""What was read of a release is kept for its own reader and for no other."""

from __future__ import annotations

import pytest
from flask import Flask

from analytics_dash.dashboard.shelf import from_shelf
from analytics_dash.releases import Scope, ScopeError

RELEASE = "2026-10.1"
HEAD = Scope("department_head", "Registry of Tides")


def test_a_scope_never_gets_what_was_read_for_another(app: Flask) -> None:
    with app.app_context():
        everything = from_shelf(Scope("analyst"), RELEASE)
        own = from_shelf(HEAD, RELEASE)
        assert from_shelf(HEAD, RELEASE) is own
        assert from_shelf(Scope("analyst"), RELEASE) is everything
        with pytest.raises(ScopeError):
            from_shelf(Scope("auditor"), RELEASE)
    assert {cell.department for cell in own.cells} == {None, "Registry of Tides"}
    assert len(everything.cells) > len(own.cells)
