"""The HTML that activities share: the form, prose, the summary, feedback, and the field for how sure the learner is.

Native inputs only; no script, no inline style. Everything that is not our own is escaped or passed nh3 before.

Class names in the HTML, for the stylesheet (all start with `ait-`):

- `ait-form` the form of a step; `ait-form--marked` on it after an attempt
- `ait-prose` Markdown written by the author; `ait-passage` any element that the tutor can cite (has `data-passage`)
- `ait-question` a fieldset, `ait-question__legend` its legend
- `ait-options` the list of options, `ait-option` one label and input, `ait-option__input`, `ait-option__label`
- `ait-field` a label with its select, `ait-field__label`, `ait-select`
- `ait-note` the AI-written note (a figure), `ait-note__caption`, `ait-note__ref` a link from the note to an authority
- `ait-authorities` the list of authorities, `ait-authority` one of them (a fieldset); in its legend
  `ait-authority__number` and `ait-authority__cited`
- `ait-feedback` feedback on one item; also `ait-feedback--right` or `ait-feedback--wrong`; `ait-feedback__verdict` the
  words that say right or not
- `ait-result` the summary after an attempt (`role="status"`), also `ait-result--right` or `ait-result--wrong`
- `ait-actions` the row of buttons, `ait-button` the submit button
- `ait-visually-hidden` text for screen readers only
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from xblock_ai_tutor.lesson.activities.base import Markdown
from xblock_ai_tutor.lesson.marking import ItemMarking
from xblock_ai_tutor.lesson.model import RenderContext, Step
from xblock_ai_tutor.lesson.render import Anchors, html_of


def html_id(ctx: RenderContext, *parts: str) -> str:
    """An HTML id, escaped, that is unique on the page: the block's root id and the parts.

    Joined by two hyphens, which no id may hold, so that "a" + "b-c" and "a-b" + "c" stay apart.
    """
    return escape("--".join((ctx.root_id, *parts)))


def chosen(ctx: RenderContext, name: str) -> list[str]:
    """What the learner sent under `name` last time; [] when nothing, or nothing usable, is known."""
    values = (ctx.previous or {}).get(name, [])
    return [value for value in values if isinstance(value, str)] if isinstance(values, list | tuple) else []


def form(step: Step, ctx: RenderContext, inside: str, button: str) -> str:
    """The form around a step's inputs, with its one submit button."""
    marked = " ait-form--marked" if ctx.marking is not None else ""
    return (
        f'<form class="ait-form{marked}" method="post" data-step="{escape(step.id)}" '
        f'data-kind="{escape(step.activity.kind)}" novalidate>'
        f'{inside}<div class="ait-actions"><button class="ait-button" type="submit">{escape(button)}</button></div>'
        "</form>"
    )


def prose(text: Markdown, step: Step, ctx: RenderContext) -> str:
    """What the learner reads before answering; its passages can be cited."""
    anchors = Anchors(escape(ctx.root_id), {passage.id for passage in step.passages})
    return f'<div class="ait-prose" id="{prose_id(step, ctx)}">{html_of(text.text, ctx.gettext, anchors)}</div>'


def prose_id(step: Step, ctx: RenderContext) -> str:
    """The id of the element that `prose` makes, for the inputs that it describes."""
    return html_id(ctx, step.id, "prose", "text")


def result(ctx: RenderContext, words: str) -> str:
    """The summary of an attempt, which the script focuses so that it is read out; "" before one."""
    if ctx.marking is None:
        return ""
    look = "right" if ctx.marking.correct else "wrong"
    return f'<p class="ait-result ait-result--{look}" role="status" tabindex="-1">{escape(words)}</p>'


def describedby(*ids: str) -> str:
    """The attribute that ties an input to what explains it; "" when nothing does."""
    known = [one for one in ids if one]
    return f' aria-describedby="{" ".join(known)}"' if known else ""


def feedback_id(name: str, marked: ItemMarking | None) -> str:
    """The id of the feedback on the item with that HTML id; "" when there is none."""
    return f"{name}--feedback" if marked is not None else ""


def feedback(ctx: RenderContext, name: str, marked: ItemMarking, verdict: str) -> str:
    """Feedback on one item: in words whether it is right, then what the author says."""
    look = "right" if marked.hit else "wrong"
    return (
        f'<div class="ait-feedback ait-feedback--{look}" id="{feedback_id(name, marked)}">'
        f'<p class="ait-feedback__verdict">{escape(verdict)}</p>'
        f'<div class="ait-prose">{html_of(marked.feedback, ctx.gettext)}</div></div>'
    )


def option(ctx: RenderContext, name: str, kind: str, field: tuple[str, str], label: str, *, described: str = "") -> str:
    """One radio or checkbox with its label. `field` is its form name and value; `label` is HTML."""
    on = " checked" if field[1] in chosen(ctx, field[0]) else ""
    required = " required" if kind == "radio" else ""
    return (
        f'<div class="ait-option"><input class="ait-option__input" type="{kind}" id="{name}" name="{escape(field[0])}" '
        f'value="{escape(field[1])}"{required}{on}{describedby(described)}>'
        f'<label class="ait-option__label" for="{name}">{label}</label></div>'
    )


def confidence(ctx: RenderContext, name: str, field: str, label: str, levels: Sequence[int]) -> str:
    """A native select for how sure the learner is, in per cent, with nothing chosen at first."""
    _ = ctx.gettext
    given = chosen(ctx, field)
    nothing_yet = _("Choose")
    options = "".join(
        f'<option value="{level}"{" selected" if str(level) in given else ""}>{escape(_level(level, _))}</option>'
        for level in levels
    )
    return (
        f'<div class="ait-field"><label class="ait-field__label" for="{name}">{escape(label)}</label>'
        f'<select class="ait-select" id="{name}" name="{escape(field)}" required>'
        f'<option value="">{escape(nothing_yet)}</option>{options}</select></div>'
    )


def _level(level: int, gettext: Callable[[str], str]) -> str:
    _ = gettext
    match level:
        case 0:
            return _("0% – a blind guess")
        case 50:
            return _("50% – could go either way")
        case 100:
            return _("100% – certain")
    return f"{level}%"
