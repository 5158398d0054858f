"""The plain HTML of a page's nodes: escaped, complete, and the same words as Dash would draw."""

from __future__ import annotations

import pytest

from analytics_dash.dashboard import nodes as html
from analytics_dash.dashboard.errors import DashboardError
from analytics_dash.dashboard.prerender import to_html


def test_names_of_departments_are_escaped() -> None:
    assert to_html(html.P('<script>"x"</script>')) == "<p>&lt;script&gt;&#34;x&#34;&lt;/script&gt;</p>"
    assert to_html(html.P("a", title='"><b>')) == '<p title="&#34;&gt;&lt;b&gt;">a</p>'


def test_attributes_get_their_names_in_html() -> None:
    tree = html.Div(html.Th("x", className="number", scope="col", id=None), tabIndex=0, **{"aria-label": "y"})
    assert to_html(tree) == '<div tabindex="0" aria-label="y"><th class="number" scope="col">x</th></div>'


def test_lists_numbers_and_nothing_are_children_too() -> None:
    assert to_html([html.Td(), None, 5, ["a", html.P("c")]]) == "<td></td>5a<p>c</p>"


def test_what_has_no_plain_form_is_an_error_not_a_hole() -> None:
    assert to_html(html.Location(id="url")) == ""
    for unknown in ({"type": "Dropdown", "namespace": html.CORE, "props": {}}, object()):
        with pytest.raises(DashboardError, match="no plain HTML form"):
            to_html([html.P("a"), unknown])
