"""A step's form as one learner sees it: rendered by the lesson room, read-only when its time is over, made once for
all learners while nobody has answered it. `pages` puts the forms into a page, `block` sends one after an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from markupsafe import Markup

from xblock_ai_tutor.lesson import RenderContext, Step, render_step
from xblock_ai_tutor.limits import OPEN, TIME_IS_OVER, Limits
from xblock_ai_tutor.progress import Progress

Translate = Callable[[str], str]


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
    """A step's form as this learner last left it; read-only, with the reason, when its time is over.

    `static_url` says where the platform has a file `/static/…`. `language` is the tag of what `gettext` gives: with it,
    a form that nobody has answered is made once for all learners, unless it shows such a file.
    """
    answer = progress.answers.get(step.id)
    context = RenderContext(
        root_id=root_id,
        gettext=gettext,
        previous=answer.form if answer else None,
        marking=answer.marking if answer else None,
        attempts=answer.used if answer else 0,
        allowed=None if limits.past_due else limits.allowed(progress.lesson, step),
        sealed=answer is not None and progress.sealed,
        static_url=static_url,
    )
    if answer is None and language and "/static/" not in step.source:
        form = _fresh_form(_Same(step), root_id, language, context.allowed, _Unhashed(context))
    else:
        form = render_step(step, context)
    return _read_only(form, gettext) if limits.is_over(step) else form


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


@lru_cache(maxsize=512)
def _fresh_form(step: _Same, root_id: str, language: str, allowed: int | None, rest: _Unhashed) -> str:  # noqa: ARG001
    return render_step(step.step, rest.context)


def _read_only(form: str, gettext: Translate) -> str:
    """The form with every control switched off, whatever its kind: a disabled fieldset does that to all it holds."""
    _ = gettext
    start = form.index(">") + 1
    end = form.rindex("</form>")
    opened = Markup('<p class="ait-closed">{}</p><fieldset class="ait-off" disabled>').format(_(TIME_IS_OVER))
    return f"{form[:start]}{opened}{form[start:end]}</fieldset>{form[end:]}"
