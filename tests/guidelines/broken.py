"""Copies of the shipped guideline with a mistake in them."""

import shutil

from tumorboard.resources import resource_path

SHIPPED = resource_path("guidelines", "rps", "1.1.0")


def copied(tmp_path):
    return shutil.copytree(SHIPPED, tmp_path / "rps")


def edit(folder, file, old, new):
    """Replace the first occurrence and return its line."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1
