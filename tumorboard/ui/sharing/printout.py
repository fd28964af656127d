"""Prints what the views show, or writes it as a PDF; without identity unless asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import QImage, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QVBoxLayout,
    QWidget,
)

from tumorboard.annotations.model import utc_now
from tumorboard.app.told import withholding_of
from tumorboard.errors import UserError
from tumorboard.imaging.view_cut import cut_words
from tumorboard.imaging.windowing import window_words
from tumorboard.language import _
from tumorboard.ui.shell.case_words import identity
from tumorboard.ui.shell.file_dialogs import ask_save
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.parts import words
from tumorboard.ui.shell.provenance import local_time
from tumorboard.ui.shell.theme import text_font
from tumorboard.ui.shell.word_questions import with_words_settled
from tumorboard.ui.viewer.image_view import ImageView
from tumorboard.ui.viewer.painting import where_words
from tumorboard.ui.viewer.snapshot import snapshot
from tumorboard.whole_file import write_whole

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

_MARGIN_MM = 12.0
_LINE_MM = 5.0
_GAP_MM = 3.0


@dataclass(frozen=True)
class Panel:
    """A picture for the page, the words below it, and how long a mm of the patient is on it.

    ``pixels_per_mm`` are logical pixels of the picture; 0 where it is not calibrated.
    """

    picture: QImage
    words: str
    pixels_per_mm: float


@dataclass(frozen=True)
class Page:
    """What is printed: pictures in a row or a grid, and lines above them."""

    panels: tuple[Panel, ...]
    head: tuple[str, ...]


class PrintDialog(QDialog):
    """Asks what is printed, and whether the name stands on it (it does not unless asked)."""

    def __init__(self, many: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Print"))
        self.what = QComboBox()
        self.what.setAccessibleName(_("What is printed"))
        self.what.addItems([_("The active view"), _("All views as they are laid out")])
        self.named = QCheckBox(_("With the patient's name, identifier and birth date"))
        box = QDialogButtonBox()
        self.pdf = box.addButton(_("Save as PDF…"), QDialogButtonBox.ButtonRole.ActionRole)
        self.paper = box.addButton(_("Print…"), QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(QDialogButtonBox.StandardButton.Cancel)
        box.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(words(_("Prints the pictures with what is measured on them and a scale.")))
        layout.addWidget(self.what)
        self.what.setVisible(many)
        layout.addWidget(self.named)
        layout.addWidget(box)


class PrintFeature(Feature):
    """Asks and prints."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the commands of this do."""
        return {"file.print": self.ask}

    def ask(self) -> None:
        """Ask what is printed and where to."""
        host = self._host
        shown = [v for v in host.views.shown if v.display.volume is not None]
        if not shown:
            host.say(_("There is no picture to print."))
            return
        dialog = PrintDialog(len(shown) > 1, host.parent_widget)
        dialog.paper.setEnabled(has_printer())
        dialog.paper.clicked.connect(lambda: self._settled(dialog, self._print))
        dialog.pdf.clicked.connect(lambda: self._settled(dialog, self._choose_file))
        dialog.open()

    def _settled(self, dialog: PrintDialog, go_on: Callable[[PrintDialog], None]) -> None:
        """Go on when every word that may be a name is decided on."""
        views = self._host.views.shown
        volumes = [view.display.volume for view in views if view.display.volume is not None]
        if not dialog.named.isChecked() and any(v.has_burned_in_words for v in volumes):
            self._host.say(
                _(
                    "Words are burned into these pictures: they may name the patient. Print them "
                    "with the name, or show others."
                ),
                state="warning",
            )
            return
        case = self._host.case
        uids = () if case is None or dialog.named.isChecked() else (case.uid,)
        with_words_settled(self._host, uids, lambda: go_on(dialog))

    def page(self, *, all_views: bool, named: bool) -> Page:
        """Return what would be printed now."""
        views = self._host.views
        wanted = views.shown if all_views else (views.active_view(),)
        case = self._host.case
        head = [identity(case)] if named and case is not None else []
        word: Callable[[str], str] = str
        if not named and case is not None:
            word = withholding_of(self._host.session.store, case)
        panels = [panel for view in wanted if (panel := panel_of(view, word)) is not None]
        return Page(tuple(panels), (*head, _("Printed {when}", when=local_time(utc_now()))))

    def write(self, page: Page, path: Path) -> None:
        """Write a page as PDF.

        Raises
        ------
        UserError
            When the file cannot be written.

        """
        content = QBuffer()
        content.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QPdfWriter(content)
        writer.setTitle(_("Tumorboard"))
        writer.setResolution(300)
        lay_page(writer)
        if not paint_on(writer, page):
            raise UserError(
                _("“{name}” cannot be written.", name=path.name), _("Choose another folder.")
            )
        write_whole(path, bytes(content.data().data()))

    def _wanted(self, dialog: PrintDialog) -> Page:
        return self.page(all_views=dialog.what.currentIndex() == 1, named=dialog.named.isChecked())

    def _choose_file(self, dialog: PrintDialog) -> None:
        named = ask_save(self._host, _("Save as PDF"), "views.pdf", _("PDF (*.pdf)"), dialog)
        if named is None:
            return
        path = named.with_suffix(".pdf")
        page = self._wanted(dialog)
        if self._host.attempt(lambda: self.write(page, path)):
            dialog.accept()
            self._host.say(_("Saved as {name}.", name=path.name))

    def _print(self, dialog: PrintDialog) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        page = self._wanted(dialog)
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        lay_page(printer)
        if QPrintDialog(printer, dialog).exec():
            if not paint_on(printer, page):
                self._host.say(_("The printer takes nothing."), state="warning")
            dialog.accept()


def has_printer() -> bool:
    """Whether the system knows a printer."""
    from PySide6.QtPrintSupport import QPrinterInfo

    return bool(QPrinterInfo.availablePrinterNames())


def panel_of(view: ImageView, word: Callable[[str], str] = str) -> Panel | None:
    """Return the picture of a view for the page, None without one.

    ``word`` is put on what people and devices wrote.
    """
    picture, frame = snapshot(view, word), view.frame()
    if picture is None or frame is None:
        return None
    known = view.scale if frame.volume.is_placed else None
    scale = frame.projection.pixels_per_mm / known if known else 0.0
    display, volume, spec = view.display, frame.volume, frame.spec
    title = display.title
    window = "" if volume.colour is not None else window_words(display.window)
    told = (
        cut_words(volume, spec),
        where_words(volume, spec, display.point),
        *(word(title.description), title.date, window),
    )
    return Panel(picture, " · ".join(text for text in told if text), scale)


def lay_page(device: QPagedPaintDevice) -> None:
    """Set A4 across with its margins."""
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    device.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    device.setPageOrientation(QPageLayout.Orientation.Landscape)
    device.setPageMargins(margins, QPageLayout.Unit.Millimeter)


def paint_on(device: QPagedPaintDevice, page: Page) -> bool:
    """Paint a page; return whether the device took it."""
    painter = QPainter()
    if not painter.begin(device):
        return False
    try:
        dots = device.logicalDpiX() / 25.4
        room = QRectF(0, 0, device.width(), device.height())
        # Paint head, pictures and their words; ``dots`` are those of the device a millimetre.
        font = text_font(round(3.4 * dots))
        painter.setFont(font)
        line = _LINE_MM * dots
        for n, text in enumerate(page.head):
            box = QRectF(room.left(), room.top() + n * line, room.width(), line)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, text)
        top = room.top() + (len(page.head) + 0.5) * line
        rest = QRectF(room.left(), top, room.width(), room.bottom() - top)
        for panel, box in zip(
            page.panels, cells(rest, len(page.panels), _GAP_MM * dots), strict=True
        ):
            target = fitted(panel.picture, box.adjusted(0, 0, 0, -2 * line))
            painter.drawImage(target, panel.picture)
            below = QRectF(box.left(), target.bottom(), box.width(), 2 * line)
            text = " · ".join(t for t in (panel.words, scale_words(panel, target, dots)) if t)
            wrapped = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
            painter.drawText(below, wrapped, text)
    finally:
        painter.end()
    return True


def cells(room: QRectF, count: int, gap: float) -> Sequence[QRectF]:
    """Return boxes for pictures: one, two beside each other, else rows of two."""
    across = 1 if count == 1 else 2
    down = -(-count // across)
    width = (room.width() - gap * (across - 1)) / across
    height = (room.height() - gap * (down - 1)) / max(down, 1)
    return [
        QRectF(
            room.left() + (n % across) * (width + gap),
            room.top() + (n // across) * (height + gap),
            width,
            height,
        )
        for n in range(count)
    ]


def fitted(picture: QImage, box: QRectF) -> QRectF:
    """Return the largest rectangle of a picture's shape at the top left of a box."""
    scale = min(box.width() / picture.width(), box.height() / picture.height())
    return QRectF(box.left(), box.top(), picture.width() * scale, picture.height() * scale)


def scale_words(panel: Panel, target: QRectF, dots: float) -> str:
    """Return how a length on paper relates to one in the patient."""
    if panel.pixels_per_mm <= 0:
        return _("not calibrated: no scale")
    logical = panel.picture.width() / panel.picture.devicePixelRatio()
    paper_mm = target.width() / dots
    ratio = paper_mm / (logical / panel.pixels_per_mm)
    return _("1 cm on paper is {cm:.2f} cm in the patient", cm=1 / ratio)
