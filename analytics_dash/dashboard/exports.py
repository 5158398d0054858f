"""The pages of long exports: ask for one, see how far it is, cancel it, fetch it. Everyone sees their own alone.

They work without scripts: forms, and a status page that the browser reloads by itself; `exports.js` follows it without
reloading. Files are made by another process (`exporting.keeper`); here the queue is written and a finished file handed
out, after another look at who asks and what they may see today.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from analytics_dash import i18n
from analytics_dash.dashboard import signin
from analytics_dash.dashboard.asked import chosen, not_too_often
from analytics_dash.dates import month
from analytics_dash.exporting import queue, shelf
from analytics_dash.exporting.making import check, file_name, for_reader
from analytics_dash.exporting.order import FORMATS, MIMETYPES, Order, digest
from analytics_dash.exporting.parts import audited
from analytics_dash.exporting.parts import said as what_is_in
from analytics_dash.exporting.queue import Job
from analytics_dash.exporting.settings import ExportSettings
from analytics_dash.i18n import _
from analytics_dash.questions import QUESTIONS
from analytics_dash.releases import audit, latest_published
from analytics_dash.releases.access import Caller
from analytics_dash.releases.errors import ExportError
from analytics_dash.releases.readers import may_read_cells

bp = Blueprint("exports", __name__)

MOST_OPEN = 25
"""So many of one reader may be waiting or being made."""


@bp.get("/exports")
def show() -> ResponseReturnValue:
    """The form, and the reader's own exports."""
    reader = signin.reader()
    may_read_cells(reader.scope)
    facts = chosen()
    return render_template(
        "exports.html",
        page="exports",
        facts=facts,
        months=() if facts is None else [(each, month(each)) for each in reversed(facts.months)],
        sections=[(key, _(question.title)) for key, question in QUESTIONS.items()],
        chosen=frozenset(request.args.getlist("section")) or frozenset(QUESTIONS),
        formats=[(name, _format(name)) for name in FORMATS],
        format=request.args.get("format", FORMATS[0]),
        jobs=[(job, described(job.order), said(job)) for job in queue.jobs(reader.id)],
    )


@bp.post("/exports")
def ask() -> ResponseReturnValue:
    """Put an export into the queue; one that lies ready is handed out at once."""
    signin.check_csrf()
    reader = signin.reader()
    order = _asked()
    rests_on = check(reader.scope, order)
    _not_too_many(order)
    name = digest(order, rests_on)
    ready = shelf.find(_settings().folder, f"{name}.{order.ending}") is not None
    job = queue.ask(Caller(reader.id, reader.scope), order, name, days=_settings().days, ready=ready)
    audit(reader.id, f"export asked {order.format}", audited(order))
    return redirect(url_for("exports.one", job_id=job.id))


@bp.get("/exports/<job_id>")
def one(job_id: str) -> ResponseReturnValue:
    """How far it is; while it is being made the browser looks again by itself."""
    job = _mine(job_id)
    return render_template("export.html", page="exports", job=job, what=described(job.order), said=said(job))


@bp.get("/exports/<job_id>/state")
def state(job_id: str) -> ResponseReturnValue:
    """The same for the page's script."""
    job = _mine(job_id)
    return {"state": job.state, "done": job.done, "parts": job.parts, "said": said(job)}


@bp.post("/exports/<job_id>/cancel")
def cancel(job_id: str) -> ResponseReturnValue:
    """End it; a finished one stays."""
    signin.check_csrf()
    job = _mine(job_id)
    queue.cancel(signin.reader().id, job.id)
    audit(signin.reader().id, "export cancelled", audited(job.order))
    return redirect(url_for("exports.one", job_id=job.id))


@bp.get("/exports/<job_id>/file")
def file(job_id: str) -> ResponseReturnValue:
    """The finished file, to its asker alone, and only while their role covers it."""
    job = _mine(job_id)
    scope = signin.reader().scope
    check(scope, job.order)
    path = shelf.find(_settings().folder, job.file) if job.state == "done" else None
    if path is None:
        abort(404, _("This export is not there: it is not finished, was cancelled, or its time is over. Ask again."))
    audit(signin.reader().id, f"export {job.order.format}", audited(job.order))
    asked = replace(job.order, demo=current_app.config["DEMO"])
    name = file_name(for_reader(scope, asked))  # as its maker and the command line call it
    response: Response = send_file(path, MIMETYPES[job.order.format], as_attachment=True, download_name=name, max_age=0)
    return response


def described(order: Order) -> str:
    """An order in words."""
    return _("{format}, release {release}: {parts}").format(
        format=_format(order.format), release=order.release, parts=what_is_in(order)
    )


def said(job: Job) -> str:
    """How far a job is, in a sentence."""
    if job.state == "making" and job.parts:
        return _("Being made: {done} of {parts} parts.").format(done=job.done, parts=job.parts)
    if job.state == "failed":
        return {
            "version": _("It was asked of another version of this dashboard. Ask again."),
            "refused": _("It was refused: the release or the department is not in your view any more."),
        }.get(job.problem or "", _("It could not be made. The fault is here, and has been written to the log."))
    return {
        "queued": _("Waiting for its turn."),
        "making": _("Being made."),
        "done": _("Ready."),
        "cancelled": _("Cancelled."),
    }[job.state]


def _asked() -> Order:
    """The form as an order, of the latest release unless it names one; what does not fit is the sender's mistake."""
    latest = latest_published()
    if latest is None:
        abort(404, _("No release is published yet, so there is nothing to download."))
    sections = tuple(request.form.getlist("section"))
    try:
        order = Order(
            request.form.get("release") or latest.id,
            request.form.get("format", "pdf"),
            request.form.get("department", ""),
            sections,
            language=request.form.get("language", i18n.current()),
            period=request.form.get("period", ""),
            # The page's own split goes with the page's own question, and with no other that is ticked instead.
            view=request.form.get(f"view-{sections[0]}", "") if len(sections) == 1 else "",
            demo=current_app.config["DEMO"],
        )
    except ExportError as error:
        abort(400, str(error))
    return for_reader(signin.reader().scope, order)


def _mine(job_id: str) -> Job:
    """The reader's own job; another's is as absent as one that never was."""
    may_read_cells(signin.reader().scope)
    job = queue.job(signin.reader().id, job_id)
    if job is None:
        abort(404, _("This export is not there: it is not finished, was cancelled, or its time is over. Ask again."))
    return job


def _not_too_many(order: Order) -> None:
    reader = signin.reader()
    if queue.open_jobs(reader.id) >= MOST_OPEN:
        audit(reader.id, "export limit", audited(order))
        abort(429, _("Many of your exports are still waiting. Let them finish, or cancel some."))
    not_too_often(audited(order))


def _format(name: str) -> str:
    return {
        "pdf": _("PDF, for reading and printing"),
        "xlsx": _("Excel workbook"),
        "ods": _("OpenDocument spreadsheet"),
        "html": _("Web page, one file"),
        "csv": _("CSV with notes and description, in one archive"),
    }[name]


def _settings() -> ExportSettings:
    settings: ExportSettings = current_app.config["EXPORTS"]
    return settings
