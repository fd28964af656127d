"""A whole meeting: twelve cases from the agenda to the minutes, by keys, on two screens."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from tests.dicom.make import Person, write_slices
from tests.ui.desk import Desk
from tests.ui.lectern import DESK, WALL, Lectern
from tumorboard.app.board import Board
from tumorboard.app.imports import find, take_in
from tumorboard.app.meeting_papers import Request, meeting_papers
from tumorboard.app.presented import NOTES
from tumorboard.app.talk import PageKind
from tumorboard.app.timeline import EventKind, event_key
from tumorboard.app.workspace import Workspace
from tumorboard.case.meeting import AgendaItem
from tumorboard.case.model import Patient
from tumorboard.progress import Reporter
from tumorboard.reports.agenda import write_agenda
from tumorboard.store.verify import verify
from tumorboard.ui.meeting.agenda_model import Column
from tumorboard.ui.meeting.dialogs import NewMeetingDialog

Key, Modifier = Qt.Key, Qt.KeyboardModifier
CONTROL, SHIFT = Modifier.ControlModifier, Modifier.ShiftModifier
TODAY = date.today()
COUNT = 12
FAMILIES = (
    *("Quitzow", "Zwirner", "Oxenstier", "Bjelkhagen", "Kwiatkow", "Yttergren"),
    *("Vukasov", "Ghyczy", "Przybyl", "Ojukwum", "Xanthak", "Jaurequi"),
)
FORMER = Patient("", "Wyszogrod", "HAND-5512", "19490203", "F")
NOBODY = "[withheld]"


def person(n: int) -> Person:
    return Person(f"PID-77{n:02d}1", f"{FAMILIES[n]}^Annabel{n}", f"19{50 + n}0417", "F")


def planted() -> list[str]:
    """Return everything that must not be told, in small letters."""
    people = [person(n) for n in range(COUNT)]
    found = [*FAMILIES, *(p.patient_id for p in people), *(p.birth_date for p in people)]
    found += [f"annabel{n}" for n in range(COUNT)]
    found += [FORMER.name, FORMER.patient_id, FORMER.birth_date]
    return [word.lower() for word in found]


def write_images(folder: Path, n: int, who: Person) -> Path:
    """A bright box of its own size and place, on six slices."""
    values = np.full((6, 48, 48), 924, np.int16)
    values[:, 8:40, 6:42] = 1024 + 40
    values[1:5, 14 : 20 + n, 12:30] = 1024 + 120

    def describe(ds, _k) -> None:
        ds.SeriesDescription = f"{who.name.split('^')[0] or NOBODY} abdomen"
        ds.AccessionNumber = f"ACC-{n}"

    study = f"1.2.99.{n + 1}"
    write_slices(
        folder,
        6,
        spacing=(5.0, 5.0),
        step=8.0,
        patient=who,
        values=values,
        study_uid=study,
        series_uid=f"{study}.1",
        change=describe,
    )
    return folder


def prepare(place: Path, *, named: bool) -> Path:
    """A store of twelve cases with names where nobody should write them, or without any."""
    workspace = Workspace(place / "store", "Dr Test")
    session = workspace.session
    for n in range(COUNT):
        who = person(n) if named else Person("", "", "", "")
        folder = write_images(place / f"ct{n}", n, who)
        last = n == COUNT - 1
        if last:  # entered by hand before there were images
            session.new_case(f"RP-{n + 1}", FORMER if named else Patient(""))
        uid = session.case.uid if last else ""
        outcome = take_in(session, find([folder], Reporter()), uid, hand_over=last)
        session.open_case(outcome.cases[0])
        name = FAMILIES[n] if named else NOBODY
        former = FORMER.name if named else NOBODY
        session.set_detail("label", f"RP-{n + 1}")
        session.set_detail("question", f"Is {former if last else name} resectable?")
        session.set_remark(NOTES, f"{name} asks for a second opinion.")
        session.set_remark(event_key(EventKind.BIOPSY, date(2026, 2, 1)), f"biopsy of {name}")
    session.close_case()
    workspace.close()
    return place / "store"


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The cases with their names, and the same cases of nobody."""
    folder = tmp_path_factory.mktemp("meeting")
    named = prepare(folder / "named", named=True)
    return named, prepare(folder / "nobody", named=False)


# -- the hands -----------------------------------------------------------------------------------


def press(
    desk: Desk, key: Key, modifier=Modifier.NoModifier, widget: QWidget | None = None
) -> None:
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow, timeout=3000)
    desk.key(key, modifier, widget)


def new_meeting(desk: Desk, day: date) -> None:
    desk.window.actions_by_name["meeting.new"].trigger()
    dialog = desk.window.findChildren(NewMeetingDialog)[-1]
    dialog.day.selectAll()
    QTest.keyClicks(dialog.day, day.isoformat())
    dialog.start.selectAll()
    QTest.keyClicks(dialog.start, "14:30")
    QTest.keyClick(dialog.start, Key.Key_Return)


def type_decision(lectern: Lectern, *, defer: str = "", recommend: str = "") -> None:
    """Write the decision on the case on show: in its fields, with the keys."""
    form = lectern.presenter.decision.form
    words = "Defers the case" if defer else "Recommends"
    button = next(b for b in form.kind.findChildren(QPushButton) if b.text() == words)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    fields = [(form.deferred, defer)] if defer else []
    fields += [(form.recommendation, recommend), (form.responsible, "Bone")] if recommend else []
    for field, text in fields:
        field.setFocus()
        QTest.keyClicks(QApplication.focusWidget(), text)


def sign(lectern: Lectern) -> None:
    lectern.press(Key.Key_Return, window=QApplication.focusWidget(), modifier=CONTROL)


def jump(lectern: Lectern, number: int) -> None:
    for digit in str(number):
        QTest.keyClick(lectern.presenter, Key(Key.Key_0 + int(digit)))
    lectern.press(Key.Key_Return)


def measure(lectern: Lectern) -> None:
    lectern.press(Key.Key_L)
    middle = lectern.view.rect().center()
    lectern.drag(middle - QPoint(80, 30), middle + QPoint(70, 40))
    assert len(lectern.talk.made) == 1


def spoken_by(window: QWidget) -> str:
    """Return all that a window tells a screen reader or its frame."""
    widgets = [window, *window.findChildren(QWidget)]
    words = [f"{w.accessibleName()} {w.accessibleDescription()} {w.toolTip()}" for w in widgets]
    return " | ".join([window.windowTitle(), *words]).lower()


def told(text: str) -> list[str]:
    return [word for word in planted() if word in text.lower()]


def pages_of(lectern: Lectern) -> list[bytes]:
    """Go through the talk with a clicker and return what the audience saw on each page."""
    seen, places = [], []
    for _ in range(3 * COUNT):
        seen.append(lectern.pixels())
        places.append((lectern.talk.case, lectern.talk.here.kind))
        QTest.keyClick(lectern.presenter, Key.Key_PageDown)
        lectern.settle(ahead=False)
    kinds = (PageKind.PICTURE, PageKind.ASSESSMENT, PageKind.TIMELINE)
    assert places == [(n, kind) for n in range(COUNT) for kind in kinds]
    assert lectern.talk.is_last
    return seen


# -- the meeting ---------------------------------------------------------------------------------


def build_agenda(desk: Desk) -> None:
    """Put all cases on the agenda of a new meeting and look at their lights."""
    press(desk, Key.Key_F4)
    new_meeting(desk, TODAY)
    cases = desk.window.worklist.cases
    cases.setFocus()
    cases.selectAll()
    press(desk, Key.Key_A, CONTROL | SHIFT, cases)
    desk.settle()
    page = desk.window.features.meeting.meetings.page
    rows = page.agenda.agenda.rows
    assert [row.label for row in rows] == [f"RP-{n + 1}" for n in range(COUNT)]
    for row in rows:
        lights = {light.key: light.state for light in row.lights}
        assert lights["current"]
        assert lights["question"]
        assert not lights["histology"]
    model = page.agenda.agenda
    assert model.data(model.index(2, Column.TIME)) == "14:36"
    press(desk, Key.Key_Escape, widget=page.agenda)


def speak(lectern: Lectern) -> None:
    """Work through cases: grey values, measurements, black, numbers, decisions, a lost screen."""
    jump(lectern, 2)
    display, place = lectern.view.display, lectern.view.rect().center()
    window = display.window
    lectern.press(Key.Key_W)
    lectern.drag(place, place + QPoint(60, 10))
    assert display.window != window
    measure(lectern)
    jump(lectern, 3)
    lectern.presenter.question_bar.keep.click()
    measure(lectern)
    jump(lectern, 4)
    lectern.presenter.question_bar.throw.click()
    lectern.press(Key.Key_B)
    black = set(lectern.pixels()[::4])
    assert black == {0}
    lectern.press(Key.Key_B)
    jump(lectern, 11)
    assert lectern.talk.slot.label == "RP-11"

    jump(lectern, 1)
    still = lectern.pixels()
    lectern.press(Key.Key_D, modifier=CONTROL)
    type_decision(lectern, recommend="Resection with the right kidney")
    sign(lectern)
    assert lectern.pixels() == still
    for _ in range(3):
        lectern.press(Key.Key_PageDown, window=lectern.presenter.decision)
    type_decision(lectern, defer=f"No chest CT of {FAMILIES[1]}")
    sign(lectern)
    for _ in range(3):
        lectern.press(Key.Key_PageDown, window=lectern.presenter.decision)
    type_decision(lectern, recommend="Biopsy")
    lectern.press(Key.Key_Escape, window=QApplication.focusWidget())

    lectern.screens.plug(DESK)
    assert not lectern.audience.isVisible()
    lectern.press(Key.Key_PageDown)
    lectern.screens.plug(DESK, WALL)
    assert lectern.audience.isVisible()
    assert lectern.audience.windowTitle() == "Presentation"


def check_record(desk: Desk) -> None:
    """What was kept, thrown away, signed and only written."""
    session = desk.workspace.session
    board = Board(session)
    (meeting,) = board.meetings()
    uids = [item.case_uid for item in meeting.items]
    drawn = [len(session.open_case(uid).annotations) for uid in uids[:4]]
    assert drawn == [0, 1, 0, 0]
    states = board.decision_states(uids, meeting.uid)
    assert [states[uid] for uid in uids[:4]] == ["recommended", "deferred", "draft", ""]
    signed = board.stands(uids[0]).signed
    assert signed.meeting_uid == meeting.uid
    assert signed.record["series"] == ["1.2.99.1.1"]
    assert board.stands(uids[2]).signed is None


def write_papers(desk: Desk, folder: Path) -> dict[str, Path]:
    """Write every paper without identity, and the minutes with it."""
    features = desk.window.features
    (meeting,) = Board(desk.workspace.session).meetings()
    kinds = {"agenda": "pdf", "minutes": "pdf", "readiness": "pdf", "decisions": "csv"}
    files = {kind: folder / f"{kind}.{ending}" for kind, ending in kinds.items()}
    for kind, path in files.items():
        features.meeting.papers.write(kind, meeting, path, with_identity=False)
    features.meeting.papers.write("minutes", meeting, folder / "named.pdf", with_identity=True)
    desk.workspace.session.open_case(meeting.items[COUNT - 1].case_uid)
    desk.settle()
    features.reports.write(folder / "case.pdf")
    desk.settle()
    return {**files, "case": folder / "case.pdf"}


def check_papers(files: dict[str, Path], named: Path) -> None:
    """Every case is there and nobody is named; with identity everybody is."""
    texts = {}
    for kind, path in files.items():
        raw = path.read_bytes()
        assert told(raw.decode("latin-1")) == [], kind
        if path.suffix == ".pdf":
            texts[kind] = words_of(path)
            assert told(f"{texts[kind]} {PdfReader(path).metadata}") == [], kind
        else:
            texts[kind] = raw.decode("utf-8-sig")
    for kind in ("agenda", "minutes", "decisions"):
        assert [n for n in range(COUNT) if f"RP-{n + 1}" not in texts[kind]] == [], kind
    assert "Resection with the right kidney" in texts["minutes"]
    assert "No chest CT of [withheld]" in texts["minutes"]
    assert "14:36" in texts["agenda"]
    assert len(PdfReader(files["agenda"]).pages) <= 3
    assert len(texts["decisions"].splitlines()) == COUNT + 1
    told_by_name = words_of(named).lower()
    assert [name for name in FAMILIES if name.lower() not in told_by_name] == []


def words_of(path: Path) -> str:
    """Return the text of a PDF with single blanks."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


def carry_over(desk: Desk) -> None:
    """Make the next meeting and take the deferred case over."""
    press(desk, Key.Key_F4)
    new_meeting(desk, TODAY + timedelta(days=7))
    board = Board(desk.workspace.session)
    later, first = board.meetings()
    meetings = desk.window.features.meeting.meetings
    meetings.choose(first.uid)
    desk.window.actions_by_name["meeting.carry"].trigger()
    desk.settle()
    later = board.meeting(later.uid)
    assert [item.case_uid for item in later.items] == [first.items[1].case_uid]
    rows = meetings.page.agenda.agenda.rows
    assert [(row.label, row.decision) for row in rows] == [("RP-2", "")]
    press(desk, Key.Key_Escape, widget=meetings.page.agenda)


def test_a_meeting_of_twelve_cases(open_desk, stores, tmp_path, caplog):
    desk = open_desk(stores[0])
    desk.workspace.guidance.make_ready()
    build_agenda(desk)
    lectern = Lectern(desk)
    heard: list[str] = []
    lectern.begin()
    assert lectern.audience.geometry() == WALL.area
    lectern.running.stage.room.discreet.listener = heard.append
    seen = pages_of(lectern)
    speak(lectern)
    assert told(spoken_by(lectern.audience)) == []
    assert told(" ".join(heard)) == []
    assert NOBODY in " ".join(heard)
    lectern.press(Key.Key_Escape, Key.Key_Escape)  # the tool, then the talk
    assert lectern.talks.running is None
    check_record(desk)
    papers = write_papers(desk, tmp_path)
    check_papers(papers, tmp_path / "named.pdf")
    carry_over(desk)
    assert told(QGuiApplication.clipboard().text()) == []
    assert told(caplog.text) == []
    written = [p for p in tmp_path.glob("xdg_*/**/*") if p.is_file()]
    assert [p.name for p in written if told(p.read_text(errors="replace"))] == []
    report = verify(desk.workspace.session.store)
    assert report.ok, report.problems
    compare_with_nobody(open_desk, stores[1], seen, (desk, tmp_path))


def compare_with_nobody(
    open_desk, store: Path, seen: list[bytes], named: tuple[Desk, Path]
) -> None:
    """The same cases of nobody look the same to the byte, before the audience and on paper."""
    desk = open_desk(store)
    desk.workspace.guidance.make_ready()
    board = Board(desk.workspace.session)
    uids = [case.uid for case in desk.workspace.session.cases()]
    items = tuple(AgendaItem(uid) for uid in uids)
    meeting = replace(board.new_meeting(TODAY.isoformat(), "14:30"), items=items)
    board.keep(meeting)
    lectern = Lectern(desk)
    press(desk, Key.Key_F5)
    lectern.settle()
    assert pages_of(lectern) == seen
    lectern.press(Key.Key_Escape)
    assert len(set(seen)) > COUNT
    first, second = agenda_page(*named), agenda_page(desk, named[1])
    assert first == second


def agenda_page(desk: Desk, folder: Path) -> list[bytes]:
    """Return the first page of the agenda as drawn, and as pixels where poppler is at hand."""
    session = desk.workspace.session
    meeting = min(Board(session).meetings(), key=lambda m: m.date)
    papers = meeting_papers(session.store, meeting, Request({}))
    path = folder / "compared.pdf"
    write_agenda(replace(papers, audit_head="0" * 64, created="now"), path, "A4")
    found = [PdfReader(path).pages[0].get_contents().get_data()]
    if converter := shutil.which("pdftoppm"):
        command = [converter, "-r", "60", "-singlefile", "-gray", str(path)]
        found.append(subprocess.run(command, capture_output=True, check=True).stdout)
    return found
