"""Claims about pasted tables: a value's label is the head of its column, however far above."""

from __future__ import annotations

import pytest

from xblock_ai_tutor.gateway.sandbox.redact import find_entities
from xblock_ai_tutor.gateway.sandbox.tables import Tables


@pytest.mark.parametrize("sign", [",", "\t", "|", " | ", ";"])
def test_a_label_counts_from_the_head_of_its_column(sign: str) -> None:
    rows = ["id" + sign + "crn" + sign + "note"]
    rows += [
        f"{number}{sign}X{number:06}{sign}{'open since the last review ' * 4}" for number in range(100_000, 100_030)
    ]
    text = "\n".join(rows)
    assert len([entity for entity in find_entities(text) if entity.type == "probation_crn"]) == 30


def test_a_sign_between_quotation_marks_does_not_count() -> None:
    text = 'name,crn\n"Smith, Jo",X1\n'
    assert Tables(text).head_of(text.index("X1")) == "crn"


def test_prose_has_no_heads() -> None:
    text = "First, this.\nThen that."
    assert Tables(text).head_of(text.index("that")) == ""
    assert Tables("one line").head_of(3) == ""
