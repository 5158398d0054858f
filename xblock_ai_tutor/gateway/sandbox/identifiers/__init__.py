"""The identifiers that the sandbox knows, one family a module; `REGISTRY` is all of them, `find_all` looks for all.

Called by `redact` and `placeholders`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from xblock_ai_tutor.gateway.sandbox.folding import scannable
from xblock_ai_tutor.gateway.sandbox.identifiers import (
    bank,
    documents,
    email_address,
    justice,
    names,
    network,
    phone,
    postcode,
    state,
)
from xblock_ai_tutor.gateway.sandbox.identifiers.base import Found, Identifier, compact
from xblock_ai_tutor.gateway.sandbox.identifiers.searched import Searched, Sign, Words
from xblock_ai_tutor.gateway.sandbox.identifiers.shapes import Positions, Shapes
from xblock_ai_tutor.gateway.sandbox.prescan import Prescan
from xblock_ai_tutor.gateway.sandbox.view import View, view_of

REGISTRY: Final[tuple[Identifier, ...]] = tuple(
    identifier
    for family in (state, email_address, phone, postcode, bank, network, justice, documents, names)
    for identifier in family.IDENTIFIERS
)

# Everything that is looked for has a digit or a sign.
_DIGIT: Final = re.compile("[0-9]")
_KEYS: Final = {identifier.type: identifier.key for identifier in REGISTRY}

# Looked for wherever numbers are; and only where a word of theirs is, their label or one that stands nearby.
_ALL: Final = tuple((identifier, form) for identifier in REGISTRY for form in identifier.forms)
_UNNAMED: Final = tuple(pair for pair in _ALL if not pair[1].signs)
_NAMED: Final[dict[Sign, list[int]]] = defaultdict(list)
for _number, (_identifier, _form) in enumerate(_ALL):
    for _sign in _form.signs:
        _NAMED[_sign].append(_number)
_FINDERS: Final = tuple(
    (identifier, identifier.finder, identifier.signs) for identifier in REGISTRY if identifier.finder is not None
)
_SIGNS: Final[tuple[Sign, ...]] = tuple(
    dict.fromkeys(
        sign
        for identifier in REGISTRY
        for signs in (identifier.signs, *(form.signs for form in identifier.forms))
        for sign in signs
    )
)
_SIGNS_IN: Final = Prescan(sign.pattern for sign in _SIGNS)
_UNNAMED_IN: Final = Prescan(form.pattern for _identifier, form in _UNNAMED)

# What identifiers look like, and of those that need one, the labels and how these begin.
_SHAPED: Final[dict[re.Pattern[str], list[tuple[Words, tuple[str, ...]] | None]]] = defaultdict(list)
for _identifier in REGISTRY:
    for _form in _identifier.forms:
        _SHAPED[_form.pattern].append((_form.label, _form.starts) if _form.label else None)
    for _shape in _identifier.shapes:
        _SHAPED[_shape].append(None)
_SHAPES: Final = Shapes(tuple(_SHAPED))
_BARE: Final = frozenset(number for number, labels in enumerate(_SHAPED.values()) if None in labels)
_LABELS: Final = tuple(tuple(filter(None, labels)) for labels in _SHAPED.values())


def entity_key(type: str, value: str) -> str:  # noqa: A002 - the field's name in `Entity`
    """Return the form in which values of `type` are compared: two spellings of one number have the same key."""
    return _KEYS.get(type, compact)(view_of(value).text)


def find_all(view: View) -> Iterator[tuple[str, Found]]:
    """Yield the type and place of every identifier in the view; they may overlap."""
    signs = frozenset([_SIGNS[number] for number in _SIGNS_IN.possible(view.scannable)])
    if not signs and not _DIGIT.search(view.text):
        return  # neither a number nor a word of theirs: most sentences
    searched = Searched(view, signs)
    if searched.longest:
        forms = [_UNNAMED[number] for number in _UNNAMED_IN.possible(scannable(searched.dense))]
        forms += [_ALL[number] for number in {number for sign in signs for number in _NAMED.get(sign, ())}]
        for identifier, form in forms:
            if searched.longest >= form.digits:
                for found in form.find(searched):
                    yield identifier.type, found
    for identifier, finder, its_signs in _FINDERS:
        if not its_signs or searched.has(its_signs):
            for found in finder(searched):
                yield identifier.type, found


class Begun:
    """What of an identifier may stand at the end of `past`, a view's text, and go on after it."""

    def __init__(self, past: str) -> None:
        self._past = past
        self._lower = past.lower()
        self._begun: Positions = _SHAPES.begun_in(past)
        self._labelled: dict[int, bool] = {}

    def goes_on_in(self, ahead: str) -> bool:
        """Tell whether it may go on over all of `ahead`, or end within it; a no stays a no however `ahead` grows."""
        left = _SHAPES.patterns_of(_SHAPES.going_on(self._begun, self._past, ahead))
        return not _BARE.isdisjoint(left) or any(map(self._has_label, left))

    def _has_label(self, number: int) -> bool:
        """Tell whether one of the labels that the shape of this number needs stands in what went by."""
        if number not in self._labelled:
            self._labelled[number] = any(
                any(word in self._lower for word in starts) and label.pattern.search(self._past) is not None
                for label, starts in _LABELS[number]
            )
        return self._labelled[number]
