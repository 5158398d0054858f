"""The plain HTML of a component tree: escaped, complete, and the same words as Dash would draw."""

from __future__ import annotations

import pytest
from dash import dcc, html
from dash.development.base_component import Component

from analytics_dash.dashboard.errors import DashboardError
from analytics_dash.dashboard.prerender import to_html


def test_names_of_departments_are_escaped() -> None:
    assert to_html(html.P('<script>"x"</script>')) == "<p>&lt;script&gt;&#34;x&#34;&lt;/script&gt;</p>"
    assert to_html(html.P("a", title='"><b>')) == '<p title="&#34;&gt;&lt;b&gt;">a</p>'


def test_attributes_get_their_names_in_html() -> None:
    tree = html.Div(html.Th("x", className="number", scope="col", colSpan=2), tabIndex=0, **{"aria-label": "y"})
    assert to_html(tree) == '<div aria-label="y" tabindex="0"><th class="number" colspan="2" scope="col">x</th></div>'


def test_lists_numbers_and_nothing_are_children_too() -> None:
    assert to_html([html.Br(), None, 5, ["a", html.B("c")]]) == "<br>5a<b>c</b>"


def test_a_component_without_a_plain_form_is_an_error_not_a_hole() -> None:
    class Unknown(Component):
        _namespace = "other"
        _type = "Unknown"

    assert to_html(dcc.Location(id="url")) == ""
    with pytest.raises(DashboardError, match="no plain HTML form"):
        to_html(Unknown())
