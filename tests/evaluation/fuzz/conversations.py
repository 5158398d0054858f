"""What the fuzz's learners write: conversations with identifiers and markings planted in them, by the seed alone.

`conversation(seed, number)` always makes the same one, so that a run can be gone on with or one of its conversations
looked at again. Every message carries a word of its conversation (`token`): it tells which conversation a request
belongs to, and a marked message has another one that must never be seen.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Final, Literal

from tests.evaluation.fuzz.forms import forms
from tests.evaluation.fuzz.languages import QUESTIONS
from tests.evaluation.fuzz.pieces import DEV, MAKERS, Piece, piece, plant
from tests.evaluation.fuzz.planted import Planted
from tests.evaluation.redaction.disguise import full_width, soft_hyphen, tag_characters, zero_width
from tests.evaluation.redaction.marked import marked_text
from tests.evaluation.redaction.negatives import hard_negative, templates
from tests.evaluation.redaction.prose import paragraph, sentence

Intent = Literal["ask", "where", "prompt"]
LONGEST: Final = 3_800  # characters: the gateway refuses 4,000
MESSAGES: Final = 20  # of a conversation
CONVERSATIONS: Final = 4  # of a learner


@dataclass(frozen=True, slots=True)
class Message:
    """One turn: what is written, what for, and what is planted. `secret`: the word of a marked message, or ""."""

    text: str
    intent: Intent
    step: int
    planted: tuple[Planted, ...]
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One learner beside one block: `lesson` is a place in `languages.lessons()`, `token` the word in each message."""

    number: int
    learner: str
    usage: str
    language: str
    lesson: int
    token: str
    messages: tuple[Message, ...]


def conversation(seed: int, number: int) -> Conversation:
    """Make the conversation with this number. Four after another are one learner's."""
    rng = random.Random(f"{seed}:{number}")
    language = rng.choice(("en", "en", "en", "cy", "fr"))
    token = _word(rng)
    said: list[Planted] = []
    messages = []
    for _ in range(MESSAGES):
        message = _marked(rng, token) if rng.random() < 0.06 else _message(rng, language, token, said)
        said += [replace(one, blocked=bool(message.secret)) for one in message.planted if not one.known]
        messages.append(message)
    return Conversation(
        number=number,
        learner=random.Random(f"{seed}:learner:{number // CONVERSATIONS}").randbytes(16).hex(),
        usage=f"block-{number % CONVERSATIONS}",
        language=language,
        lesson=rng.randrange(4),
        token=token,
        messages=tuple(messages),
    )


def _word(rng: random.Random) -> str:
    """A word that nobody writes, which is no identifier either."""
    return "zq" + "".join(rng.choice("bdfgklmnprstv") + rng.choice("aeiou") for _ in range(5)) + "qz"


def _intent(rng: random.Random) -> Intent:
    chosen: Intent = rng.choices(("ask", "prompt", "where"), (80, 14, 6))[0]
    return chosen


def _message(rng: random.Random, language: str, token: str, said: list[Planted]) -> Message:
    """A question, mostly with something planted; made again until nothing of it could be found by accident."""
    while True:
        pieces = [piece(rng, language, said) for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 3)))]
        if not pieces or rng.random() < 0.2:
            pieces.append(Piece(rng.choice((paragraph(rng, DEV), hard_negative(rng, templates(DEV))))))
        asked = rng.choice(QUESTIONS[language])
        texts = [f"{asked} ({token})", *(one.text for one in pieces)]
        text = "\n\n".join(texts if rng.random() < 0.7 else reversed(texts))
        planted = tuple(one for each in pieces for one in each.planted)
        if len(text) <= LONGEST and not _ambiguous(text, planted):
            return Message(text, _intent(rng), rng.randrange(3), planted)


def _ambiguous(text: str, planted: tuple[Planted, ...]) -> bool:
    """Tell whether a needle would be found in the message without what was planted."""
    for one in planted:
        text = text.replace(one.written, "\n|\n")
    rest = forms(text)
    return any(needle in rest for one in planted for needle in one.needles())


def _marked(rng: random.Random, token: str) -> Message:
    """A message with a protective marking, and an identifier for good measure."""
    secret = _word(rng)
    marked = marked_text(rng, DEV) if rng.random() < 0.7 else _marked_by_name(rng)
    below = plant(rng, rng.choice(tuple(MAKERS)))
    text = f"{marked}\n\nThe reference word is {secret}.\n\n{below.text}"
    return Message(text, rng.choice(("ask", "ask", "prompt", "where")), rng.randrange(3), below.planted, secret)


def _marked_by_name(rng: random.Random) -> str:
    """A marking in a file's name, or one with characters in it that nobody sees."""
    mark = rng.choice(("OFFICIAL-SENSITIVE", "TOP SECRET", "UK EYES ONLY"))
    if rng.random() < 0.5:
        return f"{mark.replace(' ', rng.choice('_- '))}_{rng.choice(('brief', 'options', 'lines'))}.docx"
    return f"{rng.choice((zero_width, tag_characters, soft_hyphen, full_width))(mark, rng)}\n{sentence(rng, DEV)}"
