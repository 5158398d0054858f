"""Sentences around a value in Welsh and French, and the lessons that the learners are in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.support.gateway import LESSON
from xblock_ai_tutor.lesson import parse_lesson, tutor_lesson

_COURSE: Final = Path(__file__).parents[3] / "content" / "modules" / "04-legal-research" / "lesson.md"

# For values whose form is proof enough.
FRAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "cy": (
        "Beth ddylwn i ei wneud gyda {} yn y neges hon?",
        "Ysgrifennwch at {} cyn dydd Gwener.",
        "Mae {} wedi cwyno ddwywaith, ac rydym yn aros am ateb.",
        "Y cyfeirnod yw {}; ydy hynny’n iawn?",
        "- {}\n- dyddiad: 3 Mawrth 2026",
    ),
    "fr": (
        "Que dois-je faire de {} dans ce courrier\u202f?",
        "Il faut écrire à {} avant vendredi.",
        "Voici ce que j’ai noté\u202f: {}. Est-ce juste\u202f?",
        "«\u202f{}\u202f», c’est ce qui figure au dossier.",
        "- {}\n- date\u202f: 3 mars 2026",
    ),
}
# What other languages call the types that only their name proves.
LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "cy": {
        "passport": "Rhif pasbort",
        "probation_crn": "Rhif achos y gwasanaeth prawf",
        "bank_account": "Cod didoli a rhif cyfrif",
        "utr": "Cyfeirnod treth",
    },
    "fr": {
        "passport": "Numéro de passeport",
        "probation_crn": "Numéro de dossier de probation",
        "bank_account": "Compte bancaire",
        "utr": "Numéro fiscal",
    },
}
QUESTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        "How do I check whether this case exists?", "What may go into the tool here?", "Is this good law?",
        "Which passage speaks of personal data?", "Could you look at the draft below and say what to check?",
    ),
    "cy": ("Sut mae gwirio a yw’r achos hwn yn bodoli?", "Beth gaf i ei roi yn yr offeryn?"),
    "fr": ("Comment vérifier que cette décision existe\u202f?", "Que puis-je mettre dans l’outil\u202f?"),
}  # fmt: skip


@cache
def lessons() -> tuple[dict[str, Any], ...]:
    """The tests' lesson in three languages and three policies, and one lesson of the course."""
    welsh = LESSON | {"id": "gwirio", "title": "Gwirio ffynonellau", "language": "cy", "support": "full-answer"}
    french = LESSON | {"id": "verifier", "title": "Vérifier les sources", "language": "fr", "first_reply": "question"}
    course = json.loads(tutor_lesson(parse_lesson(_COURSE.read_text(encoding="utf-8"))))
    return (LESSON, welsh, french, course)
