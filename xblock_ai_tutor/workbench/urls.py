"""The addresses of the demonstration LMS; `views` answers them. Described in the package's docstring."""

from __future__ import annotations

from django.urls import path, re_path
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from xblock_ai_tutor.workbench import views

page = require_safe(ensure_csrf_cookie(views.scenario))

# The names are those that the workbench's runtime looks up to make addresses.
urlpatterns = [
    path("", require_safe(views.index), name="workbench_index"),
    path("healthz", require_safe(views.healthz)),
    path("scenario/<str:scenario_id>/", page, name="workbench_show_scenario"),
    path("scenario/<str:scenario_id>/<str:view_name>/", page, name="scenario"),
    re_path(
        r"^handler/(?P<usage_id>[^/]+)/(?P<handler_slug>[^/]*)(?:/(?P<suffix>.*))?$", views.handler, name="handler"
    ),
    re_path(
        r"^resource/(?P<block_type>[^/]+)/(?P<resource>.*)$", require_safe(views.resource), name="package_resource"
    ),
    path("lesson-files/<str:lesson>/<str:name>", require_safe(views.lesson_file)),
    path("static/<path:name>", require_safe(views.static)),
]
