"""Where a value stands besides prose: tables, mails, file names, links, JSON, HTML. Each says which values fit in.

A container takes (label, value, rng) and returns the text before the value, the value as it is written there, and the
text after it.
"""

from __future__ import annotations

import json
import random
import string
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote, quote_plus

Placed = tuple[str, str, str]
Container = Callable[[str, str, random.Random], Placed]
_OTHERS: Final = ("open", "closed", "2026-03-01", "Leeds", "High", "12", "n/a", "GRADE 7", "yes", "Band B")


def _row(label: str, value: str, rng: random.Random, sign: str, edge: str = "") -> Placed:
    before, after = [rng.choice(_OTHERS) for _ in range(2)]
    head = edge + sign.join(("ref", label, "status")) + edge
    rule = "\n" + edge + sign.join(("---",) * 3) + edge if edge else ""
    other = "\n" + edge + sign.join((before, "–", after)) + edge
    return f"{head}{rule}{rng.choice(('', other))}\n{edge}{before}{sign}", value, f"{sign}{after}{edge}\n"


def pipe_table(label: str, value: str, rng: random.Random) -> Placed:
    return _row(label, value, rng, " | ", "|")


def tab_table(label: str, value: str, rng: random.Random) -> Placed:
    return _row(label, value, rng, "\t")


def csv_table(label: str, value: str, rng: random.Random) -> Placed:
    before, written, after = _row(label, value, rng, ",")
    return (before + '"', written, '"' + after) if rng.random() < 0.4 else (before, written, after)


def mail_header(label: str, value: str, rng: random.Random) -> Placed:
    return (
        f"From: Casework Team\nTo: team\nSubject: RE: {label} ",
        value,
        "\nDate: Mon, 2 Mar 2026 09:14:02 +0000\n\nHello,\nplease see below.\n",
    )


def mail_quoted(label: str, value: str, rng: random.Random) -> Placed:
    return f"Thanks, noted.\n\n> On Monday the customer wrote:\n>> {label}: ", value, "\n>> and nothing more\n"


def mail_signature(label: str, value: str, rng: random.Random) -> Placed:
    return f"Kind regards\n\n-- \nCasework Team | Operations | {label}: ", value, " | 3rd floor\n"


def file_name(label: str, value: str, rng: random.Random) -> Placed:
    sign = rng.choice("_-")
    label = label.replace(" ", sign).replace("/", sign)
    return (
        rng.choice(("S:\\Cases\\2026\\", "see ", "/home/share/")) + f"{label}{sign}",
        value.replace(" ", sign),
        rng.choice((".pdf", "_final.docx", "-v2.xlsx")),
    )


def link(label: str, value: str, rng: random.Random) -> Placed:
    key = label.lower().replace(" ", "_").replace("/", "")
    written = rng.choice((quote, quote_plus))(value, safe=":@/")
    return f"https://service.example.gov.uk/search?page=2&{key}=", written, rng.choice(("", "&sort=asc", "#top"))


def pasted_json(label: str, value: str, rng: random.Random) -> Placed:
    ascii_only = rng.random() < 0.5
    written = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
    return '{"id": 7, ' + f'"{label}":{rng.choice((" ", ""))}"', written, '", "open": true}'


def html_cell(label: str, value: str, rng: random.Random) -> Placed:
    written = value.replace(" ", rng.choice((" ", "&nbsp;", "&#160;", "&thinsp;")))
    return f'<table><tr><th>{label}</th><td class="value">', written, "</td></tr></table>"


def html_list(label: str, value: str, rng: random.Random) -> Placed:
    return f"<dl><dt><b>{label}</b></dt><dd><span>", value, "</span></dd></dl>"


def html_emphasis(label: str, value: str, rng: random.Random) -> Placed:
    at = rng.randrange(1, len(value))
    tag = rng.choice(("b", "em", "span", "strong"))
    return f"<p>{label}: ", f"{value[:at]}<{tag}>{value[at:]}</{tag}>", " was given.</p>"


def log_line(label: str, value: str, rng: random.Random) -> Placed:
    key = label.lower().replace(" ", "_")
    return f"2026-03-02T09:14:0{rng.randrange(10)}Z WARN lookup failed {key}=", value, " code=404"


def sql(label: str, value: str, rng: random.Random) -> Placed:
    return f"SELECT id FROM {rng.choice(('cases', 'people'))} WHERE {label.replace(' ', '_')} = '", value, "';"


def xml(label: str, value: str, rng: random.Random) -> Placed:
    tag = "".join(part for part in label.title() if part.isalnum())
    return f"<record><id>{rng.randrange(90)}</id><{tag}>", value, f"</{tag}></record>"


def escaped_json(label: str, value: str, rng: random.Random) -> Placed:
    written = json.dumps(json.dumps(value).replace("/", "\\/"))[3:-3]
    return f'{{"body": "{{\\"{label}\\":{rng.choice((" ", ""))}\\"', written, '\\"}"}'


def markdown_bold(label: str, value: str, rng: random.Random) -> Placed:
    sign = rng.choice(("**", "*", "__"))
    return f"- {sign}{label}:{sign} ", value, "\n- next step: none\n"


ALL: Final[tuple[Container, ...]] = (
    pipe_table, tab_table, csv_table, mail_header, mail_quoted, mail_signature, file_name, link, pasted_json, html_cell,
    html_list, html_emphasis, log_line, sql, xml, escaped_json, markdown_bold,
)  # fmt: skip
# A name with a title in a file name or a link has underscores in it; that is not claimed.
NAMES: Final = (
    pipe_table,
    tab_table,
    csv_table,
    mail_quoted,
    mail_signature,
    pasted_json,
    html_cell,
    html_list,
    xml,
    markdown_bold,
)
# A value with slashes is not a file's name.
NO_SLASH: Final = frozenset({"pnc_id", "cro"})


def containers_for(kind: str) -> Mapping[str, Container]:
    chosen: tuple[Container, ...] = NAMES if kind == "person_name" else ALL
    if kind in NO_SLASH:
        chosen = tuple(c for c in chosen if c is not file_name)
    if kind == "ip_address":
        chosen = tuple(c for c in chosen if c not in (file_name, mail_header))
    return {c.__name__: c for c in chosen}


ALPHABET: Final = string.ascii_lowercase
