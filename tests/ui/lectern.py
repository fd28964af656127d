"""A talk on two virtual screens, with the hands of a presenter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.dicom.make import Person, write_slices
from tests.ui.desk import Desk, move
from tumorboard.app.board import Board
from tumorboard.app.imports import find, take_in
from tumorboard.app.workspace import Workspace
from tumorboard.case.meeting import AgendaItem, Meeting
from tumorboard.progress import Reporter
from tumorboard.ui.presenter.screens import Place, Screens
from tumorboard.ui.presenter.talk import RunningTalk
from tumorboard.ui.shell.word_questions import WordQuestions

LEFT = Qt.MouseButton.LeftButton
NO_BUTTON, NO_KEY = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
DESK = Place("desk", QRect(0, 0, 1366, 768))
WALL = Place("wall", QRect(1366, 0, 1280, 720))

COUNT, SIDE = 12, 96


class TwoScreens(Screens):
    """Screens that are plugged in and out by the test."""

    def __init__(self, *places: Place) -> None:
        super().__init__()
        self._places = list(places)

    def places(self) -> list[Place]:
        return list(self._places)

    def of(self, widget: QWidget) -> str:
        return self._places[0].name

    def seat(self, window: QWidget, place: Place) -> None:
        window.setGeometry(place.area)
        window.show()

    def plug(self, *places: Place) -> None:
        self._places = list(places)
        self.changed.emit()


def write_case(folder: Path, number: int, person: Person, words: str = "Abdomen") -> Path:
    """A bright box of its own size on a CT of its own."""
    values = np.full((COUNT, SIDE, SIDE), 924, np.int16)
    values[:, 20:76, 16:80] = 1024 + 40
    values[3:9, 30 : 50 + number, 30:60] = 1024 + 120

    def name(ds, _k) -> None:
        ds.SpecificCharacterSet = "ISO_IR 192"  # UTF-8
        ds.SeriesDescription = words

    write_slices(
        folder,
        COUNT,
        spacing=(3.0, 3.0),
        step=5.0,
        patient=person,
        values=values,
        study_uid=f"1.2.88.{number}",
        series_uid=f"1.2.88.{number}.1",
        change=name,
    )
    return folder


def store_of(folder: Path, *cases: Path) -> Path:
    """A store with these cases on the agenda of one meeting."""
    workspace = Workspace(folder, "Dr Test")
    for case in cases:
        take_in(workspace.session, find([case], Reporter()))
    plan(workspace)
    workspace.close()
    return folder


def plan(workspace: Workspace, minutes: int = 2) -> Meeting:
    """Put all cases of the store on the agenda of a meeting."""
    board = Board(workspace.session)
    cases = workspace.session.cases()
    items = tuple(AgendaItem(case.uid, minutes, "Resectable?") for case in cases)
    return board.keep(replace(board.new_meeting("2026-03-27", "14:30"), items=items))


class Lectern:
    """Presses keys in the windows of the talk that runs."""

    def __init__(self, desk: Desk, *places: Place) -> None:
        self.desk = desk
        self.screens = TwoScreens(*(places or (DESK, WALL)))
        self.talks = desk.window.features.talks
        self.talks.screens = self.screens

    @property
    def running(self) -> RunningTalk:
        assert self.talks.running is not None
        return self.talks.running

    @property
    def talk(self):
        return self.running.talk

    @property
    def audience(self):
        return self.running.windows.audience

    @property
    def presenter(self):
        return self.running.windows.presenter

    @property
    def view(self):
        return self.running.stage.area.main

    def begin(self, modifier=NO_KEY) -> None:
        QTest.keyClick(self.desk.window, Qt.Key.Key_F5, modifier)
        QApplication.processEvents()
        for asked in QApplication.topLevelWidgets():
            if isinstance(asked, WordQuestions) and asked.isVisible():
                for keep, _blank in asked.buttons:
                    keep.click()
                asked.go_on.click()
        self.settle()

    def settle(self, *, ahead: bool = True) -> None:
        """Wait until all is painted; with ``ahead`` also until what comes next is ready."""
        self.desk.settle()
        QApplication.processEvents()
        running = self.talks.running
        if running is None:
            return
        if ahead:
            QTest.qWait(70)  # what comes next is made ready a moment after a page
            self.desk.settle()
        views = running.stage.area.views  # they take turns, and cuts come coarse first
        resting = lambda v: v.is_idle and not v._turn.isActive() and not v._rest.isActive()  # noqa: E731
        self.desk.qtbot.waitUntil(lambda: all(map(resting, views)), timeout=20_000)
        QApplication.processEvents()

    def press(self, *keys: Qt.Key, window: QWidget | None = None, modifier=NO_KEY) -> None:
        for key in keys:
            QTest.keyClick(window or self.presenter, key, modifier)
        if self.talks.running is not None:
            self.settle()

    def drag(self, start: QPoint, end: QPoint) -> None:
        view = self.view
        QTest.mousePress(view, LEFT, NO_KEY, start)
        for share in (0.4, 1.0):
            move(view, QPointF(start) + (QPointF(end) - QPointF(start)) * share, LEFT, NO_KEY)
        QTest.mouseRelease(view, LEFT, NO_KEY, end)

    def wheel(self, widget: QWidget, place: QPointF, notches: int) -> None:
        event = QWheelEvent(
            place,
            QPointF(widget.mapToGlobal(place)),
            QPoint(),
            QPoint(0, -120 * notches),
            NO_BUTTON,
            NO_KEY,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def pixels(self) -> bytes:
        """What the audience sees, as bytes."""
        image = self.audience.grab().toImage()
        return bytes(image.constBits())
