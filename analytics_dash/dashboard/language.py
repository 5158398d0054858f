"""Which language a request is answered in: `?lang=`, then the session, then what the browser accepts."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, request, session

from analytics_dash import i18n


def init_language(app: Flask) -> None:
    """Set the language before each request, and give templates what they need to show and to change it."""

    @app.before_request
    def set_language() -> None:
        wish = request.args.get("lang")
        if wish in i18n.languages():
            session["language"] = wish
        i18n.use(i18n.choose(session.get("language"), accepted=request.accept_languages.values()))

    @app.after_request
    def vary(response):  # type: ignore[no-untyped-def]
        response.headers["Content-Language"] = i18n.current()
        response.vary.add("Accept-Language")
        return response

    @app.context_processor
    def words() -> dict[str, object]:
        return {
            "_": i18n._,
            "ngettext": i18n.ngettext,
            "language": i18n.current(),
            "languages": [(code, i18n.NAMES.get(code, code), _here(code)) for code in i18n.languages()],
        }


def _here(language: str) -> str:
    """This page's address in another language."""
    return "?" + urlencode({**request.args.to_dict(), "lang": language})
