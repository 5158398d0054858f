"""Readers and fetchers by name: our own, and those that installed packages bring by entry point. Loaded when used.

`READERS` and `FETCHERS` are mappings from a name to a class. A plugin that is broken, or takes a name that is taken,
raises `PluginError` when it is asked for and by nothing else; `entries` lists all with what is wrong. Of ours and a
plugin with one name, ours counts. `FEEDS` are all that describe themselves: the roster, and what readers read.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final, Generic, TypeVar

from analytics_dash.errors import PluginError
from analytics_dash.i18n import _
from analytics_dash.sources.description import FeedSchema, Option
from analytics_dash.sources.fetcher import Fetcher
from analytics_dash.sources.reader import Feed, Reader
from analytics_dash.sources.records import FACT_ROWS
from analytics_dash.sources.roster_feed import StaffRoster

NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST_NAME: Final = 40  # it is a part of file names and of the warehouse's `loads`
HERE: Final = "xblock-ai-tutor"
_T = TypeVar("_T", bound=Reader | Fetcher)


@dataclass(frozen=True, slots=True)
class Entry:
    """A registered name: where its class is, which distribution brings it, and why it cannot be used (or None)."""

    name: str
    target: str  # module:Class
    origin: str
    problem: str | None = None


class Registry(Mapping[str, type[_T]], Generic[_T]):
    """Classes by name. `KeyError` for a name that nobody registers, `PluginError` for one that cannot be used."""

    def __init__(
        self, group: str, base: type[_T], built_in: Mapping[str, str], check: Callable[[Any], str | None]
    ) -> None:
        self.group: Final = group
        self._base: Final[type[_T]] = base
        self._built_in = built_in
        self._check = check
        self._loaded: dict[str, type[_T]] = {}

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Everything that is registered, sorted: ours first. Nothing is imported for it."""
        ours = [Entry(name, target, HERE) for name, target in self._built_in.items()]
        theirs: list[Entry] = []
        # A distribution may be found twice, as an editable install is: the same line is no clash with itself.
        found = {(point.name, point.value, _origin(point)) for point in entry_points(group=self.group)}
        for name, target, origin in sorted(found):
            theirs.append(Entry(name, target, origin, self._why_not(name, target, origin, found)))
        return (*ours, *theirs)

    def _why_not(self, name: str, target: str, origin: str, found: set[tuple[str, str, str]]) -> str | None:
        others = sorted({other for its, _target, other in found if its == name} - {origin})
        if name in self._built_in or name == StaffRoster.kind:
            return _("the name is that of a reader that is built in, which is used")
        if len({(value, other) for its, value, other in found if its == name}) > 1:
            return _("the name is registered more than once: {origins}").format(
                origins=", ".join(sorted({origin, *others}))
            )
        if not NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
            return _("a name is lower-case letters, digits and hyphens, at most {most}").format(most=_LONGEST_NAME)
        return None if ":" in target else _("its target must be module:Class")

    def __getitem__(self, name: str) -> type[_T]:
        if name not in self._loaded:
            self._loaded[name] = self._load(self._entry(name))
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return any(entry.name == name for entry in self.entries)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(entry.name for entry in self.entries))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def problem(self, entry: Entry) -> str | None:
        """Why an entry cannot be used, its class imported for it; None where it can."""
        if entry.problem is not None:
            return entry.problem
        try:
            self[entry.name]
        except PluginError as error:
            return str(error)
        return None

    def forget(self) -> None:
        """Look for entry points again: for processes that outlive an installation."""
        self.__dict__.pop("entries", None)
        self._loaded.clear()

    def _entry(self, name: str) -> Entry:
        if name in self._built_in:  # without a look at what is installed
            return Entry(name, self._built_in[name], HERE)
        for entry in self.entries:
            if entry.name == name:
                return entry
        raise KeyError(name)

    def _load(self, entry: Entry) -> type[_T]:
        if entry.problem is not None:
            raise self._unusable(entry, entry.problem)
        module, _colon, attribute = entry.target.partition(":")
        try:
            found = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError:
            if entry.origin == HERE:
                raise  # an extra is not installed: the command line names the package
            raise self._unusable(entry, _("a package that it needs is not installed")) from None
        except Exception as error:  # what another package does when it is imported is up to it
            if entry.origin == HERE:
                raise
            raise self._unusable(entry, _("importing it raised {kind}").format(kind=type(error).__name__)) from error
        problem = self._shape(found, entry.name) or self._check(found)
        if problem is not None:
            raise self._unusable(entry, problem)
        checked: type[_T] = found
        return checked

    def _shape(self, found: object, name: str) -> str | None:
        base = self._base
        if not (isinstance(found, type) and issubclass(found, base)):
            return _("it is no subclass of {base}").format(base=f"{base.__module__}.{base.__name__}")
        if inspect.isabstract(found):
            missing = ", ".join(sorted(getattr(found, "__abstractmethods__", ())))
            return _("it lacks the methods {missing}").format(missing=missing)
        if getattr(found, "kind", None) != name:
            return _("its kind is not the name that it is registered under")
        options = getattr(found, "options", None)
        if not (isinstance(options, tuple) and all(isinstance(option, Option) for option in options)):
            return _("its options must be a tuple of Option")
        return None

    @staticmethod
    def _unusable(entry: Entry, problem: str) -> PluginError:
        return PluginError(
            _("{name}, which {origin} brings ({target}), cannot be used: {problem}.").format(
                name=entry.name, origin=entry.origin, target=entry.target, problem=problem
            )
        )


def _origin(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else "?"


def _reader_problem(found: type[Reader]) -> str | None:
    version = getattr(found, "version", None)
    if not isinstance(version, int) or version < 1:
        return _("its version must be a whole number from 1 up")
    if getattr(found, "row", None) not in FACT_ROWS:
        return _("its row must be one of {rows}").format(rows=", ".join(row.__name__ for row in FACT_ROWS))
    if not isinstance(getattr(found, "schema", None), FeedSchema):
        return _("its schema must be a FeedSchema")
    if not all(isinstance(getattr(found, name, None), str) for name in ("title", "summary")):
        return _("its title and summary must be text")
    return None


def _fetcher_problem(found: type[Fetcher]) -> str | None:
    return None if isinstance(getattr(found, "summary", None), str) else _("its summary must be text")


READERS: Final[Registry[Reader]] = Registry(
    "analytics_dash.readers",
    Reader,  # type: ignore[type-abstract]
    {
        "openedx-log": "analytics_dash.sources.openedx_log:OpenEdxLog",
        "grade-report": "analytics_dash.sources.grade_report:GradeReport",
        "completion": "analytics_dash.sources.completion:CompletionPages",
        "aspects": "analytics_dash.sources.aspects:Aspects",
        "chatgpt-users": "analytics_dash.sources.chatgpt_users:ChatGptUsers",
        "chatgpt-edu": "analytics_dash.sources.chatgpt_users:ChatGptEdu",
        "m365-copilot": "analytics_dash.sources.m365_copilot:M365Copilot",
        "github-copilot": "analytics_dash.sources.github_copilot:GithubCopilot",
        "openai-usage": "analytics_dash.sources.openai_figures:OpenAiUsage",
        "openai-costs": "analytics_dash.sources.openai_figures:OpenAiCosts",
        "openai-posture": "analytics_dash.sources.openai_posture:OpenAiPosture",
        "openai-audit": "analytics_dash.sources.openai_posture:OpenAiAudit",
        "gateway-feedback": "analytics_dash.sources.gateway_feedback:GatewayFeedback",
        "tutor-attestations": "analytics_dash.sources.tutor_attestations:TutorAttestations",
        "tutor-budgets": "analytics_dash.sources.tutor_budgets:TutorBudgets",
        "gateway-ledger": "analytics_dash.sources.gateway_ledger:GatewayLedger",
    },
    _reader_problem,
)
FETCHERS: Final[Registry[Fetcher]] = Registry(
    "analytics_dash.fetchers",
    Fetcher,  # type: ignore[type-abstract]
    {
        "openai-usage": "analytics_dash.sources.openai_fetchers:OpenAiUsageFetcher",
        "openai-costs": "analytics_dash.sources.openai_fetchers:OpenAiCostsFetcher",
        "openai-posture": "analytics_dash.sources.openai_posture_fetchers:OpenAiPostureFetcher",
        "openai-audit": "analytics_dash.sources.openai_posture_fetchers:OpenAiAuditFetcher",
        "completion": "analytics_dash.sources.completion:CompletionFetcher",
        "aspects": "analytics_dash.sources.aspects_fetcher:AspectsFetcher",
    },
    _fetcher_problem,
)


class _Feeds(Mapping[str, type[Feed]]):
    """The feeds that describe themselves, by name; nothing is imported to name them."""

    def __getitem__(self, name: str) -> type[Feed]:
        return StaffRoster if name == StaffRoster.kind else READERS[name]

    def __contains__(self, name: object) -> bool:
        return name == StaffRoster.kind or name in READERS

    def __iter__(self) -> Iterator[str]:
        yield StaffRoster.kind
        yield from READERS

    def __len__(self) -> int:
        return 1 + len(READERS)


FEEDS: Final[Mapping[str, type[Feed]]] = _Feeds()
