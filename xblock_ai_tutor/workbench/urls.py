"""The addresses of the demonstration LMS; `views` answers them. Described in the package's docstring."""

from __future__ import annotations

from django.urls import path, re_path

from xblock_ai_tutor.workbench import views

# The names are those that the workbench's runtime looks up to make addresses.
urlpatterns = [
    path("", views.index, name="workbench_index"),
    path("healthz", views.healthz),
    path("scenario/<str:scenario_id>/", views.scenario, name="workbench_show_scenario"),
    path("scenario/<str:scenario_id>/<str:view_name>/", views.scenario, name="scenario"),
    re_path(
        r"^handler/(?P<usage_id>[^/]+)/(?P<handler_slug>[^/]*)(?:/(?P<suffix>.*))?$", views.handler, name="handler"
    ),
    re_path(r"^resource/(?P<block_type>[^/]+)/(?P<resource>.*)$", views.resource, name="package_resource"),
    path("static/<path:name>", views.static),
]
