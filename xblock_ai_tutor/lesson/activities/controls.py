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
- `ait-actions` the row of buttons, `ait-button` the submit button; `ait-attempts` how many attempts are left
- `ait-glossary` the meanings of the terms that a step uses, `ait-term` a term that leads to its meaning
- `ait-items` the list of items in `sort` and `verify`, `ait-item` one of them (a fieldset)
- `ait-beside` a note with its source beside it, `ait-source` the source; `ait-detection` hits and false alarms
- `ait-scenes` the scenes of a scenario that are over, `ait-scene` one of them, `ait-scene__title`, `ait-scene__chosen`
- `ait-words` a field for the learner's own words; `ait-ask-tutor` the way from it to the tutor
- `ait-rubric` the rubric of a prompt, a list of `ait-feedback`
- `ait-visually-hidden` text for screen readers only
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from xblock_ai_tutor.lesson.activities.base import Markdown
from xblock_ai_tutor.lesson.marking import ItemMarking
from xblock_ai_tutor.lesson.model import RenderContext, Step
from xblock_ai_tutor.lesson.render import Anchors, References, html_of


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
    """The form around a step's inputs, with the meanings of its terms, what is left, and its one submit button."""
    marked = " ait-form--marked" if ctx.marking is not None else ""
    submit = f'<button class="ait-button" type="submit">{escape(button)}</button>'
    return (
        f'<form class="ait-form{marked}" method="post" data-step="{escape(step.id)}" '
        f'data-kind="{escape(step.activity.kind)}" novalidate>'
        f"{inside}{_glossary(step, ctx, inside)}{_attempts(ctx)}"
        f'<div class="ait-actions">{"" if ctx.closed else submit}</div></form>'
    )


def term_ids(step: Step, ctx: RenderContext) -> dict[str, str]:
    """The id of the meaning of each term that the step uses, by the term in small letters."""
    return {one.term.casefold(): html_id(ctx, step.id, "term", str(number)) for number, one in enumerate(step.terms, 1)}


def _glossary(step: Step, ctx: RenderContext, inside: str) -> str:
    """The meanings of the terms that what is shown leads to; "" when it leads to none."""
    _ = ctx.gettext
    meanings = "".join(
        f'<div id="{target}" tabindex="-1"><dt>{escape(one.term)}</dt><dd>{escape(one.meaning)}</dd></div>'
        for one in step.terms
        if f'href="#{(target := ctx.terms.get(one.term.casefold(), ""))}"' in inside
    )
    title = _("Words used here")
    if not meanings:
        return ""
    return f'<div class="ait-glossary"><p class="ait-glossary__title">{escape(title)}</p><dl>{meanings}</dl></div>'


def _attempts(ctx: RenderContext) -> str:
    """How many attempts are left, where they are counted."""
    _ = ctx.gettext
    if ctx.left is None or ctx.allowed is None:
        return ""
    if ctx.sealed:
        words = _("Your answer is kept. You will see the results when you have answered everything.")
    elif not ctx.left:
        words = _("There are no attempts left.")
    elif ctx.left == 1:
        words = _("You have one attempt left.") if ctx.attempts else _("You have one attempt.")
    else:
        words = _("Attempts left: %(left)s.") % {"left": ctx.left}
    # Before an answer is sealed there is no result to focus, so this says that it has arrived.
    live = ' role="status" tabindex="-1" data-focus' if ctx.sealed else ""
    return f'<p class="ait-attempts"{live}>{escape(words)}</p>'


def anchors(step: Step, ctx: RenderContext) -> Anchors:
    """The ids of the passages of a step, each to be given once; shared by all texts of one page."""
    return Anchors(escape(ctx.root_id), {passage.id for passage in step.passages})


def prose(text: Markdown, step: Step, ctx: RenderContext, shared: Anchors | None = None) -> str:
    """What the learner reads before answering; its passages can be cited."""
    html = html_of(text.text, ctx, shared or anchors(step, ctx))
    return f'<div class="ait-prose" id="{prose_id(step, ctx)}">{html}</div>'


def quotation(
    text: Markdown, ctx: RenderContext, caption: str, look: str = "ait-note", references: References | None = None
) -> str:
    """A text that the task is about, set apart and named: the note, its source, the material."""
    return (
        f'<figure class="{look}"><figcaption class="{look}__caption">{escape(caption)}</figcaption>'
        f'<div class="ait-prose">{html_of(text.text, ctx, references=references)}</div></figure>'
    )


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


def feedback(ctx: RenderContext, name: str, marked: ItemMarking, verdict: str, *, partly: bool = False) -> str:
    """Feedback on one item: in words whether it is right, then what the author says."""
    look = "right" if marked.hit else "partly" if partly else "wrong"
    said = f'<div class="ait-prose">{html_of(marked.feedback, ctx)}</div>' if marked.feedback.strip() else ""
    return (
        f'<div class="ait-feedback ait-feedback--{look}" id="{feedback_id(name, marked)}">'
        f'<p class="ait-feedback__verdict">{escape(verdict)}</p>{said}</div>'
    )


def option(ctx: RenderContext, name: str, kind: str, field: tuple[str, str], label: str, *, described: str = "") -> str:
    """One radio or checkbox with its label. `field` is its form name and value; `label` is HTML."""
    on = " checked" if field[1] in chosen(ctx, field[0]) else ""
    required = " required" if kind == "radio" else ""
    return (
        f'<div class="ait-option"><input class="ait-option__input" type="{kind}" id="{name}" name="{escape(field[0])}" '
        f'value="{escape(field[1])}"{required}{on}{disabled(ctx)}{describedby(described)}>'
        f'<label class="ait-option__label" for="{name}">{label}</label></div>'
    )


def disabled(ctx: RenderContext) -> str:
    """The attribute of every input where nothing more can be answered."""
    return " disabled" if ctx.closed else ""


def select(
    ctx: RenderContext, name: str, field: str, label: str, options: Sequence[tuple[str, str]], *, nothing_yet: str = ""
) -> str:
    """A native select of (value, words), with nothing chosen at first; `nothing_yet` says so in its own way."""
    _ = ctx.gettext
    given = chosen(ctx, field)
    first = nothing_yet or _("Choose")
    listed = "".join(
        f'<option value="{escape(value)}"{" selected" if value in given else ""}>{escape(words)}</option>'
        for value, words in options
    )
    return (
        f'<div class="ait-field"><label class="ait-field__label" for="{name}">{escape(label)}</label>'
        f'<select class="ait-select" id="{name}" name="{escape(field)}"{"" if nothing_yet else " required"}'
        f'{disabled(ctx)}><option value="">{escape(first)}</option>{listed}</select></div>'
    )


def confidence(ctx: RenderContext, name: str, field: str, label: str, levels: Sequence[int]) -> str:
    """A native select for how sure the learner is, in per cent, with nothing chosen at first."""
    return select(ctx, name, field, label, [(str(level), _level(level, ctx.gettext)) for level in levels])


def words(ctx: RenderContext, name: str, label: str, *, field: str = "", kept: str, most: int) -> str:
    """A field for the learner's own words, which no form of ours keeps. Without `field` they are not even sent.

    The script keeps them in this browser: `kept` is `local` (until they are deleted) or `session` (until it is closed).
    """
    sent = f' name="{escape(field)}"' if field else ""
    return (
        f'<div class="ait-field ait-words"><label class="ait-field__label" for="{name}">{escape(label)}</label>'
        f'<textarea class="ait-textarea" id="{name}"{sent} rows="6" maxlength="{most}" dir="auto" autocomplete="off" '
        f'data-words="{kept}"{disabled(ctx) if field else ""}></textarea></div>'
    )


def ask_tutor(step: Step, label: str, intent: str) -> str:
    """The way from the learner's words to the tutor: hidden until a script finds that there is one.

    `intent` is `prompt` (comments on the words as a prompt) or `question` (the words are put into the tutor's box).
    """
    return (
        f'<p class="ait-ask-tutor" data-ask-tutor="{intent}" data-ask-step="{escape(step.id)}" hidden>'
        f'<button type="button" class="ait-button ait-button--quiet">{escape(label)}</button></p>'
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
