"""A feed's page of docs/feeds, made of what its reader says of itself. `adoption feeds page` prints it.

A test holds the pages in the docs to what is printed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analytics_dash.sources.description import Field, Option
from analytics_dash.sources.fetcher import Fetcher
from analytics_dash.sources.reader import Feed


def page(reader: type[Feed], fetcher: type[Fetcher] | None = None) -> str:
    """The page as Markdown, with a line feed at its end."""
    schema = reader.schema
    parts = [
        f"# `{reader.kind}`: {reader.title}",
        "<!-- Made by `adoption feeds page`; change the reader, not this page. -->",
        f"{reader.summary}.",
        _table(
            ("", ""),
            (
                ("Form", schema.form),
                ("`lines` counts", schema.counts),
                ("Becomes", f"`{reader.becomes()}`"),
                ("Documented in", schema.source),
                ("Version of the reader", str(reader.version)),
                ("Version of this description", str(schema.version)),
            ),
        ),
    ]
    if schema.generations:
        parts += ["## Generations", _table(("Name", "What changed"), schema.generations.items())]
    parts += [
        "## What is read",
        _table(("Field", "Type", "Unit", "Required", "Since", "Meaning"), map(_field, schema.reads)),
        "Fields marked † identify a person: they become a keyed alias while the file is read and are not kept.",
        "## What is never read",
        _table(("Field", "Why"), ((f"`{never.name}`", never.why) for never in schema.never)),
    ]
    parts += schema.notes
    if reader.options:
        parts += ["## Options", "Given by `--option NAME=VALUE`.", _options(reader.options)]
    if fetcher is not None:
        parts += _fetching(fetcher)
    parts += [
        "## A made-up file",
        f"```\nadoption feeds sample {reader.kind} --rows 20 --seed 1 --out sample/\n```",
    ]
    return "\n\n".join(parts) + "\n"


def _field(field: Field) -> tuple[str, ...]:
    mark = " †" if field.identifies else ""
    return (
        f"`{field.name}`{mark}",
        field.type,
        field.unit,
        "yes" if field.required else "",
        field.since,
        field.meaning,
    )


def _options(options: Sequence[Option]) -> str:
    rows = (
        (f"`{option.name}`", option.type, "yes" if option.required else "", option.default or "", option.meaning)
        for option in options
    )
    return _table(("Name", "Type", "Required", "Default", "Meaning"), rows)


def _fetching(fetcher: type[Fetcher]) -> list[str]:
    parts = ["## Fetching", f"{fetcher.summary}.", f"```\nadoption fetch {fetcher.kind} --into FOLDER\n```"]
    if fetcher.options:
        parts.append(_options(fetcher.options))
    if fetcher.secrets:
        rows = (
            (f"`{secret.variable}`", "yes" if secret.required else "", secret.meaning) for secret in fetcher.secrets
        )
        parts.append(_table(("Environment variable", "Required", "Meaning"), rows))
        parts.append("Each may be in a file instead, which the variable with `_FILE` after it names.")
    return parts


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
