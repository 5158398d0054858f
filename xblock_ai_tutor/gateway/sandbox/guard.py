"""The answer on its way to the learner: nothing leaves that was not checked, sentence by sentence.

Each sentence goes through `_RULES`, in order; the first rule that it breaks drops it, and the learner is told once
that something was left out, or how to check for themselves. Sentences are cut by `sandbox.sentences`, so the outcome
does not depend on how the model's stream was cut. A sentence in whose end a leak or an identifier may begin is held
until the words after it have come: mostly one word, never more than the sentences that the forbidden thing goes over.
Called by `gateway.turn`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from xblock_ai_tutor.gateway.sandbox import citations
from xblock_ai_tutor.gateway.sandbox.advice import advises
from xblock_ai_tutor.gateway.sandbox.giveaway import AnswerKeeper, Marked
from xblock_ai_tutor.gateway.sandbox.leakage import Leakage
from xblock_ai_tutor.gateway.sandbox.links import link_list
from xblock_ai_tutor.gateway.sandbox.msgid import _
from xblock_ai_tutor.gateway.sandbox.ownership import Ownership
from xblock_ai_tutor.gateway.sandbox.redact import Placeholders
from xblock_ai_tutor.gateway.sandbox.sentences import Sentence, SentenceSplitter
from xblock_ai_tutor.gateway.sandbox.view import BLOCK_TAGS, INLINE_TAGS, view_of

LEFT_OUT: Final = _("[A sentence was left out because it did not pass a check.]")
# What is said in place of a sentence that a rule drops, where there is something better to say.
INSTEAD: Final[Mapping[str, str]] = {
    "advice": _(
        "[What to do in a real matter is not for the tutor to say. Find the rule at its source, check that it is in "
        "force and fits the facts, and ask who answers for it: your legal or HR team, a union, an adviser.]"
    ),
    "answer": _(
        "[The answer to this step is yours to find: try it first. Until then ask for a hint, or where in the lesson to "
        "look.]"
    ),
}

# Raw HTML, but not in code, where it is shown as it stands.
_HTML: Final = re.compile(
    r"(`[^`\n]{0,1000}`)|</?[A-Za-z][A-Za-z0-9\-]{0,30}(?:\s[^<>]{0,1000})?/?>|<!--.{0,1000}?-->|<[!?/][^<>]{0,1000}>",
    re.DOTALL,
)
# A tag's name; and whether nothing but words comes after it.
_NAME: Final = re.compile(r"</?([A-Za-z][A-Za-z0-9]{0,30})((?: [A-Za-z0-9]{1,20}){0,7}>)?")
_OTHER_TAGS: Final = """
acronym animate applet audio base basefont bgsound blink button canvas colgroup command content data datalist details
dialog dir element embed fencedframe fieldset figcaption figure frame frameset hgroup iframe image input isindex keygen
legend link listing map marquee math menu menuitem meta meter multicol nextid nobr noembed noframes noscript object
optgroup output param picture plaintext portal progress rb rp rt rtc ruby script search set shadow slot source spacer
style summary svg template textarea time track use video xml xmp
"""
# What stands between them is said to be quoted: it is checked as what stands between quotation marks.
_QUOTING: Final = frozenset({"q", "blockquote"})
_ELEMENTS: Final = BLOCK_TAGS | INLINE_TAGS | frozenset(_OTHER_TAGS.split())


@dataclass(frozen=True, slots=True)
class GuardedText:
    """Markdown text that may be shown. The texts of an answer, joined, are the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class GuardedCitation:
    """A citation that stands between the texts before and after it; `marker` is its form in Markdown."""

    passage_id: str

    @property
    def marker(self) -> str:
        """`[p-1a2b3c4d]`, as `html.answer_html` reads it."""
        return f"[{self.passage_id}]"


@dataclass(frozen=True, slots=True)
class GuardAction:
    """Something was left out or removed: by which rule, and a detail that never holds text of the answer.

    Rules that drop a sentence: `canary` (and everything after it), `instructions`, `unbroken`, `placeholder`, `link`,
    `citation`, `quotation`, `personal_data` (detail: the type), `answer`, `advice`. `html` removes tags (detail: their
    number).
    """

    rule: str
    detail: str


Guarded: TypeAlias = GuardedText | GuardedCitation | GuardAction


class Guard:
    """Checks one answer. Feed it what the model streams; show only what it yields."""

    def __init__(  # noqa: PLR0917 - the contract with the turn
        self,
        passages: Mapping[str, str],
        links: Collection[str],
        canary: str,
        secrets: Collection[str],
        placeholders: Placeholders,
        learner_text: str,
        gettext: Callable[[str], str] = str,
        answers: Collection[Marked] = (),
        hints: Collection[str] = (),
    ) -> None:
        """Prepare for one answer.

        `passages` are those that were sent, by id; `links` the lesson's; `secrets` the instructions, `canary` a token
        planted in them; `learner_text` all that the learner wrote in the conversation, as it was sent (redacted);
        `gettext` translates what the guard itself says; `answers` are the marked answers that it must keep, `hints`
        those that the author wrote.
        """
        self._splitter = SentenceSplitter()
        self._leakage = Leakage(canary, secrets, passages.values())
        self._links = link_list(tuple(links))
        self._citations = citations.CitationCheck(passages, learner_text)
        self._ownership = Ownership(learner_text, passages.values(), placeholders)
        self._left_out = gettext(LEFT_OUT)
        self._keeper = AnswerKeeper(answers, [*passages.values(), *hints] if answers else ())
        self._instead = {rule: gettext(text) for rule, text in INSTEAD.items()}
        self._told: set[str] = set()
        self._stopped = False
        # Sentences that passed and wait for what comes after them.
        self._held: list[str] = []
        # Whether all of them wait until the next sentence is whole, whatever its words are.
        self._waits = False
        # How many of them hold the beginning of what was found in the last sentence.
        self._reached = 0
        # Whether the last sentence was cut inside a word that has no end in sight.
        self._inside_word = False

    def feed(self, delta: str) -> Sequence[Guarded]:
        """Take the next piece of the answer and return what has passed by now: mostly nothing yet."""
        sentences = self._splitter.feed(delta)
        if not sentences and (not self._held or self._waits):
            return ()
        passed = [item for sentence in sentences for item in self._pass(sentence)]
        if self._held:
            # A tag may be growing: it will be removed, and what is beside it joined.
            passed += self._release(self._splitter.rest.partition("<")[0])
        return passed

    def finish(self) -> Sequence[Guarded]:
        """Return what is left when the answer has ended."""
        passed = [item for sentence in self._splitter.finish() for item in self._pass(sentence)]
        return [*passed, *self._release(None)]

    @property
    def is_mid_sentence(self) -> bool:
        """Whether nothing waits to be let go: what comes next matters only once it ends a sentence."""
        return not self._held and not self._splitter.is_undecided

    def _pass(self, sentence: Sentence) -> Iterator[Guarded]:
        if self._stopped:
            return
        self._waits = False
        text, tags = _without_html(sentence.text)
        # With the whole sentence at hand: what is let go here would have been let go while it grew.
        yield from self._release(text)
        if tags:
            yield GuardAction("html", str(tags))
        broken = self._broken_rule(Sentence(text, sentence.forced))
        if broken is None:
            self._held.append(text)
            return
        if self._reached:
            del self._held[-self._reached :]
        yield from self._release(None)
        yield broken
        self._stopped = broken.rule == "canary"
        space = text[len(text.rstrip()) :]
        told = self._instead.get(broken.rule, self._left_out)
        if told not in self._told:
            self._told.add(told)
            yield GuardedText(told + (space or " "))
        elif "\n" in space:
            yield GuardedText(space)

    def _release(self, ahead: str | None) -> Iterator[Guarded]:
        """Let go the held sentences that nothing forbidden can begin in, given what comes next; None: nothing does."""
        if not self._held:
            return
        leak = strange = 0
        if ahead is not None:
            leak, strange = self._leakage.waiting(ahead), self._ownership.waiting(ahead)
        while len(self._held) > max(leak, strange):
            yield from _show(self._held.pop(0))
        self._waits = self._ownership.goes_on is True and len(self._held) <= strange

    def _broken_rule(self, sentence: Sentence) -> GuardAction | None:
        """Return the first rule that `sentence` breaks. Every rule sees every sentence: some remember what went by."""
        text = sentence.text
        view = view_of(text)
        leak = self._leakage.check(view)
        strange = self._ownership.check(text)
        invented = self._ownership.invents_placeholder()
        # Of a leak only those sentences still wait in which it can have begun.
        self._reached = len(self._held) if leak else self._ownership.reached
        unbroken = self._inside_word or (sentence.forced and not re.search(r"\s", text))
        self._inside_word = sentence.forced and not text[-1:].isspace()
        rules = (
            leak,
            "unbroken" if unbroken else None,
            "placeholder" if invented else None,
            self._links.check(view),
            self._citations.check(view, forced=sentence.forced),
            "personal_data" if strange else None,
            "answer" if self._keeper.gives_away(view) else None,
            "advice" if advises(view) else None,
        )
        rule = next(filter(None, rules), None)
        if rule is None:
            return None
        return GuardAction(rule, strange or "" if rule == "personal_data" else "")


def _show(text: str) -> Iterator[Guarded]:
    for piece in citations.pieces(text):
        if isinstance(piece, str):
            if piece:
                yield GuardedText(piece)
        else:
            yield from map(GuardedCitation, piece)


def _without_html(text: str) -> tuple[str, int]:
    """Remove tags until none is left (removing one can make another); return the text and how many went.

    A tag that sets words apart leaves a space. "<your topic>" is no tag but a gap in a prompt: it stays.
    """
    removed = 0
    while "<" in text:
        kept = [0]

        def remove(match: re.Match[str], kept: list[int] = kept) -> str:
            if match[1]:
                return match[1]
            name = _NAME.match(match[0])
            if name and name[2] is not None and name[1].lower() not in _ELEMENTS:
                return match[0]
            kept[0] += 1
            if name and name[1].lower() in _QUOTING:
                return '"' if name[1].lower() == "q" else ' "' if match[0][1] != "/" else '" '
            return " " if name and name[1].lower() in BLOCK_TAGS else ""

        text = _HTML.sub(remove, text)
        if not kept[0]:
            break
        removed += kept[0]
    return text, removed
