"""The import rules name every room: a new top-level module can't slip past them."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULES = {
    rule["id"]: rule
    for rule in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


def modules(package: str, *, but: set[str]) -> set[str]:
    found = {
        f"{package.replace('/', '.')}.{path.stem}"
        for path in (ROOT / package).iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path.is_dir() and (path / "__init__.py").exists())
    }
    return found - but


def test_every_module_of_the_block_is_under_the_light_install_rule() -> None:
    # What the rule forbids are the two rooms of our own that need more than the light install.
    outside = modules("xblock_ai_tutor", but={"xblock_ai_tutor.gateway", "xblock_ai_tutor.xapi"})
    assert set(RULES["light-install"]["source_modules"]) == outside


def test_every_module_of_the_gateway_but_models_is_kept_from_the_model_sdk() -> None:
    outside = modules("xblock_ai_tutor/gateway", but={"xblock_ai_tutor.gateway.models"})
    assert set(RULES["one-door-to-models"]["source_modules"]) == outside


def test_analytics_may_read_only_the_vocabulary_of_the_other_wing() -> None:
    forbidden = modules("xblock_ai_tutor", but={"xblock_ai_tutor.events"})
    assert set(RULES["one-shared-vocabulary"]["forbidden_modules"]) == forbidden
