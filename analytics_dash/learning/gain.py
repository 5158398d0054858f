"""What people learnt between two parallel forms of a test, and what is left of it after a month. Pure.

Scores are shares of the marks that can be earned, 0–1, of the *same* people in the same order: who took only one
form is in neither. Without a comparison group a gain says that people knew more afterwards, not why.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics_dash.learning.intervals import Interval, Numbers, of_influences


@dataclass(frozen=True, slots=True)
class Gain:
    """The gain of `people` who took both forms.

    `mean` is the mean of each person's own gain, without the `at_ceiling` people who had nothing left to gain;
    `of_class` is the gain of the means, over all. Either is None where it cannot be told.
    """

    people: int
    at_ceiling: int
    mean: Interval | None
    of_class: Interval | None


def normalised_gain(pre: Numbers, post: Numbers) -> Gain:
    """The share of what could be gained that was gained: g = (post − pre) / (1 − pre); 1 at most, below 0 for a loss.

    `of_class` is Hake's g, from the means of the two forms (Hake 1998, American Journal of Physics 66, 64–74), with an
    interval by the delta method. `mean` averages g over people, with Student's interval; a person at the ceiling of the
    first form has no g and is left out and counted (Marx & Cummings 2007, American Journal of Physics 75, 87–91). The
    two differ where gains go with scores; neither is better.
    """
    _check(pre, post)
    people = len(pre)
    room = pre < 1
    mean = None
    if room.sum() >= 2:
        each = (post[room] - pre[room]) / (1 - pre[room])
        mean = of_influences(float(each.mean()), each - each.mean())
    of_class = None
    if people >= 2 and pre.mean() < 1:
        before, after = pre.mean(), post.mean()
        left = 1 - before
        influences = (post - after) / left - (1 - after) / left**2 * (pre - before)
        of_class = of_influences(float((after - before) / left), influences)
    return Gain(people, int(people - room.sum()), mean, of_class)


def retention(pre: Numbers, post: Numbers, delayed: Numbers) -> Interval | None:
    """The share of the gain that is left at the delayed form: (delayed − pre) / (post − pre), of the means.

    1: nothing was forgotten; 0: as before the course. Delta-method interval. None for fewer than 2 people, and where
    the gain is less than twice its standard error away from nought: a share of next to nothing says nothing.
    """
    _check(pre, post)
    _check(pre, delayed)
    if len(pre) < 2:
        return None
    gained, left = post - pre, delayed - pre
    whole = of_influences(float(gained.mean()), gained - gained.mean())
    if whole.low <= 0:
        return None
    share = float(left.mean() / gained.mean())
    return of_influences(share, (left - share * gained) / gained.mean())


def _check(one: Numbers, other: Numbers) -> None:
    if one.shape != other.shape or one.ndim != 1:
        raise ValueError("the forms must be of the same people, one score each")
    if len(one) and not (np.min([one, other]) >= 0 and np.max([one, other]) <= 1):
        raise ValueError("scores must be shares of the marks, 0 to 1")
