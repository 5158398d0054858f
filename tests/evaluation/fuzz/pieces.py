"""Parts of a message with something planted: prose in three languages, tables, mails, files' names, links, JSON, HTML.

`conversations` puts them together.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from typing import Final

from tests.evaluation.fuzz.languages import FRAMES, LABELS
from tests.evaluation.fuzz.planted import (
    HARDLY_NAMED,
    SAID_AGAIN,
    Make,
    Planted,
    is_alone,
    known_class,
    planted_value,
)
from tests.evaluation.redaction import frames, records
from tests.evaluation.redaction.build import labels_for, lost_its_proof
from tests.evaluation.redaction.containers import containers_for
from tests.evaluation.redaction.disguise import DISGUISES, emphasised, full_width
from tests.evaluation.redaction.names import titled_name
from tests.evaluation.redaction.prose import paragraph, sentence

MAKERS: Final = {**records.MAKERS, "person_name": (titled_name,)}
DEV: Final = 0  # the split whose texts may be looked at


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a message."""

    text: str
    planted: tuple[Planted, ...] = ()


def piece(rng: random.Random, language: str, said: list[Planted]) -> Piece:
    way = rng.random()
    kind = rng.choice(tuple(MAKERS))
    if said and way < 0.06:
        return _said_again(rng, rng.choice(said))
    if way < 0.16:
        return _mail(rng)
    if way < 0.24:
        return _json_record(rng)
    if way < 0.32:
        return _table(rng)
    if language != "en" and way < 0.6:
        return _other_language(rng, language)
    return plant(rng, kind)


def _value(rng: random.Random, kind: str) -> tuple[Make, str, str]:
    """The maker, the value, and the value as it is written: half of them disguised."""
    make = rng.choice(MAKERS[kind])
    value = make(rng)
    return make, value, rng.choice(DISGUISES[kind])(value, rng) if rng.random() < 0.5 else value


def plant(rng: random.Random, kind: str) -> Piece:
    """One value in prose, in a table, a mail, a file's name, a link, JSON or HTML."""
    make, value, written = _value(rng, kind)
    label = rng.choice(labels_for(kind, make))
    if rng.random() < 0.5:
        name, container = rng.choice(tuple(containers_for(kind).items()))
        before, stands, after = container(label, written, rng)
        found = planted_value(kind, make, value, stands, name)
        if name == "link" and label == "S/C":
            found = replace(found, known=HARDLY_NAMED)
        return Piece(before + stands + after, (found,))
    bare = is_alone(kind, make) and not lost_its_proof(kind, written)
    bare = bare and (kind == "person_name" or rng.random() < 0.5)
    frame = rng.choice(frames.BARE[kind][DEV::2] if bare else frames.LABELLED[DEV::2]).replace("{label}", label)
    before, _, after = frame.partition("{}")
    if rng.random() < 0.15:
        left, _, right = emphasised("\0", rng).partition("\0")
        before, after = before + left, right + after
    lead = sentence(rng, DEV) + " " if rng.random() < 0.4 and "\n" not in frame else ""
    return Piece(lead + before + written + after, (planted_value(kind, make, value, written, "prose"),))


def _mail(rng: random.Random) -> Piece:
    """A whole mail: addresses, a number in its subject, a salutation, a telephone number under it."""
    kinds = ("email", "person_name", "phone", rng.choice(tuple(records.MAKERS)))
    values = [_value(rng, kind) for kind in kinds]
    (sent_by, dear, ring, written) = (one[2] for one in values)
    label = rng.choice(labels_for(kinds[3], values[3][0]))
    text = (
        f"From: {sent_by}\nTo: Casework Team\nSubject: {rng.choice(('Re: ', 'FW: ', ''))}{label} {written}\n\n"
        f"Dear {dear},\n\n{paragraph(rng, DEV)}\n\nKind regards\nTel: {ring}\n"
    )
    planted = (planted_value(kind, *one, "whole mail") for kind, one in zip(kinds, values, strict=True))
    return Piece(text, tuple(planted))


def _json_record(rng: random.Random) -> Piece:
    """Pasted JSON with three values in it, as a system writes it."""
    planted, record = [], {}
    ascii_only = rng.random() < 0.5
    for kind in rng.sample(tuple(records.MAKERS), 3):
        make, value, written = _value(rng, kind)
        record[rng.choice(labels_for(kind, make))] = written
        stands = json.dumps(written, ensure_ascii=ascii_only)[1:-1]
        planted.append(planted_value(kind, make, value, stands, "JSON record"))
    text = json.dumps({"id": 7, "record": record}, ensure_ascii=ascii_only, indent=rng.choice((None, 2)))
    return Piece(text, tuple(planted))


def _table(rng: random.Random) -> Piece:
    """A pasted table of three columns, two of which hold values, in two rows."""
    kinds = rng.sample(tuple(records.MAKERS), 2)
    makes = {kind: rng.choice(MAKERS[kind]) for kind in kinds}
    planted, rows = [], []
    for number in range(2):
        cells = []
        for kind in kinds:
            value = makes[kind](rng)
            written = full_width(value, rng) if rng.random() < 0.2 else value
            planted.append(planted_value(kind, makes[kind], value, written, "table"))
            cells.append(written)
        rows.append([str(number + 1), *cells])
    head = ["row", *(rng.choice(labels_for(kind, makes[kind])) for kind in kinds)]
    sign = rng.choice((" | ", "\t", ";"))
    return Piece("\n".join(sign.join(row) for row in (head, *rows)), tuple(planted))


def _other_language(rng: random.Random, language: str) -> Piece:
    """A sentence in Welsh or French; one in five around a value that only its name proves."""
    if rng.random() < 0.2:
        kind, label = rng.choice(tuple(LABELS[language].items()))
        value = MAKERS[kind][0](rng)
        return Piece(f"{label}: {value}", (Planted(kind, value, value, f"prose ({language})"),))
    while True:
        kind = rng.choice(tuple(frames.BARE))
        make, value, written = _value(rng, kind)
        if make is not records.old_vehicle and not lost_its_proof(kind, written):
            break
    text = rng.choice(FRAMES[language]).replace("{}", written)
    return Piece(text, (planted_value(kind, make, value, written, f"prose ({language})"),))


def _said_again(rng: random.Random, before: Planted) -> Piece:
    """A value of an earlier message once more, without its name."""
    text = rng.choice(("As I said, {} again.", "What about {}?", "And {}, then?")).replace("{}", before.value)
    known = SAID_AGAIN if before.blocked and not before.alone else known_class(before.kind, before.value)
    return Piece(text, (Planted(before.kind, before.value, before.value, "said again", known),))
