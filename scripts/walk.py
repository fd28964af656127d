"""Makes the pictures of the clinician's walk in the guide, offscreen.

``python scripts/walk.py [FOLDER]`` writes to docs/pictures unless a folder is named. The images
are those of the demonstration; what is stated comes from the cases of the guideline, one after
the other on a copy of the demonstration store, which is thrown away afterwards. Each picture is
the right column of the window.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CASE = "RP-0001"
SIZE = (1366, 1000)
WALK = ("V-01", "V-06", "V-11", "V-14", "V-18")
_DAYS = {"date:surgery": "2026-03-02", "date:board": "2026-11-20"}


def main() -> int:
    """Write every picture."""
    from tumorboard.demo.demonstration import demonstration_folder, ensure_demonstration
    from tumorboard.progress import Reporter
    from tumorboard.ui.shell.application import start_qt

    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    source = ensure_demonstration(demonstration_folder(), Reporter())
    start_qt(offscreen=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "store"
        folder.mkdir()
        shutil.copy(source / "tumorboard.sqlite", folder)
        Walk(folder, target).work()
    return 0


class Walk:
    """Drives the window through the vignettes."""

    def __init__(self, folder: Path, target: Path) -> None:
        from tumorboard.app.settings import Settings
        from tumorboard.app.workspace import Workspace
        from tumorboard.ui.shell.window import MainWindow

        self.target = target
        self.workspace = Workspace(folder, "Dr Example")
        self.window = MainWindow(self.workspace, Settings())
        self.window.resize(*SIZE)
        self.window.show()

    def work(self) -> None:
        """State the facts of each vignette and show what the guide tells of it."""
        path = ROOT / "resources" / "guidelines" / "rps" / "1.1.0" / "cases.json"
        text = path.read_text(encoding="utf-8")
        vignettes = {entry["id"]: entry for entry in json.loads(text)}
        cases = {s.label: s.uid for s in self.workspace.session.cases()}
        self.window.controller.open_case(cases[CASE])
        for name in WALK:
            self.state(name, vignettes[name]["inputs"])
            getattr(self, name.replace("-", "_").lower())()
        self.window.close()
        self.settle()
        self.workspace.close()

    def state(self, label: str, inputs: dict[str, Any]) -> None:
        """Put the facts of a vignette in the place of what was stated."""
        from tumorboard.app import edits
        from tumorboard.case.facts import Provenance, sheet_from_json

        session = self.workspace.session
        session.set_detail("label", label)
        stated = Provenance("entered", "Dr Example", "2026-11-20T09:00:00Z")
        case = session.case
        wanted = sheet_from_json(inputs, stated)
        gone = [edits.clear_fact(case, f.name) for f in case.facts if wanted.get(f.name) is None]
        put = [edits.put_fact(case, fact) for fact in wanted]
        session.apply(edits.combine("State the facts", *gone, *put))
        self.settle()

    def v_01(self) -> None:
        """Show an acknowledged alert and the way to another category."""
        session = self.workspace.session
        alert = next(a for a in session.assessment.alerts if a.rule == "R-ALT-04")
        session.set_remark(
            f"alert:{alert.rule}", f"{alert.severity}: {alert.text}", "CT of 24 November is booked"
        )
        self.keep("walk-v01", opened=("1 acknowledged",), at="Excluding findings")

    def v_06(self) -> None:
        """Show an option with both sides, and where the sources differ."""
        option = next(o for o in self.workspace.session.assessment.options if not o.universal)
        self.keep("walk-v06", opened=(option.title, "Sources differ"), at=option.title)

    def v_11(self) -> None:
        """Show a trial of the finding that is not assessed."""
        self.window.features.assessment.attempt((("extensive_spine_involvement", "absent"),))
        self.settle()
        self.keep("walk-v11")
        self.window.features.assessment.leave_trial()

    def v_14(self) -> None:
        """Show the form with the foot that explains a field."""
        self.window.tabs.setCurrentWidget(self.window.facts)
        self.settle()
        self.window.facts.go_to("expected_completeness")
        self.settle()
        self.save("walk-v14")

    def v_18(self) -> None:
        """Show the follow-up with its dates."""
        for key, day in _DAYS.items():
            self.window.features.facts.enter_date(key, day)
        self.keep("walk-v18", opened=("Follow-up",), at="Follow-up")

    def keep(self, name: str, opened: tuple[str, ...] = (), at: str = "") -> None:
        """Save the assessment with some folds open, scrolled to a title."""
        from PySide6.QtWidgets import QLabel, QScrollArea

        from tumorboard.ui.shell.parts import Fold

        panel = self.window.assessment
        self.window.tabs.setCurrentWidget(panel)
        self.settle()
        for fold in panel.findChildren(Fold):
            wanted = bool(opened) and fold.title.startswith(opened)
            if fold.isVisibleTo(panel) and wanted != fold.is_open:
                fold.toggle()
        self.settle()
        area = panel.findChild(QScrollArea)
        labels = [w for w in panel.findChildren(QLabel) if w.isVisibleTo(panel)]
        place = next((w for w in labels if at and w.text().casefold() == at.casefold()), None)
        top = 0 if place is None else place.mapTo(area.widget(), place.rect().topLeft()).y() - 12
        area.verticalScrollBar().setValue(top)
        self.settle()
        self.save(name)

    def save(self, name: str) -> None:
        """Save the right column."""
        self.window.tabs.grab().save(str(self.target / f"{name}.png"))

    def settle(self) -> None:
        """Let loading and painting finish."""
        from PySide6.QtCore import QCoreApplication

        end = time.monotonic() + 60
        controller = self.window.controller
        while time.monotonic() < end and not controller.is_idle:
            QCoreApplication.processEvents()
            time.sleep(0.005)
        for _ in range(40):
            QCoreApplication.processEvents()
            time.sleep(0.002)


if __name__ == "__main__":
    sys.exit(main())
