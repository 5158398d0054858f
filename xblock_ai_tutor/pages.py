"""The block's HTML: what the templates in `templates/` are filled with. No platform, no state, no decisions on marking.

`block` calls the pages, `learner` and `studio` the pieces that a handler sends back. A step's own form comes from
`step_forms`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from xblock_ai_tutor.gateway_client import NOT_SET_UP
from xblock_ai_tutor.languages import Translate, direction, interface_language, said_in
from xblock_ai_tutor.lesson import Lesson, Step
from xblock_ai_tutor.limits import OPEN, Limits
from xblock_ai_tutor.progress import Progress, possible_marks
from xblock_ai_tutor.step_forms import step_form
from xblock_ai_tutor.strings import learner_strings
from xblock_ai_tutor.templating import attribute_json, join, render

LONGEST_QUESTION = 4000  # characters of one message to the tutor; the gateway has the last word


def lesson_page(
    lesson: Lesson,
    progress: Progress,
    *,
    root_id: str,
    gettext: Translate,
    preview: bool = False,
    has_tutor: bool = True,
    limits: Limits = OPEN,
    language: str = "",
    static_url: Translate = str,
    words_key: str = "",
) -> Markup:
    """The lesson with its steps and, outside a preview or a test, the tutor beside it, or a word that there is none.

    `words_key` is under what this learner's own words are kept in their browser; "" keeps none.
    """
    _ = gettext
    alone = preview or lesson.form is not None
    tutor = _tutor if has_tutor else _no_tutor
    language = interface_language(gettext)
    config = {
        "preview": preview,
        "language": language,
        "current": progress.current.id,
        "progress": progress_json(progress, limits),
        "longest": LONGEST_QUESTION,
        "words": words_key,
        "strings": learner_strings(gettext),
    }
    return render(
        "lesson.html",
        root_id=root_id,
        language=lesson.language,
        direction=direction(lesson.language),
        interface=said_in(language, lesson.language),
        config=attribute_json(config),
        title=lesson.title,
        about=_about(lesson, gettext),
        to_tutor=Markup("") if alone or not has_tutor else _to_tutor(lesson, root_id, gettext),
        steps_label=_("Steps of “%(title)s”") % {"title": lesson.title},
        progress_label=_("Steps done"),
        done=progress.done,
        total=progress.total,
        outline=join(
            _outline_item(number, step, lesson.language, gettext) for number, step in enumerate(lesson.steps, 1)
        ),
        panels=join(
            _panel(
                step,
                step_form(
                    step,
                    progress,
                    root_id=root_id,
                    gettext=gettext,
                    limits=limits,
                    language=language,
                    static_url=static_url,
                ),
                root_id,
                _interface(lesson, gettext),
            )
            for step in lesson.steps
        ),
        tutor=Markup("") if alone else tutor(lesson, root_id=root_id, gettext=gettext),
        back_to_answer=_("Back to the tutor’s answer"),
        modifier=" ait--preview" if preview else "",
    )


def progress_json(progress: Progress, limits: Limits = OPEN) -> dict[str, Any]:
    """What the page needs to show how far the learner is. A sealed test says nothing of marks earned."""
    return {
        "done": [step.id for step in progress.lesson.steps if progress.is_done(step)],
        "earned": 0.0 if limits.is_sealed(progress) else progress.earned,
        "possible": 0.0 if limits.hides_results else possible_marks(progress.lesson),
        "complete": progress.complete,
    }


def public_page(lesson: Lesson, *, gettext: Translate) -> Markup:
    """What the lesson is about, for a visitor who has not signed in."""
    _ = gettext
    return render(
        "public.html",
        language=lesson.language,
        direction=direction(lesson.language),
        interface=_interface(lesson, gettext),
        title=lesson.title,
        about=_about(lesson, gettext, unfold=True),
        steps_label=_("What you will do"),
        steps=items(step.title for step in lesson.steps),
        sign_in=_("Sign in and enrol to do this lesson."),
    )


def not_ready(gettext: Translate) -> Markup:
    """What a learner sees of a lesson that cannot be read."""
    _ = gettext
    return render(
        "notice.html",
        title=_("This lesson is being prepared"),
        text=_("It will be here when its author has finished it. Nothing that you have done is lost."),
        detail=Markup(""),
    )


def _about(lesson: Lesson, gettext: Translate, *, unfold: bool = False) -> Markup:
    """Length and objectives: folded away above the steps, open where they are all there is."""
    _ = gettext
    interface = _interface(lesson, gettext)
    text = _("About %(minutes)s minutes") % {"minutes": lesson.minutes}
    length = render("length.html", text=text, interface=interface)
    if not lesson.objectives:
        return length
    template = "objectives-open.html" if unfold else "objectives.html"
    title = _("What you will be able to do")
    return length + render(template, title=title, interface=interface, items=items(lesson.objectives))


def _interface(lesson: Lesson, gettext: Translate) -> Markup:
    """The attributes of what the interface says on the lesson's page."""
    return said_in(interface_language(gettext), lesson.language)


def _to_tutor(lesson: Lesson, root_id: str, gettext: Translate) -> Markup:
    """The way to the tutor where it stands below the whole lesson: the stylesheet hides it where it is beside it."""
    _ = gettext
    return render("to-tutor.html", root_id=root_id, interface=_interface(lesson, gettext), text=_("Ask the tutor"))


def _outline_item(number: int, step: Step, language: str, gettext: Translate) -> Markup:
    _ = gettext
    return render(
        "outline-item.html",
        number=number,
        step=step.id,
        title=step.title,
        step_word=_("Step"),
        done=_("done"),
        content=said_in(language, interface_language(gettext)),
    )


def _panel(step: Step, form: str, root_id: str, interface: Markup) -> Markup:
    sanitised = Markup(form)  # noqa: S704  (sanitised by the lesson)
    return render("panel.html", root_id=root_id, step=step.id, title=step.title, interface=interface, form=sanitised)


def _tutor(lesson: Lesson, *, root_id: str, gettext: Translate) -> Markup:
    _ = gettext
    return render(
        "tutor.html",
        root_id=root_id,
        interface=_interface(lesson, gettext),
        content=said_in(lesson.language, interface_language(gettext)),
        title=_("Ask the tutor"),
        greeting=lesson.tutor.greeting,
        nature=_("The tutor is software and can be wrong. It answers from this lesson only."),
        where_title=_("Where your words go"),
        stored=_("Stored in"),
        processed=_("Processed in"),
        metadata=_("Usage metadata in"),
        unknown=_("not known yet"),
        held_back=_("What is held back"),
        caution=_(
            "Identifiers such as National Insurance numbers are held back before anything leaves. "
            "Names are not reliably found: leave them out."
        ),
        conversation=_("Conversation with the tutor about “%(title)s”") % {"title": lesson.title},
        question=_("Your question"),
        hint=_("Ctrl and Enter also sends."),
        longest=LONGEST_QUESTION,
        send=_("Send"),
        show_where=_("Show me where that is in the lesson"),
        retry=_("Try again"),
        progressive=_("Show the answer while it is written"),
        download=_("Take this conversation along"),
        download_html=_("Download to read"),
        download_json=_("Download as data"),
        delete=_("Delete this conversation"),
        delete_question=_("Delete everything that you and the tutor wrote here?"),
        delete_yes=_("Delete it"),
        delete_no=_("Keep it"),
    )


def _no_tutor(lesson: Lesson, *, root_id: str, gettext: Translate) -> Markup:
    _ = gettext
    interface = _interface(lesson, gettext)
    return render("no-tutor.html", root_id=root_id, interface=interface, title=_("Ask the tutor"), text=_(NOT_SET_UP))


def items(items: Iterable[str]) -> Markup:
    return join(Markup("<li>{}</li>").format(item) for item in items)
