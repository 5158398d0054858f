"""A small real register for tests of what reads releases: departments of plausible sizes, six months, all indicators.

The figures are invented, the mechanism is not: counts pass through the disclosure rule, the release is written to
the register and published as the product does it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from analytics_dash.disclosure.groups import Key
from analytics_dash.disclosure.rule import show_proportion, show_ratio
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.effects.figures import equity_gaps
from analytics_dash.indicators import CATALOGUE, Window
from analytics_dash.releases import Cell, LearningFigure, ReleaseInfo, dao, register_app
from analytics_dash.releases.figures import rounds_to_nought

THROUGH = "2026-10"
DEPARTMENTS = {
    "Department for Lighthouses": 240,
    "Ministry of Weather": 310,
    "Office for Canals": 130,
    "Registry of Tides": 22,  # so small that most of its cells are hidden
}
GROUPS = ("Sea and sky", "Inland")
TEAMS = ("Operations", "Policy")
PROFESSIONS = ("Operational delivery", "Policy", "Digital and data")
NATIONS = ("England", "Scotland", "Wales", "Northern Ireland")
GRADE_BANDS = ("AA-AO", "EO", "HEO-SEO", "G7-G6", "SCS")
SHARES = {"trained_before_access": 0.62, "competent": 0.78, "trained": 0.71, "untrained": 0.48, "redaction_rate": 0.045}


def make_register(folder: Path, *, through: str = THROUGH, publish: bool = True) -> tuple[str, ReleaseInfo]:
    """Make `folder`/releases.sqlite with one release; return the register's URL and the release."""
    url = f"sqlite:///{folder / 'releases.sqlite'}"
    app = register_app(url)
    with app.app_context():
        info = add_release(through=through, publish=publish)
        dao.db.session.remove()
        dao.db.engine.dispose()
    return url, info


def add_release(
    *, through: str = THROUGH, publish: bool = True, departments: Mapping[str, int] = DEPARTMENTS
) -> ReleaseInfo:
    """Add one release to the register of the current application context."""
    sequence = dao.next_sequence(through)
    cells = tuple(plausible_cells(f"{through}.{sequence}", through, departments))
    manifest: dict[str, Any] = {
        "schema": "adoption-release/1",
        "through": through,
        "months": list(Window.ending(through).months),
        "rule": {"name": "10-5", "minimum": 10, "base": 5},
    }
    info = dao.insert_release(
        through=through,
        sequence=sequence,
        fingerprint=f"test-{through}.{sequence}",
        digest=f"test-{through}.{sequence}",
        manifest=manifest,
        cells=cells,
        learning=tuple(plausible_learning(f"{through}.{sequence}", cells)),
    )
    return dao.insert_publication(info.id, {"leaks": 0}) if publish else info


def plausible_cells(release: str, through: str, departments: Mapping[str, int] = DEPARTMENTS) -> Iterator[Cell]:
    """Yield the cells of every indicator and view, protected by the rule; every margin is the sum of its parts."""
    for indicator in CATALOGUE.values():
        for arm in indicator.arms or (None,):
            share = SHARES.get(arm or indicator.id, 0.3)
            sums: dict[tuple[str, Key], list[int]] = defaultdict(lambda: [0, 0])
            for d, (department, size) in enumerate(departments.items()):
                for m, month in enumerate(Window.ending(through).months):
                    whole = size * (3 + (d + m) % 3) // 12
                    part = round(whole * min(0.95, share * (0.85 + 0.06 * m)))
                    place = {
                        "month": month,
                        "department_group": GROUPS[d % len(GROUPS)],
                        "department": department,
                        "team": TEAMS[m % len(TEAMS)],
                        "grade_band": GRADE_BANDS[(2 * d + m) % len(GRADE_BANDS)],
                        "profession": PROFESSIONS[(d + m) % len(PROFESSIONS)],
                        "nation": NATIONS[(d + 2 * m) % len(NATIONS)],
                    }
                    for view in indicator.views:
                        key = Key(**{name: place[name] for name in VIEWS[view].dimensions})
                        sums[view, key][0] += part
                        sums[view, key][1] += whole
            for (view, key), (part, whole) in sums.items():
                show = show_proportion if indicator.kind == "proportion" else show_ratio
                shown = show(part, whole)
                value = None if shown is None else indicator.scale * shown.numerator / shown.denominator
                status = "c" if value is None else "low" if rounds_to_nought(value) else "shown"
                yield Cell(
                    **{name: value for name, value in key._asdict().items() if name != "arm"},
                    release=release,
                    view=view,
                    arm=arm,
                    indicator=indicator.id,
                    numerator=None if shown is None else shown.numerator,
                    denominator=None if shown is None else shown.denominator,
                    value=value,
                    status=status,
                )


LESSON = "check-a-draft"
STEPS = ("read", "check", "decide")


def plausible_learning(release: str, cells: tuple[Cell, ...]) -> Iterator[LearningFigure]:
    """Yield figures of one lesson and one test, and estimates: shown ones and hidden ones of each kind.

    In the item of the step `check` more people chose the wrong answer “b” than the right one, “a”.
    """

    def share(measure: str, part: int, whole: int, *, step: str = "", option: str = "") -> LearningFigure:
        value = part / whole
        item = "choice" if measure in {"right", "chosen"} else ""
        limits = (round(value, 4), round(value - 0.05, 4), round(value + 0.05, 4))
        return LearningFigure(release, LESSON, step, item, option, measure, part, whole, *limits, "shown")

    def hidden(measure: str, *, lesson: str = LESSON, step: str = "") -> LearningFigure:
        return LearningFigure(release, lesson, step, "", "", measure, None, None, None, None, None, "c")

    def statistic(measure: str, value: float, spread: float, *, lesson: str = LESSON) -> LearningFigure:
        limits = (value, round(value - spread, 2), round(value + spread, 2))
        return LearningFigure(release, lesson, "", "", "", measure, None, 120, *limits, "shown")

    for number, step in enumerate(STEPS):
        yield share("right", 90 - 25 * number, 150, step=step)
    yield from (share("chosen", count, 150, step="check", option=name) for name, count in (("a", 65), ("b", 85)))
    yield from (share("right_when_sure", 60, 100, option=level) for level in ("50", "100"))
    yield from (statistic("over_confidence", 0.12, 0.04), statistic("brier", 0.24, 0.02))
    yield from (hidden("submitted"), share("completed", 120, 150))
    yield from (share("stopped", 30, 150, step="read"), share("stopped", 10, 120, step="check"))
    yield hidden("stopped", step="decide")
    yield statistic("gain", 0.38, 0.03, lesson="course-test")
    yield hidden("kept", lesson="course-test")
    yield statistic("use_difference", 16.7, 2.2, lesson="")
    yield from (hidden("rollout_effect", lesson=""), statistic("redaction_change", 0.45, 0.1, lesson=""))
    yield from equity_gaps(cells, (), release=release)
