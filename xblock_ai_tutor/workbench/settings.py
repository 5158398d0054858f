"""Django settings of the demonstration LMS: the workbench's own, with our data folder, pages and services.

Read by Django through `DJANGO_SETTINGS_MODULE`; `__main__` sets that and the environment that this module reads.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from workbench.settings import *  # noqa: F403  (the workbench's settings are the base, as its own documentation has it)
from workbench.settings import INSTALLED_APPS as _WORKBENCH_APPS

from xblock_ai_tutor.workbench import keys

DATA = Path(os.environ["AI_TUTOR_WORKBENCH_DATA"])
TRACKING_LOG = Path(os.environ.get("AI_TUTOR_TRACKING_LOG") or DATA / "tracking.log")
CONTENT = os.environ.get("AI_TUTOR_CONTENT", "")

DEBUG = False
SECRET_KEY = keys.secret_key(DATA)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
ROOT_URLCONF = "xblock_ai_tutor.workbench.urls"
INSTALLED_APPS = [app for app in _WORKBENCH_APPS if app not in {"debug_toolbar", "django.contrib.admin"}]
MIDDLEWARE = [
    "xblock_ai_tutor.workbench.middleware.SecurityHeaders",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(DATA / "workbench.sqlite"),
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"},
    }
}
DJFS = {"type": "osfs", "directory_root": str(DATA / "fs"), "url_root": "/static/djpyfs"}
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

# Requests and errors on stderr, without addresses' query strings; no log file of the workbench's own.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}

WORKBENCH = {
    "reset_state_on_restart": False,
    "services": {"settings": "workbench.services.SettingsService"},
}
XBLOCK_SETTINGS = {
    "ai_tutor": {
        "gateway_url": os.environ.get("AI_TUTOR_GATEWAY_URL", ""),
        "gateway_public_url": os.environ.get("AI_TUTOR_GATEWAY_PUBLIC_URL", ""),
        "service_key": os.environ.get("AI_TUTOR_SERVICE_KEY", ""),
    }
}

CSP = os.environ.get("AI_TUTOR_CSP", "")

_PUBLIC = urlsplit(os.environ.get("AI_TUTOR_GATEWAY_PUBLIC_URL") or os.environ.get("AI_TUTOR_GATEWAY_URL", ""))
GATEWAY_ORIGIN = f"{_PUBLIC.scheme}://{_PUBLIC.netloc}" if _PUBLIC.netloc else ""
