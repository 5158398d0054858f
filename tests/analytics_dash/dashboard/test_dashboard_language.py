"""A page is in its reader's language throughout, and in nobody else's."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from analytics_dash import i18n
from tests.support.dashboard import sign_in

PAGES = ("/", "/?department=Registry+of+Tides", "/method", "/sign-in", "/nowhere", "/export.csv?release=2020-01.1")
# Sentences that come from other rooms than the dashboard's own.
BORROWED = (
    "[c]: confidential. Fewer than 10 people stand behind the figure, or could be worked out from it.",
    "per 1,000 prompts",
    "There is no release",
)


@pytest.mark.parametrize("language", ["cy", "fr"])
@pytest.mark.parametrize("path", PAGES)
def test_no_sentence_of_another_room_is_left_in_english(app: Flask, language: str, path: str) -> None:
    client = sign_in(app, "training_manager")
    answer = client.get(path, headers={"Accept-Language": language}, follow_redirects=True)
    assert f'<html lang="{language}">' in answer.text
    words = unescape(re.sub(r"<[^>]*>", "", answer.text))
    assert not [sentence for sentence in BORROWED if sentence in words]


def test_a_refusal_is_in_the_readers_language(app: Flask) -> None:
    client = sign_in(app, "auditor")
    refused = client.get("/export.csv", headers={"Accept-Language": "cy"})
    assert refused.status_code == 403
    assert "Mae archwilydd yn darllen" in unescape(refused.text)


def test_the_notes_are_in_the_readers_language_and_the_figures_in_none(app: Flask) -> None:
    client = sign_in(app, "training_manager")
    english, welsh = (
        {path: client.get(path, headers={"Accept-Language": language}).data for path in ("/export.csv", NOTES)}
        for language in ("en", "cy")
    )
    assert english["/export.csv"] == welsh["/export.csv"]
    assert english[NOTES].startswith(b"Responsible adoption of AI")
    assert welsh[NOTES] != english[NOTES]
    assert b"[c]" in welsh[NOTES]


NOTES = "/export-notes.txt"


def test_the_language_of_the_reader_before_is_forgotten(app: Flask) -> None:
    """The masthead names the reader's role; a server's thread serves one reader after another."""
    client = sign_in(app, "training_manager")
    i18n.use("fr")
    page = client.get("/method", headers={"Accept-Language": "en"}).text
    assert "Training manager" in page
    assert "Responsable" not in page


def test_the_audit_log_says_that_it_is_in_english(app: Flask) -> None:
    page = sign_in(app, "auditor").get("/audit", headers={"Accept-Language": "cy"}).text
    assert '<tbody lang="en">' in page
