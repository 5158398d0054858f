"""The read-only JSON API over published releases: `/api/v1`. Mounted by the dashboard, which says who is calling.

It reads through `analytics_dash.releases` with the caller's scope, as the page and the export do, and knows no
warehouse. `endpoints` lists what there is; routes and OpenAPI description are both made from it.
"""

from analytics_dash.api.problems import problem
from analytics_dash.api.routes import PREFIX, init_api

__all__ = ["PREFIX", "init_api", "problem"]
