"""Figures hold the answers' values and nothing else; what is withheld is a mark, not a gap or a nought."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import plotly.graph_objects as go
import pytest

from analytics_dash import dashboard
from analytics_dash.dashboard import charts, figures, palette
from analytics_dash.dashboard.trend import runs
from analytics_dash.questions import QUESTIONS, Facts, Picture, answer
from analytics_dash.questions.answers import Line, Point
from analytics_dash.questions.scale import ticks

CSS = (Path(dashboard.__file__).parent / "assets" / "dashboard.css").read_text()


def picture(facts: Facts, key: str, part: str) -> Picture:
    found = next(each.picture for each in answer(QUESTIONS[key], facts).parts if each.key == part)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def rows(everything: Facts) -> Picture:
    return picture(everything, "trained", "trained_before_access-department")


@pytest.fixture(scope="module")
def lines(smallest: Facts) -> Picture:
    return picture(smallest, "use", "active_use-months")


def draw(found: Picture) -> go.Figure:
    """The figure as Plotly's own objects, which refuse what is none."""
    return go.Figure(charts.draw(found))


def hide(point: Point, text: str = "[c]") -> Point:
    return replace(point, text=text, value=None, low=None, high=None)


def one(*points: Point, label: str = "", unit: str = "%") -> Picture:
    return Picture("groups", unit, (Line(label, points),), 100.0 if unit == "%" else None)


def test_each_dot_stands_at_its_groups_value_in_the_order_given(rows: Picture) -> None:
    marks = next(trace for trace in draw(rows).data if trace.mode == "markers")
    points = rows.lines[0].points
    assert list(marks.x) == [point.value for point in points]
    assert list(marks.y) == list(range(len(points)))
    assert marks.marker.symbol[0] == "diamond", "everybody's row is told apart"


def test_each_interval_is_drawn_and_none_for_a_hidden_row(rows: Picture) -> None:
    first, *rest = rows.lines[0].points
    drawn = next(trace for trace in draw(one(hide(first), *rest)).data if trace.mode == "lines")
    assert [x for x in drawn.x if x is not None] == [limit for point in rest for limit in (point.low, point.high)]


def test_a_hidden_row_says_so_and_has_no_dot(rows: Picture) -> None:
    first, second, *rest = rows.lines[0].points
    figure = draw(one(first, hide(second), *rest))
    marks = next(trace for trace in figure.data if trace.mode == "markers")
    assert 1 not in marks.y
    assert "[c]" in [label.text for label in figure.layout.annotations if label.y == 1]


def test_a_line_goes_through_the_values_and_breaks_where_one_is_hidden(lines: Picture) -> None:
    drawn = [trace for trace in draw(lines).data if trace.mode == "lines+markers"]
    assert [list(trace.y) for trace in drawn] == [[point.value for point in line.points] for line in lines.lines]
    assert not any(trace.connectgaps for trace in drawn)
    assert any(None in trace.y for trace in drawn)


def test_each_hidden_month_is_marked_below_the_nought_line(lines: Picture) -> None:
    marks = [trace for trace in draw(lines).data if trace.mode == "text"]
    hidden = sum(point.value is None for line in lines.lines for point in line.points)
    assert sum(len(trace.x) for trace in marks) == hidden > 0
    assert {text for trace in marks for text in trace.text} == {"[c]"}
    assert all(y < 0 for trace in marks for y in trace.y)


def test_hover_texts_are_written_as_in_the_table(everything: Facts) -> None:
    found = picture(everything, "use", "active_use-months")
    drawn = [trace for trace in draw(found).data if trace.mode == "lines+markers"]
    for trace, line in zip(drawn, found.lines, strict=True):
        assert [text.partition(": ")[2] for text in trace.text] == [point.text for point in line.points]


def test_the_word_for_a_line_that_is_all_hidden_stands_clear_of_the_other_line(everything: Facts) -> None:
    points = picture(everything, "safety", "redaction_rate-months").lines[0].points[:2]
    hidden = Line("This department", tuple(hide(point) for point in points))
    for values in ((140.0, 60.0), (60.0, 140.0), (10.0, 10.0)):
        shown = Line("All of government", tuple(replace(p, value=v) for p, v in zip(points, values, strict=True)))
        figure = draw(Picture("months", "per 1,000 prompts", (hidden, shown)))
        word, line = figure.layout.annotations
        assert word.text == "<b>This department</b>: [c]"
        pixel = figure.layout.yaxis.range[1] / 260  # the plot's height without its margins
        assert abs(word.y + (word.yshift or 0) * pixel - line.y - line.yshift * pixel) > 20 * pixel


def test_what_was_not_loaded_is_not_marked_as_hidden(lines: Picture) -> None:
    missing = Line("All", tuple(hide(point, "[x]") for point in lines.lines[0].points))
    assert draw(Picture("months", "%", (missing,))).layout.annotations[0].text == "<b>All</b>: [x]"


def test_a_long_name_is_written_in_full_on_more_lines(rows: Picture) -> None:
    point = rows.lines[0].points[0]
    long = draw(one(replace(point, label="Department for Environment, Food and Rural Affairs")))
    assert long.layout.annotations[0].text == "Department for Environment,<br>Food and Rural Affairs"
    assert long.layout.height > draw(one(replace(point, label="Treasury"))).layout.height


def test_intervals_stay_inside_the_scale(smallest: Facts, everything: Facts) -> None:
    for facts in (smallest, everything):
        for key, part, axis in (
            ("safety", "redaction_rate-months", "yaxis"),
            ("safety", "concerns-department", "xaxis"),
        ):
            found = picture(facts, key, part)
            figure = draw(found)
            limits = [point.high for line in found.lines for point in line.points if point.high is not None]
            assert max(limits, default=0) < figure.layout[axis].range[1]


def test_gaps_have_nought_in_the_middle(everything: Facts) -> None:
    figure = draw(picture(everything, "equity", "gap-competent"))
    low, high = figure.layout.xaxis.range
    assert low == pytest.approx(-high)
    assert any(shape.x0 == shape.x1 == 0 for shape in figure.layout.shapes)


def test_a_band_never_bridges_a_hidden_month(everything: Facts) -> None:
    points = list(picture(everything, "use", "active_use-months").lines[0].points)
    assert [len(run) for run in runs([*points[:2], hide(points[2]), *points[3:]])] == [2, len(points) - 3]


def test_every_colour_of_a_chart_has_a_partner_for_dark_mode() -> None:
    for colour in palette.CHART_COLOURS:
        assert f'stroke: {colour}"' in CSS
    for colour in (palette.BLUE, palette.TEAL, palette.GREY):
        assert f'fill: {colour}"' in CSS


@pytest.mark.parametrize("key", QUESTIONS)
def test_every_figure_of_every_question_is_one_to_plotly(everything: Facts, smallest: Facts, key: str) -> None:
    for facts in (everything, smallest):
        for part in answer(QUESTIONS[key], facts).parts:
            if part.picture is not None:
                assert draw(part.picture).data


def test_nothing_in_a_figure_can_leave_the_page(lines: Picture) -> None:
    assert figures.CONFIG["displayModeBar"] is False
    assert figures.CONFIG["showSendToCloud"] is False
    assert figures.CONFIG["plotlyServerURL"] == ""
    assert "http" not in str(draw(lines).to_plotly_json())


def test_a_departments_name_is_only_a_name(rows: Picture) -> None:
    point = replace(rows.lines[0].points[0], key="x", label='<a href="x">%{x}</a>')
    drawn = str(draw(one(point)).to_plotly_json())
    assert "<a" not in drawn
    assert "%{x}" not in drawn


@pytest.mark.parametrize(("top", "expected"), [(100.0, [0, 20, 40, 60, 80, 100]), (57.0, 6), (3.0, 4), (183.0, 5)])
def test_an_axis_has_a_handful_of_round_ticks_from_nought(top: float, expected: object) -> None:
    found = ticks(top)
    assert found[0] == 0
    assert found[-1] <= top
    assert found == expected if isinstance(expected, list) else 3 <= len(found) <= 7
