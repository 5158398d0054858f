"""The page of a `spot`: the note, its source beside it, and a fieldset for each authority or statement.

Called by `spot`, which reads and marks. Radios where there are three verdicts, a select where there are seven.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from xblock_ai_tutor.lesson.activities import controls
from xblock_ai_tutor.lesson.activities.items import Item
from xblock_ai_tutor.lesson.activities.verdicts import ERRORS, labels, told
from xblock_ai_tutor.lesson.marking import ItemMarking, mean
from xblock_ai_tutor.lesson.model import RenderContext, Step
from xblock_ai_tutor.lesson.render import References, inline_html_of

if TYPE_CHECKING:
    from xblock_ai_tutor.lesson.activities.spot import Spot

LEVELS: Final = (50, 60, 70, 80, 90, 100)


def page(spot: Spot, step: Step, ctx: RenderContext) -> str:
    """The step's form."""
    _ = ctx.gettext
    again = _("Check my answers") if ctx.marking is None else _("Check again")
    inside = (
        controls.result(ctx, _result(ctx))
        + _detection(ctx)
        + controls.prose(spot.instructions, step, ctx)
        + _texts(spot, step, ctx)
        + '<div class="ait-authorities">'
        + "".join(_one(spot, number, one, step, ctx) for number, one in spot.numbered())
        + "</div>"
    )
    return controls.form(step, ctx, inside, again)


def _texts(spot: Spot, step: Step, ctx: RenderContext) -> str:
    """The note, with its source beside it where it has one."""
    _ = ctx.gettext
    targets = {one.id: (number, controls.html_id(ctx, step.id, one.id)) for number, one in spot.numbered()}
    word = _("Statement") if spot.way is ERRORS else _("Authority")
    note = controls.quotation(spot.note, ctx, _("Written by an AI model"), references=References(word, targets))
    if not spot.source:
        return note
    source = controls.quotation(spot.source, ctx, _("What it is checked against"), "ait-source")
    return f'<div class="ait-beside">{note}{source}</div>'


def _one(spot: Spot, number: int, one: Item, step: Step, ctx: RenderContext) -> str:
    _ = ctx.gettext
    place = {"number": number}
    if spot.way is ERRORS:
        heading = _("Statement %(number)s:") % place
        sure = _("How sure are you about statement %(number)s?") % place
    else:
        heading = _("Authority %(number)s:") % place
        sure = _("How sure are you about authority %(number)s?") % place
    name = controls.html_id(ctx, step.id, one.id)
    marked = next((found for found in (ctx.marking.items if ctx.marking else ()) if found.item == one.id), None)
    confidence = controls.confidence(ctx, f"{name}--confidence", f"confidence-{one.id}", sure, LEVELS)
    return (
        f'<fieldset class="ait-question ait-authority" id="{name}" tabindex="-1"'
        f"{controls.describedby(controls.feedback_id(name, marked))}>"
        f'<legend class="ait-question__legend">'
        f'<span class="ait-authority__number">{escape(heading)}</span> '
        f'<span class="ait-authority__cited">{inline_html_of(one.text)}</span></legend>'
        + f'<div class="ait-item__fields">{_verdicts(spot, number, one, name, ctx)}'
        + (confidence if spot.asks_confidence else "")
        + "</div>"
        + (_feedback(spot, one, name, marked, ctx) if marked else "")
        + "</fieldset>"
    )


def _verdicts(spot: Spot, number: int, one: Item, name: str, ctx: RenderContext) -> str:
    """The field for the verdict."""
    _ = ctx.gettext
    field, words = f"verdict-{one.id}", labels(spot.way, ctx.gettext)
    if spot.way is ERRORS:
        label = _("What do you say of statement %(number)s?") % {"number": number}
        return controls.select(ctx, f"{name}--verdict", field, label, list(words.items()))
    radios = "".join(
        controls.option(ctx, f"{name}--{verdict}", "radio", (field, verdict), escape(said))
        for verdict, said in words.items()
    )
    return f'<div class="ait-options">{radios}</div>'


def _feedback(spot: Spot, one: Item, name: str, marked: ItemMarking, ctx: RenderContext) -> str:
    if one.mark not in spot.way.verdicts:
        return ""
    verdict = told(spot.way, one.mark, marked.answer, ctx.gettext)
    return controls.feedback(ctx, name, marked, verdict, partly=marked.earned > 0)


def _result(ctx: RenderContext) -> str:
    _ = ctx.gettext
    items = ctx.marking.items if ctx.marking else ()
    words = _("%(hits)s of %(total)s right.") % {"hits": sum(one.hit for one in items), "total": len(items)}
    sure = mean([one.confidence for one in items])
    if sure is not None:
        words += " " + _("On average you were %(sure)s%% sure.") % {"sure": round(sure)}
    return words


def _detection(ctx: RenderContext) -> str:
    """Hits and false alarms, and what they say of how the learner judges, where both could happen."""
    _ = ctx.gettext
    found = ctx.marking.detection if ctx.marking else None
    if found is None or not found.targets or not found.non_targets:
        return ""
    counts = {
        "hits": found.hits,
        "targets": found.targets,
        "alarms": found.false_alarms,
        "sound": found.non_targets,
        "sensitivity": f"{found.sensitivity:.1f}".replace("-", "−"),
        "criterion": f"{found.criterion:+.1f}".replace("-", "−"),
    }
    words = (
        _("Found: %(hits)s of %(targets)s that were wrong. False alarms: %(alarms)s of %(sound)s that were sound.")
        % counts
    )
    figures = (
        _(
            "Telling wrong from sound: d′ = %(sensitivity)s (0 is guessing). Readiness to flag: c = %(criterion)s "
            "(below 0 you flag readily, above 0 you hold back)."
        )
        % counts
    )
    return f'<div class="ait-detection"><p>{escape(words)}</p><p>{escape(figures)}</p></div>'
