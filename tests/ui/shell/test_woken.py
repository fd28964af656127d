"""A gesture wakes what it concerns: files of the program in which a function was entered."""

import sys
import threading
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import Qt

from tests.architecture.project import ROOT
from tests.ui.conftest import CENTRE, SEMI_AXES
from tests.ui.desk import Desk
from tumorboard.imaging.geometry import Plane

#: Room for what comes and goes with the moment, such as a cut refined in a thread.
MOST_BY_A_FACT = 77
MOST_BY_A_DRAG = 157

_PACKAGE = f"{ROOT / 'tumorboard'}/"


def woken(desk: Desk, words: str, act: Callable[[], object]) -> set[str]:
    """Return the files entered, in any thread, from an act until nothing is under way."""
    seen: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            seen.add(frame.f_code.co_filename)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        act()
        desk.qtbot.wait(600)  # asking whether all is idle would enter every feature
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
    desk.settle()
    found = {name.removeprefix(_PACKAGE) for name in seen if name.startswith(_PACKAGE)}
    found -= {"language.py"}  # whoever says a word looks it up
    sys.stdout.write(f"\nwoken by {words}: {len(found)}\n")
    return found


def test_stating_one_fact_wakes_few_files(desk):
    desk.window.tabs.setCurrentWidget(desk.window.facts)
    desk.qtbot.waitUntil(lambda: desk.workspace.session.assessment is not None, timeout=20_000)
    desk.window.facts.edited.emit("biopsy_in_planned_trajectory", "no")  # icons are read once
    desk.settle()
    desk.qtbot.wait(300)
    found = woken(
        desk,
        "stating one fact",
        lambda: desk.window.facts.edited.emit("biopsy_in_planned_trajectory", "yes"),
    )
    assert desk.workspace.session.facts.value("biopsy_in_planned_trajectory") == "yes"
    assert len(found) <= MOST_BY_A_FACT, "\n".join(sorted(found))


def test_dragging_the_last_axis_of_a_mass_wakes_few_files(desk):
    x, y, z = CENTRE
    a, b, c = SEMI_AXES
    desk.key(Qt.Key.Key_M)
    desk.drag(Plane.AXIAL, (x - a, y, z), (x + a, y, z))
    desk.drag(Plane.AXIAL, (x, y - b, z), (x, y + b, z))
    desk.settle()
    desk.qtbot.wait(300)  # pictures that are still painted finer belong to what was before
    found = woken(
        desk,
        "dragging the last axis",
        lambda: desk.drag(Plane.CORONAL, (x, y, z - c), (x, y, z + c)),
    )
    assert desk.workspace.session.facts.value("diameters_cm") is not None
    assert len(found) <= MOST_BY_A_DRAG, "\n".join(sorted(found))
