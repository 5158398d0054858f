"""Figures hold the cells' values and nothing else; a hidden cell is a mark, not a gap or a nought."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analytics_dash import dashboard
from analytics_dash.dashboard import figures, palette
from analytics_dash.dashboard.findings import rate_of, share_of
from analytics_dash.dashboard.overview import Overview
from analytics_dash.dashboard.trend import Series, _runs, _tick_values, trend
from analytics_dash.releases import Cell, format_cell

CSS = (Path(dashboard.__file__).parent / "assets" / "dashboard.css").read_text()


def dots(view: Overview) -> list[tuple[str, Cell]]:
    return [(cell.department or "", cell) for cell in view.by_department("trained_before_access")]


def lines(view: Overview) -> list[Series]:
    return [
        Series(arm, view.by_month("active_use", department=view.department, arm=arm), interval=share_of)
        for arm in ("trained", "untrained")
    ]


def test_each_dot_stands_at_its_cells_value_in_alphabetical_order(everything: Overview) -> None:
    rows = dots(everything)
    shown = figures.dots(rows).data[0]
    assert [name for name, _cell in rows] == sorted(name for name, _cell in rows)
    assert list(shown.x) == [cell.value for _name, cell in rows]
    assert list(shown.y) == list(range(len(rows)))


def test_a_hidden_row_says_so_and_has_no_dot(everything: Overview) -> None:
    rows = dots(everything)
    rows[1] = (rows[1][0], _hide(rows[1][1]))
    figure = figures.dots(rows)
    assert list(figure.data[0].y) == [row for row in range(len(rows)) if row != 1]
    assert "[c]" in [label.text for label in figure.layout.annotations if label.y == 1]


def test_a_line_goes_through_the_cells_values_and_breaks_where_one_is_hidden(smallest: Overview) -> None:
    series = lines(smallest)
    drawn = [trace for trace in trend(series).data if trace.mode == "lines+markers"]
    assert [list(trace.y) for trace in drawn] == [[cell.value for cell in one.cells] for one in series]
    assert not any(trace.connectgaps for trace in drawn)
    assert any(None in trace.y for trace in drawn)


def test_each_hidden_cell_is_marked_below_the_nought_line(smallest: Overview) -> None:
    series = lines(smallest)
    marks = [trace for trace in trend(series).data if trace.mode == "text"]
    hidden = sum(cell.value is None for one in series for cell in one.cells)
    assert sum(len(trace.x) for trace in marks) == hidden > 0
    assert {text for trace in marks for text in trace.text} == {"[c]"}
    assert all(y < 0 for trace in marks for y in trace.y)


def test_hover_texts_are_written_as_in_the_export(everything: Overview) -> None:
    series = lines(everything)
    drawn = [trace for trace in trend(series, suffix="%").data if trace.mode == "lines+markers"]
    for trace, one in zip(drawn, series, strict=True):
        written = [text.partition(": ")[2] for text in trace.text]
        assert written == [f"{format_cell(cell).value}%" for cell in one.cells]


def test_the_word_for_a_line_that_is_all_hidden_stands_clear_of_the_other_line(everything: Overview) -> None:
    hidden = [_hide(cell) for cell in everything.by_month("redaction_rate")]
    for values in ((140.0, 60.0), (60.0, 140.0), (10.0, 10.0)):
        drawn = [
            replace(cell, value=value)
            for cell, value in zip(everything.by_month("redaction_rate"), values, strict=False)
        ]
        figure = trend([Series("This department", hidden), Series("All of government", drawn)])
        word, line = figure.layout.annotations
        assert word.text == "<b>This department</b>: [c]"
        pixel = figure.layout.yaxis.range[1] / 260  # the plot's height without its margins
        assert abs(word.y + (word.yshift or 0) * pixel - line.y - line.yshift * pixel) > 20 * pixel


def test_what_was_not_loaded_is_not_marked_as_hidden(everything: Overview) -> None:
    missing = [replace(_hide(cell), status="x") for cell in everything.by_month("redaction_rate")]
    figure = trend([Series("All", missing)])
    assert figure.layout.annotations[0].text == "<b>All</b>: [x]"


def test_a_share_that_rounds_to_nought_has_no_per_cent_sign(everything: Overview) -> None:
    (name, cell), *_rest = dots(everything)
    figure = figures.dots([(name, replace(cell, value=0.03, status="low"))])
    assert [label.text for label in figure.layout.annotations][1] == "<b>[low]</b>"
    assert figure.data[0].text == (f"{name}: [low]",)


def test_a_long_name_is_written_in_full_on_more_lines(everything: Overview) -> None:
    _name, cell = dots(everything)[0]
    figure = figures.dots([("Department for Environment, Food and Rural Affairs", cell)])
    assert figure.layout.annotations[0].text == "Department for Environment,<br>Food and Rural Affairs"
    assert figure.layout.height > figures.dots([("Treasury", cell)]).layout.height


def test_intervals_stay_inside_the_scale(smallest: Overview, everything: Overview) -> None:
    for view in (smallest, everything):
        figure = trend([Series("", view.by_month("redaction_rate"), interval=rate_of)])
        drawn = [y for trace in figure.data for y in trace.y if y is not None]
        assert max(drawn) < figure.layout.yaxis.range[1]


def test_a_band_never_bridges_a_hidden_month(everything: Overview) -> None:
    cells = list(everything.by_month("active_use", arm="trained"))
    runs = _runs([*cells[:2], _hide(cells[2]), *cells[3:]])
    assert [len(run) for run in runs] == [2, len(cells) - 3]


def test_every_colour_of_a_chart_has_a_partner_for_dark_mode() -> None:
    for colour in palette.CHART_COLOURS:
        assert f'stroke: {colour}"' in CSS
    for colour in (palette.BLUE, palette.TEAL, palette.GREY):
        assert f'fill: {colour}"' in CSS


def test_nothing_in_a_figure_can_leave_the_page(everything: Overview) -> None:
    assert figures.CONFIG["displayModeBar"] is False
    assert figures.CONFIG["showSendToCloud"] is False
    assert figures.CONFIG["plotlyServerURL"] == ""
    assert "http" not in str(trend(lines(everything)).to_plotly_json())


def test_a_departments_name_is_only_a_name(everything: Overview) -> None:
    cell = everything.by_department("trained_before_access")[0]
    drawn = str(figures.dots([('<a href="x">%{x}</a>', cell)]).to_plotly_json())
    assert "<a" not in drawn
    assert "%{x}" not in drawn


@pytest.mark.parametrize(("top", "ticks"), [(100.0, [0, 20, 40, 60, 80, 100]), (57.0, 6), (3.0, 4), (183.0, 5)])
def test_an_axis_has_a_handful_of_round_ticks_from_nought(top: float, ticks: object) -> None:
    found = _tick_values(top)
    assert found[0] == 0
    assert found[-1] <= top
    assert found == ticks if isinstance(ticks, list) else 3 <= len(found) <= 7


def _hide(cell: Cell) -> Cell:
    return replace(cell, numerator=None, denominator=None, value=None, status="c")
