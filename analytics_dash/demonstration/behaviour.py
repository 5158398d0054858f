"""Who learns what and uses what, and when: one `Life` for each person, drawn from the planted parameters.

Pure: the same person and seed give the same life, whoever else there is. Nothing is formatted here; `feeds` write
lives down as the platforms would, and `truth` counts them. Days are days in the reporting zone; moments are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from analytics_dash.demonstration import lesson, planted
from analytics_dash.demonstration.checking import Checking, draw_checking
from analytics_dash.demonstration.habits import draw_days
from analytics_dash.demonstration.lesson import STEPS, Step
from analytics_dash.demonstration.moments import local_day, local_month, working_day, working_time
from analytics_dash.demonstration.opinions import Opinion, draw_opinions
from analytics_dash.demonstration.sittings import Answer, Attempt, Sitting, take_tests
from analytics_dash.demonstration.staff import Person, month_days
from analytics_dash.demonstration.streams import stream
from analytics_dash.demonstration.turns import Turn, draw_turns


@dataclass(frozen=True, slots=True)
class Training:
    """One person's way through the lesson. `completed_at` and the test are None for someone who gave up."""

    enrolled_at: datetime
    started_at: datetime
    attempts: tuple[Attempt, ...]
    completed_at: datetime | None
    earned: int
    tested_at: datetime | None
    test_earned: int

    @property
    def competent(self) -> bool:
        """Finished with at least 70 % of the lesson's marks, as the glossary says."""
        return self.completed_at is not None and self.earned * 10 >= lesson.POSSIBLE * 7


@dataclass(frozen=True, slots=True)
class MonthOfUse:
    """One person's month of use: on which days, in their order, and counts of messages. All zero when not active."""

    month: str
    active: bool
    days: tuple[date, ...] = ()
    messages: int = 0
    gpt_messages: int = 0
    tool_messages: int = 0
    project_messages: int = 0


@dataclass(frozen=True, slots=True)
class Life:
    """Everything that one person did in the six months."""

    person: Person
    training: Training | None
    turns: tuple[Turn, ...]
    use: tuple[MonthOfUse, ...]
    tests: tuple[Sitting, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    checking: Checking | None = None

    @property
    def trained_on(self) -> date | None:
        """The day, in the reporting zone, on which the lesson was completed."""
        done = self.training.completed_at if self.training else None
        return local_day(done) if done else None


def live(person: Person, seed: int) -> Life:
    """Draw one person's life.

    The steps in which a life happens: when training falls relative to the licence; the training itself; the tutor,
    during it and after; use of the tool, which depends on training; the test's forms, what they say of the tutor's
    answers and the second lesson, from streams of their own.
    """
    rng = stream(seed, "life", person.number)
    training = _training(rng, person)
    turns = tuple(_turns(rng, person, training)) if training else ()
    life = Life(person, training, turns, ())
    use = tuple(_use(rng, person, life.trained_on, seed))
    opinions = tuple(draw_opinions(seed, person, turns))
    return Life(person, training, turns, use, _tests(person, training, seed), opinions, _checking(life, seed))


def _checking(life: Life, seed: int) -> Checking | None:
    done = life.training.completed_at if life.training else None
    return draw_checking(stream(seed, "checking", life.person.number), done) if done else None


def _tests(person: Person, training: Training | None, seed: int) -> tuple[Sitting, ...]:
    if training is None or training.completed_at is None:
        return ()
    rng = stream(seed, "tests", person.number)
    return tuple(take_tests(rng, training.enrolled_at, training.started_at, training.completed_at))


def _training(rng: Random, person: Person) -> Training | None:
    window = _training_window(rng, person)
    if window is not None:
        return _take_lesson(rng, working_day(rng, *window), finishes=True)
    if person.number != 1 and rng.random() < planted.STARTED_NOT_FINISHED:
        return _take_lesson(rng, working_day(rng, planted.FIRST_DAY, _last_start()), finishes=False)
    return None


def _last_start() -> date:
    return planted.LAST_DAY - timedelta(days=4)  # a test up to three days later still falls inside the period


def _training_window(rng: Random, person: Person) -> tuple[date, date] | None:
    """Between which days somebody takes the lesson; None for somebody who does not finish it.

    Nobody finishes on the day their licence begins: "before" then means the same however a tie is read.
    """
    if person.number == 1:
        return None  # the visitor of the workbench takes the real lesson instead
    access = person.licence_from
    if access is None:
        return (planted.FIRST_DAY, _last_start()) if rng.random() < planted.TRAINED_WITHOUT_LICENCE else None
    if rng.random() < person.department.trained_first:
        return max(planted.FIRST_DAY, access - timedelta(days=45)), access - timedelta(days=2)
    later = access + timedelta(days=1)
    return (later, _last_start()) if rng.random() < planted.TRAINED_LATER and later < _last_start() else None


def _take_lesson(rng: Random, day: date, *, finishes: bool) -> Training:
    started = working_time(rng, day)
    enrolled = working_time(rng, max(planted.FIRST_DAY, day - timedelta(days=rng.randint(1, 4))))
    rate = planted.COMPETENT_AFTER_FIX if day >= planted.LESSON_FIXED_ON else planted.COMPETENT_BEFORE_FIX
    competent = rng.random() < rate
    steps = STEPS if finishes else STEPS[: rng.randint(1, len(STEPS) - 1)]
    attempts = _attempts(rng, started, steps, competent=competent)
    best = {step.id: max(a.earned for a in attempts if a.step is step) for step in steps}
    completed = attempts[-1].at if finishes else None
    tested = completed + timedelta(minutes=rng.randint(4, 20), days=rng.choice((0, 0, 0, 1, 3))) if completed else None
    return Training(
        enrolled_at=min(enrolled, started - timedelta(minutes=2)),
        started_at=started,
        attempts=attempts,
        completed_at=completed,
        earned=sum(best.values()),
        tested_at=tested,
        test_earned=rng.randint(8, 10) if competent else rng.randint(2, 6),
    )


def _attempts(rng: Random, started: datetime, steps: tuple[Step, ...], *, competent: bool) -> tuple[Attempt, ...]:
    """Answer the steps. A competent learner ends with 5 or 6 of 6 marks, another with at most 4 (67 %)."""
    at = started
    wrong = rng.choice((0, 0, 1)) if competent else rng.randint(2, 4)  # marks missed in the end, in the last items
    left = lesson.POSSIBLE - wrong
    attempts: list[Attempt] = []
    for step in steps:
        hits = min(step.possible, left)
        left -= hits
        # A weaker first attempt, sometimes: the best attempt is what counts.
        tries = [rng.randint(0, hits - 1), hits] if hits and rng.random() < 0.3 else [hits]
        for number, score in enumerate(tries, start=1):
            at += timedelta(seconds=rng.randint(60, 420))
            attempts.append(Attempt(at, step, number, _answers(rng, step, score)))
    return tuple(attempts)


def _answers(rng: Random, step: Step, score: int) -> tuple[Answer, ...]:
    if not step.items:
        return ()
    options = lesson.OPTIONS[step.kind]
    return tuple(
        Answer(item, rng.choice(options), place < score, rng.choice((50, 60, 70, 80, 90, 100)))
        for place, item in enumerate(step.items)
    )


def _turns(rng: Random, person: Person, training: Training) -> Iterator[Turn]:
    """The tutor during the lesson, and in later months for those who come back."""
    if rng.random() >= planted.OPENS_TUTOR:
        return
    step_ids = tuple(step.id for step in STEPS)
    yield from draw_turns(rng, person, training.started_at, planted.TURNS_IN_LESSON, step_ids)
    if training.completed_at is None:
        return
    for month in planted.MONTHS:
        if month > local_month(training.completed_at) and rng.random() < planted.COMES_BACK:
            first, last = month_days(month)
            again = working_time(rng, working_day(rng, first, last - timedelta(days=1)))
            yield from draw_turns(rng, person, again, planted.TURNS_ON_RETURN, step_ids)


def _use(rng: Random, person: Person, trained_on: date | None, seed: int) -> Iterator[MonthOfUse]:
    """One row for each month in which the licence runs for at least a day.

    Somebody counts as trained in a month when they finished before it began, as the indicator's arms are defined.
    """
    if person.licence_from is None:
        return
    for month in planted.MONTHS:
        first, last = month_days(month)
        if person.licence_from > last or (person.licence_to is not None and person.licence_to < first):
            continue
        trained = trained_on is not None and trained_on < first
        rate = planted.ACTIVE_IF_TRAINED if trained else planted.ACTIVE_IF_UNTRAINED
        opens, closes = max(first, person.licence_from), min(last, person.licence_to or last)
        if rng.random() < rate:
            yield _month_of_use(rng, stream(seed, "days", person.number, month), month, opens, closes)
        else:
            yield MonthOfUse(month, active=False)


def _month_of_use(rng: Random, habit: Random, month: str, opens: date, closes: date) -> MonthOfUse:
    two = working_day(rng, opens, closes), working_day(rng, opens, closes)
    days = draw_days(habit, opens, closes, two)
    messages = max(1, round(rng.lognormvariate(3.2, 0.9)))
    return MonthOfUse(
        month=month,
        active=True,
        days=days,
        messages=max(messages, len(days)),
        gpt_messages=rng.randint(0, messages // 3),
        tool_messages=rng.randint(0, messages // 4),
        project_messages=rng.randint(0, messages // 5),
    )
