"""The labelled texts of a split: the same seed gives the same set. Called by `measure` and by the tests."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from tests.evaluation.redaction import frames, numbers, records
from tests.evaluation.redaction.containers import containers_for
from tests.evaluation.redaction.disguise import DISGUISES, HARDER, emphasised
from tests.evaluation.redaction.handwritten import TEXTS
from tests.evaluation.redaction.marked import marked_text
from tests.evaluation.redaction.names import titled_name
from tests.evaluation.redaction.negatives import hard_negative, templates
from tests.evaluation.redaction.prose import paragraph, sentence

Split = Literal["dev", "held-out"]
SEEDS: Final = {"dev": 20260301, "held-out": 20261117}
PER_TYPE: Final = 240
NEGATIVES: Final = 600
MARKED: Final = 240
PARAGRAPHS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text, its identifiers (type, start, end in code points) and whether it carries a marking that blocks."""

    id: str
    text: str
    entities: tuple[tuple[str, int, int], ...] = ()
    marked: bool = False


def build(split: Split, seed: int | None = None) -> list[Labelled]:
    """Return the labelled texts: identifiers of each type, hard negatives, marked texts, and those written by hand."""
    rng = random.Random(SEEDS[split] if seed is None else seed)
    part = 0 if split == "dev" else 1
    texts = [*_identified(rng, part)]
    texts += [Labelled(f"negative-{i}", hard_negative(rng, templates(part))) for i in range(NEGATIVES)]
    texts += [Labelled(f"marked-{i}", marked_text(rng, part), marked=True) for i in range(MARKED)]
    texts += [_by_hand(f"hand-{i}", text) for i, text in enumerate(TEXTS) if split == "held-out" or i % 2 == 0]
    return texts


def paragraphs(split: Split, seed: int | None = None, count: int = PARAGRAPHS) -> Iterator[str]:
    """Yield ordinary paragraphs."""
    rng = random.Random((SEEDS[split] if seed is None else seed) + 1)
    for _ in range(count):
        yield paragraph(rng, 0 if split == "dev" else 1)


def _identified(rng: random.Random, part: int) -> Iterator[Labelled]:
    makers: dict[str, tuple[Callable[[random.Random], str], ...]] = {**records.MAKERS, "person_name": (titled_name,)}
    for kind, ways in makers.items():
        for index in range(PER_TYPE):
            make = rng.choice(ways)
            before, value, after = _placed(kind, make, rng, part)
            yield Labelled(f"{kind}-{index}", before + value + after, ((kind, len(before), len(before) + len(value)),))


def _placed(kind: str, make: Callable[[random.Random], str], rng: random.Random, part: int) -> tuple[str, str, str]:
    value = make(rng)
    if rng.random() < 0.45:
        value = rng.choice((*DISGUISES[kind], *HARDER.get(kind, ())))(value, rng)
    label = rng.choice(labels_for(kind, make))
    way = rng.random()
    if way < 0.4:
        container = rng.choice(list(containers_for(kind).values()))
        return container(label, value, rng)
    bare = frames.BARE.get(kind, ())
    frame = rng.choice(bare[part::2] if bare and make is not records.old_vehicle and make is not records.uan
                       and (way < 0.7 or kind == "person_name") and not lost_its_proof(kind, value)
                       else frames.LABELLED[part::2]).replace("{label}", label)  # fmt: skip
    before, _, after = frame.partition("{}")
    if rng.random() < 0.15:
        left, _, right = emphasised("\0", rng).partition("\0")
        before, after = before + left, right + after
    lead = sentence(rng, part) + " " if rng.random() < 0.4 and "\n" not in frame else ""
    return lead + before, value, after


def lost_its_proof(kind: str, value: str) -> bool:
    """Tell whether only a label could prove this value to anyone."""
    return kind in {"prison_number", "vehicle_registration", "court_case"} and value != value.upper()


def labels_for(kind: str, make: Callable[[random.Random], str]) -> tuple[str, ...]:
    return {
        numbers.sort_code: frames.SORT_LABELS,
        numbers.account_number: frames.ACCOUNT_LABELS,
        records.uan: frames.UAN_LABELS,
        records.old_vehicle: frames.OLD_PLATE_LABELS,
    }.get(make, frames.LABELS[kind])


def _by_hand(name: str, marked_up: str) -> Labelled:
    text, entities = "", []
    at = 0
    source = marked_up.replace("⟪MARKED⟫", "")
    for match in re.finditer(r"⟦(\w+)\|([^⟧]*)⟧", source):
        text += source[at : match.start()]
        entities.append((match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        at = match.end()
    return Labelled(name, text + source[at:], tuple(entities), marked=source != marked_up)
