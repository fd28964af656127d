"""The frame of the window: where things stand, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QMenuBar,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.tool_groups import PARTS
from tumorboard.app.window_state import Part
from tumorboard.app.workspace import Workspace
from tumorboard.language import _
from tumorboard.ui.assessment.evidence import EvidencePanel
from tumorboard.ui.assessment.panel import AssessmentPanel
from tumorboard.ui.facts.panel import FactsForm
from tumorboard.ui.key_images.strip import KeyStrip
from tumorboard.ui.measurements.panel import LesionsPanel
from tumorboard.ui.meeting.decision_panel import DecisionPanel
from tumorboard.ui.outlines.panel import SegmentsPanel
from tumorboard.ui.overlays.panel import ObjectsPanel
from tumorboard.ui.shell.header import Header
from tumorboard.ui.shell.notice_bar import NoticeBar
from tumorboard.ui.shell.panel_tabs import PanelTabs
from tumorboard.ui.shell.rail import Rail, handle
from tumorboard.ui.shell.status_strip import StatusStrip
from tumorboard.ui.shell.theme import keep_scaled
from tumorboard.ui.shell.tool_bar import ToolBar, part_button
from tumorboard.ui.start.page import StartPage
from tumorboard.ui.vessel.page import VesselPage
from tumorboard.ui.vessel.panel import VesselPanel
from tumorboard.ui.viewer.area import ViewArea
from tumorboard.ui.viewer.display import Display
from tumorboard.ui.viewer.room import Room
from tumorboard.ui.worklist.panel import Worklist

#: The least width (px) of the list, of the images and of the panel.
_LEAST: Final = (200, 240, 300)
#: Between the menus and a notice, and the least width (px) in which one is read.
_GAP_PX, _LEAST_NOTICE_PX = 4, 420


class WindowFrame(QMainWindow):
    """Worklist on the left, images in the middle, facts and assessment on the right.

    ``tool_bar`` and ``actions_by_name`` are there once the commands are. ``part_wanted`` carries
    a part of the window that has to be open for what was asked.
    """

    paths_dropped = Signal(list)
    part_wanted = Signal(object)
    resized = Signal()
    state_changed = Signal()
    #: Letters have another size now.
    restyled = Signal()
    tool_bar: ToolBar
    actions_by_name: dict[str, QAction]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setWindowTitle(_("Tumorboard"))
        self.setAcceptDrops(True)
        self.resize(1440, 900)
        self.room = Room(self)
        self.views = ViewArea(self.room)
        self.start = StartPage(self.views)
        self.vessel_page = VesselPage()
        self.worklist = Worklist()
        self.facts = FactsForm()
        self.outlines = SegmentsPanel()
        self.vessels = VesselPanel()
        self.lesions = LesionsPanel(self.outlines, self.vessels)
        self.objects = ObjectsPanel()
        self.key_strip = KeyStrip()
        self.assessment = AssessmentPanel()
        self.decision = DecisionPanel()
        self.evidence = EvidencePanel(workspace.guidance.evidence)
        self.notice = NoticeBar()
        #: The images, and pages that stand in their place.
        self.stack = QStackedWidget()
        self.status = StatusStrip()
        self.tabs = PanelTabs()
        self.header = Header()
        self.rail = Rail()
        self.worklist.counted.connect(self.rail.set_counts)
        self.handle = handle(_("Show the panel at the right (F12)"))
        #: Where the strip of key images stands, folded or not.
        self.key_room = QWidget()
        self.across = QSplitter(Qt.Orientation.Horizontal)
        #: What stands over the images and under the strip of key images.
        self.strips: tuple[QWidget, ...] = ()
        #: Gives the focus to the next control, or to the one before; False leaves it to Qt.
        self.next_stop: Callable[[bool], bool] = lambda _forward: False

    def menuBar(self) -> QMenuBar:  # noqa: N802 - a name of Qt
        """Return the menus, which stand in the line of the case."""
        return self.header.menus

    @property
    def viewer(self) -> Display:
        """The display that the reader works in."""
        return self.room.active

    def show_page(self, page: QWidget | None) -> None:
        """Show a page in place of the images, without the tabs and tools; None takes it away."""
        if page is None:
            self.stack.setCurrentIndex(0)
        else:
            if self.stack.indexOf(page) < 0:
                self.stack.addWidget(page)
            self.stack.setCurrentWidget(page)
        self.tool_bar.show_tools(on=page is None)

    def bring(self, panel: QWidget) -> None:
        """Bring a panel to the front, also where its side was folded."""
        if panel is self.worklist:
            self.part_wanted.emit(Part.LIST)
        else:
            self.tabs.setCurrentWidget(panel)
            self.part_wanted.emit(Part.PANEL)

    def show_outlines(self) -> None:
        """Bring the outlines in three dimensions to the front."""
        self.tabs.setCurrentWidget(self.lesions)
        self.lesions.show_outlines(shown=True)

    def show_vessels(self) -> None:
        """Bring the vessels to the front."""
        self.tabs.setCurrentWidget(self.lesions)
        self.lesions.show_vessels()

    def arrange(self, above: QWidget, below: QWidget) -> None:
        """Place the parts from the outside in: a widget that changes its place is styled anew.

        ``above`` and ``below`` stand over the images and under the strip of key images.
        """
        images, middle, outer, main = QWidget(), QWidget(), QWidget(), QWidget()
        across = self.across
        pictures = QSplitter(Qt.Orientation.Horizontal)
        self.setCentralWidget(outer)
        self.strips = (above, below)
        outer.setMinimumSize(320, 240)  # on a small screen parts fold instead
        _fill_column(outer, self.header, self.tool_bar, main, self.status, wide=main)
        row = QHBoxLayout(main)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(across, 1)
        row.addWidget(self.handle)
        across.setProperty("role", "parts")
        across.setHandleWidth(1)
        across.setChildrenCollapsible(False)
        for widget, least in zip((self.worklist, middle, self.tabs), _LEAST, strict=True):
            widget.setMinimumWidth(least)
            across.addWidget(widget)
        keep_scaled(self.worklist, least_width=_LEAST[0])
        keep_scaled(self.tabs, least_width=_LEAST[2])
        across.setStretchFactor(1, 1)
        tabs = self.tabs
        tabs.addTab(self.facts, _("Facts"))
        tabs.addTab(self.lesions, _("Lesions"))
        tabs.addTab(self.objects, _("Overlays"))
        tabs.addTab(self.assessment, _("Assessment"))
        tabs.addTab(self.decision, _("Decision"))
        tabs.addTab(self.evidence, _("Evidence"))
        tabs.setCurrentWidget(self.assessment)
        self.notice.lie_over(outer, self._notice_place)
        _fill_column(middle, self.stack, wide=self.stack)
        self.stack.addWidget(images)
        _fill_column(self.key_room, self.key_strip, wide=self.key_strip)
        _fill_column(images, above, pictures, self.key_room, below, wide=pictures)
        for view in (self.views, self.vessel_page):
            pictures.addWidget(view)
            pictures.setStretchFactor(pictures.indexOf(view), 1)
        pictures.setSizes([1000, 1000])
        pictures.setHandleWidth(2)
        pictures.setChildrenCollapsible(False)

    def _notice_place(self) -> QRect:
        """Return where a notice lies: beside the menus, or over what else has no images."""
        header, status = self.header, self.status
        if header.isHidden():
            return status.geometry()
        left = header.menus.geometry().right() + _GAP_PX
        if header.width() - left < _LEAST_NOTICE_PX:
            return header.geometry()
        return QRect(left, 0, header.width() - left, header.height() - 1)

    def add_handles(self) -> None:
        """Put the buttons that fold the parts where one looks for them."""
        for tool in PARTS:
            self.status.add(part_button(self.actions_by_name[tool.command]))
        count = self.actions_by_name["screen.key_images"]
        self.key_strip.counted.connect(lambda kept: count.setIconText(str(kept or "")))
        self.worklist.add_beside_search(part_button(self.actions_by_name["screen.list"]))
        self.tabs.add_to_corner(part_button(self.actions_by_name["screen.panel"]))

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - a name of Qt
        """Give the focus on by Tab, in the order in which one reads."""
        return self.next_stop(forward) or super().focusNextPrevChild(forward)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - a name of Qt
        """Tell that there is another size."""
        super().resizeEvent(event)
        self.notice.lay()
        self.resized.emit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - a name of Qt
        """Tell when the window took the whole screen or no longer does, and of other letters."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self.state_changed.emit()
        elif event.type() is QEvent.Type.FontChange:
            self.restyled.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - a name of Qt
        """Take files and folders."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - a name of Qt
        """Import what was dropped."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.paths_dropped.emit(paths)


def _fill_column(home: QWidget, *parts: QWidget, wide: QWidget) -> None:
    """Stack parts without gaps; one of them takes what height is left."""
    column = QVBoxLayout(home)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part, int(part is wide))
