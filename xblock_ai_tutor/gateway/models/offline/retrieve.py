"""Which passages speak to a question: BM25 over stemmed words, deterministic. Pure; `answer` is the caller."""

from __future__ import annotations

import itertools
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
# Words that a question is mostly made of and that sometimes are what it is about: they count for a little.
_SOFT_WORDS: Final = frozenset(
    """
    after answer ask before correct each first happen happened make mean means more most must need not only other
    question right same say says second sure thing things third use without wrong
    """.split()  # noqa: SIM905
)
_SOFT: Final = "~"  # marks a soft term; no word begins with it
_SOFT_WEIGHT: Final = 0.35
_PAIR_BONUS: Final = 0.15  # for each two terms of the question that follow each other in the document too

# Below this share of what a question's terms weigh, a passage that has some of them is about something else. It and
# the weights above were chosen on four modules' evaluation sets, and looked at on the other three (docs/evaluation.md).
_LEAST_COVERAGE: Final = 0.3

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
    return tuple(term for term in weighed_terms(text) if not term.startswith(_SOFT))


def weighed_terms(text: str) -> tuple[str, ...]:
    """As `terms`, with the words that count for a little as well, marked as such: what `rank` compares."""
    words = (word.lower().replace("’", "'") for word in _WORD.findall(text))
    return tuple(
        f"{_SOFT}{stem(word)}" if word in _SOFT_WORDS else stem(word)
        for word in words
        if len(word) > 1 and (word in _SOFT_WORDS or word not in _STOP_WORDS)
    )


@dataclass(frozen=True, slots=True)
class Match:
    """A document that shares a term with the question.

    `index` is the document's, `score` its BM25 score with our weights, `matched` how many of the question's content
    terms it has, `coverage` what they weigh of all that the question's terms weigh, 0 to 1.
    """

    index: int
    score: float
    matched: int
    coverage: float


def rank(
    question: Sequence[str], documents: Sequence[Sequence[str]], favour: Sequence[float] | None = None
) -> tuple[Match, ...]:
    """Documents with at least one term of the question, best first; ties keep the documents' order.

    `favour` multiplies each document's score.
    """
    if not documents:
        return ()
    counts = [Counter(document) for document in documents]
    average = sum(len(document) for document in documents) / len(documents) or 1.0
    weights = {term: _rarity(term, counts) for term in dict.fromkeys(question)}
    in_all = sum(weights.values()) or 1.0
    pairs = set(itertools.pairwise(question))
    matches: list[Match] = []
    for index, count in enumerate(counts):
        shared = [term for term in weights if term in count]
        if not shared:
            continue
        length = _K1 * (1 - _B + _B * len(documents[index]) / average)
        score = sum(weights[term] * count[term] * (_K1 + 1) / (count[term] + length) for term in shared)
        score *= 1 + _PAIR_BONUS * len(pairs & set(itertools.pairwise(documents[index])))
        score *= favour[index] if favour else 1.0
        matched = sum(not term.startswith(_SOFT) for term in shared)
        matches.append(Match(index, score, matched, sum(weights[term] for term in shared) / in_all))
    return tuple(sorted(matches, key=lambda match: (-match.score, match.index)))


def _rarity(term: str, counts: Sequence[Counter[str]]) -> float:
    holders = max(1, sum(term in count for count in counts))  # a term that is nowhere weighs as one that is rare
    weight = _SOFT_WEIGHT if term.startswith(_SOFT) else 1.0
    return weight * math.log(1 + (len(counts) - holders + 0.5) / (holders + 0.5))


def speaks_to(match: Match) -> bool:
    """Whether a match is enough to answer from: a word or two shared in passing is not."""
    return match.coverage >= _LEAST_COVERAGE
