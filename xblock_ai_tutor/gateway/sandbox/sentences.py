"""A stream of text cut into sentences, the same however the stream was cut into pieces. Called by `guard`.

A sentence here is what can be checked and shown on its own: a sentence of prose with the citation markers that follow
it, a line of a list, a heading, a line of code. A cut is made only where everything that decides it has arrived, so
no later piece can change it. What has no end is cut at a space after `LIMIT` characters. What a sentence may say is
not judged here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

# Characters after which a sentence is cut even though it has not ended. The buffer holds little more.
LIMIT: Final = 1_000

_STOPS: Final = frozenset(".!?。！？…\n")
_CANDIDATE: Final = re.compile(f"[{''.join(sorted(_STOPS))}]")
_NEEDS_NO_SPACE: Final = "。！？"
_CLOSERS: Final = "\"'”’»)]*_"
_CLOSERS_MAX: Final = 5
_MARKER_MAX: Final = 120
_MARKERS_MAX: Final = 4
_SPACE_MAX: Final = 40
_FENCE: Final = re.compile(r"[ \t]{0,3}(?:```|~~~)")
# What has a full stop and goes on: abbreviations of law and letters, and initials.
_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(\[\"'“‘*_])(?:vs?|e\.g|i\.e|eg|ie|cf|viz|al|etc|ss?|ch|arts?|regs?|paras?|pp?|pt|sch|cl|nos?|vol|eds?|"
    r"fig|app|approx|dept|hon|rev|st|mrs?|ms|dr|prof|sr|jr|ltd|plc|co|inc|op|cit|ibid|edn|tel|[a-z]|(?:[a-z]\.){1,4}[a-z])\.$",
    re.IGNORECASE,
)
_ABBREVIATION_MAX: Final = 14
_LIST_NUMBER: Final = re.compile(r"[\s>]{0,8}(?:[0-9]{1,3}|[a-zA-Z]|[ivxIVX]{1,5})\.")


class Sentence(NamedTuple):
    """A sentence with the white space after it; `forced` when it was cut at `LIMIT` and goes on."""

    text: str
    forced: bool


class SentenceSplitter:
    """Cuts one text. `feed` it pieces; joined, the sentences are the text."""

    def __init__(self) -> None:
        self._buffer = ""
        # How much of the current sentence has been looked through.
        self._seen = 0
        self._fenced = False

    @property
    def is_undecided(self) -> bool:
        """Whether a sentence may have ended, and what decides it has not come."""
        return self._seen < len(self._buffer)

    @property
    def rest(self) -> str:
        """What has arrived of the next sentence."""
        return self._buffer

    def feed(self, piece: str) -> Sequence[Sentence]:
        """Take a piece and return the sentences that are complete by now."""
        before = self._buffer
        if not piece.isascii() and "\udc00" <= piece[:1] <= "\udfff" and "\ud800" <= before[-1:] <= "\udbff":
            # Half a character in each of two pieces: together they are one.
            whole = (before[-1] + piece[0]).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
            before, piece = before[:-1], whole + piece[1:]
        self._buffer = before + piece
        if self._seen == len(before) and len(self._buffer) < LIMIT and _STOPS.isdisjoint(piece):
            # Most pieces hold nothing that could end a sentence.
            self._seen = len(self._buffer)
            return ()
        return self._cut(final=False)

    def finish(self) -> Sequence[Sentence]:
        """Return what is left."""
        sentences = self._cut(final=True)
        rest, self._buffer, self._seen = self._buffer, "", 0
        return [*sentences, Sentence(rest, forced=False)] if rest else sentences

    def _cut(self, *, final: bool) -> list[Sentence]:
        sentences: list[Sentence] = []
        start = 0
        while (cut := self._next(start, final=final)) is not None:
            end, forced = cut
            sentence = self._buffer[start:end]
            if _FENCE.match(sentence):
                self._fenced = not self._fenced
            sentences.append(Sentence(sentence, forced))
            start, self._seen = end, 0
        self._buffer = self._buffer[start:]
        return sentences

    def _next(self, start: int, *, final: bool) -> tuple[int, bool] | None:
        """Return where the sentence at `start` ends and whether by force; None when that is not decided yet."""
        limit = start + LIMIT
        for candidate in _CANDIDATE.finditer(self._buffer, start + self._seen, limit):
            end = self._end(start, candidate.start(), final=final)
            if end is None:
                self._seen = candidate.start() - start
                return None
            if end:
                return end, False
        if len(self._buffer) < limit:
            self._seen = len(self._buffer) - start
            return None
        space = max(self._buffer.rfind(" ", start + 1, limit), self._buffer.rfind("\n", start + 1, limit))
        return (space + 1 if space > start else limit), True

    def _end(self, start: int, at: int, *, final: bool) -> int | None:
        """Return where a sentence that stops at `at` ends, 0 when it does not stop there, None while undecided."""
        buffer, size = self._buffer, len(self._buffer)
        stop = buffer[at]
        i = at + 1
        if stop != "\n":
            while i < size and i <= at + _CLOSERS_MAX and buffer[i] in _CLOSERS and not self._fenced:
                i += 1
            if i >= size and not final:
                return None
        marked = i
        for _count in range(0 if self._fenced else _MARKERS_MAX):
            after = _after_marker(buffer, marked, final=final)
            if after is None:
                return None
            if after == marked:
                break
            marked = after
        end = marked
        while end < size and end < marked + _SPACE_MAX and buffer[end].isspace():
            end += 1
        if end >= size and not final:
            return None
        return end if self._stops(start, at, marked, end) else 0

    def _stops(self, start: int, at: int, marked: int, end: int) -> bool:
        buffer, stop = self._buffer, self._buffer[at]
        space = buffer[marked:end]
        if self._fenced or _FENCE.match(buffer, start):
            return stop == "\n"
        if _is_quoting(buffer[start:marked]):
            # A quotation is checked as a whole; only a blank line ends it.
            return "\n" in space and stop == "\n"
        return stop == "\n" or self._ends_prose(start, at, marked, end)

    def _ends_prose(self, start: int, at: int, marked: int, end: int) -> bool:
        """Tell whether the full stop (or the like) at `at` ends a sentence of prose."""
        buffer, stop = self._buffer, self._buffer[at]
        space = buffer[marked:end]
        if not space and end < len(buffer) and marked == at + 1 and stop not in _NEEDS_NO_SPACE:
            return False
        if stop != "." or "\n" in space:
            return "\n" in space or not buffer[end : end + 1].islower()
        before = buffer[max(start, at - _ABBREVIATION_MAX) : at + 1]
        numbered = _LIST_NUMBER.fullmatch(buffer[start : at + 1])
        return not (buffer[end : end + 1].islower() or numbered or _ABBREVIATION.search(before))


def _after_marker(buffer: str, at: int, *, final: bool) -> int | None:
    """Return where the citation marker at `at` (white space before it) ends; `at` if none; None while undecided."""
    size = len(buffer)
    i = at
    while i < size and i < at + 3 and buffer[i] in " \t\n":
        i += 1
    if i >= size:
        return at if final else None
    if buffer[i] != "[":
        return at
    close = buffer.find("]", i, i + _MARKER_MAX)
    if close < 0:
        return at if final or size >= i + _MARKER_MAX else None
    if not re.match(r"\[\s?p-", buffer[i:close]):
        return at
    i = close + 1
    if i >= size:
        return i if final else None
    # Before a colon it belongs to what follows: [p-1a2b3c4d]: "…"
    return at if buffer[i] == ":" else i + (buffer[i] in ".,")


def _is_quoting(text: str) -> bool:
    """Tell whether a double quotation mark is open at the end of `text`."""
    return text.count('"') % 2 == 1 or text.count("“") > text.count("”")
