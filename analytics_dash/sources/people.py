"""Whom an event is about: from the identifiers that a line gives of platform users to aliases, and who is one person.

Readers of what the platform says call it: the tracking log for many events at once, others line by line. Identifiers
are held to `checks`; what a process has looked up it remembers, until it is told to `forget_people`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final, Generic, NamedTuple, TypeVar

from analytics_dash.identity import Identity
from analytics_dash.sources.checks import user_id, username
from analytics_dash.sources.records import Rejected

Number = str | int | None
"""A platform user id as a line has it."""
Same = tuple[int, int] | None
"""Two aliases of one person."""

_MOST: Final = 1 << 17
T = TypeVar("T")


class Person(NamedTuple):
    """The identifiers that one line gives of one platform user; either may be absent."""

    username: str | None
    user_id: int | None


@lru_cache(maxsize=_MOST)
def person(name: str | None, number: Number) -> Person:
    """The identifiers as a line has them, checked."""
    return Person(username(name), user_id(number))


class Subjects(NamedTuple):
    """Of events: the alias of whom each is about, who acted, and the pairs of aliases that are one person."""

    aliases: list[int]
    actors: list[Person]
    same: set[tuple[int, int]]


def subjects(
    identity: Identity, named: Sequence[tuple[str | None, Number]] | None, actors: Sequence[tuple[str | None, Number]]
) -> Subjects:
    """Whom events are about. Raises `Rejected` where one is about nobody.

    `named` are username and user id as payloads give them, if these do, and `actors` as the lines around them do. A
    payload mostly names nobody, or the actor by number: then the actor is looked up, whom a log names again and again.
    """
    remembered = _remembered(identity)
    acted = [remembered.actors[actor] for actor in actors]
    if named is None:
        about = [each for _who, each in acted]
    else:
        about = [
            each
            if name is None
            and (number is None or (actor[1] is not None and (number == actor[1] or number == str(actor[1]))))
            else remembered.subjects[name, number, *actor]
            for (name, number), actor, (_who, each) in zip(named, actors, acted, strict=True)
        ]
    aliases: list[Any] = [alias for alias, _same in about]
    if None in aliases:
        raise _nobody()
    return Subjects(aliases, [who for who, _each in acted], {same for _alias, same in about if same is not None})


def forget_people(identity: Identity) -> None:
    """Let go of everyone whom this process remembers: a feed is read."""
    person.cache_clear()
    _remembered.cache_clear()
    identity.forget()


def alias_of(identity: Identity, who: Person) -> tuple[int, Same]:
    """The username's alias, else the user id's; and the pair of both aliases, where both are there: they are one."""
    if who.username is None:
        if who.user_id is None:
            raise _nobody()
        return identity.alias("lms_user_id", who.user_id), None
    alias = identity.alias("lms_username", who.username)
    return alias, None if who.user_id is None else (identity.alias("lms_user_id", who.user_id), alias)


def subject_of(named: Person, actor: Person) -> Person:
    """Whom an event is about: whom its payload names, else who acted.

    The two often differ: staff enrol learners, and a regrade is somebody's act on another's grade. Identifiers of the
    actor may complete the payload's only where one of them shows that both are the same user.
    """
    if named.username is None and named.user_id is None:
        return actor
    same_id = named.user_id is not None and named.user_id == actor.user_id
    same_name = named.username is not None and named.username == actor.username
    if same_id and (named.username is None or actor.username is None or same_name):
        return Person(named.username or actor.username, named.user_id)
    if same_name and (named.user_id is None or actor.user_id is None):
        return Person(named.username, named.user_id or actor.user_id)
    return named


class _Remembering(dict[Any, T], Generic[T]):
    """What was made of each key so far, bounded. A third of the cost of `lru_cache`, which also keeps who came last."""

    def __init__(self, make: Callable[..., T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: tuple[Any, ...]) -> T:
        if len(self) >= _MOST:
            self.clear()
        made = self[key] = self._make(*key)
        return made


class _Remembered:
    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self.actors = _Remembering(self._actor)
        self.subjects = _Remembering(self._subject)

    def _actor(self, name: str | None, number: Number) -> tuple[Person, tuple[int | None, Same]]:
        who = person(name, number)
        return who, alias_of(self._identity, who) if any(who) else (None, None)

    def _subject(
        self, name: str | None, number: Number, actor_name: str | None, actor_number: Number
    ) -> tuple[int, Same]:
        return alias_of(self._identity, subject_of(person(name, number), person(actor_name, actor_number)))


@lru_cache(maxsize=2)
def _remembered(identity: Identity) -> _Remembered:
    return _Remembered(identity)


def _nobody() -> Rejected:
    return Rejected("no person: neither a username nor a user id")
