"""How is this protected and how good is it? The rule, what it hides, how fresh it is, what it is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from analytics_dash.dates import day, month
from analytics_dash.disclosure.rule import BASE, MINIMUM
from analytics_dash.disclosure.views import VIEWS
from analytics_dash.i18n import _
from analytics_dash.indicators import CATALOGUE, DICTIONARY
from analytics_dash.indicators.model import mark as marked
from analytics_dash.numbers import local
from analytics_dash.questions.absent import months_absent
from analytics_dash.questions.answers import Figure, Finding, Key, Part, Table
from analytics_dash.questions.clumping import clumping
from analytics_dash.questions.facts import Facts
from analytics_dash.questions.feeds import early, feed_rows, files
from analytics_dash.questions.keys import key
from analytics_dash.questions.question import Question
from analytics_dash.questions.sentences import listed, title_of
from analytics_dash.questions.views import view_name
from analytics_dash.questions.written import number, with_sign
from analytics_dash.releases.clumps import MEASURE


def _hidden(facts: Facts) -> tuple[int, int]:
    known = [cell for cell in facts.cells if cell.status != "x"]
    return sum(cell.status == "c" for cell in known), len(known)


def _share(part: int, whole: int) -> Figure:
    share = round(100 * part / whole, 1) if whole else 0.0
    return Figure(number(share), share, 1)


def finding(facts: Facts) -> Finding:
    """What is hidden in the reader's own view."""
    hidden, known = _hidden(facts)
    if not known:
        return Finding(_("No figure here is about one person."))
    return Finding(
        _(
            "No figure here is about one person: {share} of the figures in your view are hidden so that none can be."
        ).format(share=with_sign(_share(hidden, known).text)),
        _(
            "Counts below {minimum} are hidden, all others rounded to {base}. Before it was published, a program tried "
            "to work hidden figures out from all published ones, and could not."
        ).format(minimum=MINIMUM, base=BASE),
    )


def figure(facts: Facts) -> Key | None:
    """The share of figures that is hidden."""
    hidden, known = _hidden(facts)
    return key(_share(hidden, known), with_sign(""), _("of the figures in your view are hidden"))


def parts(facts: Facts) -> tuple[Part, ...]:
    """The rule, what is hidden view by view, how fresh it is, what it is made from, what each figure means."""
    return (_rule(), _suppression(facts), *clumping(facts), _freshness(facts), _lineage(facts), _dictionary())


def _rule() -> Part:
    return Part(
        "rule",
        _("A figure is shown only when enough people stand behind it."),
        _("The rule, as it is applied to every figure of every view."),
        None,
        (
            _("Counts below 10 are hidden. Nought is hidden like nine: both read [c]."),
            _("All other counts are rounded to 5, and every rate is made of rounded counts."),
            _(
                "Intervals (95%) allow for chance and for the rounding, and for people who are counted several times "
                "where the release says by how much."
            ),
            _(
                "There is a fixed list of views. Choosing a department picks among published figures; it never counts "
                "people again."
            ),
            _(
                "Before a release is published, a program tries to work hidden figures out from all published ones. If "
                "it can, the release is not published."
            ),
        ),
        None,
        _("It does not cover what a reader knows from elsewhere, or readers who join forces."),
    )


def _suppression(facts: Facts) -> Part:
    known = [cell for cell in facts.cells if cell.status != "x"]
    total, hidden = Counter(cell.view for cell in known), Counter(cell.view for cell in known if cell.status == "c")
    rows = [(name, hidden[name], total[name]) for name in VIEWS if total[name]]
    return Part(
        "suppression",
        _("The finer the view, the more of it is hidden."),
        _("Share of the figures in your view that are hidden, view by view, whatever each was hidden for."),
        None,
        (),
        Table(
            "suppression",
            _("Share of the figures in your view that are hidden"),
            (),
            (_("Figures"),),
            (_("Hidden (%)"),),
            tuple(((view_name(name),), (_share(part, whole),)) for name, part, whole in rows),
        ),
        _("That much is hidden says nothing about how people do: small groups are hidden whatever they do."),
    )


def _freshness(facts: Facts) -> Part:
    release = facts.release
    published = (release.published_at or release.built_at).date()
    return Part(
        "freshness",
        _("The figures go up to the end of {month}.").format(month=month(release.through)),
        _("When the release was made, which months it covers, what is missing, and how far each feed goes."),
        None,
        (
            _("Release {release} was published on {day}.").format(release=release.id, day=day(published)),
            _("It covers {period}. Data that came later is in the next one.").format(period=facts.window),
            *_not_there(facts),
            *early(release),
            *(
                (
                    _(
                        "A feed goes up to the last day on or after which ten people or more are in it; – stands where "
                        "it is about nobody."
                    ),
                )
                if feed_rows(release)
                else ()
            ),
        ),
        Table(
            "feeds",
            _("The feeds that the release is made from, and up to which day each tells of people"),
            (),
            (_("Feed"), _("Files"), _("Goes up to")),
            (),
            tuple((row, ()) for row in rows),
        )
        if (rows := feed_rows(release))
        else None,
        _("A month of which a feed holds fewer than ten people counts as not loaded. A low one may have come late."),
    )


def _not_there(facts: Facts) -> Iterator[str]:
    """Which indicators have no figure for which months, and why: those that share months and reason together."""
    together: dict[str, list[str]] = {}
    for name, months in _missing(facts):
        when = facts.window if len(months) == len(facts.months) else listed(list(map(month, months)))
        together.setdefault(months_absent(name, when), []).append(title_of(name))
    for why, names in together.items():
        yield f"{'; '.join(names)}. {why}"


def _missing(facts: Facts) -> list[tuple[str, list[str]]]:
    made = facts.release.manifest.get("indicators", {})
    return [
        (name, made[name]["months_without_data"]) for name in CATALOGUE if made.get(name, {}).get("months_without_data")
    ]


def _lineage(facts: Facts) -> Part:
    made = facts.release.manifest
    inputs = made.get("inputs", ())
    people = made.get("roster_people")
    rows = [
        (_("Release"), facts.release.id),
        (_("Cells of the whole release (SHA-256)"), facts.release.cells_digest),
        (_("Content of the warehouse (SHA-256)"), str(made.get("warehouse", "–"))),
        (_("Code"), str(made.get("code", "–"))),
        (_("Input files"), files(len(inputs))),
        (_("People in the roster, to 5"), local(str(people)) if people else "–"),
        (_("Signed"), _("yes") if made.get("signature") else _("no")),
    ]
    return Part(
        "lineage",
        _("Anybody who has the release can check that these are its figures."),
        _("What the release was made from, and the digests that pin it."),
        None,
        (_("The same inputs and the same code give the same figures, and the same digest."),),
        Table("lineage", _("What it is made from"), (), (_("What"), _("Value")), (), tuple((row, ()) for row in rows)),
        _("A digest says that nothing was changed afterwards. It does not say that the inputs were right."),
    )


def _dictionary() -> Part:
    return Part(
        "dictionary",
        _("Each figure has one definition, one source and a known misuse."),
        _("The data dictionary: everything that a release publishes."),
        None,
        (_("The page Method has each definition in full, with numerator, denominator and source."),),
        Table(
            "dictionary",
            _("The data dictionary"),
            (),
            (_("Figure"), _("Asks"), _("Unit"), _("Source")),
            (),
            tuple(
                ((_(each.title), _(each.question), _(each.unit), _(each.source)), ()) for each in DICTIONARY.values()
            ),
        ),
        _("No figure here is a score of a person, a team or a department."),
    )


QUESTION: Final = Question(
    key="protection",
    title=marked("How is this protected and how good is it?"),
    short=marked("Protection and quality"),
    indicators=(),  # it says how much is hidden, and shows no figure of any
    finding=finding,
    figure=figure,
    parts=parts,
    measures=lambda figure: figure.measure == MEASURE,
    entries=("clumping",),
)
