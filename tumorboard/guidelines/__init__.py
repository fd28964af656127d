"""The guideline as data, and the evaluation of a case against it.

What this package offers is imported when it is first taken: the window needs a few of its
modules long before any rule is read.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tumorboard.guidelines.assessment import Assessment
    from tumorboard.guidelines.evaluate import assess
    from tumorboard.guidelines.loader import load_folder, load_guideline
    from tumorboard.guidelines.model import Guideline
    from tumorboard.guidelines.parameters import SettingChange, Settings

__all__ = [
    "Assessment",
    "Guideline",
    "SettingChange",
    "Settings",
    "assess",
    "load_folder",
    "load_guideline",
]

_PLACES = {
    "Assessment": "assessment",
    "Guideline": "model",
    "SettingChange": "parameters",
    "Settings": "parameters",
    "assess": "evaluate",
    "load_folder": "loader",
    "load_guideline": "loader",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
