"""The window: the frame, the commands, and the features at work in it."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent

from tumorboard.app.settings import Settings
from tumorboard.app.workspace import Workspace
from tumorboard.ui.shell.actions import build_actions, fill_menus
from tumorboard.ui.shell.controller import Controller
from tumorboard.ui.shell.frame import WindowFrame
from tumorboard.ui.shell.key_filter import KeyFilter
from tumorboard.ui.shell.tool_bar import ToolBar


class MainWindow(WindowFrame):
    """The window of a workspace, at work."""

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        super().__init__(workspace)
        self.controller = Controller(self, workspace, settings)
        self.features = self.controller.features
        self.actions_by_name = build_actions(self, self.views, self.controller.handlers())
        fill_menus(self.menuBar(), self.actions_by_name)
        self.tool_bar = ToolBar(self.actions_by_name)
        self.add_handles()
        self.arrange(above=self.features.comparison.strip, below=self.features.timeline.view)
        self.keys = KeyFilter(self)
        self.controller.start()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - a name of Qt
        """Stop the work under way; what was drawn in a talk is asked about before."""
        if not self.features.talks.may_close():
            event.ignore()
            return
        self.controller.stop()
        super().closeEvent(event)
