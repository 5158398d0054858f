"""What one page shows: the address that asked for it, the reader's facts, and the answer to its question.

`read_view` is called for the first response, the layout and the callback, with the reader's own scope.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from analytics_dash.dashboard import signin
from analytics_dash.dashboard.address import Wanted
from analytics_dash.dashboard.shelf import from_shelf
from analytics_dash.i18n import _
from analytics_dash.questions import Answer, Facts, NoSuchChoice, Question, answer, read_facts
from analytics_dash.releases import Scope, audit


@dataclass(frozen=True)
class View:
    """A page for one reader. `facts` is None when nothing is published; `question` is None on the overview."""

    wanted: Wanted
    facts: Facts | None

    @property
    def question(self) -> Question | None:
        """The page's question."""
        return self.wanted.question

    @property
    def answer(self) -> Answer | None:
        """The question answered, in the language that is spoken now."""
        if self.facts is None or self.question is None:
            return None
        return answer(self.question, self.facts)

    @property
    def department(self) -> str:
        """The department that is shown, "" for all of government."""
        return "" if self.facts is None else self.facts.department

    @property
    def shown(self) -> Wanted:
        """The address that says all of what is shown, whatever was left to the usual."""
        return replace(self.wanted, department=self.department)

    @property
    def place(self) -> str:
        """The choice of department in words."""
        return _("Overview") if self.facts is None else self.facts.place

    @property
    def description(self) -> str:
        """What is looked at, for the audit: no figure, and the same words in every language."""
        if self.facts is None:
            return "nothing published"
        choice = self.facts.choice
        more = "".join(f", {part}" for part in (choice.period, choice.view) if part)
        return f"release {self.facts.release.id}, {choice.department or 'all departments'}, {self.wanted.page}{more}"


def read_view(scope: Scope, wanted: Wanted) -> View:
    """The view that an address asks for. Raises as `read_facts`, and `NoSuchChoice` for a view that is not offered."""
    question = wanted.question
    facts = read_facts(
        scope,
        wanted.department,
        release_id=wanted.release or None,
        period=wanted.period,
        view=wanted.view,
        compares=question is None or question.compares,
        read=from_shelf,
    )
    if facts is not None and wanted.view:
        offered = () if question is None else question.views(facts)
        if wanted.view not in dict(offered):
            raise NoSuchChoice(_("There is no such view of this question. Choose one from the list on its page."))
    return View(wanted, facts)


def record(kind: str, view: View) -> None:
    """Put it on the reader's record that they look at this: by a `page`, its `layout` or an `update` of it."""
    audit(signin.reader().id, f"view {kind}", view.description)
