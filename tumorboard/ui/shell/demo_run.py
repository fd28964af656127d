"""The main job on the demonstration cases without a display, through the same window code."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop

from tumorboard.app.settings import Settings
from tumorboard.app.workspace import Workspace
from tumorboard.case.ivc_report import extent_words
from tumorboard.errors import UserError
from tumorboard.guidelines.assessment import Assessment
from tumorboard.guidelines.category_words import qualified_category
from tumorboard.language import _
from tumorboard.text import line
from tumorboard.ui.shell.case_words import size_text
from tumorboard.ui.shell.window import MainWindow

_SIZE = (1920, 1080)
_PATIENCE_S = 120.0


@dataclass(frozen=True)
class Line:
    """A line of the table that is printed."""

    case: str
    size: str
    ivc: str
    category: str
    rule: str
    missing: str


def run_offscreen(folder: Path, out: Path) -> int:
    """Open each case in the window, assess it, print a table, write report and picture.

    Raises
    ------
    UserError
        When the folder for the results cannot be written.

    """
    say = sys.stdout.write
    say(_("No display: the demonstration runs through the same window offscreen.") + "\n")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            _("“{out}” cannot be written.", out=out), _("Name another one with --out.")
        ) from error
    workspace = Workspace(folder, Settings().author)
    try:
        window = MainWindow(workspace, Settings())
        window.resize(*_SIZE)
        window.show()
        lines = []
        for summary in workspace.session.cases():
            say(f"  {summary.label} ...\n")
            sys.stdout.flush()
            lines.append(_do_case(window, summary.uid, out))
        window.close()
        window.deleteLater()
    finally:
        workspace.close()
    say(
        table(lines)
        + "\n"
        + _("Reports and pictures are in {folder}.", folder=line(str(out)))
        + "\n"
    )
    return 0


def _do_case(window: MainWindow, uid: str, out: Path) -> Line:
    controller = window.controller
    controller.open_case(uid)
    _wait(lambda: controller.jobs.is_idle)
    case, assessment = controller.session.case, controller.session.assessment
    if case is None or not isinstance(assessment, Assessment):
        raise UserError(
            _("A demonstration case cannot be opened."), _("Delete the folder and retry.")
        )
    marks = [a.uid for a in case.annotations if a.lesion_uid]
    if marks:
        window.features.measurements.jump((marks[0],))
    _wait(lambda: controller.jobs.is_idle)
    window.features.reports.write(out / f"{case.label}.pdf")
    _wait(lambda: controller.is_idle)  # previews of key images too
    window.notice.hide()
    QCoreApplication.processEvents()
    window.grab().save(str(out / f"{case.label}.png"))
    facts = controller.session.facts
    extent = extent_words(facts)
    missing = [m.label for m in (*assessment.missing, *assessment.also_missing)]
    return Line(
        case.label,
        size_text(case) or _("not measured"),
        extent or _("none marked"),
        qualified_category(assessment.to_json()),
        assessment.category_rule,
        ", ".join(missing) or _("none"),
    )


def _wait(done: Callable[[], bool]) -> None:
    """Let the window work until something is done."""
    limit = time.monotonic() + _PATIENCE_S
    while not done():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        if time.monotonic() > limit:
            raise UserError(
                _("The images take too long to load."), _("Try again on a quiet machine.")
            )
        time.sleep(0.005)
    QCoreApplication.processEvents()


def table(lines: list[Line]) -> str:
    """Return the lines as a table with heads."""
    heads = (
        _("Case"),
        _("Size (axial x axial x craniocaudal)"),
        _("Tumour in the IVC"),
        _("Category"),
        _("Rule"),
        _("Not assessed"),
    )
    rows = [heads, *((x.case, x.size, x.ivc, x.category, x.rule, x.missing) for x in lines)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads) - 1)]
    texts = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        texts.append("  ".join([*cells, row[-1]]))
    texts.insert(1, "-" * len(texts[0]))
    return "\n".join(texts)
