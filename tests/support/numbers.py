"""Every number of a page, explained: by a released figure of the same part, or by a derivation that is declared here.

Called by the tests that crawl the dashboard. All that is known comes from the API with the reader's own token; what is
derived from it (intervals, differences, shares hidden, counts of cells) is worked out here anew, without the product's
code. A number in a sentence, a table, a chart or its alternative that nothing here explains is returned as a fault.
English pages alone: words of counts are read, too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isclose
from typing import Any, Final

from flask.testing import FlaskClient
from lxml import html

from tests.support.api import Program
from tests.support.changed import changes, count_of, faults_of_changes, faults_of_shares, shares_hidden
from tests.support.dashboard import COORDINATES, PAGES, Figure, attribute, call_back, plain
from tests.support.evidence import Evidence, evidence
from tests.support.released import NUMBER, Released

OF_CHANGES: Final = r"revised since release|No published figure|Shown now and hidden before"


def sections(tree: Any, released: Released) -> dict[str, Evidence]:
    """The evidence of each part of a page."""
    return {section.get("id"): evidence(released, places(section)) for section in tree.xpath("//section[@id]")}


def faults_on(
    tree: Any, own: Mapping[str, Evidence], released: Released, department: str, earlier: Released | None = None
) -> list[str]:
    """What is wrong with the numbers of a question's page: for each, where it stands and what it says."""
    counts = changes(released, earlier, department) if earlier else {}
    hidden = shares_hidden(released, department)
    every = of_choice(own, released, department).written.union(*(each.written for each in own.values()))
    found = list(figures_at_fault(tree, released))
    for block in tree.xpath("//*[self::p or self::h1 or self::h2 or self::h3 or self::li or self::th or self::td]"):
        if block.get("data-part") or (block.tag == "li" and block.xpath(".//p")):
            continue
        text = " ".join(block.text_content().split())
        section = next(iter(block.xpath("ancestor::section[@id]")), None)
        mine = Evidence(every) if section is None else own[section.get("id")]
        key = "" if section is None else section.get("id")
        if key == "changes" or re.search(
            r"revised since release|No published figure|Shown now and hidden before", text
        ):
            found += faults_of_changes(block, text, counts, released)
        elif key == "suppression" or "in your view are hidden" in text:
            found += faults_of_shares(block, text, hidden, released)
        else:
            numbers = mine.written | (_made_from(released) if key == "lineage" else set())
            numbers |= _files(released) if key == "freshness" else set()
            tables = own.values() if section is None else [mine]
            rest, wrong = _counted(text, [each.entries for each in tables], released)
            found += [f"{what} in {key}: {text}" for what in (*wrong, *released.unexplained(rest, numbers))]
    for label in tree.xpath("//@aria-label | //@title | //@alt | //figcaption//text() | //caption//text()"):
        found += [f"{number} in {label}" for number in released.unexplained(str(label), set())]
    if any(row for row in counts.values()) and tree.xpath("//section[@id='changes']"):
        shown = {tuple(th.text for th in row.xpath("th")) for row in tree.xpath("//section[@id='changes']//tbody/tr")}
        found += [f"changes: {shown ^ set(counts)}"] if shown != set(counts) else []
    return found


def of_choice(own: Mapping[str, Evidence], released: Released, department: str) -> Evidence:
    """What a finding may rest on where the reader has split its tables otherwise: the cells of the choice itself."""
    about = {each.get("indicator") for one in own.values() for each in one.entries} - {None}
    views = ("all", "month", "department", "department_month")
    places = (
        place
        for place, each in released.entries.items()
        if (each.get("view") in views and each["indicator"] in about and each["department"] in (None, department))
        or (each.get("measure") == "redaction_change" and "redaction_rate" in about)  # in words alone, by people
    )
    return evidence(released, places)


def figures_at_fault(tree: Any, released: Released) -> Iterator[str]:
    """Figures of tables and key figures that are not the API's."""
    for each in tree.xpath("//*[@data-part]"):
        place = tuple(each.get(attribute(name)) for name in COORDINATES)
        if released.figures.get(place) != plain(each.text):
            yield f"{each.text} is not what is released at {dict(zip(COORDINATES, place, strict=True))}"


def _made_from(released: Released) -> set[str]:
    """What a release says of its inputs."""
    manifest = released.about["manifest"]
    return {str(manifest.get("roster_people")), str(len(manifest.get("inputs", ())))}


def _files(released: Released) -> set[str]:
    """How many files of each kind of feed; fewer than ten are told in words."""
    return {str(each["files"]) for each in released.about["manifest"].get("feeds", ()) if each["files"] > 9}


def _counted(text: str, tables: list[list[dict[str, Any]]], released: Released) -> tuple[str, list[str]]:
    """A text without its counts of cells, and those of them that are not the counts of the tables that it is about."""
    if not re.search(r" figures | hidden: | gaps | compared in ", text):
        return text, []
    of: dict[object, Counter[str]] = {}
    for number, table in enumerate(tables):
        for each in table:
            for group in ("all", each.get("department")) if "view" in each else ("all",):
                of.setdefault((number, group), Counter())[each["status"]] += 1
    entries = [each for table in tables for each in table] if len(tables) == 1 else []
    steps = [each for each in entries if each.get("measure") == "stopped"]
    pairs = Counter(each["month"] for each in entries if each["value"] is not None and each.get("month"))
    gaps = [each for each in released.learning if each["measure"] == "equity_gap" and each["value"] is not None]
    known: dict[str, set[tuple[int, ...]]] = {
        r"of (\w+) figures (\w+) (?:is|are) hidden": {(each.total(), each["c"]) for each in of.values()},
        r"of (\w+) figures (\w+) (?:is|are) missing": {(each.total(), each["x"]) for each in of.values()},
        r"Steps whose figure is hidden: (\w+) of (\w+)\.": {(sum(e["status"] == "c" for e in steps), len(steps))},
        r"Both groups can be compared in (\w+) month": {(sum(number == 2 for number in pairs.values()),)},
        r"Of (\w+) gaps (\w+) (?:is|are) larger than chance usually makes; if all were chance, about (\w+) would be": {
            (len(gaps), sum(each["low"] > 0 or each["high"] < 0 for each in gaps), round(len(gaps) / 20))
        },
    }
    wrong = []
    for pattern, right in known.items():
        for said in re.finditer(pattern, text):
            if tuple(map(count_of, said.groups())) not in right:
                wrong.append(f"“{said[0]}”, where it is {right},")
        text = re.sub(pattern, "…", text)
    return text, wrong


def faults_in_charts(node: Any, released: Released, own: Mapping[str, Evidence]) -> Iterator[str]:
    """Numbers of charts, in a layout or a callback's answer, that the table of the same part does not hold."""
    if isinstance(node, list):
        for child in node:
            yield from faults_in_charts(child, released, own)
    elif isinstance(node, dict):
        if node.get("type") == "Graph":
            mine = own[node["props"]["id"].removesuffix("-chart")]
            figure = node["props"]["figure"]
            for trace in figure["data"]:
                yield from _of_trace(trace, released, mine)
            for label in figure["layout"]["annotations"]:
                text = re.sub(r"<[^>]+>", " ", label["text"])
                yield from (f"{number} in a label: {text}" for number in released.unexplained(text, mine.written))
        for child in node.values():
            yield from faults_in_charts(child, released, own)


def _of_trace(trace: Mapping[str, Any], released: Released, mine: Evidence) -> Iterator[str]:
    texts = trace.get("text") or ()
    for text in texts:
        yield from (f"{number} in a chart: {text}" for number in released.unexplained(text, mine.written))
    if trace["mode"] == "text":  # the shorthand of what is withheld, below the nought line
        yield from (text for text in texts if not text.startswith("["))
        return
    by_month = any(isinstance(each, str) for each in trace["x"])
    for number in trace["y" if by_month else "x"]:
        if number is not None and not any(isclose(number, each, rel_tol=1e-9, abs_tol=1e-9) for each in mine.drawn):
            yield f"{number} is drawn"


def body(page: str) -> Any:
    """A page without what nobody reads on it."""
    tree = html.fromstring(page)
    for each in tree.xpath("//script | //style | //head | //option"):
        each.drop_tree()
    return tree


def places(node: Any) -> list[Figure]:
    """Where the figures of an element are taken from."""
    return [tuple(each.get(attribute(name)) for name in COORDINATES[:-1]) for each in node.xpath(".//*[@data-part]")]


@dataclass
class Crawl:
    """All pages as one person sees them, each held against what a program of the same scope is given."""

    client: FlaskClient
    program: Program
    release: str
    before: str = ""
    faults: list[str] = field(default_factory=list)
    numbers: int = 0

    def __post_init__(self) -> None:
        self.released = Released(self.program, self.release)
        self.earlier = Released(self.program, self.before) if self.before else None

    def look(self, department: str, *, also: Mapping[str, str] | None = None) -> None:
        """Read every page of a choice of department, with a view or a month of those that `also` names."""
        choice, said, written = f"department={department.replace(' ', '+')}", {}, {}
        for page in PAGES[1:]:
            for search in dict.fromkeys((choice, f"{choice}&{(also or {}).get(page, '')}".rstrip("&"))):
                tree = self._read(page, search)
                own = sections(tree, self.released)
                found = faults_on(tree, own, self.released, department, self.earlier)
                answer = call_back(self.client, f"?{search}", page=page).json
                found += faults_in_charts(answer, self.released, own)
                self.faults += [f"/{page}?{search}: {each}" for each in found]
                if search == choice:
                    said[page] = [
                        " ".join(p.text_content().split()) for p in tree.xpath("//div[contains(@class, 'answer')]/p")
                    ]
                    written[page] = set().union(*(each.written for each in own.values()))
        self._overview(choice, said, written, shares_hidden(self.released, department))

    def _read(self, page: str, search: str) -> Any:
        answer = self.client.get(f"/{page}?{search}")
        assert answer.status_code == 200, (page, search)
        tree = body(answer.text)
        self.numbers += len(NUMBER.findall(tree.text_content()))
        return tree

    def _overview(
        self, choice: str, said: Mapping[str, list[str]], written: Mapping[str, set[str]], hidden: Any
    ) -> None:
        """The first page says of each question what its page says first, and one of its figures."""
        tree = self._read("", choice)
        self.faults += figures_at_fault(tree, self.released)
        for page, sentences in said.items():
            [item] = tree.xpath(f"//li[@id='question-{page}']")
            finding = [" ".join(p.text_content().split()) for p in item.xpath(".//div[@class='said']/p")]
            self.faults += [] if finding == sentences else [f"/ says {finding}, /{page} says {sentences}"]
            key = " ".join(item.xpath(".//div[contains(@class, 'key')]//text()"))
            mine = written[page] | evidence(self.released, places(item)).written
            mine |= {hidden[""]} if page == "protection" else set()
            self.faults += [f"{number} in {key}" for number in self.released.unexplained(key, mine)]
