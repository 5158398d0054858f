"""Whatever was kept for the readers before, each gets the page that would be drawn for them alone."""

from __future__ import annotations

import json
from functools import cache
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_dash.dashboard import kept_pages
from analytics_dash.releases import Role
from analytics_dash.releases.kept import Kept
from tests.support.dashboard import PAGES, call_back, figures_in_json, person
from tests.support.releases import DEPARTMENTS

READERS: list[tuple[Role, str | None]] = [
    *(("department_head", name) for name in DEPARTMENTS),
    ("training_manager", None),
    ("analyst", None),
    ("administrator", None),
]
ASKED = st.tuples(
    st.sampled_from(READERS),
    st.sampled_from(("", *DEPARTMENTS)),
    st.sampled_from(("", "2026-09")),
    st.sampled_from(PAGES),
    st.sampled_from(("en", "cy", "fr")),
)


def test_no_order_of_readers_shows_one_what_was_drawn_for_another(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of other departments than the own, too: a head who asks for one is refused, whoever had it drawn before."""
    clients = {who: person(app, *who) for who in READERS}

    def ask(who: tuple[Role, str | None], department: str, period: str, page: str, language: str) -> tuple[int, str]:
        with clients[who].session_transaction() as session:
            session["language"] = language
        search = "?" + urlencode({"department": department, "period": period})
        answer = call_back(clients[who], search, page=page)
        return answer.status_code, answer.text

    @cache
    def alone(*asked: object) -> tuple[int, str]:
        with monkeypatch.context() as patch:
            patch.setattr(kept_pages, "_PAGES", Kept(kept_pages.MOST, len))
            return ask(*asked)  # type: ignore[arg-type]

    @settings(max_examples=20, deadline=None)
    @given(st.lists(ASKED, min_size=2, max_size=8))
    def check(order: list[tuple[tuple[Role, str | None], str, str, str, str]]) -> None:
        for asked in order:
            status, text = ask(*asked)
            assert (status, text) == alone(*asked)
            own, department = asked[0][1], asked[1]
            assert status == (403 if own and department not in ("", own) else 200)
            if own and status == 200:
                seen = {figure[3] for figure, _text in figures_in_json(json.loads(text))}
                assert seen <= {None, own}

    check()
