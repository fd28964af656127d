"""Makes the pictures of the documents from the demonstration cases, offscreen.

``python scripts/screenshots.py [FOLDER]`` writes to docs/pictures unless a folder is named.
``TUMORBOARD_SIZE=1366x768`` and ``QT_SCALE_FACTOR=2`` show other screens. The page of the
report needs pdftoppm (Debian package poppler-utils).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASE, TWO_SERIES = "RP-0001", "RP-0002"


def main() -> int:
    """Write every picture."""
    from tumorboard.app.demonstration import demonstration_folder, ensure_demonstration
    from tumorboard.progress import Reporter
    from tumorboard.ui.application import start_qt

    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    folder = ensure_demonstration(demonstration_folder(), Reporter())
    start_qt(offscreen=True)
    Photographer(folder, target).work()
    with tempfile.TemporaryDirectory() as place:
        Photographer(Path(place) / "store", target).work_import(folder, Path(place))
    return 0


class Photographer:
    """Drives the window through the tasks of the guide and keeps a picture of each."""

    def __init__(self, folder: Path, target: Path) -> None:
        from tumorboard.app.settings import Settings
        from tumorboard.app.workspace import Workspace
        from tumorboard.ui.main_window import MainWindow

        self.target = target
        self.workspace = Workspace(folder, "Dr Example")
        self.window = MainWindow(self.workspace, Settings())
        width, height = os.environ.get("TUMORBOARD_SIZE", "1920x1080").split("x")
        self.window.resize(int(width), int(height))
        self.window.show()

    def work(self) -> None:
        """Open the case, show each task, close."""
        from tumorboard.annotations.model import Kind

        window = self.window
        cases = {s.label: s.uid for s in self.workspace.session.cases()}
        window.controller.open_case(cases[CASE])
        self.settle()
        case = self.workspace.session.case
        kinds = {a.kind: a for a in case.annotations}
        self.show(kinds[Kind.BIDIRECTIONAL])
        self.keep("read", window.assessment)
        self.keep("assessment", window.assessment, scroll=520)
        window.controller.choose_tool("mass")
        self.keep("mass", window.lesions)
        window.controller.choose_tool("vessel")
        self.show(kinds[Kind.TUMOUR_END])
        self.keep("ivc", window.lesions)
        window.controller.choose_tool("")
        window.facts.go_to("peritoneal_implants")
        self.keep("facts", window.facts)
        self.report()
        self.layouts(cases[TWO_SERIES])
        self.end()

    def layouts(self, uid: str) -> None:
        """Show two series side by side, the second in another plane."""
        from tumorboard.imaging.geometry import Plane

        window = self.window
        window.controller.open_case(uid)
        self.settle()
        window.controller.viewing.set_layout("pair")
        self.settle()
        first, second = window.views.views
        second.set_plane(Plane.CORONAL)
        first.setFocus()
        window.room.active.set_point(window.room.active.volume.stack.centre)
        self.keep("layouts", window.lesions)
        window.controller.viewing.set_layout("planes")

    def report(self) -> None:
        """Write the report of the open case and keep its first page as a picture."""
        converter = shutil.which("pdftoppm")
        if converter is None:
            print("report.png is left out: pdftoppm is not here (package poppler-utils)")
            return
        with tempfile.TemporaryDirectory() as place:
            pdf = Path(place) / "report.pdf"
            self.window.controller.reporting.write(pdf)
            self.settle()
            command = [converter, "-png", "-r", "100", "-singlefile", str(pdf)]
            subprocess.run([*command, str(self.target / "report")], check=True)

    def work_import(self, folder: Path, place: Path) -> None:
        """Import a series beside which broken files lie, and show the list of these."""
        from PySide6.QtGui import QPainter

        from tumorboard.ui.dialogs.listing import TableDialog

        window = self.window
        source = next(path.parent for path in sorted(folder.rglob("*.dcm")))
        mixed = place / "CT abdomen"
        shutil.copytree(source, mixed, ignore=shutil.ignore_patterns("*.json"))
        files = sorted(mixed.glob("*.dcm"))
        files[3].write_bytes(files[3].read_bytes()[:900])
        (mixed / "referral letter.dcm").write_text("Dear colleague")
        (mixed / "empty.dcm").touch()
        window.controller.importing.start([str(mixed)])
        self.settle()
        window.notice.see_more()
        dialog = window.findChild(TableDialog)
        dialog.resize(760, 260)
        self.settle()
        picture = window.grab()
        painter = QPainter(picture)
        painter.drawPixmap((window.width() - 760) // 2, 200, dialog.grab())
        painter.end()
        picture.save(str(self.target / "import.png"))
        dialog.close()
        self.end()

    def end(self) -> None:
        """Close the window and the store."""
        self.settle()
        self.window.close()
        self.window.deleteLater()
        self.settle()
        self.workspace.close()

    def show(self, annotation: object) -> None:
        """Jump to an annotation."""
        self.window.controller.loading.go_to(annotation)
        self.settle()

    def keep(self, name: str, tab: object, scroll: int = 0) -> None:
        """Save a picture of the window with one tab in front."""
        from PySide6.QtWidgets import QScrollArea

        self.window.tabs.setCurrentWidget(tab)
        self.window.notice.hide()
        area = tab.findChild(QScrollArea)
        self.settle()
        if area is not None:
            area.verticalScrollBar().setValue(scroll)
        self.settle()
        self.window.grab().save(str(self.target / f"{name}.png"))

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
            time.sleep(0.005)


if __name__ == "__main__":
    sys.exit(main())
