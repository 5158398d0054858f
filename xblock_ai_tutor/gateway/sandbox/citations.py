"""Citations in an answer: `[p-1a2b3c4d]` must name a passage that was sent, and a quotation before it must be in it.

Quotations are compared word by word, without case, punctuation and emphasis; an ellipsis stands for words left out.
Called by `guard`, and by `html` for the form of a marker.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Final

from xblock_ai_tutor.gateway.sandbox.view import View, view_of

_ID: Final = r"p-[0-9A-Za-z_-]{1,40}"
# One marker may name several passages. What a link or a definition begins with is not a marker.
MARKER: Final = re.compile(rf"\[\s?({_ID}(?:\s?[,;]\s?{_ID}){{0,8}})\s?\](?![(\[]|:(?! ?[\"“«„]))")
SEPARATED: Final = re.compile(r"\s?[,;]\s?")
_SPACE_BEFORE: Final = re.compile(r"[ \t]*\n?[ \t]*\Z")
_BROKEN: Final = re.compile(r"\[\s?p-")
_QUOTATION: Final = re.compile(r'"([^"]*)"')
_SINGLE: Final = re.compile(r"(?<![^\s(\[])'([^\"]+)'\Z")
_ELLIPSIS: Final = re.compile(r"\[?(?:…|\.\s?\.\s?\.)\]?")
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
# Shorter words in quotation marks, away from the marker, are a term and not a quotation.
_TERM: Final = 3


def ids(marker: re.Match[str]) -> list[str]:
    """Return the passages that a match of `MARKER` names."""
    return SEPARATED.split(marker[1])


def pieces(sentence: str) -> Iterator[str | list[str]]:
    """Yield the texts of `sentence` and, as lists, the passages that are cited between them, in order."""
    at = 0
    for marker in MARKER.finditer(sentence):
        text = sentence[at : marker.start()]
        yield text[: _SPACE_BEFORE.search(text).start()]  # type: ignore[union-attr]  # matches the empty end too
        yield ids(marker)
        at = marker.end()
    yield sentence[at:]


class CitationCheck:
    """Checks the citations of one answer against the passages that were sent."""

    def __init__(self, passages: Mapping[str, str], learner_text: str) -> None:
        self._passages = _plain_passages(tuple(passages.items()))
        self._learner_text = learner_text

    @functools.cached_property
    def _learner(self) -> str:
        """The learner's words: most answers quote none."""
        return _plain(self._learner_text)

    def check(self, sentence: str | View, *, forced: bool) -> str | None:
        """Return the rule that `sentence` breaks: `citation`, `quotation`, or None.

        `forced`: the sentence was cut and goes on, so that a quotation may stay open.
        """
        text = view_of(sentence).text
        if not forced and "[" not in text:
            return None
        text = text.replace("``", '"').replace("''", '"')
        markers = list(MARKER.finditer(text))
        unknown = any(passage not in self._passages for marker in markers for passage in ids(marker))
        if unknown or _BROKEN.search(MARKER.sub("", text)):
            return "citation"
        at = 0
        cited = [self._passages[passage] for marker in markers for passage in ids(marker)]
        for marker in markers:
            segment = text[at : marker.start()].rstrip(" \t\n.,;:!?)*_")
            if not self._is_true(segment, [self._passages[passage] for passage in ids(marker)], cited):
                return "quotation"
            at = marker.end()
        rest = text[at:]
        if markers and not self._is_true_elsewhere(_QUOTATION.findall(rest), cited):
            return "quotation"
        if forced and text.count('"') % 2 and not _occurs_in(rest.rpartition('"')[2], self._everything()):
            return "quotation"
        return None

    def _is_true(self, segment: str, named: list[str], cited: list[str]) -> bool:
        """Judge the quotations of the text before a marker that names the passages `named`."""
        quotations = _QUOTATION.findall(segment)
        last: str | None = None
        if segment.endswith('"'):
            if segment.count('"') % 2:
                # The quotation began in a sentence that has gone: judge what is here of it.
                last = segment[:-1].rpartition('"')[2]
                quotations = _QUOTATION.findall(segment[: len(segment) - len(last) - 1])
            else:
                last = quotations.pop()
        elif single := _SINGLE.search(segment):
            last = single[1]
        elif segment.lstrip().startswith(">"):
            last = segment
        if last is not None and not _occurs_in(last, named):
            return False
        return self._is_true_elsewhere(quotations, cited)

    def _is_true_elsewhere(self, quotations: list[str], cited: list[str]) -> bool:
        sources = [*cited, self._learner]
        return all(len(_WORD.findall(text)) <= _TERM or _occurs_in(text, sources) for text in quotations)

    def _everything(self) -> list[str]:
        return [*self._passages.values(), self._learner]


def _plain(text: str) -> str:
    return f" {' '.join(_WORD.findall(view_of(text).text.casefold()))} "


@functools.lru_cache(maxsize=256)
def _plain_passages(passages: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """The words of a lesson's passages, by id. Kept: they come with every turn."""
    return {passage: _plain(text) for passage, text in passages}


"""`_plain`, kept: a lesson's passages come with every turn."""


def _occurs_in(quotation: str, sources: list[str]) -> bool:
    """Tell whether the parts of `quotation` between ellipses occur in one of `sources`, in order."""
    # "[t]he" is a letter changed to fit the sentence.
    joined = re.sub(r"\[(\w{1,3})\]", r"\1", quotation)
    parts = [part for part in map(_plain, _ELLIPSIS.split(joined)) if part.strip()]
    return any(_in_order(parts, source) for source in sources)


def _in_order(parts: list[str], source: str) -> bool:
    at = 0
    for part in parts:
        found = source.find(part, at)
        if found < 0:
            return False
        # Two parts may share the space between them.
        at = found + len(part) - 1
    return True
