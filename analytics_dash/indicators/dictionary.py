"""The data dictionary: the catalogue as a page of text. Pure; `commands` prints it, docs/indicators.md is it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from analytics_dash.indicators.model import Entry, Figure, Indicator

_OPENING: Final = """\
# The indicators

Everything that a release publishes, entry by entry. Made from the catalogue (`analytics_dash/indicators/`):

```
adoption indicators dictionary > docs/indicators.md
adoption indicators list
adoption indicators show ID
```

There is no overall score, no league table and no minutes saved: trial evaluations disagree about the last, and the
first two invite wrong use. How figures are protected is in [method](method.md), what is measured of learning in
[learning](learning.md), what estimates can and cannot say in [effects](effects.md).
"""

_COMES_FROM: Final = {
    "learning": "beside the cells, about lessons and tests (`adoption learning`)",
    "estimates": "beside the cells, with an interval (`adoption indicators estimates`)",
}


def dictionary(entries: Iterable[Entry]) -> str:
    """The page, in Markdown: an overview, then a section for each entry."""
    every = list(entries)
    overview = ["| entry | asks | unit |", "|---|---|---|"]
    overview += [f"| [{each.title}](#{each.id}) | {each.question} | {each.unit} |" for each in every]
    return "\n".join([_OPENING, *overview, "", *(line for each in every for line in section(each))])


def section(entry: Entry) -> Iterator[str]:
    """An entry's section, line by line."""
    yield f'<a id="{entry.id}"></a>'
    yield f"## {entry.title}"
    yield ""
    yield f"*{entry.question}*"
    yield ""
    yield entry.definition
    yield ""
    yield "| | |"
    yield "|---|---|"
    for name, value in facts(entry):
        yield f"| {name} | {value} |"
    yield ""


def facts(entry: Entry) -> Iterator[tuple[str, str]]:
    """(name, value) of all that an entry says beside its title, question and definition."""
    yield "id, version", f"`{entry.id}`, {entry.version}"
    yield "numerator", entry.numerator
    yield "denominator", entry.denominator
    yield "unit", entry.unit
    if isinstance(entry, Indicator):
        yield "kind", entry.kind
        yield "views", ", ".join(entry.views)
        if entry.arms:
            yield "split into", ", ".join(entry.arms)
    if isinstance(entry, Figure):
        yield "published", _COMES_FROM[entry.comes_from]
        yield "measures", ", ".join(f"`{measure}`" for measure in entry.measures)
    yield "smallest group", f"{entry.minimum_group} people"
    yield "source", entry.source
    yield "known misuse", entry.misuse
