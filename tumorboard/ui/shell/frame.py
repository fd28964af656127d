"""The frame of the window: where things stand, and nothing else."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from tumorboard.app.workspace import Workspace
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
from tumorboard.ui.shell.status_strip import StatusStrip
from tumorboard.ui.vessel.page import VesselPage
from tumorboard.ui.vessel.panel import VesselPanel
from tumorboard.ui.viewer.area import ViewArea
from tumorboard.ui.viewer.display import Display
from tumorboard.ui.viewer.room import Room
from tumorboard.ui.worklist.panel import Worklist


class WindowFrame(QMainWindow):
    """Worklist on the left, images in the middle, facts and assessment on the right.

    ``header`` and ``actions_by_name`` are there once the commands are.
    """

    paths_dropped = Signal(list)
    header: Header
    actions_by_name: dict[str, QAction]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setWindowTitle("Tumorboard")
        self.setAcceptDrops(True)
        self.resize(1440, 900)
        self.room = Room(self)
        self.views = ViewArea(self.room)
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
        self.tabs = QTabWidget()

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
        self.tabs.setVisible(page is None)
        self.header.show_tools(on=page is None)

    def show_outlines(self) -> None:
        """Bring the outlines in three dimensions to the front."""
        self.tabs.setCurrentWidget(self.lesions)
        self.lesions.show_outlines(shown=True)

    def show_vessels(self) -> None:
        """Bring the vessels to the front."""
        self.tabs.setCurrentWidget(self.lesions)
        self.lesions.show_vessels()

    def _fill_tabs(self) -> None:
        tabs = self.tabs
        tabs.setDocumentMode(True)
        tabs.tabBar().setExpanding(False)
        tabs.addTab(self.facts, "Facts")
        tabs.addTab(self.lesions, "Lesions")
        tabs.addTab(self.objects, "Overlays")
        tabs.addTab(self.assessment, "Assessment")
        tabs.addTab(self.decision, "Decision")
        tabs.addTab(self.evidence, "Evidence")
        tabs.setCurrentWidget(self.assessment)

    def arrange(self, above: QWidget, below: QWidget) -> None:
        """Place the parts from the outside in: a widget that changes its place is styled anew.

        ``above`` and ``below`` stand over the images and under the strip of key images.
        """
        images, middle, outer = QWidget(), QWidget(), QWidget()
        across = QSplitter(Qt.Orientation.Horizontal)
        pictures = QSplitter(Qt.Orientation.Horizontal)
        self.setCentralWidget(outer)
        _fill_column(outer, self.header, across, self.status, wide=across)
        across.setHandleWidth(1)
        across.setChildrenCollapsible(False)
        for widget, least in ((self.worklist, 200), (middle, 400), (self.tabs, 340)):
            widget.setMinimumWidth(least)
            across.addWidget(widget)
        across.setStretchFactor(1, 1)
        across.setSizes([240, 780, 420])
        self._fill_tabs()
        self.notice.setParent(middle)
        _fill_column(middle, self.notice.room, self.stack, wide=self.stack)
        self.stack.addWidget(images)
        _fill_column(images, above, pictures, self.key_strip, below, wide=pictures)
        for view in (self.views, self.vessel_page):
            pictures.addWidget(view)
            pictures.setStretchFactor(pictures.indexOf(view), 1)
        pictures.setSizes([1000, 1000])
        pictures.setHandleWidth(2)
        pictures.setChildrenCollapsible(False)

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
