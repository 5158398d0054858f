"""Ordinary government paragraphs: nobody is identified in them, and nothing is to be held back.

Sentences are put together from independent slots, so that a thousand paragraphs have tens of thousands of different
sentences. Numbers, dates, acts and places stand in them as they do in real papers.
"""

from __future__ import annotations

import random
from typing import Final

from tests.evaluation.redaction.prose_words import (
    ACTS,
    BODIES,
    CAVEATS,
    CLAUSES,
    FIGURES,
    NEEDS,
    OPENINGS,
    OUTCOMES,
    PLACES,
    QUESTIONS,
    SERVICES,
    TITLES,
)

_SHAPES: Final = (
    "{opening} {body} {outcome} {service} in {place}.",
    "{body} {outcome} {service}, {clause}.",
    "{Figure}, {clause}.",
    "Under {act}, {body_small} must {need}.",
    "{title} told the committee that {service} in {place} would {need}.",
    "{opening} {figure}, although {caveat}.",
    "{question}",
    "{service_cap} in {place} {has}, and {caveat}.",
    "{body} will {need} before {date}; {clause}.",
    "{act_cap} requires {body_small} to {need}, {clause}.",
)


def _date(rng: random.Random) -> str:
    month = rng.choice(
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ]
    )
    year = rng.randrange(1998, 2028)
    return rng.choice(
        (
            f"{rng.randrange(1, 29)} {month} {year}",
            f"{month} {year}",
            f"the {rng.randrange(1, 29)}th",
            f"{year}-{(year + 1) % 100:02}",
            f"Q{rng.randrange(1, 5)} {year}",
        )
    )


def _number(rng: random.Random) -> str:
    return rng.choice(
        (
            f"{rng.randrange(2, 99)}%",
            f"£{rng.randrange(2, 900)} million",
            f"{rng.randrange(1000, 900000):,}",
            f"£{rng.randrange(1, 99)}.{rng.randrange(10, 99)}",
            f"{rng.randrange(3, 99)}.{rng.randrange(1, 9)} per cent",
            f"{rng.randrange(100, 999)}",
        )
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def sentence(rng: random.Random, part: int) -> str:
    """Return one sentence of the split `part`."""
    figure = rng.choice(FIGURES[part::2])
    while "{n}" in figure:
        figure = figure.replace("{n}", _number(rng), 1)
    while "{date}" in figure:
        figure = figure.replace("{date}", _date(rng), 1)
    body, act, service = rng.choice(BODIES[part::2]), rng.choice(ACTS[part::2]), rng.choice(SERVICES[part::2])
    return rng.choice(_SHAPES).format(
        opening=rng.choice(OPENINGS), body=_capital(body), body_small=body, outcome=rng.choice(OUTCOMES[part::2]),
        service=service, service_cap=_capital(service), place=rng.choice(PLACES[part::2]),
        clause=rng.choice(CLAUSES[part::2]),
        figure=figure, Figure=_capital(figure), act=act, act_cap=_capital(act), need=rng.choice(NEEDS[part::2]),
        title=rng.choice(TITLES[part::2]), caveat=rng.choice(CAVEATS[part::2]), question=rng.choice(QUESTIONS[part::2]),
        has=rng.choice(("has improved", "has been reviewed twice", "remains under pressure", "was paused")),
        date=_date(rng),
    )  # fmt: skip


def paragraph(rng: random.Random, part: int) -> str:
    return " ".join(sentence(rng, part) for _ in range(rng.randrange(3, 8)))
