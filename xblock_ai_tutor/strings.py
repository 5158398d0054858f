"""The words that the scripts in `static/` show, translated on the server and handed over with the page.

So the scripts hold no sentence of their own and one catalogue serves all. `{name}` is filled in by the script. Each key
is used by a learner's script or by `static/studio.js`, and a test compares the two sides.
"""

from __future__ import annotations

from collections.abc import Callable


def failure_strings(gettext: Callable[[str], str]) -> dict[str, str]:
    """What is said where a request has no answer of ours; used in `core.js` for learners and authors alike."""
    _ = gettext
    return {
        "offline": _("The server cannot be reached. What you entered is still here: try again when you are connected."),
        "slow": _("The server takes too long to answer. What you entered is still here: try again, it counts once."),
        "signedOut": _(
            "You may have been signed out. What you entered is still here: sign in in another tab, then try again."
        ),
        "fault": _("Something went wrong on the server. What you entered is still here: try again in a moment."),
    }


def learner_strings(gettext: Callable[[str], str]) -> dict[str, str]:
    """What the scripts of the learner's page say."""
    _ = gettext
    return {
        **failure_strings(gettext),
        # the lesson
        "position": _("Step {number} of {total}"),
        "doneOf": _("{done} of {total} done"),
        "sending": _("Checking…"),
        "next": _("Next step: {title}"),
        "back": _("Back: {title}"),
        "complete": _("You have done every step of this lesson."),
        "marks": _("Marks: {earned} of {possible}."),
        "passageMissing": _("That passage is not in this version of the lesson."),
        # the tutor
        "you": _("You"),
        "tutor": _("Tutor"),
        "connecting": _("Connecting to the tutor…"),
        "youWhere": _("You, looking for the passage"),
        "writing": _("The tutor is writing…"),
        "answered": _("The tutor answered:"),
        "characters": _("{used} of {most} characters"),
        "tooLong": _("Too long: {used} of {most} characters. Shorten it, then send."),
        "empty": _("Write a question first."),
        "retry": _("Try again"),
        "incomplete": _("This answer is not complete."),
        "blocked": _("Not sent to the tutor"),
        "refused": _("Not answered"),
        "heldBack": _("Held back"),
        "asked": _("You asked while the last question is still being answered. Wait for the answer."),
        "unreachable": _("The tutor cannot be reached at the moment. Your question is still here."),
        "away": _("The tutor cannot be reached at the moment. You can go on with the lesson without it."),
        "broken": _("The answer stopped before its end. Your question is still here."),
        "attested": _("Checked on {date}."),
        "rubricMet": _("There"),
        "rubricMissing": _("Missing"),
        "rubricThere": _("there."),
        "keptFor": _("Kept for {days} days, then deleted."),
        "deleted": _("The conversation is deleted."),
        "notDeleted": _("The conversation could not be deleted. Try again."),
        "helpful": _("Helpful"),
        "notHelpful": _("Not helpful"),
        "opinionKept": _("Thank you. This is kept with the answer and goes when it goes."),
        "opinionBack": _("Taken back."),
        "report": _("Report this answer"),
        "reportHow": _(
            "A person who looks after the tutor will read your question and this answer, with placeholders where "
            "identifiers were held back. What is the matter?"
        ),
        "reportWrong": _("It is wrong"),
        "reportWorrying": _("It worries me"),
        "reportCancel": _("Do not report"),
        "reported": _("Reported. A person will look at it."),
        "notDownloaded": _("The file could not be made. Try again."),
        "cite": _("Passage {number}: show it in the lesson"),
    }


def kind_names(gettext: Callable[[str], str]) -> dict[str, str]:
    """The kinds of step as an author chooses among them, by the name of their directive."""
    _ = gettext
    return {
        "reading": _("Text to read"),
        "choice": _("Question with options"),
        "sort": _("Sort into places"),
        "spot": _("Find what is wrong in a note"),
        "verify": _("Checking log"),
        "scenario": _("Story with decisions"),
        "prompt-lab": _("Write a prompt"),
        "reflect": _("Question to think about"),
    }


def studio_strings(gettext: Callable[[str], str]) -> dict[str, str]:
    """What `studio.js` says."""
    _ = gettext
    return {
        **failure_strings(gettext),
        "line": _("Line {line}"),
        "saving": _("Saving…"),
        "savedAt": _("Saved at {time}. Nothing has changed since."),
        "unsaved": _("There are changes that are not saved."),
        "notSaved": _("Not saved. Your text is still here."),
        "problems": _("Not saved: {count} to mend. Choose one to go to its line."),
        "problemsPreview": _("{count} to mend. Choose one to go to its line."),
        "previewing": _("Making the preview…"),
        "previewReady": _("The preview is ready."),
        "toMend": _("{count} to mend."),
        "mended": _("Nothing to mend."),
        "theirs": _("This is their version. Undo brings yours back."),
        "draftFound": _("There is unsaved text from {time}, kept in this browser."),
        "cursor": _("Line {line}, column {column}"),
    }
