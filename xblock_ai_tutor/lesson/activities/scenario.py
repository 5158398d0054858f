"""Scenario: a story in scenes. Each choice goes to the server, which answers with what follows and with the next scene.

So no consequence is in the page before it is chosen. What is kept is the path, `scene/option` after `scene/option`; an
attempt is finished when the path has come to an ending. `scenes` reads the story.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import ClassVar, Final

from xblock_ai_tutor.lesson.activities import base, controls
from xblock_ai_tutor.lesson.activities.scenes import Option, Scene, take_scenes
from xblock_ai_tutor.lesson.marking import Form, ItemMarking, Marking, one_of, values_of
from xblock_ai_tutor.lesson.model import RenderContext, ResponseError, Step
from xblock_ai_tutor.lesson.passages import text_of
from xblock_ai_tutor.lesson.render import Anchors, html_of, inline_html_of
from xblock_ai_tutor.lesson.report import Report

PATH: Final = "path"


def _(message: str) -> str:
    """Mark a msgid for extraction; `ResponseError.localised` translates it later."""
    return message


@dataclass(frozen=True, slots=True)
class Scenario(base.Kind):
    """An opening and the scenes, the first of which is the start."""

    kind: ClassVar[str] = "scenario"
    fields: ClassVar[tuple[str, ...]] = (PATH,)

    opening: base.Markdown
    scenes: tuple[Scene, ...]
    hints: tuple[str, ...] = ()

    @classmethod
    def parse(cls, directive: base.Directive, report: Report) -> Scenario:
        """The opening, then scenes: `### {id} Title`, prose, and options `- [best] {id} text -> scene`."""
        lines, hints = base.take_hints(directive, report)
        lead, scenes = take_scenes(lines, directive.line, report)
        opening = base.Markdown.of(lead, directive.line)
        if not opening:
            report.add(directive.line, "This scenario has no opening.", "Above the first scene, say what it is about.")
        return cls(opening, scenes, hints)

    def prose(self) -> Iterable[base.Markdown]:
        """The opening and the first scene: what follows depends on the path, so it cannot be quoted."""
        return (self.opening, *(scene.prose for scene in self.scenes[:1]))

    def authored(self) -> Iterable[base.Markdown]:
        """Opening, scenes and all consequences."""
        consequences = (option.feedback for scene in self.scenes for option in scene.options)
        return (self.opening, *(scene.prose for scene in self.scenes), *consequences)

    def task(self) -> str:
        """The opening and the first scene with its options; a tutor who knew the rest could give it away."""
        start = self.scenes[0]
        options = [f"- {option.plain}" for option in start.options]
        return "\n".join([text_of(self.opening.text), start.title, text_of(start.prose.text), *options])

    def marked(self) -> tuple[tuple[str, str], ...]:
        """(option, right for the best of a scene, else wrong): a tutor may not tell which way to go."""
        options = (option for scene in self.scenes for option in scene.options)
        return tuple((option.plain, "right" if option.mark == "best" else "wrong") for option in options)

    def feedback(self, item: str, answer: str) -> str:
        """What follows from an option (`answer`) in a scene (`item`)."""
        scene = self._scene(item)
        option = scene.option(answer) if scene else None
        return option.feedback.text if option else ""

    def _scene(self, scene_id: str) -> Scene | None:
        return next((scene for scene in self.scenes if scene.id == scene_id), None)

    def _walk(self, form: Form | None) -> Iterator[tuple[Scene, Option | None]]:
        """The scenes of a path, each with the option chosen there; the last one has None. Stops where a path is not of
        this story, as after an edit."""
        path = iter(values_of(form, PATH) if form else ())
        scene: Scene | None = self.scenes[0]
        while scene is not None:
            scene_id, _slash, option_id = next(path, "").partition("/")
            option = scene.option(option_id) if scene_id == scene.id else None
            yield scene, option
            scene = self._scene(option.target) if option else None

    def continued(self, form: Form, before: Form | None) -> Form:
        """The path as the server knows it with the choice that was sent; a fresh one where the last has ended."""
        walked = [(scene, option) for scene, option in self._walk(before)]
        path = [f"{scene.id}/{option.id}" for scene, option in walked if option]
        scene = walked[-1][0]
        if not scene.options:
            if values_of(form, "again"):
                return {PATH: []}
            raise ResponseError(_("This path has ended. Reload the page to play it again."))
        if values_of(form, "scene") != [scene.id]:
            raise ResponseError(_("The story has moved on. Reload the page to see where you are."))
        options = {option.id for option in scene.options}
        option_id = one_of(form, "option", options, ResponseError(_("Choose what to do, then go on.")))
        return {PATH: [*path, f"{scene.id}/{option_id}"]}

    def mark(self, form: Form) -> Marking:
        """The mean over the choices on the path: best 1, fair 0.5, poor 0; unfinished until an ending is reached."""
        walked = list(self._walk(form))
        items = tuple(
            ItemMarking(scene.id, option.id, option.mark == "best", None, option.feedback.text, option.worth)
            for scene, option in walked
            if option
        )
        if walked[-1][0].options:
            return Marking(0.0, 1.0, None, items, finished=False)
        earned = sum(one.earned for one in items) / len(items)
        return Marking(earned, 1.0, all(one.hit for one in items), items)

    def render(self, step: Step, ctx: RenderContext) -> str:
        """The opening, the scenes that are over with what was chosen, and the scene that waits for a choice."""
        _ = ctx.gettext
        anchors = controls.anchors(step, ctx)
        opening = controls.prose(self.opening, step, ctx, anchors)
        walked = list(self._walk(ctx.previous))
        chosen = [(scene, option) for scene, option in walked if option]
        now = walked[-1][0]
        past = "".join(
            f'<section class="ait-scene">{self._told(scene, anchors, ctx)}'
            f"{self._past(option, number == len(chosen), ctx)}</section>"
            for number, (scene, option) in enumerate(chosen, 1)
        )
        # What the server goes by is the path that it kept; this one is for the author's preview, which keeps nothing.
        kept = "".join(
            f'<input type="hidden" name="{PATH}" value="{escape(scene.id)}/{escape(option.id)}">'
            for scene, option in chosen
        )
        inside = (
            f'{opening}<div class="ait-scenes">{past}'
            f'<section class="ait-scene ait-scene--now">{self._told(now, anchors, ctx)}'
            f"{self._choice(now, step, ctx) if now.options else self._ending(ctx)}</section></div>{kept}"
        )
        return controls.form(step, ctx, inside, _("Go on") if now.options else _("Play it again"))

    def _told(self, scene: Scene, anchors: Anchors, ctx: RenderContext) -> str:
        """A scene's title and prose; the passages of the start can be cited."""
        starts = scene is self.scenes[0]
        # Played again from here, there is no consequence to lead the eye: the title does.
        focus = ' tabindex="-1" data-focus' if starts and ctx.marking and not ctx.marking.items else ""
        prose = html_of(scene.prose.text, ctx, anchors if starts else None)
        return f'<h4 class="ait-scene__title"{focus}>{escape(scene.title)}</h4><div class="ait-prose">{prose}</div>'

    def _past(self, option: Option, latest: bool, ctx: RenderContext) -> str:
        """What was chosen in a scene and what followed; at the end also how good it was."""
        _ = ctx.gettext
        chosen = _("You chose: %(option)s") % {"option": option.plain}
        look, verdict = "going", ""
        if ctx.marking and ctx.marking.finished:
            look = {"best": "right", "fair": "partly"}.get(option.mark, "wrong")
            words = {"best": _("The best choice."), "fair": _("A fair choice."), "poor": _("A poor choice.")}
            verdict = f'<p class="ait-feedback__verdict">{escape(words[option.mark])}</p>'
        focus = ' tabindex="-1" data-focus' if latest else ""
        return (
            f'<p class="ait-scene__chosen">{escape(chosen)}</p><div class="ait-feedback ait-feedback--{look}"{focus}>'
            f'{verdict}<div class="ait-prose">{html_of(option.feedback.text, ctx)}</div></div>'
        )

    def _choice(self, scene: Scene, step: Step, ctx: RenderContext) -> str:
        _ = ctx.gettext
        # With a part of our own between the two: a scene "prose" with an option "text" would be the id of the prose.
        name = controls.html_id(ctx, step.id, scene.id, "option")
        legend = _("What do you do?")
        radios = "".join(
            controls.option(ctx, f"{name}--{one.id}", "radio", ("option", one.id), inline_html_of(one.text))
            for one in scene.options
        )
        return (
            f'<fieldset class="ait-question"><legend class="ait-question__legend">{escape(legend)}</legend>'
            f'<div class="ait-options">{radios}</div></fieldset>'
            f'<input type="hidden" name="scene" value="{escape(scene.id)}">'
        )

    def _ending(self, ctx: RenderContext) -> str:
        _ = ctx.gettext
        items = ctx.marking.items if ctx.marking else ()
        found = {"best": sum(one.hit for one in items), "total": len(items)}
        words = _("The story ends here. Best choices: %(best)s of %(total)s.") % found
        return f'{controls.result(ctx, words)}<input type="hidden" name="again" value="yes">'
