# ruff: noqa: ARG002  (what a platform gives a block has arguments that nothing here needs)
"""Measures `student_view` of a full module beside drag-and-drop-v2's, in one process; `scripts/bench-block` starts it.

Each round makes a new runtime and block, as a request does, and renders the view to the HTML that goes into the page.
Rounds of the blocks take turns, so that a busy machine slows all of them alike; the figure is the median CPU time. Ours
is measured for a learner who begins and for one who has answered every step, as somebody before them in this process
and as nobody before; drag-and-drop-v2 with its default data.
Page weight is what a page loads for the block: its styles and scripts, each gzipped, and the view's own HTML.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")  # drag-and-drop-v2 and WebOb use what is deprecated

import django  # noqa: E402
from django.conf import settings  # noqa: E402

settings.configure(
    USE_I18N=True,
    LANGUAGE_CODE="en-gb",
    INSTALLED_APPS=["statici18n"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    STATIC_URL="/static/",
    STATIC_ROOT="/nonexistent",
)
django.setup()

import drag_and_drop_v2  # noqa: E402
from xblock.fields import ScopeIds  # noqa: E402
from xblock.runtime import DictKeyValueStore, KvsFieldData, MemoryIdManager, Runtime  # noqa: E402

from xblock_ai_tutor import step_forms  # noqa: E402
from xblock_ai_tutor.block import AiTutorXBlock  # noqa: E402
from xblock_ai_tutor.lesson import parse_lesson  # noqa: E402

ROOT = Path(__file__).parents[1]
DRAG_AND_DROP = Path(drag_and_drop_v2.__file__).parent


class BenchRuntime(Runtime):  # type: ignore[misc]  # XBlock ships no types
    """XBlock's runtime, with the addresses that a platform would give."""

    course_id = "course-v1:Bench+AI101+2026"

    def handler_url(self, block: Any, handler_name: str, *args: Any, **kwargs: Any) -> str:
        return f"/handler/{handler_name}"

    def local_resource_url(self, block: Any, uri: str) -> str:
        return f"/local/{uri}"

    def resource_url(self, resource: str) -> str:
        return f"/resource/{resource}"

    def publish(self, block: Any, event_type: str, event_data: Any) -> None:
        """Not measured."""


class Settings:
    """A platform's settings service with a tutor set up: the heavier page."""

    def get_settings_bucket(self, block: Any, default: Any = None) -> Any:
        return {"gateway_url": "https://gateway.example.test", "service_key": "k" * 48}


class User:
    """A platform's user service."""

    opt_attrs = {"edx-platform.deprecated_anonymous_user_id": "a" * 32}  # noqa: RUF012

    def get_current_user(self) -> User:
        return self


class Site:
    """One block and where its state is kept; each `page()` is a request of its own."""

    def __init__(self, block_class: type, block_type: str) -> None:
        self.block_class, self.block_type = block_class, block_type
        self.store, self.ids = DictKeyValueStore(), MemoryIdManager()
        self.definition = self.ids.create_definition(block_type)
        self.usage = self.ids.create_usage(self.definition)

    def block(self) -> Any:
        services = {"field-data": KvsFieldData(self.store), "settings": Settings(), "user": User()}
        runtime = BenchRuntime(self.ids, self.ids, services=services)
        keys = ScopeIds("learner", self.block_type, self.definition, self.usage)
        return runtime.construct_xblock_from_class(self.block_class, keys)

    def page(self) -> str:
        """What the view adds to a page: the body, and what it wants in the head and at the foot."""
        fragment = self.block().student_view({})
        return str(fragment.head_html() + fragment.body_html() + fragment.foot_html())


def our_site(text: str, *, answered: bool) -> Site:
    """Our block with a lesson, for a learner who begins or has answered all of it."""
    site = Site(AiTutorXBlock, "ai_tutor")
    block = site.block()
    block.lesson_text, block.started = text, True
    if answered:
        lesson = parse_lesson(text)
        progress = block.progress(lesson)
        for step in lesson.steps:
            form = first_answers(step.activity.fields, block.step_form(step, progress))
            progress = progress.answered(step, form, step.activity.mark(form), "")
        block.keep(progress)
    block.save()
    return site


def first_answers(fields: tuple[str, ...], html: str) -> dict[str, list[str]]:
    """A form with the last choice that the page offers in each field: enough to be marked."""
    form = {}
    for name in fields:
        radios = re.findall(rf'name="{re.escape(name)}" value="([^"]+)"', html)
        select = re.search(rf'<select[^>]*name="{re.escape(name)}".*?</select>', html, re.DOTALL)
        options = re.findall(r'<option value="([^"]+)"', select[0]) if select else []
        form[name] = (radios or options)[-1:]
    return form


def cpu_ms(render: Callable[[], str], times: int) -> float:
    """CPU time of one rendering, ms, over some in a row."""
    start = time.process_time()
    for _ in range(times):
        render()
    return (time.process_time() - start) * 1000 / times


def weight(*files: Path) -> int:
    """Bytes of files, each gzipped."""
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--lesson", type=Path, default=ROOT / "content" / "modules" / "04-legal-research" / "lesson.md")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--times", type=int, default=25, help="renderings a round")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    text = options.lesson.read_text(encoding="utf-8")
    answered = our_site(text, answered=True)

    def as_nobody_before() -> str:
        step_forms._made_once.cache_clear()
        return answered.page()

    pages: dict[str, Callable[[], str]] = {
        "drag-and-drop-v2, default data": Site(drag_and_drop_v2.DragAndDropBlock, "drag-and-drop-v2").page,
        "this block, nothing answered": our_site(text, answered=False).page,
        "this block, all answered as somebody before": answered.page,
        "this block, all answered as nobody before": as_nobody_before,
    }
    first = {name: cpu_ms(page, 1) for name, page in pages.items()}
    taken: dict[str, list[float]] = {name: [] for name in pages}
    for _ in range(options.rounds):
        for name, page in pages.items():
            page()  # the round before may have emptied a cache
            taken[name].append(cpu_ms(page, options.times))
    static = ROOT / "xblock_ai_tutor" / "static"
    public = DRAG_AND_DROP / "public"
    ours = weight(static / "ait.css", *(static / name for name in _learner_scripts()))
    theirs = weight(
        public / "css/drag_and_drop.css", public / "js/drag_and_drop.js", public / "js/vendor/virtual-dom-1.3.0.min.js"
    )
    base = statistics.median(taken["drag-and-drop-v2, default data"])
    rows = [
        {
            "block": name,
            "cpu_ms": round(statistics.median(each), 3),
            "ratio": round(statistics.median(each) / base, 2),
            "first_ms": round(first[name], 2),
            "html_gzip": len(gzip.compress(pages[name]().encode())),
            "css_js_gzip": theirs if name.startswith("drag") else ours,
        }
        for name, each in taken.items()
    ]
    if options.json:
        print(json.dumps(rows, indent=1))
        return
    print(
        "| student_view | CPU, ms | ratio | first time, ms | HTML, gzip | CSS + JS, gzip |\n|---|---|---|---|---|---|"
    )
    for row in rows:
        html, css = f"{row['html_gzip']:,} B", f"{row['css_js_gzip']:,} B"
        print(f"| {row['block']} | {row['cpu_ms']:.3f} | {row['ratio']:.2f} | {row['first_ms']} | {html} | {css} |")


def _learner_scripts() -> tuple[str, ...]:
    from xblock_ai_tutor.block import LEARNER_SCRIPTS  # noqa: PLC0415

    return LEARNER_SCRIPTS


if __name__ == "__main__":
    main()
