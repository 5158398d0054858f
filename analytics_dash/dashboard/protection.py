"""The end of the overview page: how the figures are protected, and the download. Called by `page`."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlencode

from dash import html

from analytics_dash.dashboard.components import aria
from analytics_dash.dashboard.overview import Overview
from analytics_dash.i18n import _


def protection(view: Overview) -> html.Section:
    """The rule in plain words, and how much of the reader's view it hides."""
    total = Counter(cell.view for cell in view.cells)
    hidden = Counter(cell.view for cell in view.cells if cell.status == "c")
    names = {
        "all": _("All of government"),
        "month": _("By month"),
        "department_group": _("By department group"),
        "department": _("By department"),
        "team": _("By team"),
        "grade_band": _("By grade band"),
        "profession": _("By profession"),
        "nation": _("By nation"),
        "department_group_month": _("By department group and month"),
        "department_month": _("By department and month"),
    }
    rows = [
        html.Tr(
            [
                html.Th(name, scope="row"),
                html.Td(f"{100 * hidden[key] / total[key]:.1f}%" if hidden[key] else _("none"), className="number"),
            ]
        )
        for key, name in names.items()
        if total[key]
    ]
    return html.Section(
        [
            html.H2(_("How this is protected"), id="protection-heading", className="question"),
            html.P(_("No figure here is about one person."), className="finding"),
            html.Div(
                [
                    html.Ul(
                        [
                            html.Li(_("Counts below 10 are hidden. Nought is hidden like nine: both read [c].")),
                            html.Li(_("All other counts are rounded to 5, and every rate is made of rounded counts.")),
                            html.Li(
                                _(
                                    "There is a fixed list of views. Choosing a department picks among published "
                                    "figures; it never counts people again."
                                )
                            ),
                            html.Li(
                                _(
                                    "Before a release is published, a program tries to work hidden figures out from "
                                    "all published ones. If it can, the release is not published."
                                )
                            ),
                            html.Li(
                                _("It does not cover what a reader knows from elsewhere, or readers who join forces.")
                            ),
                        ],
                        className="plain",
                    ),
                    html.Table(
                        [
                            html.Caption(_("Share of the figures in your view that are hidden")),
                            html.Thead(
                                html.Tr(
                                    [
                                        html.Th(_("Figures"), scope="col"),
                                        html.Th(_("Hidden"), scope="col", className="number"),
                                    ]
                                )
                            ),
                            html.Tbody(rows),
                        ]
                    ),
                ],
                className="protection",
            ),
            html.P(html.A(_("Method, definitions and sources"), href="/method")),
        ],
        id="protection",
        className="part wide",
        **aria(labelledby="protection-heading"),
    )


def download(view: Overview) -> html.Section:
    """The links to the CSV of exactly this view, and to its notes."""
    query = urlencode({"department": view.department, "release": view.release.id})
    return html.Section(
        [
            html.H2(_("Take the figures with you"), id="download-heading", className="question"),
            html.P(
                _("The same figures as on this page, to the character, with notes. Downloads are recorded."),
                className="finding small",
            ),
            html.P(
                [
                    html.A(_("Download as CSV"), href=f"/export.csv?{query}", className="button"),
                    html.A(_("Notes to the CSV"), href=f"/export-notes.txt?{query}"),
                ],
                className="links",
            ),
        ],
        id="download",
        className="part wide",
        **aria(labelledby="download-heading"),
    )
