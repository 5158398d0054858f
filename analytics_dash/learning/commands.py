"""`adoption learning`: what a published release says of one lesson or test, for the team that writes it.

Reads the register and nothing else. What the figures are is in docs/learning.md.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

import click

from analytics_dash.i18n import _
from analytics_dash.releases import (
    LearningFigure,
    ReleaseError,
    audit,
    latest_published,
    opened_register,
    release_info,
)
from analytics_dash.releases import (
    learning as learning_of,
)
from analytics_dash.releases.figures import SHARES, SHORTHAND
from analytics_dash.releases.options import json_option, register_option, register_url
from analytics_dash.releases.types import ReleaseInfo


def N_(sentence: str) -> str:  # noqa: N802 (the name by which catalogues are collected)
    """Mark a sentence that is translated when it is shown."""
    return sentence


TITLES: Final = {
    "right": N_("Right at the first attempt"),
    "rest_correlation": N_("Goes with the other items (correlation)"),
    "chosen": N_("Chose this answer"),
    "brier": N_("Brier score of what people said they were sure of"),
    "over_confidence": N_("Surer than right (confidence less share right)"),
    "right_when_sure": N_("Right when so sure, in per cent"),
    "sensitivity": N_("Tells wrong from sound (d′)"),
    "criterion": N_("Flags reluctantly (criterion)"),
    "seconds": N_("Time up to the first attempt, median seconds"),
    "submitted": N_("Of those who started, handed in a step"),
    "completed": N_("Of those who started, completed the lesson"),
    "stopped": N_("Stopped after this step"),
    "tutor_before": N_("Asked the tutor before the first attempt"),
    "tutor_after": N_("Asked the tutor after the first attempt"),
    "gain": N_("Normalised gain from the first form to the second"),
    "mean_gain": N_("Normalised gain, mean over people"),
    "at_ceiling": N_("Had nothing left to gain"),
    "gain_on_anchors": N_("Normalised gain on the questions that both forms have"),
    "kept": N_("Share of the gain that is left after a month"),
}
"""What each measure is called."""


@click.command()
@click.option("--lesson", metavar="ID", required=True, help=_("A lesson's id, or a test's for the gain between forms."))
@click.option("--release", "release_id", metavar="ID", help=_("A published release; the latest one if not given."))
@register_option
@json_option
def learning(lesson: str, release_id: str | None, register: str | None, as_json: bool) -> None:
    """Show what a release says of a lesson's items and steps.

    Over all people and the months of the release, protected like everything that is shown: [c] stands where fewer than
    ten people are behind a figure or behind its rest. What fewer than ten people answered is not listed.

    \b
    adoption learning --lesson course-test-pre
    adoption learning --lesson course-test --json
    """
    with opened_register(register_url(register)):
        info = _published(release_id)
        figures = learning_of(info.id, lesson=lesson)
        if not figures:
            raise ReleaseError(
                _(
                    "Release {id} has no figures about “{lesson}”: too few people, or another id. It has: {others}."
                ).format(
                    id=info.id,
                    lesson=lesson,
                    others=", ".join(dict.fromkeys(each.lesson for each in learning_of(info.id) if each.lesson))
                    or _("none"),
                )
            )
        audit("command line", "learning", f"release {info.id}, {lesson}")
    if as_json:
        click.echo(json.dumps(_object(info, lesson, figures), ensure_ascii=False, indent=2))
        return
    click.echo(
        _("{lesson}, {first} to {last}").format(lesson=lesson, first=info.manifest["months"][0], last=info.through)
    )
    place = None
    for each in figures:
        if (each.step, each.item) != place:
            place = (each.step, each.item)
            click.echo(" / ".join(name for name in place if name) or _("The whole"))
        click.echo(f"  {_title(each):<56} {_words(each)}")


def _published(release_id: str | None) -> ReleaseInfo:
    info = latest_published() if release_id is None else release_info(release_id)
    if info is None:
        raise ReleaseError(_("No release is published yet: adoption release publish ID."))
    if info.status != "published":
        raise ReleaseError(
            _("Release {id} is not published; `adoption release publish {id}` checks and publishes it.").format(
                id=info.id
            )
        )
    return info


def _object(info: ReleaseInfo, lesson: str, figures: tuple[LearningFigure, ...]) -> dict[str, Any]:
    kept = [
        {name: value for name, value in asdict(each).items() if name not in {"release", "lesson"}} for each in figures
    ]
    return {"release": info.id, "months": list(info.manifest["months"]), "lesson": lesson, "figures": kept}


def _title(figure: LearningFigure) -> str:
    title = _(TITLES[figure.measure])
    return f"{title}: {figure.option}" if figure.option else title


def _words(figure: LearningFigure) -> str:
    """The figure with its limits and what it rests on, or the shorthand."""
    if figure.value is None:
        return SHORTHAND[figure.status]
    scale, digits = (100, 0) if figure.measure in SHARES else (1, 0 if figure.measure == "seconds" else 2)
    unit = " %" if figure.measure in SHARES else ""
    words = f"{figure.value * scale:.{digits}f}{unit}"
    if figure.low is not None and figure.high is not None:
        words += " " + _("({low} to {high})").format(
            low=f"{figure.low * scale:.{digits}f}", high=f"{figure.high * scale:.{digits}f}"
        )
    if figure.numerator is not None:
        return (
            words
            + "  "
            + _("{numerator} of {denominator}").format(numerator=figure.numerator, denominator=figure.denominator)
        )
    return words + "  " + _("{people} people").format(people=figure.denominator)
