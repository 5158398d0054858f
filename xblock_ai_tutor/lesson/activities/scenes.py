"""The scenes of a scenario: read from `### {id} Title`, prose and options, and checked to be a story that ends.

Called by `scenario`, which plays and shows them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from xblock_ai_tutor.lesson.activities.base import Markdown
from xblock_ai_tutor.lesson.activities.items import Grammar, Item, check_ids, take_items
from xblock_ai_tutor.lesson.passages import inline_text_of
from xblock_ai_tutor.lesson.report import Line, Report, did_you_mean, shortened

WORTH: Final[Mapping[str, float]] = {"best": 1.0, "fair": 0.5, "poor": 0.0}
SCENE: Final = "### {start} Monday morning"
_OPTION: Final = "- [best] {ask} Ask what it is for -> later"
_GRAMMAR: Final = Grammar("an option", tuple(WORTH), _OPTION)
_HEADING: Final = re.compile(r"###(?!#)[ \t]*(?:\{([^}]*)\})?[ \t]*(.*)")
_LIKE_A_HEADING: Final = re.compile(r"[ \t]*#{1,6}[ \t]*\{[^}]*\}.*")
_TARGET: Final = re.compile(r"(.*?)[ \t]*(?:->|→)[ \t]*(\S*)[ \t]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Option:
    """One way on: its id, `best`, `fair` or `poor`, its inline Markdown, what follows from it, the next scene's id."""

    id: str
    mark: str
    text: str
    feedback: Markdown
    target: str
    line: int

    @property
    def worth(self) -> float:
        """What choosing it earns, 0–1."""
        return WORTH[self.mark]

    @property
    def plain(self) -> str:
        """The text without Markdown."""
        return inline_text_of(self.text)


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene: its id, title (plain text), prose, and the options; without any it is an ending."""

    id: str
    title: str
    prose: Markdown
    options: tuple[Option, ...]
    line: int

    def option(self, option_id: str) -> Option | None:
        """The option of that id."""
        return next((one for one in self.options if one.id == option_id), None)


def take_scenes(lines: Sequence[Line], line: int, report: Report) -> tuple[list[Line], tuple[Scene, ...]]:
    """Split lines into those before the first scene and the scenes, checked. `line` is where the directive opens."""
    lead: list[Line] = []
    drafts: list[tuple[Line, list[Line]]] = []
    for one in lines:
        if _HEADING.fullmatch(one.text):
            drafts.append((one, []))
        elif _LIKE_A_HEADING.fullmatch(one.text):
            cure = f"Start the line with ### and a space, like: {SCENE}"
            report.add(one.number, "This looks like a scene but is not written as one.", cure)
        else:
            (drafts[-1][1] if drafts else lead).append(one)
    scenes = tuple(_scene(heading, inside, report) for heading, inside in drafts)
    check_ids([(scene.id, scene.line) for scene in scenes], "a scene", SCENE, report)
    if len(scenes) < 2:
        cause = "A scenario needs at least two scenes: a start and an ending."
        report.add(line, cause, f"Start each scene with a line like: {SCENE}")
    elif not scenes[0].options:
        report.add(scenes[0].line, "The first scene has no options.", f"Add at least two, one a line: {_OPTION}")
    _check_story(scenes, report)
    return lead, scenes


def _scene(heading: Line, inside: Sequence[Line], report: Report) -> Scene:
    found = _HEADING.fullmatch(heading.text)
    name, title = ((found[1] or "").strip(), inline_text_of(found[2])) if found else ("", "")
    prose, items = take_items(inside, _GRAMMAR, report)
    scene = Scene(
        name,
        title,
        Markdown.of(prose, heading.number),
        tuple(_option(item, report) for item in items),
        heading.number,
    )
    if not title:
        report.add(scene.line, "This scene has no title.", f"Write it after the id, like: {SCENE}")
    if not scene.prose:
        report.add(scene.line, "Nothing happens in this scene.", "Write below its title what the learner reads.")
    if len(scene.options) == 1:
        report.add(scene.options[0].line, "One option is no choice.", f"Add another: {_OPTION}")
    return scene


def _option(item: Item, report: Report) -> Option:
    found = _TARGET.fullmatch(item.text)
    text, target = (found[1].strip(), found[2]) if found else (item.text, "")
    if not target:
        report.add(item.line, "This option does not say which scene follows.", f"End its text like: {_OPTION}")
    elif not inline_text_of(text):
        report.add(item.line, "This is an option without text.", f"Write what the learner reads: {_OPTION}")
    return Option(item.id, item.mark, text, item.feedback, target.strip("{}"), item.line)


def _check_story(scenes: Sequence[Scene], report: Report) -> None:
    """Every target exists, no path comes back to where it was, and every scene is reached."""
    by_id = {scene.id: scene for scene in scenes if scene.id}
    for scene in scenes:
        for option in scene.options:
            if option.target and option.target not in by_id:
                cure = f"Use one of these: {', '.join(by_id)}.{did_you_mean(option.target, by_id)}"
                report.add(option.line, f"There is no scene {{{shortened(option.target)}}}.", cure)
    if not scenes:
        return
    reached = _walk(scenes[0], by_id, report)
    for scene in scenes:
        if scene.id and scene.id not in reached and scene is by_id[scene.id]:
            cause = f"No option leads to the scene {{{shortened(scene.id)}}}, so nobody would see it."
            report.add(scene.line, cause, f"Let an option end with -> {shortened(scene.id)}, or take the scene out.")


def _walk(start: Scene, by_id: Mapping[str, Scene], report: Report) -> set[str]:
    """The ids of the scenes that a path can reach; an option that leads back is a problem. No recursion: paths may
    be long."""
    seen = {start.id}
    path: list[tuple[Scene, int]] = [(start, 0)]
    while path:
        scene, at = path.pop()
        if at == len(scene.options):
            continue
        path.append((scene, at + 1))
        option = scene.options[at]
        target = by_id.get(option.target)
        if target is None:
            continue
        if any(target is before for before, _at in path):
            cause = f"This leads back to the scene {{{shortened(target.id)}}}, so the story may never end."
            report.add(option.line, cause, "Lead to a scene that comes later; the whole path can be played again.")
        elif target.id not in seen:
            seen.add(target.id)
            path.append((target, 0))
    return seen
