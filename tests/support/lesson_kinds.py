"""Hypothesis strategies for a step of each kind: valid ones, with arbitrary prose and troublesome ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hypothesis import strategies as st

from tests.support.lesson_words import IDS, PLAIN_SENTENCES, hints, paragraphs, titles
from xblock_ai_tutor.lesson.activities.scenes import WORTH
from xblock_ai_tutor.lesson.activities.verdicts import ERRORS
from xblock_ai_tutor.lesson.prompt_rubric import CRITERIA

# Items hold no links: "<https://…>" cannot arise from the fragments, "[…](…)" is broken up.
ITEM_TEXTS = PLAIN_SENTENCES
Ids = st.lists(IDS, min_size=2, max_size=4, unique=True)


@st.composite
def step(draw: st.DrawFn, kind: str, step_id: str, attributes: str, inside: str) -> str:
    """The directive around the inside of a step, with hints and the attributes that any kind may have."""
    more = attributes
    if kind not in {"reading", "reflect"}:
        more += draw(st.sampled_from(["", "", ' attempts="1"', ' attempts="42"']))
    return f':::{kind} id="{step_id}" title="{draw(titles())}"{more}\n{inside}\n{draw(hints())}:::'


@st.composite
def readings(draw: st.DrawFn, step_id: str) -> str:
    return draw(step("reading", step_id, "", draw(paragraphs())))


@st.composite
def reflects(draw: st.DrawFn, step_id: str) -> str:
    return draw(step("reflect", step_id, "", draw(paragraphs())))


@st.composite
def choices(draw: st.DrawFn, step_id: str) -> str:
    ids = draw(Ids)
    several = draw(st.booleans())
    right = draw(st.sets(st.sampled_from(ids), min_size=1, max_size=len(ids) if several else 1))
    items = _items(draw, ids, lambda one: "[x] " if one in right else "[ ] ")
    more = (' answers="several"' if several else "") + draw(CONFIDENCE)
    return draw(step("choice", step_id, more, f"{draw(PLAIN_SENTENCES)}\n\n{items}"))


@st.composite
def spots(draw: st.DrawFn, step_id: str) -> str:
    ids = draw(Ids)
    errors = draw(st.booleans())
    marks = dict.fromkeys(ids, "reliable")
    for one in ids:
        marks[one] = draw(st.sampled_from(ERRORS.verdicts if errors else ("reliable", "invented", "misused")))
    if errors:  # both sound and wrong ones, as a spot must have
        marks[ids[0]], marks[ids[1]] = ERRORS.sound, draw(st.sampled_from(ERRORS.verdicts[1:]))
    items = _items(draw, ids, lambda one: f"[{marks[one]}] ")
    note = " ".join(f"{draw(PLAIN_SENTENCES)} {{{one}}}." for one in ids)
    source = f"\n\n>> {draw(PLAIN_SENTENCES)}\n>>\n>> {draw(PLAIN_SENTENCES)}" if errors else ""
    more = (' verdicts="errors"' if errors else "") + draw(st.sampled_from(["", ' confidence="none"']))
    return draw(step("spot", step_id, more, f"{draw(PLAIN_SENTENCES)}\n\n> {note}{source}\n\n{items}"))


@st.composite
def sorts(draw: st.DrawFn, step_id: str) -> str:
    bins, ids = draw(Ids), draw(Ids)
    places = "\n".join(f"- ({one}) {draw(ITEM_TEXTS)}" for one in bins)
    items = []
    for one in ids:
        right = draw(st.sampled_from(bins))
        items.append(f"- [{right}] {{{one}}} {draw(ITEM_TEXTS)}\n  > {draw(PLAIN_SENTENCES)}")
        for place in draw(st.sets(st.sampled_from([place for place in bins if place != right]))):
            harm = draw(st.sampled_from(["", "1 ", "3 ", "5 "]))
            items.append(f"  - ({place}) {harm}{draw(st.sampled_from(['', draw(PLAIN_SENTENCES)]))}")
    inside = f"{draw(PLAIN_SENTENCES)}\n\n{places}\n\n" + "\n".join(items)
    return draw(step("sort", step_id, draw(CONFIDENCE), inside))


@st.composite
def verifies(draw: st.DrawFn, step_id: str) -> str:
    where, found, ids = draw(Ids), draw(Ids), draw(Ids)
    lists = "\n".join(
        f"{name}:\n" + "\n".join(f"- ({one}) {draw(ITEM_TEXTS)}" for one in named)
        for name, named in (("where", where), ("found", found))
    )
    entries = "\n".join(
        f"- {{{one}}} {draw(ITEM_TEXTS)}\n"
        f"  where: {', '.join(draw(st.lists(st.sampled_from(where), min_size=1, max_size=2, unique=True)))}\n"
        f"  found: {draw(st.sampled_from(found))}\n"
        f"  > {draw(PLAIN_SENTENCES)}"
        for one in ids
    )
    note = draw(st.sampled_from(["", f"> {draw(PLAIN_SENTENCES)} {{{ids[0]}}}\n\n"]))
    inside = f"{draw(PLAIN_SENTENCES)}\n\n{note}{lists}\n\n{entries}"
    return draw(step("verify", step_id, draw(CONFIDENCE), inside))


@st.composite
def scenarios(draw: st.DrawFn, step_id: str) -> str:
    ids = draw(st.lists(IDS, min_size=2, max_size=5, unique=True))
    # Each scene but the first is led to by an earlier one, so that it is reached and no path comes back.
    targets: dict[str, list[str]] = {one: [] for one in ids}
    for at, one in enumerate(ids[1:], 1):
        targets[draw(st.sampled_from(ids[:at]))].append(one)
    scenes = []
    for at, one in enumerate(ids):
        if len(targets[one]) == 1:
            targets[one].append(draw(st.sampled_from(ids[at + 1 :])))
        names = draw(st.lists(IDS, min_size=len(targets[one]), max_size=len(targets[one]), unique=True))
        options = "\n".join(
            f"- [{draw(st.sampled_from(sorted(WORTH)))}] {{{name}}} {draw(ITEM_TEXTS)} -> {target}\n"
            f"  > {draw(PLAIN_SENTENCES)}"
            for name, target in zip(names, targets[one], strict=True)
        )
        scenes.append(f"### {{{one}}} {draw(ITEM_TEXTS)}\n{draw(paragraphs())}\n\n{options}")
    return draw(step("scenario", step_id, "", f"{draw(paragraphs())}\n\n" + "\n\n".join(scenes)))


@st.composite
def prompt_labs(draw: st.DrawFn, step_id: str) -> str:
    ids = draw(st.sets(st.sampled_from([one.id for one in CRITERIA])))
    items = "\n".join(
        f"- {{{one}}} {draw(st.sampled_from(['', draw(ITEM_TEXTS)]))}"
        + draw(st.sampled_from(["", f"\n  > {draw(PLAIN_SENTENCES)}"]))
        for one in sorted(ids)
    )
    material = draw(st.sampled_from(["", f"> {draw(PLAIN_SENTENCES)}\n>\n> {draw(PLAIN_SENTENCES)}\n\n"]))
    return draw(step("prompt-lab", step_id, "", f"{draw(PLAIN_SENTENCES)}\n\n{material}{items}"))


CONFIDENCE = st.sampled_from(["", ' confidence="ask"'])
KINDS: dict[str, Callable[[str], st.SearchStrategy[str]]] = {
    "reading": readings,
    "choice": choices,
    "sort": sorts,
    "spot": spots,
    "verify": verifies,
    "scenario": scenarios,
    "prompt-lab": prompt_labs,
    "reflect": reflects,
}


def _items(draw: st.DrawFn, ids: Iterable[str], mark: Callable[[str], str]) -> str:
    return "\n".join(f"- {mark(one)}{{{one}}} {draw(ITEM_TEXTS)}\n  > {draw(PLAIN_SENTENCES)}" for one in ids)
