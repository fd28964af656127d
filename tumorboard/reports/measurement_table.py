"""The list of measurements to take away: CSV, XLSX, and text and HTML for the clipboard.

Numbers are rounded to `DECIMALS` and stay numbers; words are words, also where a spreadsheet would
take them for a formula. Rows that may leave come from `case.measurement_list.told_rows`.
"""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Sequence
from typing import Final

from tumorboard.case.measurement_list import DECIMALS, Column, ListedMeasurement
from tumorboard.language import _, number
from tumorboard.reports.decisions_csv import safe_cell
from tumorboard.text import line

#: Columns that a spreadsheet begins with, in characters.
_WIDTH: Final = 18
_FORM: Final = f".{DECIMALS}f"
Cell = float | str


def cells(rows: Sequence[ListedMeasurement]) -> list[list[Cell]]:
    """Return the cells of each row by the columns in their order; an empty text for none."""
    return [[_cell(row, column) for column in Column] for row in rows]


def _cell(row: ListedMeasurement, column: Column) -> Cell:
    if column.is_number and column in row.numbers:
        return round(row.numbers[column], DECIMALS)
    return line(row.text(column))


def measurements_csv(rows: Sequence[ListedMeasurement]) -> bytes:
    """Return one line a measurement: UTF-8 with byte order mark, comma, quoted throughout.

    Numbers have a point and two decimals, whatever the language of the spreadsheet.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([_(column.value) for column in Column])
    for row in cells(rows):
        writer.writerow([f"{c:{_FORM}}" if isinstance(c, float) else safe_cell(c) for c in row])
    return text.getvalue().encode("utf-8-sig")


def measurements_xlsx(rows: Sequence[ListedMeasurement]) -> bytes:
    """Return a workbook of one sheet: numbers as numbers, words as words, the heads held."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = _("Measurements")
    heads = [_(column.value) for column in Column]
    table: list[list[Cell]] = [[*heads], *cells(rows)]
    for r, row in enumerate(table, start=1):
        for c, value in enumerate(row, start=1):
            if value == "":
                continue
            cell = sheet.cell(r, c)
            if isinstance(value, float):
                cell.value, cell.number_format = value, f"0.{'0' * DECIMALS}"
            else:
                cell.value = value
                # Never a formula, not even after somebody edits the cell.
                cell.data_type = "s"
                cell.quotePrefix = value != safe_cell(value)
            if r == 1:
                cell.font = Font(bold=True)
    for c in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(c)].width = _WIDTH
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    # The library would name the person at the computer, and stamps the time by itself.
    book.properties.creator = "Tumorboard"
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def measurements_text(rows: Sequence[ListedMeasurement]) -> str:
    """Return the rows with their heads, parted by tabs, as a spreadsheet takes them."""
    told = [[_(column.value) for column in Column]]
    told += [
        [number(c, _FORM) if isinstance(c, float) else safe_cell(c) for c in row]
        for row in cells(rows)
    ]
    return "\n".join("\t".join(row) for row in told)


def measurements_html(rows: Sequence[ListedMeasurement]) -> str:
    """Return the rows with their heads as a table for a document."""
    heads = "".join(f"<th>{html.escape(_(column.value))}</th>" for column in Column)
    lines = [f"<tr>{heads}</tr>"]
    for row in cells(rows):
        told = (number(c, _FORM) if isinstance(c, float) else safe_cell(c) for c in row)
        lines.append("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in told) + "</tr>")
    return f"<table>{''.join(lines)}</table>"
