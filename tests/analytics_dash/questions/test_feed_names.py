"""What feeds are called on a page."""

from __future__ import annotations

from analytics_dash.questions.feeds import feed_name
from analytics_dash.sources.registry import READERS


def test_each_of_our_feeds_has_a_name_that_a_reader_understands() -> None:
    assert [kind for kind in (*READERS, "roster") if feed_name(kind) == kind] == []


def test_a_plugins_feed_keeps_its_own_name() -> None:
    assert feed_name("somebodys-own") == "somebodys-own"
