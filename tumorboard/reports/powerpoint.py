"""The slides as a presentation that PowerPoint opens: words to edit, tables, pictures.

Pages, places and breaks are those of the PDF (`tumorboard.reports.slide_pages`): paragraphs below
one another make one box of text, rows below one another a table, each picture keeps its pixels
and says in words what it shows. What the template of the library carries of its author goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontInfo

from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.reports.blocks import Block, Placed, Row, read_png
from tumorboard.reports.deck import Deck
from tumorboard.reports.identity import confidentiality
from tumorboard.reports.look import PT, font
from tumorboard.reports.slide_choice import deck_slides
from tumorboard.reports.slide_pages import (
    HEIGHT,
    RULE,
    SIDE,
    WIDTH,
    Line,
    Shown,
    Slide,
    foot_lines,
    head_lines,
)
from tumorboard.reports.slide_parts import GROUND, INK, LINE
from tumorboard.reports.text import LEADING, Run, Text
from tumorboard.text import sided

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide as Page

#: English Metric Units a device unit: 12,700 a point.
_EMU: Final = 12700 / PT
#: The template's page is so much narrower than ours.
_WIDER: Final = 4 / 3
_TITLE_ONLY: Final = 5
#: Room at the right end of a box, in points: another program's letters are a little wider.
_SPARE: Final = 4.0
#: "No Style, No Grid" of the tables.
_BARE_TABLE: Final = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
#: What the template of the library brings along and nobody needs.
_BALLAST: Final = ("/thumbnail", "/printerSettings")


def presentation_bytes(deck: Deck, reporter: Reporter | None = None) -> bytes:
    """Return slides as the bytes of a presentation; needs a QGuiApplication.

    Its properties name the program and no person.

    Raises
    ------
    CancelledError
        When the reporter was asked to stop.

    """
    slides = list(deck_slides(deck))
    made = _blank(deck)
    foot = confidentiality(deck.with_identity)
    for number, slide in enumerate(slides, start=1):
        if reporter is not None:
            reporter.step(_("Writing slides"), number, len(slides))
        page = made.slides.add_slide(made.slide_layouts[_TITLE_ONLY])
        _fill(page, slide, foot_lines(slide, foot, f"{number} / {len(slides)}"))
    data = BytesIO()
    made.save(data)
    return data.getvalue()


# -- the file as a whole -------------------------------------------------------------------


def _blank(deck: Deck) -> Presentation:
    """Return a presentation without pages, dark, of our size, that names nobody."""
    from pptx import Presentation as opened
    from pptx.util import Emu

    made = opened()
    made.slide_width, made.slide_height = Emu(_emu(WIDTH * PT)), Emu(_emu(HEIGHT * PT))
    master = made.slide_master
    for shape in [*master.shapes, *(s for layout in master.slide_layouts for s in layout.shapes)]:
        shape.left, shape.width = round(shape.left * _WIDER), round(shape.width * _WIDER)
    # What somebody adds is as light on dark as what is there.
    names = next(e for e in master.element if e.tag.endswith("}clrMap"))
    for light, dark in (("bg1", "dk1"), ("tx1", "lt1"), ("bg2", "dk2"), ("tx2", "lt2")):
        names.set(light, dark)
    _recolour(master.part)
    for part in (made.part, made.part.package):
        held = [r for r in part._rels.values() if r.reltype.endswith(_BALLAST)]
        for relation in held:
            part._rels.pop(relation.rId)
    program, properties = f"Tumorboard {deck.program_version}", made.core_properties
    properties.title, properties.author, properties.last_modified_by = deck.title, program, program
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None)
    properties.revision = 1
    return made


def _recolour(master: Any) -> None:
    """Give the theme our ground and ink for its dark and light."""
    from lxml import etree

    theme = next(r.target_part for r in master.rels.values() if r.reltype.endswith("/theme"))
    tree = etree.fromstring(theme.blob)
    space = {"a": "http://schemas.openxmlformats.org/drawingml/2006/main"}
    for name, value in (("dk1", GROUND), ("lt1", INK)):
        for found in tree.iterfind(f".//a:clrScheme/a:{name}", space):
            found.clear()
            etree.SubElement(found, f"{{{space['a']}}}srgbClr", val=value.lstrip("#").upper())
    theme._blob = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


# -- a page --------------------------------------------------------------------------------


def _fill(page: Page, slide: Slide, foot: Sequence[Line]) -> None:
    head = head_lines(slide)
    for n, line in enumerate(head):
        _add_line(page, line, is_title=n == 0)
    if head:
        _add_rule(page)
    is_titled = bool(head)
    for part, box in slide.parts:
        if isinstance(part, Shown):
            _add_picture(page, part, box)
            continue
        pieces = list(part.placed(box.left(), box.top(), box.width()))
        if not is_titled and pieces and isinstance(pieces[0].block, Text):
            # A page without a head is named by its first words.
            _add_box(page, pieces[:1], is_title=True)
            is_titled, pieces = True, pieces[1:]
        for group in _groups(pieces):
            (_add_rows if isinstance(group[0].block, Row) else _add_box)(page, group)
    for line in foot:
        _add_line(page, line)
    if not is_titled:
        page.shapes.title.element.getparent().remove(page.shapes.title.element)


def _groups(pieces: Iterable[Placed]) -> list[list[Placed]]:
    """Return pieces that belong together: paragraphs of a column, rows of a table."""
    groups: list[list[Placed]] = []
    for piece in pieces:
        if groups and _kind(groups[-1][-1]) == _kind(piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _kind(piece: Placed) -> tuple[object, ...]:
    block, place = piece.block, (piece.box.left(), piece.box.width())
    return (*place, block.shares, block.gutter) if isinstance(block, Row) else place


def _add_picture(page: Page, shown: Shown, box: QRectF) -> None:
    if read_png(shown.png).isNull():  # its words stand beside the free place
        return
    made = page.shapes.add_picture(BytesIO(shown.png), *_place(box))
    naming = made._element.nvPicPr.cNvPr
    naming.set("descr", shown.words)
    naming.set("name", _("Key image"))


def _add_rule(page: Page) -> None:
    from pptx.enum.shapes import MSO_SHAPE

    high = 0.75 * PT
    box = QRectF(SIDE * PT, RULE * PT - high / 2, (WIDTH - 2 * SIDE) * PT, high)
    made = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *_place(box))
    made.fill.solid()
    made.fill.fore_color.rgb = _rgb(LINE)
    made.line.fill.background()
    made.shadow.inherit = False


# -- words ---------------------------------------------------------------------------------


def _add_line(page: Page, line: Line, *, is_title: bool = False) -> None:
    frame = _frame(page, line.box, is_title=is_title, align=line.align)
    frame.word_wrap = False  # a foot stays on its line whatever the letters
    _add_paragraph(frame, 0, [line.run], line.run.size * LEADING, 0.0, line.align)


def _add_box(page: Page, group: Sequence[Placed], *, is_title: bool = False) -> None:
    """Add paragraphs as one box of text."""
    first, last = group[0].box, group[-1].box
    whole = QRectF(first.left(), first.top(), first.width(), last.bottom() - first.top())
    _add_paragraphs(_frame(page, whole, is_title=is_title), group)


def _frame(
    page: Page,
    box: QRectF,
    *,
    is_title: bool,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> Any:
    from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE

    before = 0.0 if align is Qt.AlignmentFlag.AlignLeft else _SPARE * PT
    after = 0.0 if align is Qt.AlignmentFlag.AlignRight else _SPARE * PT
    box = box.adjusted(-before, 0, after, 0)
    if is_title:
        shape = page.shapes.title
        shape.left, shape.top, shape.width, shape.height = _place(box)
    else:
        shape = page.shapes.add_textbox(*_place(box))
    frame = shape.text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    return frame


def _add_paragraphs(frame: Any, pieces: Iterable[Placed]) -> None:
    below: float | None = None
    for n, piece in enumerate(pieces):
        text = _text_of(piece.block)
        space = 0.0 if below is None else piece.box.top() - below
        below = piece.box.bottom()
        runs = text.runs(piece.box.width())
        _add_paragraph(frame, n, runs, text.pitch / PT, max(space, 0.0) / PT)


def _text_of(block: Block) -> Text:
    if not isinstance(block, Text):
        raise TypeError("only paragraphs stand in a box of text")
    return block


def _add_paragraph(
    frame: Any,
    number: int,
    runs: Iterable[Run],
    pitch: float,
    space: float,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Add a paragraph; ``pitch`` is from line to line, ``space`` above it, both in points."""
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    sides = {
        Qt.AlignmentFlag.AlignLeft: PP_ALIGN.LEFT,
        Qt.AlignmentFlag.AlignHCenter: PP_ALIGN.CENTER,
        Qt.AlignmentFlag.AlignRight: PP_ALIGN.RIGHT,
    }
    paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
    paragraph.alignment = sides[align]
    paragraph.line_spacing = Pt(pitch)
    paragraph.space_before, paragraph.space_after = Pt(space), Pt(0)
    for run in runs:
        made = paragraph.add_run()
        made.text = sided(run.text)
        made.font.size, made.font.bold = Pt(run.size), run.bold
        made.font.name = QFontInfo(font(run.size, bold=run.bold)).family()
        made.font.color.rgb = _rgb(run.colour)


# -- tables --------------------------------------------------------------------------------


def _add_rows(page: Page, rows: Sequence[Placed]) -> None:
    """Add rows as a table; the cells of a row that stands alone are boxes of text."""
    if len(rows) > 1:
        _add_table(page, rows)
        return
    for cell in _cells(rows[0]):
        for group in _groups(cell):
            _add_box(page, group)


def _cells(row: Placed) -> list[list[Placed]]:
    """Return the paragraphs of each cell of a row."""
    if not isinstance(row.block, Row):
        raise TypeError("only rows have cells")
    box = row.box
    places = row.block.places(box.left(), box.width())
    return [list(cell.placed(left, box.top(), width)) for cell, left, width in places]


def _add_table(page: Page, rows: Sequence[Placed]) -> None:
    """Add a table without lines; what stands between its rows belongs to the upper one."""
    first = rows[0]
    if not isinstance(first.block, Row):
        raise TypeError("a table is made of rows")
    lefts = [left for _cell, left, _wide in first.block.places(first.box.left(), first.box.width())]
    ends = [*lefts[1:], first.box.right() + first.block.gutter * PT]
    bottoms = [*(row.box.top() for row in rows[1:]), rows[-1].box.bottom()]
    whole = QRectF(lefts[0], first.box.top(), ends[-1] - lefts[0], bottoms[-1] - first.box.top())
    frame = page.shapes.add_table(len(rows), len(lefts), *_place(whole))
    table, look = frame.table, frame.table._tbl.tblPr
    for name in ("firstRow", "bandRow"):
        look.set(name, "0")
    look.find(look.tag.replace("tblPr", "tableStyleId")).text = _BARE_TABLE
    apart = _emu(max(first.block.gutter - _SPARE, 0.0) * PT)
    for column, left, end in zip(table.columns, lefts, ends, strict=True):
        column.width = _emu(end - left)
    for made, row, bottom in zip(table.rows, rows, bottoms, strict=True):
        made.height = _emu(bottom - row.box.top())
        for cell, pieces in zip(made.cells, _cells(row), strict=True):
            cell.margin_left = cell.margin_top = cell.margin_bottom = 0
            cell.margin_right = apart
            cell.fill.background()
            _add_paragraphs(cell.text_frame, pieces)


# -- units ---------------------------------------------------------------------------------


def _place(box: QRectF) -> tuple[int, int, int, int]:
    """Return left, top, width and height in the units of the file."""
    left, top = _emu(box.left()), _emu(box.top())
    return left, top, _emu(box.right()) - left, _emu(box.bottom()) - top


def _emu(length: float) -> int:
    return round(length * _EMU)


def _rgb(ink: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(QColor(ink).name().lstrip("#").upper())
