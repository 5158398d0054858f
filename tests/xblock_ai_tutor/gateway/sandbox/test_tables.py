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


@pytest.mark.parametrize("sign", ["\t", ";", " | ", ","])
def test_a_value_does_not_swallow_the_beginning_of_the_next_cell_or_row(sign: str) -> None:
    """Found by `scripts/fuzz-turns`."""
    cells = ("OKAFO351232ME8UL", "81.2.69.147", "18/524873M", "+1 (202) 555-0181")
    text = "\n".join(f"{row}{sign}{sign.join(cells)}" for row in (1, 2))
    found = [text[entity.start : entity.end] for entity in find_entities(text)]
    assert found == [*cells, *cells]


def test_a_courts_number_and_the_account_number_beside_it_stay_two() -> None:
    """Found by `scripts/fuzz-turns`."""
    text = "row;case_no;accountNumber\n1;CR-2018-CDF-166669;53386671\n2;KB-2023-002871;53386672\n"
    found = [entity.type for entity in find_entities(text)]
    assert found == ["court_case", "bank_account"] * 2


def test_a_sign_between_quotation_marks_does_not_count() -> None:
    text = 'name,crn\n"Smith, Jo",X1\n'
    assert Tables(text).head_of(text.index("X1")) == "crn"


def test_prose_has_no_heads() -> None:
    text = "First, this.\nThen that."
    assert Tables(text).head_of(text.index("that")) == ""
    assert Tables("one line").head_of(3) == ""
