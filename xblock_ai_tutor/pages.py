"""The block's HTML: what the templates in `templates/` are filled with. No platform, no state, no decisions on marking.

`block` calls the pages, `learner` and `studio` the pieces that a handler sends back. A step's own form comes from the
lesson room and is sanitised there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from markupsafe import Markup

from xblock_ai_tutor.gateway_client import NOT_SET_UP
from xblock_ai_tutor.lesson import Lesson, Problem, RenderContext, Step, render_step
from xblock_ai_tutor.limits import OPEN, Limits
from xblock_ai_tutor.progress import Answer, Progress, possible_marks
from xblock_ai_tutor.strings import learner_strings, studio_strings
from xblock_ai_tutor.templating import attribute_json, join, render

Translate = Callable[[str], str]

RIGHT_TO_LEFT: Final = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
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
) -> Markup:
    """The lesson with its steps and, outside a preview, the tutor beside it, or a word that there is none."""
    _ = gettext
    tutor = _tutor if has_tutor else _no_tutor
    config = {
        "preview": preview,
        "current": progress.current.id,
        "progress": progress_json(progress),
        "longest": LONGEST_QUESTION,
        "strings": learner_strings(gettext),
    }
    return render(
        "lesson.html",
        root_id=root_id,
        language=lesson.language,
        direction=_direction(lesson.language),
        config=attribute_json(config),
        title=lesson.title,
        about=_about(lesson, gettext),
        to_tutor=Markup("") if preview or not has_tutor else _to_tutor(root_id, gettext),
        steps_label=_("Steps of this lesson"),
        progress_label=_("Steps done"),
        done=progress.done,
        total=progress.total,
        outline=join(_outline_item(number, step, gettext) for number, step in enumerate(lesson.steps, 1)),
        panels=join(
            _panel(number, step, progress, root_id=root_id, gettext=gettext, limits=limits, language=language)
            for number, step in enumerate(lesson.steps, 1)
        ),
        tutor=Markup("") if preview else tutor(lesson, root_id=root_id, gettext=gettext),
        back_to_answer=_("Back to the tutor’s answer"),
        modifier=" ait--preview" if preview else "",
    )


def step_form(
    step: Step,
    progress: Progress,
    *,
    root_id: str,
    gettext: Translate,
    limits: Limits = OPEN,
    language: str = "",
) -> str:
    """A step's form as this learner last left it; read-only, with the reason, when it takes no more answers.

    `language` is the tag of what `gettext` gives: with it, a form that nobody has answered is made once for all.
    """
    answer = progress.answers.get(step.id)
    if answer is None and language:
        form = _fresh_form(_Same(step), root_id, language, _Unhashed(gettext))
    else:
        form = _answered_form(step, answer, root_id, gettext)
    closed = limits.closed(progress, step, gettext)
    return _closed_form(form, closed) if closed else form


@dataclass(frozen=True, slots=True)
class _Same:
    """A step as part of a cache's key: by identity, since hashing all of it would cost more than it saves."""

    step: Step

    def __hash__(self) -> int:
        return id(self.step)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.step is other.step


@dataclass(frozen=True, slots=True)
class _Unhashed:
    """A function that is no part of a cache's key, since another argument says what it does."""

    call: Translate = field(compare=False)


@lru_cache(maxsize=512)
def _fresh_form(step: _Same, root_id: str, language: str, gettext: _Unhashed) -> str:  # noqa: ARG001  (the key)
    return _answered_form(step.step, None, root_id, gettext.call)


def _closed_form(form: str, why: str) -> str:
    """The form with every control switched off, whatever its kind: a disabled fieldset does that to all it holds."""
    start = form.index(">") + 1
    end = form.rindex("</form>")
    opened = Markup('<p class="ait-closed" data-part="closed">{}</p><fieldset class="ait-off" disabled>').format(why)
    return f"{form[:start]}{opened}{form[start:end]}</fieldset>{form[end:]}"


def _answered_form(step: Step, answer: Answer | None, root_id: str, gettext: Translate) -> str:
    context = RenderContext(
        root_id=root_id,
        gettext=gettext,
        previous=answer.form if answer else None,
        marking=answer.marking if answer else None,
    )
    return render_step(step, context)


def progress_json(progress: Progress) -> dict[str, Any]:
    """What the page needs to show how far the learner is."""
    return {
        "done": [step.id for step in progress.lesson.steps if progress.is_done(step)],
        "earned": progress.earned,
        "possible": possible_marks(progress.lesson),
        "complete": progress.complete,
    }


def public_page(lesson: Lesson, *, gettext: Translate) -> Markup:
    """What the lesson is about, for a visitor who has not signed in."""
    _ = gettext
    return render(
        "public.html",
        language=lesson.language,
        direction=_direction(lesson.language),
        title=lesson.title,
        about=_about(lesson, gettext, unfold=True),
        steps_label=_("What you will do"),
        steps=_list(step.title for step in lesson.steps),
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


def problems_page(problems: Iterable[Problem], *, gettext: Translate) -> Markup:
    """What an author sees of a lesson that cannot be read."""
    _ = gettext
    line = _("Line {number}: {cause} {cure}")
    lines = (line.format(number=problem.line, cause=problem.cause, cure=problem.cure) for problem in problems)
    return render(
        "notice.html",
        title=_("Learners cannot see this lesson yet"),
        text=_("Its text has problems. Open the editor to mend them."),
        detail=Markup('<ul class="ait-list">{}</ul>').format(_list(lines)),
    )


def studio_page(*, text: str, display_name: str, digest: str, root_id: str, gettext: Translate) -> Markup:
    """The author's editor."""
    _ = gettext
    return render(
        "studio.html",
        root_id=root_id,
        config=attribute_json({"base": digest, "strings": studio_strings(gettext)}),
        title=_("Edit the lesson"),
        name_label=_("Display name"),
        name_hint=_("Shown in the course outline."),
        display_name=display_name,
        text_label=_("Lesson text"),
        text_hint=_("Front matter between lines of ---, then one directive a step: :::reading, :::choice, :::spot."),
        text=text,
        save=_("Save"),
        preview=_("Preview"),
        cancel=_("Close"),
        problems_title=_("Problems to mend"),
        preview_title=_("Preview"),
        preview_note=_("As a learner sees it. Answers are marked, but nothing is kept or counted."),
        restore=_("Bring it back"),
        discard=_("Throw it away"),
    )


def _about(lesson: Lesson, gettext: Translate, *, unfold: bool = False) -> Markup:
    """Length and objectives: folded away above the steps, open where they are all there is."""
    _ = gettext
    length = render("length.html", text=_("About %(minutes)s minutes") % {"minutes": lesson.minutes})
    if not lesson.objectives:
        return length
    template = "objectives-open.html" if unfold else "objectives.html"
    return length + render(template, title=_("What you will be able to do"), items=_list(lesson.objectives))


def _direction(language: str) -> str:
    """How the lesson's language is written, for the attribute `dir`."""
    return "rtl" if language.lower().partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def _to_tutor(root_id: str, gettext: Translate) -> Markup:
    """The way to the tutor where it stands below the whole lesson: the stylesheet hides it where it is beside it."""
    _ = gettext
    return render("to-tutor.html", root_id=root_id, text=_("Ask the tutor"))


def _outline_item(number: int, step: Step, gettext: Translate) -> Markup:
    _ = gettext
    return render(
        "outline-item.html", number=number, step=step.id, title=step.title, step_word=_("Step"), done=_("done")
    )


def _panel(
    number: int, step: Step, progress: Progress, *, root_id: str, gettext: Translate, limits: Limits, language: str
) -> Markup:
    html = step_form(step, progress, root_id=root_id, gettext=gettext, limits=limits, language=language)
    form = Markup(html)  # noqa: S704  (sanitised by the lesson)
    return render("panel.html", root_id=root_id, step=step.id, number=number, title=step.title, form=form)


def _tutor(lesson: Lesson, *, root_id: str, gettext: Translate) -> Markup:
    _ = gettext
    return render(
        "tutor.html",
        root_id=root_id,
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
        conversation=_("Conversation with the tutor"),
        question=_("Your question"),
        hint=_("Ctrl and Enter also sends."),
        longest=LONGEST_QUESTION,
        send=_("Send"),
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


def _no_tutor(lesson: Lesson, *, root_id: str, gettext: Translate) -> Markup:  # noqa: ARG001  (as `_tutor`)
    _ = gettext
    return render("no-tutor.html", root_id=root_id, title=_("Ask the tutor"), text=_(NOT_SET_UP))


def _list(items: Iterable[str]) -> Markup:
    return join(Markup("<li>{}</li>").format(item) for item in items)
