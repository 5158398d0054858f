"""What the gateway says to a learner: plain sentences that teach, never scold, and never repeat what was written.

Pure: counts and rule names in, translated sentences out. The turn sends them as notices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from xblock_ai_tutor.gateway.i18n import Translator, marked
from xblock_ai_tutor.gateway.sandbox.redact import ENTITY_LABELS

_REFUSALS: Final = {
    "empty": marked("There is no question in your message. Write what you would like to know about this step."),
    "too_long": marked(
        "Your message is longer than the tutor can take. Choose the part that your question is about and send that."
    ),
    "instruction_extraction": marked(
        "The tutor does not discuss how it was set up. Ask about the lesson: for instance, which passage a statement "
        "rests on."
    ),
    "moderation": marked(
        "The model's operator checks messages and answers for harmful content and stopped this one; the check can be "
        "wrong. If you work on a hard subject, describe it in general words, or ask about the lesson without it."
    ),
    "model": marked("The tutor's model declined to answer that. Ask about the lesson in other words."),
}
_REFUSED: Final = marked("The tutor cannot help with that. Ask about this lesson in your own words.")
_TOO_MANY: Final = marked(
    "That was more messages within a minute than the tutor takes from one person. Your words are still in the box. "
    "Seconds until you can send them: {seconds}."
)
CUT_SHORT: Final = marked("The answer reached its longest length and ends here. Ask for the rest if you need it.")
NOTHING_PASSED: Final = marked(
    "The tutor's answer did not pass our checks, so none of it is shown. Please ask in other words."
)
FAILED: Final = marked("Something went wrong in the tutor. Your words are still in the box: please try again.")
SMUGGLING: Final = marked(
    "The document that you pasted holds text that tries to instruct an AI. The tutor treats it as text to look at and "
    "does not obey it; another tool might. Look for such sentences before you give somebody's document to an AI, and "
    "do not rely on a summary of it unread."
)
ASK_FIRST: Final = marked("Before we go on: what have you tried so far, and what made you unsure?")
NOT_KEPT: Final = marked("(This message was not kept.)")


def labelled(redactions: Mapping[str, int], say: Translator) -> list[dict[str, Any]]:
    """The `entities` of a notice: `{"type", "label", "count"}`, the label in the learner's language."""
    return [
        {"type": kind, "label": say.gettext(ENTITY_LABELS.get(kind, kind)), "count": count}
        for kind, count in redactions.items()
    ]


def redacted(redactions: Mapping[str, int], say: Translator) -> str:
    """What was held back, and why that does no harm: "We held back 1 e-mail address. …"."""
    _ = say.gettext
    items = [f"{entity['count']} {_counted(entity['label'], entity['count'])}" for entity in labelled(redactions, say)]
    told = _("{items} and {last}").format(items=", ".join(items[:-1]), last=items[-1]) if items[1:] else items[0]
    return _(
        "We held back {held}. The tutor does not need personal details to help you, and neither does any other AI "
        "tool: describe the situation without them. You still see your own words here; the model saw a placeholder."
    ).format(held=told)


def _counted(label: str, count: int) -> str:
    """The label for a count. Labels are translated in the singular; English gets its plural here."""
    if count == 1 or label not in ENTITY_LABELS.values():
        return label
    return f"{label}es" if label.endswith("s") else f"{label}s"


def blocked(marking: str, say: Translator) -> str:
    """Why a marked text went nowhere."""
    _ = say.gettext
    return _(
        "Your message carries the marking {marking}, so it was stopped before it reached the model, and it was not "
        "kept. Marked information belongs only in systems that are cleared for it; removing the marking does not "
        "change what the information is. Ask again with a made-up example that has the same difficulty."
    ).format(marking=marking)


def too_many(seconds: int, say: Translator) -> str:
    """When the next message may be sent."""
    return say.gettext(_TOO_MANY).format(seconds=seconds)


def refused(reason: str | None, say: Translator) -> str:
    """Why the screen or the model declined, for a rule's name."""
    return say.gettext(_REFUSALS.get(reason or "", _REFUSED))
