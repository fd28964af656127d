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
CASE, TWO_SERIES, TWO_DATES = "RP-0001", "RP-0002", "RP-0003"


def main() -> int:
    """Write every picture."""
    from tumorboard.demo.demonstration import demonstration_folder, ensure_demonstration
    from tumorboard.progress import Reporter
    from tumorboard.ui.shell.application import start_qt

    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    folder = ensure_demonstration(demonstration_folder(), Reporter())
    start_qt(offscreen=True)
    Photographer(folder, target).work()
    with tempfile.TemporaryDirectory() as place:
        Photographer(Path(place) / "store", target).work_import(folder, Path(place))
    with tempfile.TemporaryDirectory() as place:
        MeetingPhotographer(copied(folder, Path(place)), target).work_meeting()
    return 0


def copied(folder: Path, place: Path) -> Path:
    """Return a copy of a store without its images, which stay where they are: it is written in."""
    kept = shutil.ignore_patterns("*.dcm", "backup*")
    return Path(shutil.copytree(folder, place / "store", ignore=kept))


class Photographer:
    """Drives the window through the tasks of the guide and keeps a picture of each."""

    def __init__(self, folder: Path, target: Path) -> None:
        from tumorboard.app.settings import Settings
        from tumorboard.app.workspace import Workspace
        from tumorboard.ui.shell.window import MainWindow

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
        window.features.measurements.choose_tool("mass")
        self.keep("mass", window.lesions)
        window.features.measurements.choose_tool("vessel")
        self.show(kinds[Kind.TUMOUR_END])
        self.keep("ivc", window.lesions)
        window.features.measurements.choose_tool("")
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
        window.features.layout.set_layout("pair")
        self.settle()
        first, second = window.views.views
        second.set_plane(Plane.CORONAL)
        first.setFocus()
        window.room.active.set_point(window.room.active.volume.stack.centre)
        self.keep("layouts", window.lesions)
        window.features.layout.set_layout("planes")

    def report(self) -> None:
        """Write the report of the open case and keep its first page as a picture."""
        converter = shutil.which("pdftoppm")
        if converter is None:
            print("report.png is left out: pdftoppm is not here (package poppler-utils)")
            return
        with tempfile.TemporaryDirectory() as place:
            pdf = Path(place) / "report.pdf"
            self.window.features.reports.write(pdf)
            self.settle()
            command = [converter, "-png", "-r", "100", "-singlefile", str(pdf)]
            subprocess.run([*command, str(self.target / "report")], check=True)

    def work_import(self, folder: Path, place: Path) -> None:
        """Import a series beside which broken files lie, and show the list of these."""
        from PySide6.QtGui import QPainter

        from tumorboard.ui.shell.table_dialog import TableDialog

        window = self.window
        source = next(path.parent for path in sorted(folder.rglob("*.dcm")))
        mixed = place / "CT abdomen"
        shutil.copytree(source, mixed, ignore=shutil.ignore_patterns("*.json"))
        files = sorted(mixed.glob("*.dcm"))
        files[3].write_bytes(files[3].read_bytes()[:900])
        (mixed / "referral letter.dcm").write_text("Dear colleague")
        (mixed / "empty.dcm").touch()
        window.features.imports.start([str(mixed)])
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
        self.window.features.series.go_to(annotation)
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


class MeetingPhotographer(Photographer):
    """Shows a meeting: outlines, a decision, the page, and the two windows of a talk."""

    def work_meeting(self) -> None:
        """Outline, decide, plan and present."""
        window = self.window
        cases = {s.label: s.uid for s in self.workspace.session.cases()}
        self.case = cases[CASE]
        window.controller.open_case(self.case)
        self.settle()
        self.outlines()
        self.vessel()
        self.decide()
        window.actions_by_name["meeting.page"].trigger()
        self.settle()
        window.features.meeting.meetings.page.agenda.go_to(self.case)
        self.save("meeting", window)
        window.actions_by_name["meeting.page"].trigger()
        self.talk()
        self.share(cases[TWO_DATES])
        self.end()

    def share(self, uid: str) -> None:
        """Compare two dates, ask for a bundle, and keep pages of the slides."""
        from tumorboard.ui.shell.share_dialog import ShareDialog

        window = self.window
        self.slide("slide-curve", self.case, self.curve)
        window.controller.open_case(uid)
        self.settle()
        beside = self.workspace.session.case.views[0].uid
        window.features.key_images.show(beside)
        self.settle()
        self.keep("compare", window.assessment)
        self.slide("slide-beside", uid, beside)
        window.actions_by_name["file.bundle"].trigger()
        self.settle()
        dialog = window.findChild(ShareDialog)
        self.over(dialog).save(str(self.target / "share.png"))
        dialog.close()

    def slide(self, name: str, uid: str, view_uid: str) -> None:
        """Write the slides of a case and keep the page of one key image as a picture."""
        from tumorboard.app.shared_case import CaseReader
        from tumorboard.progress import Reporter
        from tumorboard.reports.slides import write_slides
        from tumorboard.ui.sharing.slides import case_deck, stored_inputs

        converter = shutil.which("pdftoppm")
        if converter is None:
            print(f"{name}.png is left out: pdftoppm is not here (package poppler-utils)")
            return
        workspace = self.workspace
        folder, guidance = workspace.session.store.folder, workspace.guidance
        with (
            CaseReader(folder, guidance, "Dr Example") as reader,
            tempfile.TemporaryDirectory() as p,
        ):
            shared = reader.read(uid)
            page = str(2 + [view.uid for view in shared.case.views].index(view_uid))
            deck = case_deck(stored_inputs(reader, shared), None, Reporter(), all_pages=True)
            write_slides(deck, Path(p) / "slides.pdf")
            command = [converter, "-png", "-r", "96", "-singlefile", "-f", page, "-l", page]
            paths = [str(Path(p) / "slides.pdf"), str(self.target / name)]
            subprocess.run([*command, *paths], check=True)

    def over(self, dialog: object) -> object:
        """Return a picture of the window with a dialog over it."""
        from PySide6.QtGui import QPainter

        picture = self.window.grab()
        painter = QPainter(picture)
        left = (self.window.width() - dialog.width()) // 2
        painter.drawPixmap(left, self.window.height() // 4, dialog.grab())
        painter.end()
        return picture

    def outlines(self) -> None:
        """Outline the mass on some slices and fill between them."""
        import numpy as np

        from tumorboard.annotations.model import Kind

        window, session = self.window, self.workspace.session
        kinds = {a.kind: a for a in session.case.annotations}
        axes = kinds[Kind.BIDIRECTIONAL]
        first, last, left, right = np.asarray(axes.points, dtype=float)
        ends = np.asarray(kinds[Kind.CRANIOCAUDAL].points, dtype=float)
        middle, half = (first + last) / 2, abs(ends[0, 2] - ends[1, 2]) / 2
        self.show(axes)
        window.features.outlines.choose_tool("mask_outline")
        turn = np.linspace(0, 2 * np.pi, 40)[:, None]
        ring = np.cos(turn) * (last - first) / 2 + np.sin(turn) * (right - left) / 2
        for share in (-0.85, -0.5, 0.5, 0.85, 0.0):
            centre = middle + np.array([0.0, 0.0, share * half])
            window.room.active.set_point(centre)
            self.settle()
            self.draw([centre + np.sqrt(1 - share**2) * offset for offset in ring])
        window.actions_by_name["outline.between"].trigger()
        self.settle()
        self.keep("outlines", window.lesions)
        window.features.measurements.choose_tool("")

    def vessel(self) -> None:
        """Follow the vena cava through its marked levels and show it laid out flat."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        from tumorboard.annotations.model import Kind

        window = self.window
        # The drawn outline takes a part of the vein along: its contrast tells the two apart.
        panel = window.outlines
        panel.brush.low.setValue(30)
        panel.brush.high.setValue(95)
        for act in ("values", "holes", "smooth", "largest"):
            panel.acted.emit(act, "")
            self.settle()
        levels = [
            a.points[0]
            for a in self.workspace.session.case.annotations
            if a.kind is Kind.VESSEL_LEVEL
        ]
        window.actions_by_name["tool.centreline"].trigger()
        view = window.views.main
        for point in sorted(levels, key=lambda p: p[2]):
            window.room.active.set_point(point)
            self.settle()
            place = view.canvas_of(point).toPoint()
            QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
        QTest.keyClick(view, Qt.Key.Key_Return)
        window.actions_by_name["layout.vessel"].trigger()
        self.settle()
        window.actions_by_name["vessel.contact"].trigger()
        window.lesions.show_vessels()
        self.keep("vessel", window.lesions)
        window.features.measurements.choose_tool("")
        curved = window.vessel_page.curved
        for _ in range(6):
            QTest.keyClick(curved, Qt.Key.Key_Left)
        curved.setFocus()
        window.actions_by_name["view.keep"].trigger()
        self.settle()
        self.curve = self.workspace.session.case.views[-1].uid
        window.actions_by_name["layout.planes"].trigger()

    def draw(self, points: list[object]) -> None:
        """Draw a line through LPS points with the mouse."""
        from PySide6.QtCore import QEvent, QPointF, Qt
        from PySide6.QtGui import QMouseEvent
        from PySide6.QtWidgets import QApplication

        from tumorboard.annotations.model import as_point

        view, left, none = (
            self.window.views.main,
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.NoButton,
        )
        places = [QPointF(view.canvas_of(as_point(point))) for point in points]
        kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * len(places)]
        kinds.append(QEvent.Type.MouseButtonRelease)
        for kind, place in zip(kinds, (places[0], *places, places[-1]), strict=True):
            moves = kind is QEvent.Type.MouseMove
            ends = kind is QEvent.Type.MouseButtonRelease
            buttons = (none if moves else left, none if ends else left)
            more = (*buttons, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(view, QMouseEvent(kind, place, view.mapToGlobal(place), *more))
        self.settle()

    def decide(self) -> None:
        """Write the decision on the open case, then sign it."""
        from PySide6.QtTest import QTest

        panel, form = self.window.decision, self.window.decision.form
        self.window.actions_by_name["case.decision"].trigger()
        form.options.picker.picked.emit(form.around.options[0].id)
        words = "Resection with the right kidney, vein replaced."
        for field, text in ((form.recommendation, words), (form.responsible, "Surgeon A")):
            QTest.keyClicks(field, text)
        QTest.keyClicks(form.due, "2026-04-17")
        for proposed in (form.stage, form.histology):
            proposed.take.click()
        self.keep("decision", panel)
        self.window.activateWindow()
        self.settle()
        self.window.features.meeting.deciding.sign()
        self.keep("decision-signed", panel)

    def talk(self) -> None:
        """Present the meeting on two screens and keep both windows."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        from tumorboard.app.talk import PageKind

        presenting = self.window.features.talks
        presenting.screens = _two_screens(self.window)
        self.window.actions_by_name["present.start"].trigger()
        self.settle()
        talk = presenting.running
        keys = (talk.windows.presenter, Qt.Key.Key_PageDown)
        self.save("presenter", talk.windows.presenter)
        self.save("audience-picture", talk.windows.audience)
        while talk.talk.here.view_uid != self.curve:
            QTest.keyClick(*keys)
            self.settle()
        self.save("audience-curve", talk.windows.audience)
        control = Qt.KeyboardModifier.ControlModifier
        for kind in (PageKind.ASSESSMENT, PageKind.TIMELINE):
            while talk.talk.here.kind is not kind:
                QTest.keyClick(*keys)
                self.settle()
            self.save(f"audience-{kind}", talk.windows.audience)
            if kind is PageKind.ASSESSMENT:  # the third case has two dates of one lesion
                QTest.keyClick(*keys, control)
                QTest.keyClick(*keys, control)
        QTest.keyClick(talk.windows.presenter, Qt.Key.Key_Home)
        QTest.keyClick(talk.windows.presenter, Qt.Key.Key_D, control)
        self.settle()
        self.save("presenter-decision", talk.windows.presenter)
        talk.stop()
        presenting.screens = None

    def save(self, name: str, window: object) -> None:
        """Save a picture of a window."""
        self.settle()
        window.grab().save(str(self.target / f"{name}.png"))


def _two_screens(window: object) -> object:
    """Return screens of the size of the window, side by side."""
    from PySide6.QtCore import QRect

    from tumorboard.ui.presenter.screens import Place, Screens

    class TwoScreens(Screens):
        """Two screens where this computer may have one."""

        def places(self) -> list[Place]:
            size = window.size()
            left, right = QRect(0, 0, size.width(), size.height()), QRect(0, 0, 1920, 1080)
            return [Place("desk", left), Place("wall", right.translated(size.width(), 0))]

        def of(self, widget: object) -> str:
            del widget
            return "desk"

        def seat(self, window: object, place: Place) -> None:
            window.setGeometry(place.area)
            window.show()

    return TwoScreens()


if __name__ == "__main__":
    sys.exit(main())
