"""No string is missing in Welsh or French, none lost a placeholder, and what is compiled is what is written."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
ANALYTICS = [
    f"analytics_dash/{room}"
    for room in ("api", "dashboard", "indicators", "releases", "reports", "disclosure", "learning", "effects")
]
DOMAINS = {
    "xblock_ai_tutor/translations/{language}/LC_MESSAGES/text": ["xblock_ai_tutor"],
    "analytics_dash/translations/{language}/LC_MESSAGES/dashboard": ANALYTICS,
}
# As in scripts/messages and scripts/babel.cfg.
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None, "N_": None}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
CATALOGUES = [(path, language) for path in DOMAINS for language in ("cy", "fr")]

catalogues = pytest.mark.parametrize(("path", "language"), CATALOGUES)


def written(path: str, language: str) -> Catalog:
    with (ROOT / f"{path.format(language=language)}.po").open("rb") as file:
        return read_po(file, locale=language)


def shown(folders: list[str]) -> set[str]:
    """Every msgid in the code, the singular of a plural."""
    found = set()
    for folder in folders:
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / folder, method_map=METHODS, keywords=KEYWORDS
        ):
            found.add(message if isinstance(message, str) else message[0])
    return found


def translations(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def texts(catalogue: Catalog) -> dict[str, list[str]]:
    """{msgid (the singular): translations}."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: translations(message)
        for message in catalogue
        if message.id
    }


def holes(text: str) -> set[str]:
    """The names that are filled in: `{name}`, `%(name)s`."""
    percent = set(re.findall(r"%\((\w+)\)[sd]", text))
    try:
        return percent | {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}
    except ValueError:
        return percent


@catalogues
def test_every_string_that_is_shown_is_translated(path: str, language: str) -> None:
    catalogue = written(path, language)
    translated = texts(catalogue)
    lacking = [msgid for msgid in shown(DOMAINS[path]) if not all(translated.get(msgid, [""]))]
    assert sorted(lacking) == []
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []


@catalogues
def test_a_translation_fills_in_what_its_english_fills_in(path: str, language: str) -> None:
    for message in written(path, language):
        english = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = {frozenset(holes(text)) for text in english}
        for text in filter(None, translations(message)):
            assert frozenset(holes(text)) in wanted, message.id


@catalogues
def test_the_compiled_catalogue_is_the_written_one(path: str, language: str) -> None:
    compiled = read_mo(BytesIO((ROOT / f"{path.format(language=language)}.mo").read_bytes()))
    assert texts(compiled) == texts(written(path, language))


@catalogues
def test_a_catalogue_says_that_no_translator_has_signed_it(path: str, language: str) -> None:
    assert "Machine-drafted" in (ROOT / f"{path.format(language=language)}.po").read_text()


def calls_in_f_strings(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        for call in ast.walk(node):
            marks = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
            if marks and any(isinstance(argument, ast.Constant) for argument in call.args):
                yield call.lineno


def test_no_string_hides_in_an_f_string_where_the_extraction_cannot_see_it() -> None:
    # Before Python 3.12 an f-string is one token: what is called inside is not extracted.
    hidden = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in ("xblock_ai_tutor", "analytics_dash")
        for path in (ROOT / package).rglob("*.py")
        for line in calls_in_f_strings(ast.parse(path.read_text()))
    ]
    assert hidden == []
