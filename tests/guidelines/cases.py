"""The clinical test list: vignettes and their single changes."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from tumorboard.case.facts import FactSheet, Provenance, sheet_from_json
from tumorboard.case.terms import read_yaml
from tumorboard.guidelines import Assessment, SettingChange, assess, load_guideline
from tumorboard.guidelines.loader import NEWEST
from tumorboard.resources import resource_path

HERE = Path(__file__).parent
READER = Provenance("entered", "Dr Reader", "2026-01-05T09:00:00Z")


VERSIONS = ("1.0.0", "1.1.0")


@cache
def vignettes(version: str = NEWEST) -> dict[str, dict[str, Any]]:
    shipped = resource_path("guidelines", "rps", version) / "cases.json"
    path = shipped if shipped.exists() else HERE / f"rps-{version}" / "vignettes.json"
    return {entry["id"]: entry for entry in json.loads(path.read_text(encoding="utf-8"))}


@cache
def boundaries(version: str = NEWEST) -> tuple[dict[str, Any], ...]:
    return tuple(read_yaml(HERE / f"rps-{version}" / "boundaries.yaml").data)


def sheet(inputs: dict[str, Any]) -> FactSheet:
    return sheet_from_json(inputs, READER)


def run(
    inputs: dict[str, Any], settings: dict[str, Any] | None = None, version: str = NEWEST
) -> Assessment:
    guideline = load_guideline(version)
    chosen = guideline.settings
    for identifier, value in (settings or {}).items():
        chosen = chosen.with_change(
            SettingChange(identifier, value, "Dr Lead", "2026-01-05", "test")
        )
    return assess(sheet(inputs), guideline, chosen)


def vignette(identifier: str, **changes: Any) -> Assessment:
    return run({**vignettes()[identifier]["inputs"], **changes})


def statuses(assessment: Assessment) -> dict[str, str]:
    """All options but the universal ones."""
    return {o.id: o.status for o in assessment.options if not o.universal}


def alerts(assessment: Assessment) -> set[str]:
    return {a.rule for a in assessment.alerts}
