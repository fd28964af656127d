"""The board report as PDF."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QPageSize, QPdfWriter, QTextDocument

from tumorboard.reports.context import ReportContext
from tumorboard.reports.files import write_whole
from tumorboard.reports.html import render_html


def write_pdf(context: ReportContext, path: Path, paper: str = "A4") -> None:
    """Write the report as PDF, whole or not at all; needs a QGuiApplication.

    Raises
    ------
    UserError
        When the file cannot be written.

    """
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    sizes = {"A4": QPageSize.PageSizeId.A4, "Letter": QPageSize.PageSizeId.Letter}
    writer.setPageSize(QPageSize(sizes[paper]))
    document = QTextDocument()
    document.setHtml(render_html(context))
    document.print_(writer)
    del writer
    buffer.close()
    write_whole(path, bytes(data.data()))
