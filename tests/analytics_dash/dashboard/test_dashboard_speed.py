"""What keeps pages quick must not change them: kept pages, kept cells, compressed scripts, and releases never mixed."""

from __future__ import annotations

import gc
import gzip
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from plotly.offline import get_plotlyjs_version

from analytics_dash.dashboard import charts_script, kept_pages, page
from analytics_dash.dashboard.app import create_app
from analytics_dash.dashboard.config import DashboardConfig
from analytics_dash.dashboard.processors import usual_workers
from analytics_dash.dashboard.warm import warm
from analytics_dash.indicators import Window
from analytics_dash.questions import QUESTIONS
from analytics_dash.releases import Scope, ScopeError, audit_log, cells, readers
from analytics_dash.releases.kept import Kept
from analytics_dash.releases.models import db
from tests.support.dashboard import call_back, figures_in_html, figures_in_json, sign_in
from tests.support.releases import add_release, make_register

RELEASE = re.compile(r"Release (20\d\d-\d\d\.\d+), published")


def test_a_release_published_while_people_read_never_mixes_with_another_on_a_page(tmp_path: Path) -> None:
    """Months tell the releases apart: each covers six of them, and says so beside its name."""
    url, _first = make_register(tmp_path, through="2026-04")
    app = create_app(DashboardConfig(url, "k" * 40, demo=True, testing=True))
    over, wrong, seen = threading.Event(), [], set()

    def read(reader: str) -> None:
        client = sign_in(app, reader)
        try:
            while True:
                last = over.is_set()
                page = client.get("/use").text
                layout = client.get("/_dash-layout", headers={"Referer": "http://localhost/use"})
                changed = call_back(client, "?department=", page="use")
                for text, figures in (
                    (page, list(figures_in_html(page))),
                    (layout.text, [figure for figure, _text in figures_in_json(layout.json)]),
                    (changed.text, [figure for figure, _text in figures_in_json(changed.json)]),
                ):
                    named = set(RELEASE.findall(text))
                    seen.update(named)
                    months = {month for _indicator, _view, month, *_rest in figures if month}
                    if len(named) != 1 or months != set(Window.ending(named.pop().partition(".")[0]).months):
                        wrong.append((sorted(set(RELEASE.findall(text))), sorted(months)))
                if last:
                    return
        except Exception as error:  # said in the test's own thread
            wrong.append(repr(error))

    readers = [threading.Thread(target=read, args=(who,)) for who in ("training_manager", "department_head")]
    for reader in readers:
        reader.start()
    with app.app_context():
        for through in ("2026-05", "2026-06", "2026-07"):
            add_release(through=through)
            db.session.remove()
    over.set()
    for reader in readers:
        reader.join(60)
    assert wrong == []
    assert "2026-07.1" in seen


def test_what_is_kept_for_one_scope_is_not_given_to_another(app: Flask) -> None:
    with app.app_context():
        everything = cells(Scope("analyst"), "2026-10.1")
        own = cells(Scope("department_head", "Ministry of Weather"), "2026-10.1")
        assert {cell.department for cell in own} == {None, "Ministry of Weather"}
        assert cells(Scope("administrator"), "2026-10.1") is everything, "the same eyes, the same cells"
        with pytest.raises(ScopeError):
            cells(Scope("auditor"), "2026-10.1")


def test_the_first_look_at_a_new_release_reads_and_draws_nothing_and_nobody_has_looked_before(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(app, "training_manager")
    with app.app_context():
        add_release(through="2026-11")
        db.session.remove()
    assert warm(app) == "2026-11.1"
    assert gc.get_freeze_count() > 0, "and no later pass of the garbage collector walks through the cells"
    gc.unfreeze()
    with monkeypatch.context() as patch:
        patch.setattr(readers, "cells_from", None)
        patch.setattr(page, "content", None)
        for path in ("/", *(f"/{key}" for key in QUESTIONS)):
            assert "Release 2026-11.1" in client.get(path).text
        assert client.get("/_dash-layout", headers={"Referer": "http://localhost/"}).status_code == 200
        assert warm(app, "2026-11.1") == "2026-11.1"
    with app.app_context():
        looked = [entry.detail for entry in audit_log(Scope("auditor")) if "2026-11.1" in entry.detail]
    assert len(looked) == 2 + len(QUESTIONS)  # the pages, and the overview again for its charts


def test_a_page_that_was_drawn_ahead_is_in_its_readers_language(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    changing = re.compile(r'"end_id":"[^"]+"|value="[^"]+"|\?m=[0-9.]+')
    client = sign_in(app, "training_manager")
    with app.app_context():
        add_release(through="2026-12")
        db.session.remove()
    warm(app)
    gc.unfreeze()
    for path in ("/", *(f"/{key}" for key in QUESTIONS)):
        for language in ("cy", "fr"):
            ahead = changing.sub("", client.get(f"{path}?lang={language}").text)
            with monkeypatch.context() as patch:
                patch.setattr(kept_pages, "_PAGES", Kept(kept_pages.MOST, len))
                assert changing.sub("", client.get(f"{path}?lang={language}").text) == ahead, (path, language)


def test_there_are_as_many_processes_as_processors_that_may_be_used(tmp_path: Path) -> None:
    quota = tmp_path / "cpu.max"
    assert 1 <= usual_workers(quota) <= 4
    quota.write_text("100000 100000\n")
    assert usual_workers(quota) == 1
    quota.write_text("max 100000\n")
    assert usual_workers(quota) == usual_workers(tmp_path / "none")


def test_a_page_that_is_kept_is_the_page_that_is_drawn(app: Flask) -> None:
    changing = re.compile(r'"end_id":"[^"]+"|value="[^"]+"|\?m=[0-9.]+|\?lang=[a-z]+')  # tokens, and what was asked
    client = sign_in(app, "training_manager")
    first, second = (changing.sub("", client.get("/").text) for _ in range(2))
    assert first == second
    welsh = client.get("/?lang=cy").text
    assert figures_in_html(welsh) == figures_in_html(second)
    assert "All of government" not in welsh
    assert changing.sub("", client.get("/?lang=en").text) == second


def test_scripts_and_trees_go_compressed_and_pages_with_a_form_do_not(app: Flask) -> None:
    client = sign_in(app, "training_manager")
    plain = client.get("/assets/behaviour.js", buffered=True)
    packed = client.get("/assets/behaviour.js", headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    tree = client.get("/_dash-layout", headers={"Accept-Encoding": "gzip", "Referer": "http://localhost/"})
    assert tree.headers["Content-Encoding"] == "gzip"
    client.environ_base["HTTP_ACCEPT_ENCODING"] = "gzip"
    changed = call_back(client, "?department=", page="use")
    assert changed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(changed.data))["response"]["view"]["children"]
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": "gzip"}).headers


def test_the_charts_script_is_plotlys_own_of_the_version_that_the_figures_are_written_for(
    register: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The basic bundle where it is installed in the right version, else the whole one; each from its package."""
    for version, basic in ((get_plotlyjs_version(), True), ("0.0.1", False)):
        bundle = tmp_path / version / "plotly-basic.min.js"
        bundle.parent.mkdir()
        bundle.write_text(f"/**\n* plotly.js (basic - minified) v{version}\n*/\n")
        monkeypatch.setattr(charts_script, "PLACE", bundle)
        charts_script.basic_bundle.cache_clear()
        client = sign_in(create_app(DashboardConfig(register, "k" * 40, demo=True, testing=True)), "training_manager")
        scripts = re.findall(r'<script src="([^"?]+)', client.get("/").text)
        assert (charts_script.ADDRESS in scripts) == basic
        if not basic:  # Dash's own script loads it from here when the page has no Plotly yet
            scripts.append("/_dash-component-suites/plotly/package_data/plotly.min.js")
        answers = [client.get(script, buffered=True) for script in scripts]
        assert {answer.status_code for answer in answers} == {200}
    charts_script.basic_bundle.cache_clear()


def test_the_oldest_goes_first_and_a_failure_is_not_kept() -> None:
    kept, made = Kept[str](10, len), []

    def make(text: str) -> str:
        made.append(text)
        return text

    def failing() -> str:
        raise ValueError

    def asked() -> Iterator[str]:
        for text in ("aaaa", "bbbb", "aaaa", "cccc", "aaaa", "bbbb"):
            yield kept.get(text, lambda text=text: make(text))  # type: ignore[misc]

    assert list(asked()) == ["aaaa", "bbbb", "aaaa", "cccc", "aaaa", "bbbb"]
    assert made == ["aaaa", "bbbb", "cccc", "bbbb"]
    with pytest.raises(ValueError, match=r"^$"):
        kept.get("x", failing)
    assert kept.get("x", lambda: "made") == "made"
    assert kept.get("too large", lambda: "d" * 11) == "d" * 11


def test_browsers_keep_our_own_files_for_good_under_the_digest_of_what_is_in_them(app: Flask) -> None:
    client = sign_in(app, "training_manager")
    named = re.findall(r'(?:src|href)="(/assets/[a-z]+\.(?:css|js|svg)\?[^"]+)"', client.get("/use").text)
    assert {address.partition("?")[0] for address in named} >= {
        "/assets/dashboard.css",
        "/assets/behaviour.js",
        "/assets/start.js",
    }
    for address in named:
        assert "immutable" in client.get(address, buffered=True).headers["Cache-Control"]
        other = client.get(address[:-1], buffered=True)  # as of another version, or of a cut-off address
        assert "immutable" not in other.headers["Cache-Control"]
    assert client.get("/use?" + named[0].partition("?")[2]).headers["Cache-Control"] == "no-store"


def test_no_script_is_waited_for_and_none_stands_in_the_page(app: Flask) -> None:
    scripts = re.findall(r"<script([^>]*)>([^<]*)", sign_in(app, "training_manager").get("/use").text)
    run = [(attributes, text) for attributes, text in scripts if "application/json" not in attributes]
    assert len(run) > 5
    assert all("src=" in attributes and " defer" in attributes and not text for attributes, text in run)
