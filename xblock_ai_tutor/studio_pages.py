"""The HTML that authors see: the editor, and what stands in a unit while its lesson cannot be read.

`block` calls these; the preview inside the editor is the learner's page, from `pages`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup

from xblock_ai_tutor.languages import Translate
from xblock_ai_tutor.lesson import SNIPPETS, Problem
from xblock_ai_tutor.pages import items
from xblock_ai_tutor.strings import kind_names, studio_strings
from xblock_ai_tutor.templating import attribute_json, join, render

OPTION: Final = Markup('<option value="{}">{}</option>')


def problems_page(problems: Iterable[Problem], *, gettext: Translate) -> Markup:
    """What an author sees of a lesson that cannot be read."""
    _ = gettext
    line = _("Line {number}: {cause} {cure}")
    lines = (line.format(number=problem.line, cause=problem.cause, cure=problem.cure) for problem in problems)
    return render(
        "notice.html",
        title=_("Learners cannot see this lesson yet"),
        text=_("Its text has problems. Open the editor to mend them."),
        detail=Markup('<ul class="ait-list">{}</ul>').format(items(lines)),
    )


def studio_page(
    *,
    text: str,
    display_name: str,
    attempts: int | None,
    inherited_attempts: int | None,
    weight: float | None,
    digest: str,
    root_id: str,
    gettext: Translate,
) -> Markup:
    """The author's editor. `inherited_attempts` is what counts where the lesson sets no number of its own."""
    _ = gettext
    if inherited_attempts is None:
        attempts_hint = _("How often each step that earns marks can be answered. Nothing here: any number of times.")
    else:
        attempts_hint = _("How often each step that earns marks can be answered. Nothing here: %(number)s times.") % {
            "number": inherited_attempts
        }
    names = kind_names(gettext)
    return render(
        "studio.html",
        root_id=root_id,
        config=attribute_json({"base": digest, "snippets": dict(SNIPPETS), "strings": studio_strings(gettext)}),
        title=_("Edit the lesson"),
        name_label=_("Display name"),
        name_hint=_("Shown in the course outline."),
        display_name=display_name,
        settings=_("Attempts and points"),
        attempts_label=_("Most attempts"),
        attempts_hint=attempts_hint,
        attempts="" if attempts is None else attempts,
        weight_label=_("Points"),
        weight_hint=_("What the whole lesson is worth. Nothing here: one point for each step that earns marks."),
        weight="" if weight is None else f"{weight:g}",
        text_label=_("Lesson text"),
        text_hint=_("Front matter between lines of ---, then one directive a step, such as :::reading or :::choice."),
        text=text,
        snippet_label=_("New step"),
        snippets=join(
            Markup('<option value="{}">{}</option>').format(kind, names.get(kind, kind)) for kind in SNIPPETS
        ),
        insert=_("Put it in"),
        mine=_("Replace their version with mine"),
        theirs=_("Take their version"),
        save=_("Save"),
        preview=_("Preview"),
        cancel=_("Close"),
        leave_question=_("There are changes that are not saved. Close the editor without them?"),
        leave_yes=_("Close without saving"),
        leave_no=_("Go on editing"),
        problems_title=_("Problems to mend"),
        preview_title=_("Preview"),
        preview_note=_("As a learner sees it. Answers are marked, but nothing is kept or counted."),
        live=_("Follow the text while I write"),
        stale=_("This is the text as it was before there were problems."),
        restore=_("Bring it back"),
        discard=_("Throw it away"),
    )
