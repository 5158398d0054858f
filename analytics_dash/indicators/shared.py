"""Readings that several indicators share: one pass over a large feed each, kept by the engine for a release's life.

People add up by months here, so what the indicators then read has a row for a person and month instead of one for a
day, a turn or an event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from analytics_dash.disclosure.rule import MINIMUM
from analytics_dash.indicators.population import chatgpt, counts_as_use, month_of, within
from analytics_dash.indicators.window import Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics_dash.warehouse import WarehouseTables

_COMPLETED: Final = ("lesson_completed", "course_passed")


def completions(tables: WarehouseTables) -> ir.Table:
    """Return the learning events that say that a lesson is completed or a course passed, with their form."""
    learning = tables.learning
    return tables.share(
        "completions",
        lambda: learning.filter(learning.kind.isin(list(_COMPLETED))).select(
            "person", "kind", "at", "day", "earned", "possible", "block", "form"
        ),
    )


def first_trained(tables: WarehouseTables) -> ir.Table:
    """Return person and trained_on: the day on which the person first completed a lesson or passed the course.

    Handing in a form of a test is not training.
    """

    def make() -> ir.Table:
        done = completions(tables)
        return done.filter(done.form.isnull()).group_by("person").agg(trained_on=lambda t: t.day.min())

    return tables.share("first_trained", make)


def first_completion(tables: WarehouseTables, *, form: str | None = None) -> ir.Table:
    """Return person, day, earned, possible of each person's first completed lesson; ties go to the higher score.

    A form of a test is no lesson; `form` asks for that form of any test instead.
    """
    import ibis  # noqa: PLC0415 (takes a second; whoever only reads releases never needs it)

    done = completions(tables)
    done = done.filter(done.kind == "lesson_completed", done.form.isnull() if form is None else done.form == form)
    order = [done["at"], ibis.desc(done.earned), done.possible, done.block]
    ranked = done.mutate(rank=ibis.row_number().over(group_by=done.person, order_by=order))
    return ranked.filter(ranked["rank"] == 0).select("person", "day", "earned", "possible")


def use_by_month(tables: WarehouseTables, window: Window) -> ir.Table:
    """Return ChatGPT's usage rows added up by person, month, tool and cadence: used, active_days, unknown.

    Of the window and of the month before it. `used` are the rows that count as use; `active_days` are those rows'
    days, `unknown` how many of the rows do not say on how many days. A row counts in the month in which its period
    starts.
    """

    def make() -> ir.Table:
        usage = within(chatgpt(tables), "period_start", with_month_before(window))
        rows = usage.select(
            "person",
            "tool",
            "cadence",
            "active_days",
            begins=usage.period_start.truncate("M"),  # text is made of what is left after adding up
            used=counts_as_use(usage).cast("int64"),
        )
        sums = rows.group_by("person", "tool", "cadence", "begins").agg(
            used=rows.used.sum(),
            active_days=rows.active_days.sum(where=rows.used == 1),
            unknown=(rows.used * rows.active_days.isnull().cast("int64")).sum(),
        )
        return sums.mutate(month=month_of(sums.begins)).drop("begins")

    return tables.share(("use_by_month", window.months), make)


def active_months(tables: WarehouseTables, window: Window) -> ir.Table:
    """Return person and month of everybody's months with any use, in the window and the month before it."""

    def make() -> ir.Table:
        use = use_by_month(tables, window)
        return use.filter(use.used > 0).select("person", "month").distinct()

    return tables.share(("active_months", window.months), make)


def reported(tables: WarehouseTables, window: Window) -> ir.Table:
    """Return the months (column month) for which ChatGPT's usage is known: see `use_by_month` and `known_months`."""
    return tables.share(("reported", window.months), lambda: known_months(use_by_month(tables, window)))


def months_reported(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """Return the months of the window for which ChatGPT's usage is known."""
    return months_in(of_window(reported(tables, window), window))


def months_loaded(tables: WarehouseTables, feed: str, window: Window, *, day: str = "day") -> tuple[str, ...]:
    """Return the months of the window for which a feed (`learning`, `feedback` and so on) is known."""

    def make() -> ir.Table:
        rows = within(getattr(tables, feed), day, window)
        people = rows.select("person", begins=rows[day].truncate("M")).distinct()
        return known_months(people.select("person", month=month_of(people.begins)))

    return months_in(tables.share(("loaded", feed, window.months), make))


def begun(
    tables: WarehouseTables, what: str, acts: Callable[[], ir.Table], window: Window, *, day: str = "day"
) -> tuple[str, ...]:
    """Return the months of the window by whose end at least ten people had ever done what `acts` lists (`what`).

    A feed may be loaded and hold nothing of a kind: no lesson with a checking step, no report with a verdict, no roster
    with licences. Nobody is protected where there is nothing, so such months are [x] and not [c]. Once the kind has
    begun, a month of few people is hidden like any other; and that it has not tells no more than "fewer than ten".
    """

    def make() -> ir.Table:
        rows = acts()
        people = rows.group_by("person").agg(began=rows[day].min())
        return people.group_by(month=month_of(people.began)).agg(people=people.count())

    newcomers = tables.share(("begun", what), make).to_pyarrow().to_pylist()
    found = 0
    for row in sorted(newcomers, key=lambda each: each["month"]):
        found += row["people"]
        if found >= MINIMUM:
            return tuple(month for month in window.months if month >= row["month"])
    return ()


def licensed(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """Return the months of the window by whose end the roster gives ten people or more a licence."""
    people = tables.people
    return begun(tables, "licences", lambda: people.filter(people.licence_from.notnull()), window, day="licence_from")


def use_of_licences(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """Return the months whose use is known by licence and training: reported, licensed, since there is a learning log.

    Without any log nobody is known to be trained, and everybody would pass for untrained. The log may have ended before
    the window begins: who was trained then is trained.
    """
    # Where ten people learnt in the first month no more need be asked: everybody's first day takes a pass of its own.
    early = months_loaded(tables, "learning", window)[:1] == window.months[:1]
    since = window.months if early else begun(tables, "learning", lambda: tables.learning, window)
    return in_all(months_reported(tables, window), since, licensed(tables, window))


def in_all(*loaded: tuple[str, ...]) -> tuple[str, ...]:
    """Return the months that are in all of these, in their order."""
    return tuple(month for month in loaded[0] if all(month in each for each in loaded[1:]))


def turns_loaded(tables: WarehouseTables, window: Window) -> tuple[str, ...]:
    """Return the months of the window for which the gateway's ledger is known."""
    return months_in(known_months(turns_by_month(tables, window)))


def known_months(people: ir.Table) -> ir.Table:
    """Return the months of a table of person and month that at least ten people are in; fewer say nothing.

    That a month is known tells that ten people or more are in the feed, and that it is not that fewer are or none: what
    the rule would tell of them. Rows would not do: ten may be one person's, and a nought would look unlike a nine.
    """
    months = people.group_by("month").agg(people=people.person.nunique())
    return months.filter(months.people >= MINIMUM).select("month")


def months_in(months: ir.Table) -> tuple[str, ...]:
    """Return a column of months as texts, oldest first."""
    return tuple(sorted(months.select("month").to_pyarrow()["month"].to_pylist()))


def with_month_before(window: Window) -> Window:
    """Return the window that begins a month earlier."""
    return Window.ending(window.months[-1], months=len(window.months) + 1)


def turns_by_month(tables: WarehouseTables, window: Window) -> ir.Table:
    """Return the tutor's turns within the window, added up by person and month.

    `prompts`, `redactions`, `guarded` and `cost_microusd` are of all turns, `answered` counts those with an answer and
    `cited` those of them that cite the lesson.
    """

    def make() -> ir.Table:
        turns = within(tables.turns, "day", window)
        answered = turns.status == "answered"
        rows = turns.mutate(
            begins=turns.day.truncate("M"),
            answered=answered.cast("int64"),
            cited=(answered & (turns.citations > 0)).cast("int64"),
        )
        names = ("prompts", "redactions", "guarded", "cost_microusd", "answered", "cited")
        sums = rows.group_by("person", "begins").agg(**{name: rows[name].sum() for name in names})
        return sums.mutate(month=month_of(sums.begins)).drop("begins")

    return tables.share(("turns_by_month", window.months), make)


def redacted_by_month(tables: WarehouseTables, window: Window) -> ir.Table:
    """Return the identifiers that were held back within the window: person, month, type, times."""

    def make() -> ir.Table:
        turns = within(tables.turns, "day", window).select("digest", "person", "day")
        held = tables.redactions.rename(turn="digest")
        rows = held.join(turns, held.turn == turns.digest)
        rows = rows.select("person", "type", "times", begins=rows.day.truncate("M"))
        sums = rows.group_by("person", "begins", "type").agg(times=rows.times.sum())
        return sums.mutate(month=month_of(sums.begins)).drop("begins")

    return tables.share(("redacted_by_month", window.months), make)


def of_window(monthly: ir.Table, window: Window) -> ir.Table:
    """Return the rows whose month is of the window."""
    return monthly.filter(monthly.month.isin(list(window.months)))
