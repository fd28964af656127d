"""A guideline as an institution makes it: a copy, and one file that adds a rule with its source."""

from pathlib import Path

from tumorboard.app.guideline_install import copy_guideline
from tumorboard.app.guideline_versions import shipped_version

#: The file of the recipe in CONTRIBUTING.md, by its own words.
CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"


def recipe() -> str:
    """Return the rule file that the recipe shows."""
    text = CONTRIBUTING.read_text(encoding="utf-8")
    part = text[text.index("## A rule") :]
    block = part[part.index("```yaml\n") + len("```yaml\n") :]
    return block[: block.index("```")]


def own_guideline(folder: Path, name: str = "rps-example", number: str = "1.0.0") -> Path:
    """Write a copy of the newest guideline with the rule of the recipe in it."""
    shipped = shipped_version()
    assert shipped is not None
    copy_guideline(shipped, folder, name, number)
    (folder / "additions" / "anaesthesia.yaml").write_text(recipe(), encoding="utf-8")
    return folder
