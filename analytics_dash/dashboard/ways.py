"""`way_to`: the identity provider that the settings describe, of whichever kind, as the routes ask it."""

from __future__ import annotations

from flask import Flask

from analytics_dash.dashboard.identity_provider import Provider
from analytics_dash.dashboard.oidc import OpenIdConnect
from analytics_dash.dashboard.openedx import OpenEdx
from analytics_dash.dashboard.openedx_settings import Platform
from analytics_dash.dashboard.sign_in_routes import Way


def way_to(app: Flask, provider: Provider | Platform) -> Way:
    """The provider as the routes of signing in ask it."""
    return OpenEdx(app, provider) if isinstance(provider, Platform) else OpenIdConnect(app, provider)
