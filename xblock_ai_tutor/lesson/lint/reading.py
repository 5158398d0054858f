"""How hard a lesson is to read, by a formula that needs no syllables, and sentences that are too long for anybody.

Coleman and Liau (1975), “A computer readability formula designed for machine scoring”, Journal of Applied Psychology
60, 283–284: grade = 0.0588 L − 0.296 S − 15.8, where L is letters and S sentences per 100 words. A grade is a school
year of the United States; the reading age is about five more. It looks at the sentences that learners read and the
tutor quotes: not at tables, headings, options or feedback. A formula sees long words, not hard ones: people must still
read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from xblock_ai_tutor.lesson import Lesson
from xblock_ai_tutor.lesson.lint.course import Course, LessonFile
from xblock_ai_tutor.lesson.lint.findings import Finding
from xblock_ai_tutor.lesson.lint.settings import SETTINGS
from xblock_ai_tutor.lesson.report import shortened

LONGEST_SENTENCE: Final = 40  # words
_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_END: Final = re.compile(r"(?<=[.!?:])[”’\")]*\s+")
_CLOSED: Final = re.compile(r"[.!?:][”’\")]*$")


def check(course: Course) -> Iterator[Finding]:
    """English lessons alone: the formula was made for English."""
    for file in course.modules:
        yield from _grade(file, course.settings.grade_for(file.lesson.id))
        yield from _long_sentences(file)
    known = {file.lesson.id for file in course.modules}
    for lesson_id in course.settings.exceptions:
        if lesson_id not in known:
            yield Finding(SETTINGS, 1, f"There is no lesson “{lesson_id}”.", "Take the exception out.")


def coleman_liau(sentences: Iterable[str]) -> float:
    """The grade of some sentences; 0.0 when there are no words."""
    texts = list(sentences)
    words: list[str] = [word for text in texts for word in _WORD.findall(text)]
    if not words:
        return 0.0
    letters = sum(character.isalnum() for word in words for character in word)
    return (5.88 * letters - 29.6 * len(texts)) / len(words) - 15.8


def sentences_of(lesson: Lesson) -> Iterator[tuple[int, str]]:
    """(line, sentence) of every passage that is made of sentences: table rows and labels are not."""
    for passage in lesson.passages:
        if " | " in passage.text or not _CLOSED.search(passage.text):
            continue
        for sentence in _END.split(passage.text):
            if _WORD.search(sentence):
                yield passage.line, sentence


def _grade(file: LessonFile, limit: float) -> Iterator[Finding]:
    sentences = list(sentences_of(file.lesson))
    grade = coleman_liau(text for _, text in sentences)
    if grade > limit:
        hardest = max(sentences, key=lambda one: len(one[1]))[1]
        cause = f"The lesson reads at grade {grade:.1f} (age {grade + 5:.0f}); the limit is {limit:g}."
        cure = f"Use shorter words and sentences, first in “{shortened(hardest)}”; or give the reason in {SETTINGS}."
        yield file.finding(file.line_of("title:"), cause, cure)


def _long_sentences(file: LessonFile) -> Iterator[Finding]:
    for line, sentence in sentences_of(file.lesson):
        count = len(_WORD.findall(sentence))
        if count > LONGEST_SENTENCE:
            cause = f"“{shortened(sentence)}” has {count} words; the limit is {LONGEST_SENTENCE}."
            yield file.finding(line, cause, "Make two sentences of it.")
