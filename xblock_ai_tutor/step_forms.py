"""A step's form as one learner sees it: rendered by the lesson room, read-only when its time is over, made once for
all learners who have answered alike. `pages` puts the forms into a page, `block` sends one after an answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from markupsafe import Markup

from xblock_ai_tutor.languages import Translate, in_language
from xblock_ai_tutor.lesson import RenderContext, Step, render_step
from xblock_ai_tutor.limits import OPEN, RESULTS_HIDDEN, TIME_IS_OVER, Limits
from xblock_ai_tutor.progress import Progress


def step_form(
    step: Step,
    progress: Progress,
    *,
    root_id: str,
    gettext: Translate,
    limits: Limits = OPEN,
    language: str = "",
    static_url: Translate = str,
) -> str:
    """A step's form as this learner last left it, all of it in the lesson's language where we speak it.

    It is read-only, with the reason, when its time is over.

    `static_url` says where the platform has a file `/static/…`. `language` is the tag of what `gettext` gives: with it,
    a form is made once for all learners who have answered alike, or not at all, unless it shows such a file.
    """
    gettext = in_language(progress.lesson.language, gettext)
    answer = progress.answers.get(step.id)
    hidden = limits.hides_results and step.activity.possible > 0
    context = RenderContext(
        root_id=root_id,
        gettext=gettext,
        previous=answer.form if answer else None,
        marking=answer.marking if answer and not hidden else None,
        attempts=answer.used if answer else 0,
        allowed=None if limits.past_due else limits.allowed(progress.lesson, step),
        sealed=answer is not None and progress.sealed,
        static_url=static_url,
    )
    if language and "/static/" not in step.source:
        form = _made_once(_Same(step), root_id, language, _state(context), _Unhashed(context))
    else:
        form = render_step(step, context)
    if hidden and answer is not None:
        form = _with_notice(form, RESULTS_HIDDEN, gettext)
    return _with_notice(form, TIME_IS_OVER, gettext, is_over=True) if limits.is_over(step) else form


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
    """A context that is no part of a cache's key, since the other arguments say all that is in it."""

    context: RenderContext = field(compare=False)


def _state(context: RenderContext) -> tuple[object, ...]:
    """What a learner brings to a form, as part of a cache's key: it names nobody, and many bring the same."""
    previous = tuple((name, tuple(values)) for name, values in (context.previous or {}).items())
    return (context.allowed, context.attempts, context.sealed, previous, context.marking)


@lru_cache(maxsize=1024)
def _made_once(
    step: _Same,
    root_id: str,  # noqa: ARG001  (the key)
    language: str,  # noqa: ARG001
    state: tuple[object, ...],  # noqa: ARG001
    rest: _Unhashed,
) -> str:
    return render_step(step.step, rest.context)


def _with_notice(form: str, why: str, gettext: Translate, *, is_over: bool = False) -> str:
    """The form with a sentence above it, and when its time `is_over` with every control switched off.

    A disabled fieldset does that to all that it holds, whatever its kind. A sentence about an answer that has just
    arrived takes the place of its result: the script moves the focus there.
    """
    _ = gettext
    start, end = form.index(">") + 1, form.rindex("</form>")
    focus = Markup("") if is_over else Markup(' role="status" tabindex="-1" data-focus')
    notice = Markup('<p class="ait-closed"{}>{}</p>').format(focus, _(why))
    opened, closed = ('<fieldset class="ait-off" disabled>', "</fieldset>") if is_over else ("", "")
    return f"{form[:start]}{notice}{opened}{form[start:end]}{closed}{form[end:]}"
