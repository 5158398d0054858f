"""What a long command says of itself: a line a stage on a terminal, and nothing anywhere else."""

from __future__ import annotations

import io
import re

import pytest

from analytics_dash.stages import stages


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_each_stage_and_how_long_it_took() -> None:
    out = Terminal()
    with stages(as_json=False, out=out) as begun:
        begun("reading")
        begun("writing")
        begun("")
        out.write("a result\n")
        begun("checking")
    assert re.sub(r"\d+\.\d", "0.0", out.getvalue()) == (
        "reading … 0.0 s\nwriting … 0.0 s\na result\nchecking … 0.0 s\n"
    )


def test_a_stage_that_failed_leaves_the_error_a_line_of_its_own() -> None:
    out = Terminal()

    def fail() -> None:
        with stages(as_json=False, out=out) as begun:
            begun("reading")
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail()
    assert out.getvalue().endswith(" s\n")


@pytest.mark.parametrize(("as_json", "out"), [(True, Terminal()), (False, io.StringIO())])
def test_whoever_asks_for_json_or_is_no_terminal_hears_nothing(as_json: bool, out: io.StringIO) -> None:
    with stages(as_json=as_json, out=out) as begun:
        begun("reading")
    assert out.getvalue() == ""
