"""Colours come from the look: a fixed one in the code would stay dark in a light window."""

import re
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "tumorboard"
FIXED = re.compile(r'"#[0-9a-fA-F]{3,8}\b|QColor\(\s*\d')
#: Where something is painted over images, which are on black in every look, or before an audience.
ON_IMAGES = ("ui/viewer/", "ui/vessel/", "ui/presenter/pointer.py", "ui/presenter/audience.py")
#: Pictures of images, and what is round them.
FRAMES = ("ui/key_images/report.py", "ui/presenter/presenter_window.py", "ui/shell/theme.py")


def modules():
    for path in sorted((PACKAGE / "ui").rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8")


def test_no_module_of_the_window_has_colours_of_its_own():
    fixed = {}
    for name, text in modules():
        found = [m[0] for m in FIXED.finditer(text)]
        if found and not name.startswith((*ON_IMAGES, *FRAMES)):
            fixed[name] = found
    # An example in words of how a colour is written.
    fixed.pop("ui/shell/icons.py", None)
    assert fixed == {}


def test_what_is_painted_over_images_takes_the_colours_of_images():
    wrong = [
        name
        for name, text in modules()
        if name.startswith(ON_IMAGES[:2])
        and name != "ui/viewer/inks.py"
        and re.search(r"shell\.theme import .*\b(colour|COLOURS)\b", text)
        and not re.search(r"shell\.theme import .*IMAGE_COLOURS", text)
    ]
    assert wrong == []
