"""Processes of our own interpreter, for what must not run in the program's process."""

from __future__ import annotations

import os
from pathlib import Path

import tumorboard


def environment() -> dict[str, str]:
    """Return an environment in which this very package is found, and no threads are made."""
    root = str(Path(tumorboard.__file__).parent.parent)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_", "COVERAGE"))}
    single = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**kept, **single, "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"}
