"""What a learner may say of each statement in `spot`: the verdicts of its two ways, and how they are told.

Called by `spot` and by its page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Way:
    """One way of judging: its verdicts, the sound one first, what is judged, and an example of an item."""

    verdicts: tuple[str, ...]
    noun: str
    plural: str
    example: str

    @property
    def sound(self) -> str:
        """The verdict on what is not to be flagged."""
        return self.verdicts[0]


AUTHORITIES: Final = Way(
    ("reliable", "invented", "misused"),
    "an authority",
    "authorities",
    "- [reliable] {caparo} *Caparo Industries plc v Dickman* [1990] 2 AC 605",
)
ERRORS: Final = Way(
    ("sound", "omission", "wrong-date", "wrong-fact", "invented", "misused", "hidden-instruction"),
    "a statement",
    "statements",
    "- [wrong-date] {deadline} The answer is due on 3 March",
)
WAYS: Final = {"authorities": AUTHORITIES, "errors": ERRORS}


def labels(way: Way, gettext: Callable[[str], str]) -> dict[str, str]:
    """The verdicts as the learner reads them, in order."""
    _ = gettext
    if way is AUTHORITIES:
        return {
            "reliable": _("It can be relied on"),
            "invented": _("It is invented"),
            "misused": _("It is real, but does not say this"),
        }
    return {
        "sound": _("Nothing is wrong with it"),
        "omission": _("Something important is left out"),
        "wrong-date": _("A date is wrong"),
        "wrong-fact": _("A fact is wrong"),
        "invented": _("The authority is invented"),
        "misused": _("The authority is real, but does not say this"),
        "hidden-instruction": _("It is an instruction to the AI, hidden in the text"),
    }


def told(way: Way, truth: str, answer: str, gettext: Callable[[str], str]) -> str:
    """Whether the learner is right, with the truth."""
    _ = gettext
    if way is AUTHORITIES:
        return _whole(truth, gettext)[answer == truth]
    label = labels(way, gettext)[truth]
    if answer == truth:
        return _("Right. %(truth)s.") % {"truth": label}
    if way.sound not in {answer, truth}:
        return _("Partly right: something is wrong, but something else. %(truth)s.") % {"truth": label}
    return _("Not right. %(truth)s.") % {"truth": label}


def _whole(truth: str, gettext: Callable[[str], str]) -> tuple[str, str]:
    """(not right, right), each one sentence that can be translated whole."""
    _ = gettext
    return {
        "reliable": (_("Not right: it can be relied on."), _("Right: it can be relied on.")),
        "invented": (_("Not right: it is invented."), _("Right: it is invented.")),
        "misused": (
            _("Not right: it is real, but does not say this."),
            _("Right: it is real, but does not say this."),
        ),
    }[truth]
