"""`adoption release changes|verify|audit|public-key|file`: what checks, compares and hands out releases.

Reading arguments, calling the modules that do it, printing. `commands` mounts them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from analytics_dash.i18n import _
from analytics_dash.releases import dao
from analytics_dash.releases.errors import LeakError, ReleaseError
from analytics_dash.releases.options import json_option, register_option, register_url
from analytics_dash.releases.register import register_app
from analytics_dash.stages import stages

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("release_id", metavar="ID")
@click.option("--against", metavar="ID2", help=_("The earlier release; by default the one published before it."))
@register_option
@json_option
def changes(release_id: str, against: str | None, register: str | None, as_json: bool) -> None:
    """Say what a release changes against an earlier one.

    Revised, newly shown and newly hidden figures, by view and indicator. A hidden figure is never told.
    """
    from analytics_dash.releases.changes import compare, in_words  # noqa: PLC0415

    with register_app(register_url(register)).app_context():
        new = dao.release_info(release_id)
        old = dao.release_info(against) if against else _before(release_id)
        report = compare(new, dao.all_cells(new.id), old, dao.all_cells(old.id))
    if as_json:
        _print_json(report.to_json())
        return
    for line in in_words(report):
        click.echo(line)


@click.command()
@click.argument("release_id", metavar="ID", required=False)
@click.option("--file", "path", type=_FILE, help=_("A release's file instead of the register's release."))
@click.option(
    "--public-key", "key_path", type=_FILE, help=_("The signer's public key; by default this installation's.")
)
@register_option
@json_option
def verify(
    release_id: str | None, path: Path | None, key_path: Path | None, register: str | None, as_json: bool
) -> None:
    """Check that a release is the one that was built and signed: its cells, its manifest, its signature.

    Name a release of the register, or give --file; a file is checked without the register.
    """
    from analytics_dash.releases import signing  # noqa: PLC0415
    from analytics_dash.releases.checks import refuse_other_than_built  # noqa: PLC0415
    from analytics_dash.releases.release_file import verify_file  # noqa: PLC0415

    if (release_id is None) == (path is None):
        raise click.UsageError(_("Name a release, or give --file."))
    key = signing.read_public_key(key_path) if key_path else signing.public_key()
    if path is not None:
        release_id = verify_file(path, key)
    else:
        with register_app(register_url(register)).app_context():
            info = dao.release_info(str(release_id))
            cells, learning = dao.all_cells(info.id), dao.learning(info.id)
        refuse_other_than_built(info.id, info.cells_digest, info.manifest, cells, learning)
        signing.verify(info.id, info.manifest, key)
    if as_json:
        _print_json({"release": release_id, "holds": True})
        return
    click.echo(_("{id}  cells, manifest and signature hold").format(id=release_id))


@click.command()
@register_option
@json_option
def audit(register: str | None, as_json: bool) -> None:
    """Attack all published releases again, each with all that were published before it.

    Exit code 3 when anything is found; the release and its views are named, never a figure.
    """
    from analytics_dash.releases.reaudit import audit_store  # noqa: PLC0415 (imports the solver)

    found = []
    with stages(as_json=as_json) as begun, register_app(register_url(register)).app_context():
        for each in audit_store(begun):
            found.append(each)
            if not as_json:
                state = each.problem or _("safe; {hidden} hidden cells attacked").format(hidden=each.hidden)
                click.echo(f"{each.release}  {state}")
    problems = [each for each in found if each.problem]
    if as_json:
        _print_json(
            {
                "releases": [
                    {
                        "release": each.release,
                        "beside": list(each.beside),
                        "hidden": each.hidden,
                        "problem": each.problem,
                    }
                    for each in found
                ],
                "problems": len(problems),
            }
        )
    if problems:
        raise LeakError(
            _("{number} of {all} published releases did not pass: {ids}.").format(
                number=len(problems), all=len(found), ids=", ".join(each.release for each in problems)
            )
        )


@click.command("public-key")
@click.option("--out", type=_FILE, help=_("The file to write; by default it is printed."))
def public_key(out: Path | None) -> None:
    """Write the public key by which others can check this installation's releases."""
    from analytics_dash.releases import signing  # noqa: PLC0415

    pem = signing.public_pem()
    if out is None:
        click.echo(pem.decode(), nl=False)
    else:
        _write(out, pem)


@click.command("file")
@click.argument("release_id", metavar="ID")
@click.option("--out", type=_FILE, required=True, help=_("The file to write."))
@register_option
def file_(release_id: str, out: Path, register: str | None) -> None:
    """Write a published release with its manifest and signature to one file, for others to check offline."""
    from analytics_dash.releases.release_file import file_bytes  # noqa: PLC0415

    with register_app(register_url(register)).app_context():
        info = dao.release_info(release_id)
        content = file_bytes(info, dao.all_cells(release_id), dao.learning(release_id))
        dao.audit("command line", "release file", f"release {release_id}")
    _write(out, content)


CHECKS = (changes, verify, audit, public_key, file_)


def _before(release_id: str) -> Any:
    """Return the release published before this one, in the order of the list when it is not published itself."""
    published = [info for info in dao.list_releases() if info.status == "published" or info.id == release_id]
    position = next((at for at, info in enumerate(published) if info.id == release_id), 0)
    if not position:
        raise ReleaseError(_("No release was published before {id}; name one with --against.").format(id=release_id))
    return published[position - 1]


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ReleaseError(_("{path} cannot be written: {reason}.").format(path=path, reason=error.strerror)) from error
    click.echo(str(path))


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
