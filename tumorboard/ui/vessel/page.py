"""The page of a vessel beside the axial view: curved view, plane across, strip, profile."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from tumorboard.imaging.curved import CurvedMode
from tumorboard.language import _
from tumorboard.ui.shell.parts import link, words
from tumorboard.ui.vessel.canvas import VesselCanvas
from tumorboard.ui.vessel.cross_view import CrossStrip, CrossView
from tumorboard.ui.vessel.curved_view import CurvedView
from tumorboard.ui.vessel.profile_plot import ProfilePlot
from tumorboard.ui.vessel.scene import VesselScene
from tumorboard.ui.viewer.display import Display
from tumorboard.ui.viewer.image_view import ImageView


class VesselPage(QWidget):
    """Four views of one vessel that show one position along it.

    ``moved`` carries a length along the line (mm), ``pointed`` a point in the patient,
    ``drawn`` an outline (LPS corners) for the position, ``chosen`` the UID of a vessel.
    """

    moved = Signal(float)
    pointed = Signal(tuple)
    drawn = Signal(tuple)
    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curved, self.cross = CurvedView(), CrossView()
        self.strip, self.plot = CrossStrip(), ProfilePlot()
        self.vessels = QComboBox()
        self.vessels.setAccessibleName(_("Vessel on show"))
        self.vessels.activated.connect(lambda n: self.chosen.emit(str(self.vessels.itemData(n))))
        self.position = 0.0
        self._in_hand = False
        self._turned = words("0°", "dim", wrap=False)
        self._mode = link(_("stretched"), self.next_mode, _("Lay the vessel out in the other way"))
        self._build()
        for view in self.canvases:
            view.moved.connect(self.moved)
        for pointing in (self.curved, self.cross):
            pointing.pointed.connect(self.pointed)
        self.cross.drawn.connect(self.drawn)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)
        self.curved.turned.connect(lambda degrees: self._turned.setText(f"{degrees:.0f}°"))

    @property
    def canvases(self) -> tuple[VesselCanvas, ...]:
        """The four views."""
        return self.curved, self.cross, self.strip, self.plot

    @property
    def in_hand(self) -> bool:
        """Whether the reader works here, not in the views of the images."""
        return self._in_hand and self.isVisible()

    def _focus_moved(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Remember where the reader worked last; lists and menus in between do not count."""
        if isinstance(now, VesselCanvas):
            self._in_hand = self.isAncestorOf(now)
        elif isinstance(now, ImageView):
            self._in_hand = False

    def show_scene(self, scene: VesselScene | None, display: Display | None) -> None:
        """Show a vessel, or none."""
        for view in self.canvases:
            view.show_scene(scene, display)

    def show_vessels(self, vessels: tuple[tuple[str, str], ...], active: str) -> None:
        """List the vessels, (UID, words) each."""
        held = tuple(
            (str(self.vessels.itemData(n)), self.vessels.itemText(n))
            for n in range(self.vessels.count())
        )
        if held != vessels:
            self.vessels.clear()
            for uid, name in vessels:
                self.vessels.addItem(name, uid)
        self.vessels.setCurrentIndex(self.vessels.findData(active))
        self.vessels.setVisible(bool(vessels))

    def set_position(self, arc_mm: float) -> None:
        """Show another place along the vessel in all four views."""
        self.position = arc_mm
        for view in self.canvases:
            view.set_position(arc_mm)

    def repaint_all(self) -> None:
        """Paint anew: the window, the point or the volume of the display changed."""
        for view in self.canvases:
            view.update()

    def next_mode(self) -> None:
        """Change between straightened and stretched."""
        modes = list(CurvedMode)
        here = modes.index(self.curved.mode)
        self._mode.setText(_(modes[here].value))
        self.curved.set_mode(modes[(here + 1) % len(modes)])

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 4)
        head.addWidget(self.vessels)
        head.addWidget(self._mode)
        head.addStretch(1)
        head.addWidget(words(_("Turned"), "dim", wrap=False))
        turn = self.curved.set_degrees
        back = link("◂", lambda: turn(self.curved.degrees - 15), _("Turn by 15 degrees"))
        back.setAccessibleName(_("Turn back by 15 degrees"))
        head.addWidget(back)
        head.addWidget(self._turned)
        on = link("▸", lambda: turn(self.curved.degrees + 15), _("Turn by 15 degrees"))
        on.setAccessibleName(_("Turn on by 15 degrees"))
        head.addWidget(on)
        upper = QSplitter(Qt.Orientation.Horizontal)
        upper.addWidget(self.curved)
        upper.addWidget(self.cross)
        upper.setSizes([1000, 1000])
        down = QSplitter(Qt.Orientation.Vertical)
        for part in (upper, self.strip, self.plot):
            down.addWidget(part)
        down.setSizes([440, 84, 200])
        down.setStretchFactor(0, 1)
        for splitter in (upper, down):
            splitter.setHandleWidth(2)
            splitter.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(down, 1)
