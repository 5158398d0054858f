"""What the offline engine says: two to five plain sentences, quoted from the lesson and cited. Pure; `server` calls it.

It gives the hint that is due and never an answer to a task; where the lesson has nothing on a question it says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.gateway.i18n import Translator, translator
from xblock_ai_tutor.gateway.lessons import Passage
from xblock_ai_tutor.gateway.models.layout import LessonInput, read_lesson, read_words
from xblock_ai_tutor.gateway.models.offline.retrieve import rank, speaks_to, terms

_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+")
_QUOTED_PASSAGES: Final = 2
_LONGEST_QUOTE: Final = 320
# Asking to be helped along, rather than about something: what a hint is for.
_WANTS_HELP: Final = re.compile(
    r"\b(hint|help|stuck|answer|solution|clue|start|begin|next|correct|right|wrong)\b", re.I
)
_WANTS_ANSWER: Final = re.compile(
    r"\b(?:the|right|correct|full)\s+(?:answer|solution)s?\b|\bwhich\s+(?:\w+\s+){0,3}(?:is|are)\b|\bjust tell\b", re.I
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a request's input: `role` is developer, system, user or assistant."""

    role: str
    text: str


def answer(messages: Sequence[Message]) -> str:
    """The engine's answer to the last user message, from the lesson in the developer message."""
    lesson = next(
        (found for m in messages if m.role in ("developer", "system") and (found := read_lesson(m.text))), None
    )
    asked = [message for message in messages if message.role == "user"]
    say = translator(lesson.language if lesson else "en")
    _ = say.gettext
    sentences: list[str] = []
    if not any(message.role == "assistant" for message in messages):
        sentences.append(
            _("I am the offline engine, not a language model: I find passages of this lesson and give its hints.")
        )
    if lesson is None or not asked:
        sentences.append(_("I was given no lesson or no question, so there is nothing that I can look up."))
        return " ".join(sentences)
    words = read_words(asked[-1].text)
    quotes = _quotes(words, lesson, say)
    hint = _hint(words, lesson, bool(quotes), say)
    if not quotes and not hint:
        return " ".join([*sentences, *_nothing(lesson, say)])
    return " ".join([*sentences, *quotes, *hint])


def _quotes(words: str, lesson: LessonInput, say: Translator) -> list[str]:
    """A quoted and cited sentence from each of the best passages, or nothing when none speaks to the words."""
    _ = say.gettext
    question = terms(words)
    documents = [terms(passage.text) for passage in lesson.passages]
    found = [match for match in rank(question, documents) if speaks_to(match, question)]
    lines: list[str] = []
    for match in found:
        quote = _best_sentence(question, lesson.passages[match.index])
        if quote is None or (lines and match.score < found[0].score / 2):
            continue
        first = _('The lesson says: "{quote}" [{passage}].')
        more = _('It also says: "{quote}" [{passage}].')
        lines.append((more if lines else first).format(quote=quote, passage=lesson.passages[match.index].id))
        if len(lines) == _QUOTED_PASSAGES:
            break
    return lines


def _best_sentence(question: Sequence[str], passage: Passage) -> str | None:
    """The passage's sentence nearest to the question that can stand between double quotes, without its full stop."""
    sentences = _SENTENCE_END.split(" ".join(passage.text.split()))
    fit = [
        sentence for sentence in sentences if not re.search(r'["“”\[\]]', sentence) and len(sentence) <= _LONGEST_QUOTE
    ]
    ranked = rank(question, [terms(sentence) for sentence in fit])
    return fit[ranked[0].index].rstrip(".") if ranked else None


def _hint(words: str, lesson: LessonInput, quoted: bool, say: Translator) -> list[str]:
    """The hint that is due, when the learner asks to be helped along or is talking about the lesson."""
    _ = say.gettext
    wants_help = bool(_WANTS_HELP.search(words))
    if not (wants_help or quoted) or lesson.step is None:
        return []
    lines = []
    if _WANTS_ANSWER.search(words):
        lines.append(_("I will not give the answer to this step: finding it is the exercise."))
    if lesson.hints:
        hint = lesson.hints[-1].strip()
        label = _("Hint {number} of {total}: {hint}")
        lines.append(label.format(number=len(lesson.hints), total=lesson.hints_in_all, hint=_ended(hint)))
    elif wants_help:
        lines.append(_("This step has no written hints; read its task again and check each part against the lesson."))
    return lines


def _nothing(lesson: LessonInput, say: Translator) -> list[str]:
    """Saying honestly that the lesson has nothing on it, and what it does have."""
    _ = say.gettext
    lines = [_("I found nothing about that in this lesson, so I will not guess.")]
    titles = [step.title for step in lesson.steps if step.title]
    if titles:
        named = ", ".join(f"“{title}”" for title in titles)
        lines.append(_("Its steps are {titles}; you could ask about one of those.").format(titles=named))
    return lines


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."
