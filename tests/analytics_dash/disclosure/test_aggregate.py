"""Groups put together from smaller ones are the groups that counting person by person gives."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_dash.disclosure.aggregate import MEASURES, add_up_views
from analytics_dash.disclosure.dominance import Magnitude
from analytics_dash.disclosure.views import VIEWS, View
from tests.analytics_dash.disclosure.test_protect import MONTHS, SCHEMA, Row, persons_of

# Small numbers, so that two people often tie for the largest part; a few large ones.
parts = st.one_of(st.integers(0, 3), st.sampled_from([0, 10**9]))
places = st.tuples(
    st.sampled_from(("Water", "Air")),
    st.sampled_from(("Canals", "Weather")),
    st.sampled_from(("North", "South")),
    st.sampled_from(("AO", "G7")),
)
CUT = [view for view in VIEWS.values() if set(view.dimensions) <= set(SCHEMA.names)]
contributions = st.lists(
    st.tuples(
        st.integers(0, 7), st.sampled_from(MONTHS), st.sampled_from((None, "trained", "untrained")), parts, parts
    ),
    max_size=40,
)
rosters = st.lists(places, min_size=8, max_size=8)


def one_by_one(rows: list[Row], view: View) -> dict[Any, list[Magnitude]]:
    """The definition, in plain loops."""
    sums: dict[Any, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for row in rows:
        of_person = sums[(*(row[name] for name in view.dimensions), row["arm"])][row["person"]]
        of_person[0] += row["numerator"]
        of_person[1] += row["denominator"]
        of_person[2] += row["denominator"] - row["numerator"]
    found = {}
    for key, people in sums.items():
        columns = [sorted((part[n] for part in people.values()), reverse=True) for n in range(3)]
        found[key] = [
            Magnitude(sum(column), sum(part > 0 for part in column), column[0], (*column, 0)[1]) for column in columns
        ]
    return found


@settings(max_examples=15, deadline=None)
@given(contributions, rosters)
def test_every_view_is_what_counting_person_by_person_gives(
    drawn: list[tuple[Any, ...]], roster: list[tuple[str, str, str, str]]
) -> None:
    rows: list[Row] = [
        dict(zip(SCHEMA.names, (person, month, *roster[person], arm, min(n, d), d), strict=True))
        for person, month, arm, n, d in drawn
    ]
    with persons_of(rows, views=[view.name for view in CUT]) as persons:
        found = add_up_views(persons, CUT)
    for view in CUT:
        groups = {
            (*(value_of(group.key, dimension) for dimension in view.dimensions), arm_of(group.key)): [
                getattr(group, measure) for measure in MEASURES
            ]
            for group in found[view.name].values()
        }
        assert groups == one_by_one(rows, view)


def value_of(key: Any, dimension: str) -> Any:
    return getattr(key, dimension)


def arm_of(key: Any) -> Any:
    return key.arm
