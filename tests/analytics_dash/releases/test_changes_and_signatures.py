"""What a reader can check of a release without us: what it changed, and that it is what was built and signed here."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from analytics_dash.cli import cli
from analytics_dash.home import signing_key_path
from analytics_dash.indicators import Window
from analytics_dash.releases import Cell, ReleaseError, ReleaseInfo, dao, register_app, signing
from analytics_dash.releases.advice import advice
from analytics_dash.releases.changes import compare, in_words
from analytics_dash.releases.errors import SignatureError
from analytics_dash.releases.release_file import file_bytes, verify_file
from tests.support.government import drawn, publish_month

MONTHS = Window.ending("2026-10", months=4).months
DOCUMENTATION = Path(__file__).parents[3] / "docs" / "releases.md"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A register with two published releases, a month apart, with late data between them."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'releases.sqlite'}"
    with register_app(url).app_context():
        government = drawn(21, MONTHS, people=300, departments=3, teams=2, late=0.15)
        for month in MONTHS[-2:]:
            publish_month(government, month, months=3)
        dao.db.session.remove()
        dao.db.engine.dispose()
    return url


@pytest.fixture
def two(store: str) -> Iterator[list[ReleaseInfo]]:
    """The two releases, with their register open."""
    with register_app(store).app_context():
        yield list(dao.list_releases())
        dao.db.session.remove()
        dao.db.engine.dispose()


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, arguments)
    return result.exit_code, result.output


def test_changes_say_what_was_revised_by_view_and_month_and_no_hidden_figure(store: str) -> None:
    code, text = run("release", "changes", "2026-10.1", "--register", store)
    assert code == 0
    assert "2026-10.1 against 2026-09.1" in text
    assert "new months: 2026-10" in text
    assert "left out: 2026-07" in text
    assert re.search(r"2026-09: .*\d+ revised", text)
    assert re.search(r"competent, \w+: \d+ ", text)
    assert len(text.splitlines()) < 40
    code, text = run("release", "changes", "2026-10.1", "--against", "2026-09.1", "--register", store, "--json")
    assert sum(sum(view["counts"].values()) for view in json.loads(text)["views"]) > 0


def cell(view: str, department: str | None, counts: tuple[int, int] | None, month: str | None = "2026-09") -> Cell:
    value = None if counts is None else 100 * counts[0] / counts[1]
    return Cell(
        "r", view, month, department, None, None, "competent", counts[0] if counts else None,
        counts[1] if counts else None, value, "c" if counts is None else "shown",
    )  # fmt: skip


def test_each_kind_of_change_is_told_apart_and_a_hidden_figure_never_told(two: list[ReleaseInfo]) -> None:
    old = replace(two[0], manifest={"months": ["2026-09"]})
    new = replace(two[1], manifest={"months": ["2026-09"]})
    before = [cell("department_month", "Canals", (45, 95)), cell("department_month", "Kites", None)]
    before += [cell("department_month", "Weather", (55, 135)), cell("department_month", "Gloves", (10, 20))]
    after = [cell("department_month", "Canals", (50, 100)), cell("department_month", "Kites", (15, 35))]
    after += [cell("department_month", "Weather", None), cell("department_month", "Lighthouses", (20, 40))]
    report = compare(new, after, old, before)
    assert [dict(view.counts) for view in report.views] == [
        {"revised": 1, "newly_shown": 1, "newly_hidden": 1, "added": 1, "gone": 1}
    ]
    words = "\n".join(in_words(report))
    assert "135" not in words
    assert "55" not in words
    assert "Weather" in words


def test_releases_without_a_change_say_so(two: list[ReleaseInfo]) -> None:
    same = [cell("department_month", "Canals", (45, 95))]
    assert "Nothing changed" in "\n".join(in_words(compare(two[1], same, two[0], same)))


def test_the_key_is_made_once_for_its_owner_alone(two: list[ReleaseInfo]) -> None:
    first = signing.public_pem()
    assert stat.S_IMODE(signing_key_path().stat().st_mode) == 0o600
    assert signing.public_pem() == first
    signing_key_path().chmod(0o640)
    with pytest.raises(SignatureError, match="chmod 600"):
        signing.public_pem()
    signing_key_path().chmod(0o600)


def test_a_release_holds_with_its_public_key_and_with_no_other(store: str, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    assert run("release", "public-key", "--out", str(key))[0] == 0
    assert b"PRIVATE" not in key.read_bytes()
    assert run("release", "verify", "2026-10.1", "--public-key", str(key), "--register", store)[0] == 0
    other = Ed25519PrivateKey.generate().public_key()
    with register_app(store).app_context():
        info = dao.release_info("2026-10.1")
        with pytest.raises(SignatureError, match="another key"):
            signing.verify(info.id, info.manifest, other)
        # What was signed for one number is not signed for another.
        with pytest.raises(SignatureError, match="changed after"):
            signing.verify("2026-10.2", info.manifest, signing.public_key())


def test_a_file_is_checked_without_the_register_and_refused_when_anything_in_it_changed(
    store: str, two: list[ReleaseInfo], tmp_path: Path
) -> None:
    path = tmp_path / "release.json"
    assert run("release", "file", "2026-10.1", "--out", str(path), "--register", store)[0] == 0
    whole = path.read_bytes()
    assert verify_file(path, signing.public_key()) == "2026-10.1"
    content = json.loads(whole)
    shown = next(cell for cell in content["cells"] if cell["status"] == "shown")
    for change in (
        lambda c: c["cells"].pop(),
        lambda c: c["cells"][content["cells"].index(shown)].update(numerator=shown["numerator"] + 5),
        lambda c: c["manifest"].update(roster_people=5),
        lambda c: c.update(release="2026-11.1"),
        lambda c: c["cells"][0].update(more="words"),
    ):
        changed = json.loads(whole)
        change(changed)
        path.write_text(json.dumps(changed), encoding="utf-8")
        with pytest.raises(SignatureError):
            verify_file(path, signing.public_key())
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SignatureError, match="cut short"):
        verify_file(path, signing.public_key())


def test_the_documented_lines_check_a_file_with_nothing_of_ours(
    store: str,
    two: list[ReleaseInfo],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    program = re.search(r"```python\n(.*?)```", DOCUMENTATION.read_text(encoding="utf-8"), re.DOTALL)
    assert program is not None
    assert "analytics_dash" not in program[1]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "release.json").write_bytes(file_bytes(two[1], dao.all_cells(two[1].id), dao.learning(two[1].id)))
    (tmp_path / "release-key.pem").write_bytes(signing.public_pem())
    exec(compile(program[1], "releases.md", "exec"), {})
    assert "2026-10.1" in capsys.readouterr().out


def test_an_unpublished_release_leaves_no_file(two: list[ReleaseInfo]) -> None:
    with pytest.raises(ReleaseError, match="not published"):
        file_bytes(replace(two[0], status="built"), (), ())


def test_the_audit_passes_and_names_the_view_when_something_is_wrong(store: str, tmp_path: Path) -> None:
    assert run("release", "audit", "--register", store)[0] == 0
    code, text = run("release", "audit", "--register", store, "--json")
    assert (code, json.loads(text)["problems"]) == (0, 0)


@pytest.mark.parametrize(
    ("hidden", "sentences"),
    [
        ({"department": 10, "team": 93}, ["team is hidden to 93 %: look at department."]),
        ({"all": 0, "department_group": 20, "department": 60, "team": 93},
         ["department is hidden to 60 %: look at department_group.",
          "team is hidden to 93 %: look at department_group."]),
        ({"all": 80, "nation": 70}, ["all is hidden to 80 %, and no coarser view shows more.",
                                     "nation is hidden to 70 %, and no coarser view shows more."]),
        ({"team": 50, "department": 0}, []),
    ],
)  # fmt: skip
def test_where_most_of_a_view_is_hidden_a_coarser_one_is_named(hidden: dict[str, int], sentences: list[str]) -> None:
    assert list(advice({view: {"percent": share} for view, share in hidden.items()})) == sentences


def test_how_much_is_hidden_is_said_by_view_and_not_for_which_reason(two: list[ReleaseInfo]) -> None:
    manifest = two[1].manifest
    cells = dao.all_cells(two[1].id)
    of_view = [cell for cell in cells if cell.view == "department_month"]
    assert manifest["hidden"]["department_month"]["hidden"] == sum(cell.status == "c" for cell in of_view)
    assert "secondary" not in json.dumps(manifest)
