"""Which passages speak to a question: BM25 over stemmed words, deterministic. Pure; `answer` is the caller."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# BM25's usual constants (Robertson and Zaragoza, 2009): term saturation and length normalisation.
_K1: Final = 1.2
_B: Final = 0.75

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_STOP_WORDS: Final = frozenset(
    """
    a about after again all also am an and any are as ask at be because been before being but by can could did
    do does doing don't each few for from get give given go got had has have having he help her here him his
    how i i'm if in into is isn't it it's its just know like made make many may me mean means more most much
    must my need next no not now of off on once one only or other our out over own please question same say
    says she should show so some something step such tell than thank thanks that that's the their them then
    there these they thing things think this those through to too tutor under understand up us use very want
    was way we were what what's when where which while who why will with work would yes you your explain
    answer hint lesson first second third right wrong correct happen happened anyone hello hi hey sure okay ok
    really
    """.split()  # noqa: SIM905 - prose is easier to read and extend than a list of strings
)
# Longest first, so that "decisions" loses "ions" and not just "s". Light on purpose: a wrong stem invents a match.
_SUFFIXES: Final = "ations ation ising izing ions ings ies ing ion ed es ly s e".split()  # noqa: SIM905
_SHORTEST_STEM: Final = 4


def stem(word: str) -> str:
    """A light stem: `courts` → `court`, `verifies` → `verif`, `checked` → `check`."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            word = word[: -len(suffix)]
            break
    return word[:-1] if len(word) > _SHORTEST_STEM and word.endswith("y") else word


def terms(text: str) -> tuple[str, ...]:
    """The stemmed content words of `text`, in order, with repeats."""
    words = (word.lower().replace("’", "'") for word in _WORD.findall(text))
    return tuple(stem(word) for word in words if word not in _STOP_WORDS and len(word) > 1)


@dataclass(frozen=True, slots=True)
class Match:
    """A document that speaks to the question: its index, its BM25 score, how many of the question's terms it has."""

    index: int
    score: float
    matched: int


def rank(question: Sequence[str], documents: Sequence[Sequence[str]]) -> tuple[Match, ...]:
    """Documents with at least one term of the question, best first; ties keep the documents' order."""
    if not documents:
        return ()
    counts = [Counter(document) for document in documents]
    average = sum(len(document) for document in documents) / len(documents) or 1.0
    wanted = dict.fromkeys(question)
    holders = {term: sum(1 for count in counts if term in count) for term in wanted}
    matches: list[Match] = []
    for index, count in enumerate(counts):
        score, matched = 0.0, 0
        length = _K1 * (1 - _B + _B * len(documents[index]) / average)
        for term in wanted:
            if frequency := count.get(term, 0):
                rarity = math.log(1 + (len(documents) - holders[term] + 0.5) / (holders[term] + 0.5))
                score += rarity * frequency * (_K1 + 1) / (frequency + length)
                matched += 1
        if matched:
            matches.append(Match(index, score, matched))
    return tuple(sorted(matches, key=lambda match: (-match.score, match.index)))


def speaks_to(match: Match, question: Sequence[str]) -> bool:
    """Whether a match is enough to answer from: for a longer question, one shared word in passing is not."""
    asked = len(set(question))
    return match.matched >= (1 if asked <= 2 else 2 if asked <= 8 else 3)
