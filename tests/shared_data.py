"""Finds the real imaging data beside the checkout; tests skip by name without it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"


def shared_data(relative: str) -> Path:
    """Return a folder or file of the real data, or skip the test naming it."""
    path = DATA / relative
    if not path.exists():
        pytest.skip(f"real data not here: {relative}")
    return path
