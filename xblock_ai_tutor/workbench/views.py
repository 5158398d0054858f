"""The pages of the demonstration LMS: a list of lessons, a lesson as learner or author, handlers and files.

The workbench's own pages have no language, no title and inline scripts; these have what a platform's page has. The
workbench keeps the state and the runtime. `urls` says which of these take GET only.
"""

from __future__ import annotations

import itertools
import mimetypes
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from markupsafe import Markup
from web_fragments.fragment import Fragment
from workbench.models import XBlockState
from workbench.scenarios import SCENARIOS
from xblock.core import XBlock
from xblock.django.request import django_to_webob_request, webob_to_django_response
from xblock.exceptions import DisallowedFileError, NoSuchHandlerError, NoSuchUsage
from xblock.plugin import PluginMissingError

from xblock_ai_tutor.lesson import FIGURE, LessonError
from xblock_ai_tutor.templating import join, render
from xblock_ai_tutor.workbench import tracking
from xblock_ai_tutor.workbench.lessons import CHAPTERS
from xblock_ai_tutor.workbench.runtime import COURSE, LEARNER, DemonstrationRuntime

LEARNERS_VIEWS: Final = ("student_view", "public_view")
AUTHORS_VIEWS: Final = ("author_view", "studio_view")
FIRST_LEARNER: Final = "student_1"
FIRST_AUTHOR: Final = "author_1"


def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Says `ok` once lessons are loaded; the demonstration's supervisor waits for it."""
    return HttpResponse("ok" if SCENARIOS else "loading", status=200 if SCENARIOS else 503, content_type="text/plain")


def index(request: HttpRequest) -> HttpResponse:
    """The course: its chapters and lessons, each as learner and as author, and how far the learner is in each."""
    username = request.GET.get("student", FIRST_LEARNER)
    if not LEARNER.fullmatch(username):
        return HttpResponseBadRequest(_("A user name has letters, digits, _, . and - only, 30 at most."))
    chapters = itertools.groupby(SCENARIOS, key=lambda name: CHAPTERS.get(name, ""))
    body = render(
        "workbench/index.html",
        lead=_("A learning platform for trying the lessons and their tutor. Everything runs on this machine."),
        chapters=join(
            render(
                "workbench/chapter.html" if title else "workbench/lessons.html",
                title=title or _("Lessons"),
                cards=join(_card(name, username) for name in names),
            )
            for title, names in chapters
        ),
    )
    return _page(_("Responsible use of AI: demonstration course"), body)


def _card(name: str, username: str) -> Markup:
    found = SCENARIOS[name]
    return render(
        "workbench/card.html",
        title=found.description,
        progress=_how_far(DemonstrationRuntime(username).get_block(found.usage_id)),
        learner=f"/scenario/{name}/student_view/?student={username}",
        author=f"/scenario/{name}/studio_view/",
        learner_text=_("Do the lesson"),
        author_text=_("Edit it as its author"),
    )


def _how_far(block: Any) -> str:
    """How far the learner is in a lesson; nothing for one that cannot be read."""
    try:
        progress = block.progress(block.lesson())
    except LessonError:
        return ""
    if progress.complete:
        return str(_("Done: all %(total)s steps") % {"total": progress.total})
    return str(_("%(done)s of %(total)s steps done") % {"done": progress.done, "total": progress.total})


def scenario(request: HttpRequest, scenario_id: str, view_name: str = "student_view") -> HttpResponse:
    """One lesson in one view, for the user that the address names; or several on one page, with + between them."""
    names = scenario_id.split("+")
    if not set(names) <= set(SCENARIOS) or view_name not in LEARNERS_VIEWS + AUTHORS_VIEWS:
        raise Http404
    is_author = view_name in AUTHORS_VIEWS
    username = request.GET.get("student", FIRST_AUTHOR if is_author else FIRST_LEARNER)
    if not LEARNER.fullmatch(username):
        return HttpResponseBadRequest(_("A user name has letters, digits, _, . and - only, 30 at most."))
    get_token(request)  # so that the session in the tracking log is the same from the first line on
    tracked = tracking.Request.of(request, username)
    if not is_author:
        if not XBlockState.objects.filter(user_id=username).exists():
            tracking.log_enrolled(tracked, COURSE)
        tracking.log_page(tracked, COURSE)
    runtime, fragment = DemonstrationRuntime(username, request), Fragment()
    for name in names:
        rendered = runtime.get_block(SCENARIOS[name].usage_id).render(view_name, {})
        fragment.add_content(rendered.content)
        fragment.add_fragment_resources(rendered)  # each file once, however many blocks want it
    views = ((_("Learner"), "student_view"), (_("Visitor"), "public_view"), (_("Author"), "studio_view"))
    body = render(
        "workbench/lesson.html",
        views_label=_("See this lesson as"),
        views=join(_view_link(scenario_id, name, text, current=name == view_name) for text, name in views),
        user=_("Signed in as %(name)s") % {"name": username} if view_name != "public_view" else "",
        block=Markup(fragment.body_html()),  # noqa: S704  (made by the blocks)
    )
    head = Markup(fragment.head_html())  # noqa: S704
    foot = Markup(fragment.foot_html())  # noqa: S704
    title = " · ".join(SCENARIOS[name].description for name in names)
    return _page(title, body, head=head, foot=foot, student=username)


def handler(request: HttpRequest, usage_id: str, handler_slug: str, suffix: str = "") -> HttpResponse:
    """A block's handler, for the user that the address names."""
    username = request.GET.get("student", FIRST_LEARNER)
    if not LEARNER.fullmatch(username):
        return HttpResponseBadRequest(_("A user name has letters, digits, _, . and - only, 30 at most."))
    runtime = DemonstrationRuntime(username, request)
    try:
        block = runtime.get_block(usage_id)
        response = runtime.handle(block, handler_slug, django_to_webob_request(request), suffix)
    except (NoSuchUsage, NoSuchHandlerError) as error:
        raise Http404 from error
    return webob_to_django_response(response)


def resource(request: HttpRequest, block_type: str, resource: str) -> HttpResponse:  # noqa: ARG001
    """A file that a block brings along."""
    try:
        content = XBlock.load_class(block_type).open_local_resource(resource)
    except (PluginMissingError, DisallowedFileError, OSError) as error:
        raise Http404 from error
    return FileResponse(content, content_type=_type_of(resource))


def lesson_file(request: HttpRequest, lesson: str, name: str) -> HttpResponse:  # noqa: ARG001
    """A figure beside a lesson."""
    if lesson not in SCENARIOS or not FIGURE.fullmatch(f"/static/{name}"):
        raise Http404
    path = Path(settings.CONTENT, "modules", lesson, "static", name)
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), content_type=_type_of(name))


def static(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001
    """A file of the workbench's own: its browser runtime and jQuery."""
    path = finders.find(name) if name.startswith("workbench/") else None
    if not isinstance(path, str):
        raise Http404
    return FileResponse(open(path, "rb"), content_type=_type_of(name))  # noqa: PTH123  (Django closes it)


def _page(
    title: str,
    body: Markup,
    *,
    head: Markup = Markup(""),  # noqa: B008  (immutable)
    foot: Markup = Markup(""),  # noqa: B008
    student: str = "",
) -> HttpResponse:
    html = render(
        "workbench/page.html",
        title=title,
        # A lesson shows its own title below; the page still has one for those who go from heading to heading.
        title_class="hidden" if student else "main__title",
        course=_("Responsible use of AI"),
        demonstration=_("Demonstration"),
        skip=_("Skip to the lesson"),
        body=body,
        head=head,
        foot=foot,
        student=student,
        footer=_("A demonstration: everybody is whoever the address says, and the people are invented."),
    )
    return HttpResponse(html)


def _view_link(scenario_id: str, view_name: str, text: str, *, current: bool) -> Markup:
    template = "workbench/view-current.html" if current else "workbench/view-link.html"
    return render(template, href=f"/scenario/{scenario_id}/{view_name}/", text=text)


def _type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
