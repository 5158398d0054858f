"""The WSGI entry: `gunicorn xblock_ai_tutor.gateway.wsgi:app`, which is what `tutor-gateway serve` runs."""

from __future__ import annotations

import os

from xblock_ai_tutor.gateway.app import create_app
from xblock_ai_tutor.gateway.config import Settings
from xblock_ai_tutor.gateway.logs import start_logging

start_logging()
app = create_app(Settings.read(os.environ))
