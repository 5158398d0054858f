"""Marking cannot be cheated from the browser: attempts, replays, edited paths, sealed tests, words that stay."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from tests.support.block import GOOD_PROMPT, Site, right_form
from xblock_ai_tutor.lesson import SNIPPETS, parse_lesson

HEAD = "---\nid: a-lesson\ntitle: A lesson\nminutes: 5\n---\n"
TEST = HEAD.replace("minutes: 5", "minutes: 5\nform:\n  test: course\n  name: pre\n  anchors: [new-choice]")
KEY = "4f6a1f0e-7d0a-4a52-9a53-0d1f0c6b9f11"
SCENARIO = HEAD + SNIPPETS["scenario"]


def limited(attempts: int) -> str:
    return HEAD + SNIPPETS["choice"].replace(":::choice ", f':::choice attempts="{attempts}" ')


def choose(site: Site, option: str, **more: Any) -> tuple[int, dict[str, Any]]:
    form = {"choice": [option], "confidence": ["75"]}
    return site.post("submit", {"step": "new-choice", "form": form, **more})


def play(site: Site, scene: str, option: str, **more: list[str]) -> tuple[int, dict[str, Any]]:
    form = {"scene": [scene], "option": [option], **more}
    return site.post("submit", {"step": "new-scenario", "form": form})


def page_of(site: Site) -> str:
    return str(site.block().student_view().content)


def test_attempts_are_counted_by_the_server_and_none_is_taken_beyond_the_last() -> None:
    site = Site(limited(2))
    assert "Attempts left: 2." in page_of(site)
    assert choose(site, "send-it")[1]["attempts"] == 1
    status, body = choose(site, "send-it", attempts=0, marking={"earned": 1})
    assert (status, body["attempts"]) == (200, 2)
    assert "There are no attempts left." in body["html"]
    assert 'type="submit"' not in body["html"]
    kept, published = site.block().answers, list(site.published)
    status, body = choose(site, "look-it-up")
    assert (status, body["error"]["code"]) == (403, "no_attempts_left")
    assert site.block().answers == kept
    assert site.published == published


def test_a_request_that_is_sent_again_after_the_last_attempt_gets_its_own_answer() -> None:
    site = Site(limited(1))
    first = choose(site, "send-it", key=KEY)
    assert choose(site, "send-it", key=KEY) == first
    assert choose(site, "look-it-up", key=KEY) == first  # the key names what was marked
    assert choose(site, "look-it-up", key=KEY.replace("4f", "5f"))[0] == 403
    assert len(site.events("ai_tutor.step.submitted")) == 1


def test_what_follows_is_not_in_the_page_before_it_is_chosen() -> None:
    site = Site(SCENARIO)
    page = page_of(site)
    assert "Ask first" in page
    for later in ("What follows from it.", "How it ends.", "How else it ends.", "good-end", "best"):
        assert later not in page
    _, body = play(site, "start", "ask")
    assert "How it ends." in body["html"]
    assert "How else it ends." not in body["html"]


def test_a_path_is_what_the_server_knows_whatever_the_form_says() -> None:
    text = SCENARIO.replace("### {good-end} In the end\nHow it ends.", LONGER)
    site = Site(text)
    status, body = play(site, "later", "stop")  # a scene that was not reached
    assert (status, body["error"]["code"]) == (422, "unprocessable")
    assert play(site, "start", "stop")[0] == 422  # an option of another scene
    assert play(site, "start", "send", path=["start/ask", "later/stop"])[0] == 200  # a path that was not taken
    assert site.block().answers["new-scenario"]["form"] == {"path": ["start/send"]}
    (event,) = site.events("ai_tutor.step.submitted")
    assert [item["answer"] for item in event["items"]] == ["send"]
    assert event["earned"] == 0


LONGER = """### {good-end} Later
Something else happens.

- [best] {stop} Stop -> last
  > It stops.
- [poor] {on} Go on -> last
  > It goes on.

### {last} In the end
How it ends."""


def test_a_choice_cannot_be_taken_back_and_an_attempt_counts_when_its_path_ends() -> None:
    site = Site(
        SCENARIO.replace("### {good-end} In the end\nHow it ends.", LONGER).replace(
            ":::scenario ", ':::scenario attempts="1" '
        )
    )
    assert play(site, "start", "ask")[0] == 200
    assert site.published == []  # nothing is finished yet
    assert site.block().progress(site.block().lesson()).done == 0
    status, body = play(site, "start", "send")
    assert (status, body["error"]["message"]) == (422, "The story has moved on. Reload the page to see where you are.")
    assert site.post("submit", {"step": "new-scenario", "form": {"again": ["yes"]}})[0] == 422
    assert "It stops." not in page_of(site)
    status, body = play(site, "good-end", "stop")
    assert (status, body["attempts"], body["marking"]["earned"]) == (200, 1, 1.0)
    assert site.post("submit", {"step": "new-scenario", "form": {"again": ["yes"]}})[0] == 403
    assert len(site.events("ai_tutor.step.submitted")) == 1


def test_a_path_can_be_played_again_and_the_best_one_counts() -> None:
    site = Site(SCENARIO)
    play(site, "start", "ask")
    _, body = site.post("submit", {"step": "new-scenario", "form": {"again": ["yes"]}})
    assert body["attempts"] == 1
    assert "What follows from it." not in body["html"]
    assert body["progress"]["earned"] == 1.0
    _, body = play(site, "start", "send")
    assert (body["attempts"], body["marking"]["earned"], body["progress"]["earned"]) == (2, 0.0, 1.0)


def test_a_story_that_was_rewritten_meanwhile_starts_where_it_still_fits() -> None:
    site = Site(SCENARIO)
    play(site, "start", "ask")
    author = site.block("author", staff=True)
    author.lesson_text = SCENARIO.replace("{ask} Ask first", "{wait} Wait")
    author.save()
    assert "Wait" in page_of(site)
    assert play(site, "start", "wait")[1]["attempts"] == 2


@pytest.fixture
def test_site() -> Site:
    return Site(TEST + SNIPPETS["choice"] + SNIPPETS["sort"] + SNIPPETS["reading"])


def hand_in(site: Site, step: str) -> tuple[int, dict[str, Any]]:
    return site.post("submit", {"step": step, "form": right_form(site.text, step)})


def test_a_test_says_nothing_of_its_results_before_all_of_it_is_handed_in(test_site: Site) -> None:
    status, body = hand_in(test_site, "new-choice")
    assert status == 200
    assert body["marking"] is None
    assert body["progress"]["earned"] == 0
    assert "Your answer is kept." in body["html"]
    for told in ("Why this is right.", "Your answer is right", "ait-feedback", "ait-result"):
        assert told not in body["html"]
        assert told not in page_of(test_site)
    assert test_site.events("grade") == []
    hand_in(test_site, "new-reading")
    _, body = hand_in(test_site, "new-sort")
    assert body["marking"]["correct"] is True
    assert set(body["forms"]) == {"new-choice", "new-sort", "new-reading"}
    assert "Why this is right." in body["forms"]["new-choice"]
    assert body["progress"]["earned"] == 2.0
    assert test_site.events("grade") == [{"value": 2.0, "max_value": 2.0}]
    assert "Why this is right." in page_of(test_site)


def test_a_test_can_be_answered_once(test_site: Site) -> None:
    wrong = {"step": "new-choice", "form": {"choice": ["send-it"], "confidence": ["75"]}}
    assert test_site.post("submit", wrong)[0] == 200
    assert hand_in(test_site, "new-choice")[0] == 403
    kept = test_site.block().answers["new-choice"]
    assert (kept["attempts"], kept["form"]["choice"]) == (1, ["send-it"])


def test_a_test_has_no_tutor_and_its_events_say_which_form_it_is(test_site: Site) -> None:
    test_site.settings = {"gateway_url": "http://127.0.0.1:1", "service_key": "k" * 48}
    assert 'data-part="tutor' not in page_of(test_site)
    status, body = test_site.post("ticket", {})
    assert (status, body["error"]["message"]) == (503, "A test has no tutor.")
    hand_in(test_site, "new-choice")
    hand_in(test_site, "new-sort")
    told = [(one["test"], one["form"], one["anchor"]) for one in test_site.events("ai_tutor.step.submitted")]
    assert told == [("course", "pre", True), ("course", "pre", False)]


@pytest.mark.parametrize(("kind", "field"), [("prompt-lab", "prompt"), ("reflect", "words")])
def test_a_learners_words_reach_no_field_no_event_and_no_log(
    kind: str, field: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    site = Site(HEAD + SNIPPETS[kind])
    words = f"{GOOD_PROMPT} Zebulon of the secret harbour."
    status, body = site.post("submit", {"step": f"new-{kind}", "form": {field: [words]}})
    assert status == 200
    everything = [json.dumps(body), json.dumps(site.published), json.dumps(site.block().answers), page_of(site)]
    assert not [one for one in everything if "Zebulon" in one]
    assert "Zebulon" not in caplog.text
    # A prompt that cannot be marked is not repeated either.
    _, body = site.post("submit", {"step": f"new-{kind}", "form": {field: [words * 100]}})
    assert "Zebulon" not in json.dumps(body)


def test_an_author_can_play_a_scenario_in_the_preview_which_keeps_nothing() -> None:
    site = Site(SCENARIO.replace("### {good-end} In the end\nHow it ends.", LONGER))
    form: dict[str, list[str]] = {"scene": ["start"], "option": ["ask"]}
    status, body = site.post("preview", {"step": "new-scenario", "form": form}, "author", staff=True)
    assert (status, "Something else happens." in body["html"]) == (200, True)
    form = {"path": ["start/ask"], "scene": ["good-end"], "option": ["stop"]}
    _, body = site.post("preview", {"step": "new-scenario", "form": form}, "author", staff=True)
    assert body["marking"]["finished"] is True
    assert site.block().answers == {}
    assert parse_lesson(site.text).step("new-scenario").activity.possible == 1.0


def test_own_words_are_kept_under_another_name_for_each_learner_and_block() -> None:
    one, other = Site(HEAD + SNIPPETS["reflect"]), Site(HEAD + SNIPPETS["reflect"])
    keys = [site.block(learner).words_key for site in (one, other) for learner in ("learner-a", "learner-b")]
    assert keys[0] != keys[1]
    assert all(len(key) == 24 and "learner" not in key for key in keys)
    assert keys[0] in page_of(one)
    assert one.block(None).words_key == ""  # a visitor leaves nothing behind


def test_figures_come_from_where_the_platform_has_the_courses_files() -> None:
    class Files:
        def replace_urls(self, text: str, static_replace_only: bool = False) -> str:
            return text.replace('"/static/', '"/asset-v1:Example+AI101+2026+type@asset+block/')

    picture = SNIPPETS["reading"].replace("One idea", "![A chart](/static/chart.svg)\n\nOne idea")
    site = Site(HEAD + picture, services={"replace_urls": Files()})
    address = "/asset-v1:Example+AI101+2026+type@asset+block/chart.svg"
    assert f'<img src="{address}" alt="A chart">' in page_of(site)
    _, body = site.post("submit", {"step": "new-reading", "form": {}})
    assert address in body["html"]  # the platform rewrites no handler's answer
    assert '<img src="/static/chart.svg"' in page_of(Site(HEAD + picture))
