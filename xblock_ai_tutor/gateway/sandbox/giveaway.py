"""Whether an answer gives away what a practice step asks the learner to find, before they have tried. For `guard`.

The model never gets the marked answers; the guard does, and drops a sentence that names something to be judged together
with a judgement on it. Wrong judgements go too: were only true ones dropped, the gap would tell. A question, and "check
whether …", are what a tutor should say and pass. The words of a judgement are English, and what the marks are called.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from xblock_ai_tutor.gateway.sandbox.folding import scannable
from xblock_ai_tutor.gateway.sandbox.prescan import Prescan
from xblock_ai_tutor.gateway.sandbox.view import View, view_of, words_of

# A right answer is given away by itself, without a judgement, when this share of its words is in a sentence.
_WHOLE: Final = 0.8
_NAMED: Final = 0.6
_LEAST_WORDS: Final = 3
_STEM: Final = 6
_SHORTEST_ITEM: Final = 12  # characters: a shorter text stands in sentences that are not about it
_SIGN: Final = re.compile("\x00([0-9]{1,4})\x00")

_RIGHT: Final = frozenset({"right", "correct", "x"})
_OPTION_MARKS: Final = _RIGHT | {"wrong", "incorrect", ""}
_NAME: Final = re.compile(r"\b[A-Z][a-z]{5,}\b")
_COMMON: Final = frozenset(
    """
    a about an and any are as at be been but by can could do does for from had has have he her his how i if in into is
    it its may more must no not of on one only or other our out shall she should so some than that the their them then
    there these they this those to under up was we were what when which who will with would you your
    """.split()  # noqa: SIM905 - prose is easier to read than a list of strings
)
_JUDGES: Final = re.compile(
    r"\b(?:invent\w*|fak\w+|ficti\w+|fabricat\w*|made[ -]?up|hallucinat\w*|bogus|(?:does|do|"
    r"did) ?n[o']t exist|no such|not real|"
    r"unreal|real|genuine\w*|authentic|exists?|reliab\w*|unreliab\w*|(?:be )?relied (?:up)?on|trust\w*|"
    r"misus\w*|misquot\w*|"
    r"misrepresent\w*|misstat\w*|(?:does|do|did) ?n[o']t (?:say|hold|decide|support|show)|says? something else|"
    r"right|wrong\w*|(?:in)?correct\w*|true|false\w*|(?:in)?accurate\w*|answers?|solution|choose|chosen|pick|select|tick|"
    r"best|mark (?:it|that|this)|sound|safe|odd one out|problem\w*|suspicious)\b"
)
_ANSWER_IS: Final = re.compile(
    r"\b(?:right|correct|best|true) (?:answers?|options?|choices?|ones?) (?:is|are|would be|to choose|must be)\b"
    r"(?! (?:in the|for you|yours|something|up to|not))|"
    r"\b(?:the )?answers? (?:to (?:this|the|that) (?:\w+ )?(?:step|question|task|exercise) )?(?:is|"
    r"are)(?::| (?!in the|for "
    r"you|yours|something|up to|not|checked|marked|kept|hidden))|"
    r"\b(?:choose|pick|select|tick|go for|option|answer|number) (?:the )?(?:(?:option|answer|"
    r"number) )?(?:[a-f]|[1-9]|one|"
    r"two|three|four|first|second|third|fourth|fifth|last)\b(?: (?:option|answer|one|choice))?(?=\W*$|"
    r".*\b(?:right|correct|"
    r"answer|best|wrong|invented|reliable|misused|is|option)\b)|"
    r"\b(?:the )?(?:first|second|third|fourth|fifth|last) (?:option|answer|one|choice|authority|case|item|"
    r"statement)\b.{0,40}"
    r"\b(?:right|correct|best|wrong|incorrect|invented|fake|reliable|misused|made up|real|false|true)\b"
)
# "Paragraph number 3" says where something stands, and not which answer is right.
_PLACE: Final = re.compile(
    r"\b(?:pages?|paragraphs?|paras?|passages?|sections?|chapters?|schedules?|footnotes?|volumes?|lines?|hints?|modules?|"
    r"lessons?|reports? of|telephone|phone) number "
    r"(?:[1-9]|one|two|three|four|five|first|second|third|fourth|fifth|last)\b"
)
_LEADING: Final = re.compile(
    r"^\W*(?:is|are|was|were|would|do|does|did|could|have|has)(?:n't| \w+ not)\b|\bdon't you think\b|"
    r"\b(?:right|correct|isn't it)\?\W*$"
)
_OPEN: Final = re.compile(
    r"\b(?:whether|if|(?:check|see|ask|find out|find|decide|look|say|work out|consider|think about|read) "
    r"(?:at |about |for )?"
    r"(?:how|why|what|where|which|who))\b[^.;!]*"
)
# Which of these a sentence can hold at all, in one look: most hold none.
_TELLING_IN: Final = Prescan((_OPEN, _JUDGES, _ANSWER_IS))
_OPEN_AT, _JUDGES_AT, _ANSWER_AT = range(3)
# How a sentence of the author's is introduced.
_LEAD: Final = re.compile(
    r"^(?:hint \d+ of \d+|the lesson says|it also says|awgrym \d+ o \d+|indice \d+ sur \d+|p "
    r"[0-9a-f]{8})\b ?| p [0-9a-f]{8}$"
)
_REFERS: Final = re.compile(
    r"\b(?:it|its|that|this|they|those|these|the (?:case|one|authority|option|first|second|other))\b"
)
_QUOTED_AND_CITED: Final = re.compile(r'"[^"]*"[.,;:]?\s?\[p-[^\]]*\]')


class Marked(NamedTuple):
    """Something that the learner has to judge or choose: its text, and what the author marked it as."""

    text: str
    mark: str


@dataclass(frozen=True, slots=True)
class _Item:
    text: str  # as `gives_away` reads a sentence
    stems: frozenset[str]
    own: frozenset[str]  # those that no other item of the lesson has
    names: frozenset[str]  # of those, proper names: one is enough
    inner: frozenset[str]  # those between its first word and its last: where its text stands, these do
    mark: frozenset[str]
    right: bool
    enough: float  # of the stems: so many name it

    def is_named(self, words: frozenset[str]) -> bool:
        """Tell whether `words`, of which at least one is a stem of it, name it."""
        if self.names & words:
            return True
        return len(self.own & words) >= min(2, len(self.own) or 99) or len(self.stems & words) >= self.enough

    def is_told(self, words: frozenset[str]) -> bool:
        return self.right and len(self.stems) >= _LEAST_WORDS and len(self.stems & words) >= _WHOLE * len(self.stems)


@dataclass(frozen=True, slots=True)
class _Items:
    all: tuple[_Item, ...]
    with_stem: Mapping[str, frozenset[int]]
    stems: frozenset[str]
    long: frozenset[int]  # those whose text stands in no sentence that is not about them
    loose: frozenset[int]  # of these, those whose text may stand where none of their stems do

    def with_one_of(self, words: frozenset[str]) -> frozenset[int]:
        """Return the numbers of the items that have one of `words`: no other can be named or told."""
        return frozenset().union(*[self.with_stem[word] for word in words & self.stems])

    def as_one_word(self, text: str, words: frozenset[str], near: frozenset[int]) -> str:
        """The sentence with what is to be judged as one sign each: a "whether" in it leaves nothing to the learner.

        `words` are the stems of the sentence, `near` the items that have one of them.
        """
        for number in sorted((near & self.long) | self.loose):
            item = self.all[number]
            if item.inner <= words and item.text in text:
                text = text.replace(item.text, f"\x00{number}\x00")
        return text

    def in_full(self, text: str) -> str:
        """The sentence with the texts of the items again."""
        if "\x00" not in text:
            return text
        items = self.all
        return _SIGN.sub(lambda sign: items[number].text if (number := int(sign[1])) < len(items) else " ", text)


class AnswerKeeper:
    """Keeps the answers of the steps that one learner has not tried. `gives_away` looks at an answer in order."""

    def __init__(self, marked: Iterable[Marked], authored: Iterable[str] = ()) -> None:
        """Keep `marked`; `authored` are the lesson's own texts, passages and hints: what they say may be said."""
        self._authored = _authored(tuple(authored))
        self._items = _items(tuple(marked))
        self._named_before = False
        self._judged_before = False

    def gives_away(self, sentence: str | View) -> bool:
        """Tell whether `sentence`, after those before it, gives an answer away."""
        if not self._items.all:
            return False
        view = view_of(sentence)
        given = _read(view).replace("\x00", "")
        text = _QUOTED_AND_CITED.sub(" ", given) if '"' in given else given
        words = _stems(view.words if text == given and "*" not in view.text else text)
        near = self._items.with_one_of(words)
        whole = self._items.as_one_word(text, words, near)
        asks = "?" in whole[-12:] and not _LEADING.search(whole)
        said, found = whole, _TELLING_IN.possible(scannable(whole))
        if asks:
            said, found = "", ()
        elif _OPEN_AT in found or whole != text:
            # What stands after "whether" is left to the learner, and so is a question.
            said = self._items.in_full(_OPEN.sub(" ", whole))
            found = _TELLING_IN.possible(scannable(said))
        words_said = words if said == text else _stems(said)
        items = self._items.all
        named = [items[number] for number in near if items[number].is_named(words)]
        judged = (_JUDGES_AT in found and _JUDGES.search(said) is not None) or any(
            item.mark & words_said for item in named
        )
        fragment = self._judged_before and len(text) < 160 and not asks
        told = (
            bool(said)
            and (
                (judged and bool(named))
                or (fragment and bool(named))
                or any(items[number].is_told(words_said) for number in self._items.with_one_of(words_said))
                or (judged and self._named_before and _REFERS.search(said) is not None)
                or (_ANSWER_AT in found and _ANSWER_IS.search(said if judged else _PLACE.sub(" ", said)) is not None)
            )
            and not self._is_authored(text)
        )
        self._named_before = bool(named) or (self._named_before and not text.strip())
        self._judged_before = judged and text.rstrip(" .").endswith((":", "this", "following", "these", "one", "is"))
        return told

    def _is_authored(self, text: str) -> bool:
        run = _LEAD.sub("", _LEAD.sub("", _run(text)))
        return f" {run} " in self._authored


def _read(sentence: str | View) -> str:
    """A sentence as it is looked at: small letters, single spaces, no emphasis."""
    return " ".join(view_of(sentence).text.casefold().replace("*", "").split())


def _run(text: str) -> str:
    return " ".join(view_of(text).words)


@functools.lru_cache(maxsize=64)
def _authored(texts: tuple[str, ...]) -> str:
    """The words of an author's texts, a line each. Kept: a lesson's come with every turn."""
    return "".join(f" {_run(text)} \n" for text in texts)


@functools.lru_cache(maxsize=256)
def _items(given: tuple[Marked, ...]) -> _Items:
    """What is kept of the marked answers of a lesson. Kept for the same reason."""
    marked = tuple(dict.fromkeys(given))
    items = tuple(
        _item(one, frozenset().union(*(_stems(other.text) for other in marked if other is not one))) for one in marked
    )
    with_stem: dict[str, set[int]] = defaultdict(set)
    for number, item in enumerate(items):
        for stem in item.stems:
            with_stem[stem].add(number)
    long = frozenset(number for number, item in enumerate(items) if len(item.text) >= _SHORTEST_ITEM)
    return _Items(
        items,
        {stem: frozenset(numbers) for stem, numbers in with_stem.items()},
        frozenset(with_stem),
        long,
        frozenset(number for number in long if not items[number].inner),
    )


def _item(one: Marked, elsewhere: frozenset[str]) -> _Item:
    stems = _stems(one.text)
    own = stems - elsewhere
    is_option = one.mark.casefold() in _OPTION_MARKS
    names = frozenset() if is_option else _stems(" ".join(_NAME.findall(one.text))) & own
    marks = _stems(one.mark) if not is_option else frozenset()
    text = _read(one.text).rstrip(".!?;: ")
    inner = _stems(words_of(text)[1:-1])
    right = one.mark.casefold() in _RIGHT
    return _Item(text, stems, own, names, inner, marks, right, _NAMED * len(stems))


def _stems(said: str | Iterable[str]) -> frozenset[str]:
    """The stems of a text, or of its words."""
    words = words_of(said) if isinstance(said, str) else said
    return frozenset([word[:_STEM] for word in {*words} - _COMMON if len(word) > 1 or word.isdigit()])
