"""The rubric for a learner's prompt: five things that a good prompt says, looked for by rules before a model is asked.

The block marks `prompt-lab` with `review`, and so does the gateway's turn for the intent `prompt`, so that both say the
same. The rules look for words, in English, and can be wrong: that is why each result comes with a comment. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


def _(message: str) -> str:
    """Mark a msgid for extraction; whoever shows it translates it."""
    return message


@dataclass(frozen=True, slots=True)
class Criterion:
    """One part of a good prompt: `id` in code, what it is called, and what to do where it is missing (msgids)."""

    id: str
    label: str
    missing: str
    pattern: re.Pattern[str]


CRITERIA: Final = (
    Criterion(
        "task",
        _("Task"),
        _("say what the model should do, with a verb: summarise, compare, draft."),
        re.compile(
            r"\b(?:summari[sz]e|draft|write|list|compare|explain|translate|rewrite|extract|classify|check|outline|suggest|"
            r"turn|create|review|identify|plan|prepare|give|tell|describe|find|make|generate|produce|propose|shorten|"
            r"simplify|sort|group|answer|show)\b",
            re.IGNORECASE,
        ),
    ),
    Criterion(
        "context",
        _("Context"),
        _("say who it is for and what it starts from, without personal data."),
        re.compile(
            r"\b(?:i am|i'm|we are|i work|for (?:a|an|the|my|our) \w+|audience|readers?|background|because|"
            r"context|below|"
            r"attached|following|who (?:have|has|are|is|know)|our (?:team|department|policy)|so that)\b",
            re.IGNORECASE,
        ),
    ),
    Criterion(
        "constraints",
        _("Limits"),
        _("say what it must keep to or leave out: length, tone, what not to do."),
        re.compile(
            r"\b(?:no more than|at most|at least|only|without|avoid|do not|don't|must|under \d+|up to \d+|plain "
            r"english|"
            r"tone|keep|exclude|leave out|limit|max(?:imum)?|\d+ (?:words?|sentences?|minutes?|points?|bullets?))\b",
            re.IGNORECASE,
        ),
    ),
    Criterion(
        "format",
        _("Form"),
        _("say what the answer should look like: a list, a table, an e-mail."),
        re.compile(
            r"\b(?:bullets?|table|list|paragraphs?|headings?|json|csv|e-?mail|letter|sentences?|markdown|columns?|steps|"
            r"one page|format|structure|numbered|template|outline)\b",
            re.IGNORECASE,
        ),
    ),
    Criterion(
        "checking",
        _("Check"),
        _("say how you will be able to check it: ask for sources, quotations, or what it is unsure of."),
        re.compile(
            r"\b(?:sources?|cit(?:e|ation)s?|references?|quot(?:e|ation)s?|say (?:so )?(?:if|when)|not sure|"
            r"unsure|do not know|don't know|"
            r"(?:un|not )certain\w*|flag|verify|check|assum\w+|invent|make up|evidence|where (?:it|each) "
            r"(?:is|comes))\b",
            re.IGNORECASE,
        ),
    ),
)


def review(prompt: str) -> dict[str, bool]:
    """Which criteria the prompt meets, by id, in the order of `CRITERIA`."""
    return {criterion.id: criterion.pattern.search(prompt) is not None for criterion in CRITERIA}
