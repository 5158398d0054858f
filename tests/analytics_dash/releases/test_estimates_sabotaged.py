"""Done when: estimates that say more than the rule lets them are each refused, with the right reason, and by the audit.

Every one is written into the register with digests and a signature that hold: what refuses is what the release says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from analytics_dash.effects.figures import plain_difference
from analytics_dash.indicators import CATALOGUE, Window
from analytics_dash.releases import Cell, LeakError, LearningFigure, ReleaseError, dao, register_app
from analytics_dash.releases.errors import RuleError
from analytics_dash.releases.learning_beside import learning_of_same, months_of
from analytics_dash.releases.learning_checks import hide_between
from analytics_dash.releases.publish import publish_release
from analytics_dash.releases.reaudit import audit_store
from tests.support.government import insert

OCTOBER, NOVEMBER = Window.ending("2026-10"), Window.ending("2026-11")
Limits = tuple[float, float | None, float | None]


@pytest.fixture(autouse=True)
def register(tmp_path: Path) -> Iterator[None]:
    with register_app(f"sqlite:///{tmp_path / 'releases.sqlite'}").app_context():
        yield
        dao.db.session.remove()
        dao.db.engine.dispose()


def cell(indicator: str, counts: tuple[int, int] | None, **more: str) -> Cell:
    value = CATALOGUE[indicator].scale * counts[0] / counts[1] if counts else None
    place = dict.fromkeys(("month", "department", "grade_band", "arm")) | more
    view = "month" if "month" in more else "all"
    shown = (*(counts or (None, None)), value, "shown" if counts else "c")
    return Cell("2026-10.1", view, *place.values(), indicator, *shown)  # type: ignore[arg-type]


def cells(*, trained: tuple[int, int] | None = (1200, 2000), window: Window = OCTOBER) -> tuple[Cell, ...]:
    use = (cell("active_use", trained, arm="trained"), cell("active_use", (600, 1500), arm="untrained"))
    return (*use, *(cell("redaction_rate", (50 + 5 * n, 1000), month=month) for n, month in enumerate(window.months)))


def estimate(measure: str, limits: Limits, people: int, *, lesson: str = "") -> LearningFigure:
    return LearningFigure("2026-10.1", lesson, "", "", "", measure, None, people, *limits, "shown")


def tried(*figures: LearningFigure, beside: tuple[Cell, ...] | None = None, window: Window = OCTOBER) -> str:
    return publish_release(insert(beside or cells(), window, figures).id).status


SOUND = (
    estimate("use_difference", (20.0, 10.0, 30.0), 100),
    estimate("use_difference_crude", (20.0, None, None), 1500),
    estimate("use_difference_left_out", (15.0, None, None), 100),
    estimate("redaction_change", (1.5, 1.01, 2.22), 400),
    estimate("gain", (0.4, 0.28, 0.52), 100, lesson="course-test"),
    estimate("seconds", (40.0, None, None), 15, lesson="check-a-draft"),
)


def test_what_the_rule_tells_is_published() -> None:
    assert tried(*SOUND) == "published"


@pytest.mark.parametrize(
    ("figure", "reason"),
    [
        (estimate("use_difference", (20.3, 10.3, 30.3), 100), "finer than five of its people"),
        (estimate("rollout_effect", (20.0, 13.7, 26.3), 100), "finer than five of its people"),
        (estimate("rollout_before", (20.0, 19.0, 21.0), 100), "finer than five of its people"),
        (estimate("use_difference", (16.0, 6.0, 26.0), 100), "finer than five of its people"),  # a step for 250 people
        (estimate("use_difference", (20.0, None, None), 100), "finer than five of its people"),
        (estimate("use_difference", (20.0, 0.0, 40.0), 50), "fewer than 50 people"),  # 49 are shown as 50
        (estimate("use_difference_crude", (20.3, None, None), 1500), "not made of the cells beside it"),
        (estimate("use_difference_left_out", (13.0, None, None), 100), "finer than 5 %"),
        (estimate("redaction_change", (1.52, 1.02, 2.25), 400), "not made of the cells beside it"),
        (estimate("redaction_change", (1.5, 1.07, 2.1), 400), "finer than five of its people"),
        (estimate("equity_gap", (3.1, 1.0, 5.2), 400), "no such measure"),  # of a group that has no cell
        (estimate("gain", (0.41, 0.29, 0.53), 100, lesson="course-test"), "finer than five of its people"),
        (estimate("gain", (0.4, 0.2, 0.6), 45, lesson="course-test"), "fewer than 50 people"),
        (estimate("seconds", (37.0, None, None), 15, lesson="check-a-draft"), "finer than 10 seconds"),
        (estimate("mean_age", (40.0, 30.0, 50.0), 500), "no such measure"),
        (replace(SOUND[0], value=30.0, low=20.0, high=40.0), "told twice"),
    ],
)  # fmt: skip
def test_an_estimate_that_says_more_is_refused_with_the_reason(figure: LearningFigure, reason: str) -> None:
    with pytest.raises(RuleError, match=f"“{figure.measure}” is not told by the rule: .*{reason}"):
        tried(*(SOUND if "twice" in reason else ()), figure)


@pytest.mark.parametrize("figure", SOUND[:3], ids=lambda figure: figure.measure)
def test_an_estimate_of_use_beside_a_hidden_arm_is_refused(figure: LearningFigure) -> None:
    with pytest.raises(RuleError, match=f"“{figure.measure}” .*(both arms .* not shown|not made of the cells)"):
        tried(figure, beside=cells(trained=None))


@pytest.mark.parametrize(
    ("numerator", "denominator", "value", "reason"),
    [(60, 100, 0.6012, "not made of the rounded counts"), (95, 100, 0.95, "complement is below 10")],
)
def test_a_share_of_a_lesson_that_says_more_is_refused(
    numerator: int, denominator: int, value: float, reason: str
) -> None:
    share = LearningFigure("r", "l", "", "", "", "submitted", numerator, denominator, value, None, None, "shown")
    with pytest.raises(RuleError, match=reason):
        tried(share)


def of_many(limits: Limits) -> LearningFigure:
    return estimate("use_difference", limits, 2000)


def published_once(*figures: LearningFigure, window: Window = OCTOBER, without: tuple[str, ...] = ()) -> None:
    """By whatever rule there was then."""
    dao.insert_publication(insert(cells(window=window), window, figures, without=without).id, {"leaks": 0})


# Made by another rule, a step of 0.2: between 3.1 and 3.3. By this one, of as many people, a step of 0.5: 3.25 to 3.75.
THEN, NOW = of_many((3.2, 2.2, 4.2)), of_many((3.5, 2.5, 4.5))


def test_one_that_an_earlier_release_rounds_otherwise_is_refused_and_left_out_when_built() -> None:
    assert tried(NOW) == "published"
    published_once(THEN)
    with pytest.raises(LeakError, match="“use_difference” is rounded otherwise"):
        tried(NOW)
    assert [each.value for each in hide_between([NOW], [[THEN]])] == [None]
    within = of_many((3.0, 2.0, 4.0))  # 2.75 to 3.25 cuts it as well; 3.0 to a tenth would not
    assert [each.value for each in hide_between([within], [[THEN]])] == [None]
    assert [each.value for each in hide_between([within], [[of_many((3.0, 2.0, 4.0))]])] == [3.0]


def test_two_windows_that_differ_by_months_without_data_are_one() -> None:
    published_once(THEN, window=OCTOBER, without=OCTOBER.months[:1])
    later = insert(cells(window=NOVEMBER), NOVEMBER, (NOW,), without=NOVEMBER.months[-1:])
    with pytest.raises(LeakError, match="“use_difference” is rounded otherwise"):
        publish_release(later.id)
    other = insert(cells(window=NOVEMBER), NOVEMBER, (NOW,))
    assert learning_of_same(months_of(other.manifest), dao.published_sharing(NOVEMBER.months)) == []
    assert publish_release(other.id).status == "published"


def test_the_audit_names_a_published_release_that_tells_more_than_the_rule_of_today() -> None:
    published_once(of_many((3.21, 2.2, 4.2)))
    (audited,) = audit_store()
    assert "finer than five of its people" in str(audited.problem)


def test_the_plain_difference_is_the_cells_own() -> None:
    assert plain_difference(cells(), release="2026-10.1") == SOUND[1]


def test_a_release_that_only_hides_is_published() -> None:
    hidden = LearningFigure("r", "", "", "", "", "use_difference", None, None, None, None, None, "c")
    assert tried(hidden, beside=cells(trained=None)) == "published"
    assert issubclass(RuleError, ReleaseError)
