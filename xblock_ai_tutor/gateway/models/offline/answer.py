"""What the offline engine says: two to five plain sentences, quoted from the lesson and cited. Pure; `server` calls it.

It gives the hint that is due and never an answer to a task; where the lesson has nothing on a question it says so.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.gateway.i18n import Translator, marked, translator
from xblock_ai_tutor.gateway.lessons import Passage
from xblock_ai_tutor.gateway.models.feedback import read_prompt
from xblock_ai_tutor.gateway.models.layout import LessonInput, read_document, read_lesson, read_words
from xblock_ai_tutor.gateway.models.offline.retrieve import rank, speaks_to, terms, weighed_terms
from xblock_ai_tutor.gateway.rubric import review
from xblock_ai_tutor.gateway.sandbox.placeholders import LOOK_ALIKE

_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+|\s+\|\s+")  # or of a table's cell
_QUOTED_PASSAGES: Final = 2
_SECOND_PASSAGE: Final = 0.7  # of the best score: a weaker one adds noise
_LONGEST_QUOTE: Final = 320
_SHORTEST_QUOTE: Final = 5  # words
_HERE, _SUMMARY = 1.4, 0.7
_OF_THE_TASK: Final = 0.4  # of the question's terms: fewer are shared in passing
_SHORTEST_PASSAGE: Final = 3  # content words; below it stand labels
# Quotation marks would end the quotation early; a bar is a table's; the brackets would read as a citation.
_UNQUOTABLE: Final = re.compile(r'["“”|]|\[p-')
# Asking to be helped along, rather than about something: what a hint is for.
_WANTS_HELP: Final = re.compile(
    r"\b(?:hint|help|stuck|answers?|solution|clue|start|begin|next|"
    r"(?:am i|is (?:it|this|that)) (?:right|wrong|correct)|(?:right|correct) (?:one|option|choice)|"
    r"what (?:should|do|can) i (?:do|try|look|check|say|write|choose))\b",
    re.IGNORECASE,
)
_WANTS_ANSWER: Final = re.compile(
    r"\b(?:(?:the|right|correct|full)\s+(?:answers?|solution)|which\s+(?:\w+\s+){0,3}(?:is|are)|just tell|i right)\b",
    re.IGNORECASE,
)


# The engine cannot judge a prompt; it can show what a missing part would look like.
_EXAMPLES: Final = {
    "task": marked("For instance: Summarise the report below."),
    "context": marked("For instance: It is for a team that is new to the subject."),
    "constraints": marked("For instance: Use at most 150 words and no jargon."),
    "format": marked("For instance: Answer as a table with two columns."),
    "checking": marked("For instance: Quote the sentence that each point rests on, and say where you are not sure."),
}


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
    # What stands for an identifier that was held back says nothing about the question.
    words = LOOK_ALIKE.sub(" ", read_words(asked[-1].text).strip() or _documents(asked))
    quotes = _quotes(words, lesson, say)
    hint = _hint(words, lesson, say) if quotes or _is_about_the_task(words, lesson) else []
    if quotes or hint:
        return " ".join([*sentences, *quotes, *hint])
    return " ".join([*sentences, *(_nothing(lesson, say) if terms(words) else _greeting(lesson, say))])


def comments(messages: Sequence[Message]) -> str:
    """The engine's comments on a learner's prompt, in the schema of `models.feedback`: examples of what is missing."""
    developer = next((message.text for message in messages if message.role == "developer"), "")
    user = next((message.text for message in reversed(messages) if message.role == "user"), "")
    language, prompt = read_prompt(developer, user) or ("en", user)
    _ = translator(language).gettext
    missing = [name for name, met in review(prompt).items() if not met]
    return json.dumps({"comments": [{"criterion": name, "comment": _(_EXAMPLES[name])} for name in missing]})


def _documents(asked: Sequence[Message]) -> str:
    """What was pasted without a question: then it is what the learner wants to hear about."""
    texts = []
    for message in reversed(asked[:-1]):
        text = read_document(message.text)
        if text is None:
            break
        texts.append(text)
    return " ".join(reversed(texts))


def _quotes(words: str, lesson: LessonInput, say: Translator) -> list[str]:
    """A quoted and cited sentence from each of the best passages, or nothing when none speaks to the words."""
    _ = say.gettext
    question = weighed_terms(words)
    passages = _telling(lesson)
    ranked = rank(question, [weighed_terms(passage.text) for passage in passages], _favour(passages, lesson))
    found = [match for match in ranked if speaks_to(match)]
    lines: list[str] = []
    for match in found:
        if match.score < found[0].score * _SECOND_PASSAGE or match.matched < found[0].matched:
            continue
        passage = passages[match.index]
        quote = _best_sentence(question, passage)
        if quote is None:
            continue
        first = _('The lesson says: "{quote}" [{passage}].')
        more = _('It also says: "{quote}" [{passage}].')
        lines.append((more if lines else first).format(quote=quote, passage=passage.id))
        if len(lines) == _QUOTED_PASSAGES:
            break
    return lines


def _telling(lesson: LessonInput) -> list[Passage]:
    """The passages that tell something: what the readings say; not a task's words, a label or a lead-in."""
    activities = {step.id for step in lesson.steps if step.kind != "reading"}
    return [
        passage
        for passage in lesson.passages
        if passage.step not in activities
        and not passage.text.endswith(":")
        and len(terms(passage.text)) >= _SHORTEST_PASSAGE
    ]


def _favour(passages: Sequence[Passage], lesson: LessonInput) -> list[float]:
    """What a passage's place says of it: the learner's own step first; a lesson's end repeats."""
    here = lesson.step.id if lesson.step else ""
    last = passages[-1].step if passages else ""
    return [
        (_HERE if passage.step == here else 1.0) * (_SUMMARY if passage.step == last else 1.0) for passage in passages
    ]


def _best_sentence(question: Sequence[str], passage: Passage) -> str | None:
    """The passage's sentence nearest to the question that can stand between double quotes, without its full stop.

    One of a few words says little alone: it takes the next one along.
    """
    sentences = _SENTENCE_END.split(" ".join(passage.text.split()))
    if "|" in passage.text:
        sentences = [cell for cell in sentences if len(cell.split()) >= _SHORTEST_QUOTE]  # the others are labels
    else:
        sentences = [
            f"{one} {after}" if after and len(one.split()) < _SHORTEST_QUOTE else one
            for one, after in itertools.zip_longest(sentences, sentences[1:])
        ]
    fit = [sentence for sentence in sentences if not _UNQUOTABLE.search(sentence) and len(sentence) <= _LONGEST_QUOTE]
    ranked = rank(question, [weighed_terms(sentence) for sentence in fit])
    return fit[ranked[0].index].rstrip(".") if ranked else None


def _is_about_the_task(words: str, lesson: LessonInput) -> bool:
    """Whether the learner asks to be helped along, or speaks of something that the current task names."""
    named = set(terms(lesson.step.task)) if lesson.step else set()
    asked = set(terms(words))
    return bool(_WANTS_HELP.search(words)) or (bool(asked) and len(asked & named) >= _OF_THE_TASK * len(asked))


def _hint(words: str, lesson: LessonInput, say: Translator) -> list[str]:
    """The hint that is due beside the current step, and never the answer."""
    _ = say.gettext
    if lesson.step is None:
        return []
    lines = []
    if _WANTS_ANSWER.search(words):
        lines.append(_("I will not give the answer to this step: finding it is the exercise."))
    if lesson.hints:
        label = _("Hint {number} of {total}: {hint}")
        hint = _ended(lesson.hints[-1].strip())
        lines.append(label.format(number=len(lesson.hints), total=lesson.hints_in_all, hint=hint))
    elif _WANTS_HELP.search(words):
        lines.append(_("This step has no written hints; read its task again and check each part against the lesson."))
    return lines


def _greeting(lesson: LessonInput, say: Translator) -> list[str]:
    """What to say when nothing was asked."""
    _ = say.gettext
    title = lesson.step.title if lesson.step else lesson.title
    return [_("Write what you would like to know about “{title}”, or ask for a hint.").format(title=title)]


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
