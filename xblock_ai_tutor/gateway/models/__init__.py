"""The one room that talks to a model, and the words in which it is spoken about. The turn calls `Model.ask`.

`compose` says what is asked, `openai` asks it over HTTP, `offline` is an engine that answers on the same API.

    ApiError
      └─ ModelError            a sentence for the learner, and whether trying again can help
           ├─ ModelUnavailableError   unreachable, 5xx, a malformed answer
           ├─ ModelBusyError          429
           ├─ ModelTimeoutError       no connection, silence, or longer than a turn may last
           ├─ ModelCutError           the stream ended before the answer did
           └─ ModelMisconfiguredError the endpoint refuses the request or the key: the operator must act
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

from xblock_ai_tutor.gateway.failures import ApiError
from xblock_ai_tutor.gateway.i18n import marked
from xblock_ai_tutor.gateway.models.compose import ModelRequest


class ModelError(ApiError):
    """The model did not give an answer. The message is a msgid that the learner may read."""

    status = 502
    code = "model_failed"
    retry = True
    sentence = marked("The tutor's model did not answer. Your words are still in the box: please try again.")

    def __init__(self, detail: str = "") -> None:
        """`detail` is for the log: an error's kind or an HTTP status, never words."""
        super().__init__(self.sentence)
        self.detail = detail


class ModelUnavailableError(ModelError):
    code = "model_unavailable"
    sentence = marked(
        "The tutor's model cannot be reached just now. The lesson works without it; try again in a minute."
    )


class ModelBusyError(ModelError):
    code = "model_busy"
    sentence = marked("Many people are asking the tutor at the moment. Wait a minute, then send your question again.")


class ModelTimeoutError(ModelError):
    code = "model_timeout"
    sentence = marked("The tutor's model took too long to answer. Try again, perhaps with a shorter question.")


class ModelCutError(ModelError):
    code = "model_cut"
    sentence = marked("The answer broke off before it was finished. Please send your question again.")


class ModelMisconfiguredError(ModelError):
    code = "model_misconfigured"
    retry = False
    sentence = marked("The tutor is not set up correctly. The lesson works without it; please tell your course team.")


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The model declines to answer; `by` is "moderation" where the endpoint's own look at both sides stopped it."""

    by: str = "model"


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of an answer. `complete` is false at its longest length; token counts are as reported, or None."""

    complete: bool
    tokens_in: int | None
    tokens_out: int | None


ModelEvent = Delta | Refused | Finished


@dataclass(slots=True)
class Reading:
    """How urgent the next piece of an answer is to whoever reads it, who says so between two pieces.

    `mid_sentence`: words that cannot end a sentence may be kept for half a second, since nothing can be shown before.
    `begun`: the learner has text to read, and what trickles in after it may be taken a tenth of a second later.
    """

    mid_sentence: bool = False
    begun: bool = False


class Model(Protocol):
    """What the turn needs of a model."""

    name: str

    def ask(
        self, request: ModelRequest, *, safety_identifier: str, reading: Reading | None = None
    ) -> Generator[ModelEvent, None, None]:
        """Stream an answer; `Finished` comes last. Closing the iterator stops the call. Raises `ModelError`.

        Without a `reading` every piece is given as it comes.
        """
        ...
