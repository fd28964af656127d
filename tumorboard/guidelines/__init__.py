"""The guideline as data, and the evaluation of a case against it."""

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
