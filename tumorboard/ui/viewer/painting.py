"""Paints a view: the picture, kept while only what lies over it changes, and what lies over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen

from tumorboard.annotations.calibration import answered, in_force
from tumorboard.annotations.kinds import MARKS
from tumorboard.annotations.labels import Box
from tumorboard.annotations.model import Annotation
from tumorboard.annotations.spine import level_words, named_among
from tumorboard.imaging.geometry import Calibration, Plane, Point
from tumorboard.imaging.slicing import (
    Section,
    native_plane,
    oriented_slice,
    section_count,
    section_number,
)
from tumorboard.imaging.view_cut import CutSpec, cut_words, is_native, stored_step
from tumorboard.imaging.viewport import NO_STRIPS, Projection, Strips, resolve, zoomed
from tumorboard.imaging.volume import Volume, instance_number_at
from tumorboard.imaging.windowing import GreyTable, window_name_words, window_words
from tumorboard.language import _, ngettext, number
from tumorboard.ui.viewer import foreign, guides, overlay, strokes
from tumorboard.ui.viewer import vessel_paths as paths
from tumorboard.ui.viewer.drawing_cache import Wish
from tumorboard.ui.viewer.drawings import Free
from tumorboard.ui.viewer.edge import Rim, reading_box, strips_for
from tumorboard.ui.viewer.fused import (
    FusedPainting,
    colour_bar_box,
    fused_reading,
    paint_colour_bar,
)
from tumorboard.ui.viewer.inks import colour
from tumorboard.ui.viewer.masks import MaskPainting
from tumorboard.ui.viewer.overlay_stack import NOTHING, OverlayStack
from tumorboard.ui.viewer.render import colour_image, grey_image

if TYPE_CHECKING:
    from tumorboard.ui.viewer.display import Display
    from tumorboard.ui.viewer.image_view import ImageView

#: Before the words of the window: there is a menu below them.
WINDOW_MENU = "▾ "
#: Reservations that labels of measurements leave to the view.
_FIRST_TOLD = frozenset({"uncalibrated", "ultrasound-region"})
_MAGNIFIER = 110.0
_MAGNIFICATION = 2.5


@dataclass(frozen=True, eq=False)
class Frame:
    """All that decides what the picture of a view looks like."""

    volume: Volume
    spec: CutSpec
    section: Section
    projection: Projection
    table: GreyTable
    fast: bool
    smooth: bool
    over: OverlayStack = NOTHING
    #: How many slices there were before the cut was made; more may have come since.
    loaded: int = 0

    @property
    def is_loaded(self) -> bool:
        """Whether the slice on show has come; reformats fill up as slices come."""
        k = self.section.slice_index
        return k is None or bool(self.volume.loaded[k])


class Painting:
    """Paints the frames of one view."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._kept: tuple[QImage, Any] | None = None
        self._masks = MaskPainting()
        self._fused = FusedPainting()

    def paint(self, painter: QPainter, view: ImageView, frame: Frame) -> None:
        """Paint the picture and, unless they are hidden, the things over it."""
        if not frame.is_loaded:
            painter.fillRect(view.rect(), Qt.GlobalColor.black)
        else:
            # The picture; the same one again while nothing of it has changed.
            grid, projection = frame.section.grid, frame.projection
            key = (
                ref(frame.volume),  # an identity alone may be given to what comes later
                ref(frame.table),
                frame.spec,
                frame.section.slice_index,
                tuple(grid.origin),
                grid.shape,
                grid.spacing,
                (projection.rows, projection.columns, projection.target, projection.ratio),
                (projection.flip_horizontal, projection.flip_vertical),
                (frame.fast, frame.smooth, frame.loaded),
            )
            if key != self._key or self._kept is None:
                self._key, self._kept = key, picture_of(frame)
            image, owner = self._kept
            left, top, width, height = frame.projection.target
            ratio = frame.projection.ratio
            box = QRectF(left / ratio, top / ratio, width / ratio, height / ratio)
            _fill_around(painter, QRectF(view.rect()), box)
            painter.drawImage(box.topLeft(), image)
            del owner
            fill_strips(painter, view)
            self._fused.paint(painter, frame, frame.over.fusion)
            if view.room.overlays_visible:
                self._masks.paint(painter, frame, frame.over.layers)
            if view.magnifies and view.pointer is not None:
                _paint_magnifier(painter, view, frame)
        if view.room.overlays_visible:
            self.paint_words(painter, view, frame)
        guides.paint_brush(painter, view, frame.projection)
        if view.rubber is not None:
            painter.setPen(QPen(colour("accent"), 1.0, Qt.PenStyle.DashLine))
            painter.drawRect(view.rubber)
        self.paint_focus(painter, view)

    def paint_words(self, painter: QPainter, view: ImageView, frame: Frame) -> None:
        """Paint annotations, letters and words over the picture."""
        _paint_overlays(painter, view, frame)

    def paint_focus(self, painter: QPainter, view: ImageView) -> None:
        """Frame the view that has the focus, and fainter the others of the active display."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if view.hasFocus():
            painter.setPen(QPen(colour("accent"), 2.0))
            painter.drawRect(QRectF(view.rect()).adjusted(1, 1, -1, -1))


def _fill_around(painter: QPainter, whole: QRectF, picture: QRectF) -> None:
    """Paint black what the picture leaves free; to fill all of a large screen costs more."""
    # The whole logical pixels inside a box; a pixel half covered is painted black first.
    left, top = ceil(picture.left()), ceil(picture.top())
    box = QRect(
        left, top, floor(picture.right()) - left, floor(picture.bottom()) - top
    ).intersected(whole.toAlignedRect())
    left, top, right, bottom = box.left(), box.top(), box.right() + 1, box.bottom() + 1
    width, height = int(whole.width()) + 1, int(whole.height()) + 1
    for part in (
        QRect(0, 0, width, top),
        QRect(0, bottom, width, height - bottom),
        QRect(0, top, left, bottom - top),
        QRect(right, top, width - right, bottom - top),
    ):
        if not part.isEmpty():
            painter.fillRect(part, Qt.GlobalColor.black)


def fill_strips(painter: QPainter, view: ImageView) -> None:
    """Leave nothing of the picture below words that stand beside it."""
    strips, wide, high = view.strips, view.width(), view.height()
    if strips != NO_STRIPS:
        painter.fillRect(QRectF(0, 0, wide, strips.top), Qt.GlobalColor.black)
        painter.fillRect(QRectF(0, high - strips.bottom, wide, strips.bottom), Qt.GlobalColor.black)


def picture_of(frame: Frame) -> tuple[QImage, Any]:
    """Return the picture of a frame, and what owns its pixels (keep both together)."""
    colours = colours_of(frame.volume, frame.section, frame.spec)
    if colours is not None:
        return colour_image(colours, frame.projection), None
    return grey_image(
        frame.section, frame.projection, frame.table, fast=frame.fast, smooth=frame.smooth
    )


def paint_over(painter: QPainter, frame: Frame, *, marks: bool) -> None:
    """Paint once what lies over a picture: the fused series and, unless hidden, the rest."""
    fusion = frame.over.fusion
    FusedPainting().paint(painter, frame, fusion)
    if marks:
        # Words of others may hold a name: they stay out of pictures that are taken away.
        layers = tuple(x for x in frame.over.layers if not x.is_bitmap)
        MaskPainting().paint(painter, frame, layers)
        foreign.paint_marks(painter, frame, frame.over.marks, None)
    left, top, width, height = (v / frame.projection.ratio for v in frame.projection.target)
    size = QRectF(0, 0, 2 * left + width, 2 * top + height)
    paint_colour_bar(painter, frame, fusion, size)


def colours_of(volume: Volume, section: Section, spec: CutSpec) -> Any:
    """Return the colours of a native slice as it is shown, or None for grey ones."""
    k = section.slice_index
    if k is None or volume.colour is None:
        return None
    return np.rot90(oriented_slice(volume.stack, spec.plane, volume.colour[k]), -spec.quarter_turns)


def _paint_magnifier(painter: QPainter, view: ImageView, frame: Frame) -> None:
    pointer = view.pointer
    if pointer is None:
        return
    size = (float(view.width()), float(view.height()))
    place = (pointer.x(), pointer.y())
    strips = view.strips
    near = zoomed(view.viewport, frame.projection, _MAGNIFICATION, place, size, strips)
    projection = resolve(near, frame.section.grid, size, frame.projection.ratio, strips)
    if projection.is_empty:
        return
    closer = Frame(
        *(frame.volume, frame.spec, frame.section, projection, frame.table, True, frame.smooth)
    )
    image, owner = picture_of(closer)
    glass = QPainterPath()
    glass.addEllipse(pointer, _MAGNIFIER, _MAGNIFIER)
    painter.save()
    painter.setClipPath(glass)
    painter.fillPath(glass, Qt.GlobalColor.black)
    left, top, _, _ = projection.target
    painter.drawImage(QPointF(left / projection.ratio, top / projection.ratio), image)
    painter.restore()
    painter.setPen(QPen(colour("accent"), 1.5))
    painter.drawPath(glass)
    del owner


def _paint_overlays(painter: QPainter, view: ImageView, frame: Frame) -> None:
    size, room, projection = QRectF(view.rect()), view.room, frame.projection
    volume, section, spec = frame.volume, frame.section, frame.spec
    guides.paint_crosshair(painter, view.display, spec, projection, size)
    if room.turning and volume.is_placed:
        guides.paint_turn_handles(painter, view.display, spec, projection)
    guides.paint_reference(painter, view, projection, size)
    if section.slice_index is None:
        if not spec.is_turned:
            overlay.paint_gaps(painter, volume, projection, size)
    else:
        upwards = stored_step(volume, spec.plane) < 0
        overlay.paint_slice_bar(painter, volume.loaded, section.slice_index, upwards, size)
    named = not names_at_rim(spec)
    paths.paint_paths(
        painter, frame.over.paths, section.grid, projection, spec.slab_mm, named=named
    )
    # What stands at the rim comes first: nothing is painted over a measured value.
    rim = rim_at(view, frame)
    paint_colour_bar(painter, frame, frame.over.fusion, size)
    overlay.paint_rim(painter, rim)
    foreign.paint_marks(painter, frame, frame.over.marks, size.width())
    visible = drawn_here(view, spec, section)
    marked = room.highlight[-1] if room.highlight else room.selected_uid
    moving = [a for a in room.preview if a in visible]
    resting = tuple(a for a in visible if a not in moving)
    wish = wish_of(view, projection, volume, resting, free=rim.free, labels=not moving)
    overlay.paint_kept(painter, wish, view.ahead.sheet(wish), marked, moving)
    view.ahead.painted(wish, spec, section)
    if room.snap is not None and view.underMouse():
        strokes.paint_snap(painter, projection.to_canvas(np.array(room.snap)))
    if view.pointer is not None:
        more = fused_reading(frame, frame.over.fusion, view.pointer)
        guides.paint_reading(painter, frame, view.pointer, rim, more)


def rim_at(view: ImageView, frame: Frame) -> Rim:
    """Return what stands at the rim of a view, round the labels of its drawings."""
    size, volume, spec = QRectF(view.rect()), frame.volume, frame.spec
    bar = colour_bar_box(frame, frame.over.fusion, size)
    sliced = frame.section.slice_index is not None and len(volume.loaded) > 1
    strips = view.strips
    reading = reading_box(size) if strips == NO_STRIPS else None
    more = (bar, reading, overlay.slice_bar_box(size) if sliced else None)
    across = names_at_rim(spec)
    return overlay.rim_of(
        size,
        frame.projection,
        scale=view.scale,
        letters_of=volume.side_letters,
        corners=corner_words(view, frame),
        badges=badges(view, frame),
        levels=view.room.annotations_of(view.display) if across else (),
        named=paths.levels_near(frame.over.paths, frame.section.grid, spec.slab_mm)
        if across
        else (),
        more=(box for box in more if box is not None),
        total=view.room.total_on(view.display) if is_native(volume, spec) else "",
        strips=strips,
    )


def names_at_rim(spec: CutSpec) -> bool:
    """Whether names of levels stand beside their heights: on a cut along the body."""
    return spec.plane is not Plane.AXIAL and not spec.is_turned


def word_strips(view: ImageView) -> Strips:
    """Return what a picture that may hold words of its own leaves to those of the view."""
    volume = view.display.volume
    if volume is None or not volume.may_hold_words:
        return NO_STRIPS
    spec = view.spec
    size = QRectF(view.rect())
    return strips_for(size, *top_words(view, volume, spec), reservations(view, volume, spec))


def drawn_here(view: ImageView, spec: CutSpec, section: Section) -> tuple[Annotation, ...]:
    """Return what is drawn over a cut."""
    return without_levels(view.visible_annotations(section), spec)


def without_levels(annotations: tuple[Annotation, ...], spec: CutSpec) -> tuple[Annotation, ...]:
    """Return annotations without the marks of a vessel that stand at the rim of a cut."""
    return tuple(a for a in annotations if not (names_at_rim(spec) and a.kind in MARKS))


def wish_of(
    view: ImageView,
    projection: Projection,
    volume: Volume,
    annotations: tuple[Annotation, ...],
    *,
    free: Free,
    labels: bool = True,
) -> Wish:
    """Return what a sheet with these annotations for a view looks like."""
    ratio = view.devicePixelRatioF()
    canvas = ceil(view.width() * ratio), ceil(view.height() * ratio)
    return Wish(annotations, projection, volume, canvas, labels, free)


def corner_words(view: ImageView, frame: Frame) -> list[list[str]]:
    """Return the words of the corners: top left, top right, bottom left."""
    display, volume, spec = view.display, frame.volume, frame.spec
    stack, title = volume.stack, display.title
    pixel_mm = min(frame.section.grid.spacing) / view.coarseness
    zoom = _("Zoom {times:.1f}", times=frame.projection.pixels_per_mm * pixel_mm)
    if not view.room.smooth:
        zoom = " · ".join((zoom, _("pixels as squares")))
    left, right = top_words(view, volume, spec)
    if not is_native(volume, spec) and _beside_native(view):
        return [left, right, [zoom]]
    rows, columns = volume.voxels.shape[1:]
    source, scale = in_force(view.room.annotations_of(display), volume, frame.section.slice_index)
    spacing = _("pixels")
    if scale is not None:
        spacing = f"{number(stack.pixel_spacing[0] * scale, '.2f')} mm"
    # In the order in which they give way where room is short.
    below = [title.technique, f"{zoom} · {columns} × {rows}", f"{spacing} ({_(source.value)})"]
    if volume.may_hold_words:  # one line, the last one first: it is cut at its end
        below = [" · ".join(text for text in reversed(below) if text)]
    return [left, right, below]


def top_words(view: ImageView, volume: Volume, spec: CutSpec) -> tuple[list[str], list[str]]:
    """Return the words top left and top right; two lines where they stand beside the picture."""
    title = view.display.title
    plane_words = cut_words(volume, spec) if volume.is_placed else ""
    where = where_words(volume, spec, view.display.point)
    if not is_native(volume, spec) and _beside_native(view):
        return [plane_words], [where, *_running(view)]
    marks = view.room.annotations_of(view.display)
    named = named_among(marks) if spec.plane is Plane.AXIAL else ()
    level = level_words((view.display.point,), named)
    about = (title.modality, title.date, plane_words, level and _("at {level}", level=level))
    plane = " · ".join(part for part in about if part)
    who = title.identity if view.room.shows_identity else ""
    left = [*(text for text in (who, title.patient, title.description) if text), plane]
    if volume.may_hold_words:
        missing = int((~volume.loaded).sum())
        where += " · " + _("{count} not there yet", count=missing) if missing else ""
        whose = " · ".join(part for part in (who, title.patient) if part)
        what = " · ".join(part for part in (plane, title.description) if part)
        left = [part for part in (whose, what) if part]
    return left, [where, _window_words(view.display), *_running(view)]


def _running(view: ImageView) -> list[str]:
    """Return the words of cine where it runs in this view."""
    running = view.display.running
    return [running[1]] if running is not None and running[0] is view.plane else []


def _window_words(display: Display) -> str:
    said = window_said(display)
    return f"{WINDOW_MENU}{said}" if said else ""


def window_said(display: Display) -> str:
    """Return "W 400 L 40 · as sent"; nothing for colours, which are shown as they are."""
    volume = display.volume
    if volume is not None and volume.colour is not None:
        return ""
    name = f" · {window_name_words(display.window_name)}" if display.window_name else ""
    return f"{window_words(display.window)}{name}"


def window_box(view: ImageView) -> Box | None:
    """Return the rectangle of the window's words, where a press lists the presets; None: none."""
    frame = view.frame()
    if frame is None or frame.projection.is_empty or not view.room.overlays_visible:
        return None
    words = rim_at(view, frame).top_right
    return next((word.box for word in words if word.text.startswith(WINDOW_MENU)), None)


def _beside_native(view: ImageView) -> bool:
    """Whether the words of the series stand in another view of the same display."""
    beside = view.siblings()
    return any(is_native(v.display.volume, v.spec) for v in beside if v.display.volume is not None)


def tell_place(view: ImageView, frame: Frame) -> None:
    """Name a view by its series and plane, and describe it by slice, window and reservations.

    Who it is stays out: a name is read aloud.
    """
    volume, spec, title = frame.volume, frame.spec, view.display.title
    plane = cut_words(volume, spec) if volume.is_placed else ""
    parts = (title.description, title.modality, title.date, plane)
    name = _("Image: {series}", series=", ".join(part for part in parts if part))
    told = (
        where_words(volume, spec, view.display.point),
        window_said(view.display),
        *reservations(view, volume, spec),
    )
    description = ", ".join(part for part in told if part)
    if (name, description) != (view.accessibleName(), view.accessibleDescription()):
        view.setAccessibleName(name)
        view.setAccessibleDescription(description)


def where_words(volume: Volume, spec: CutSpec, point: Any) -> str:
    """Return "Slice 12 / 40 · instance 7", or "Cut 12 / 512"; nothing on a turned plane.

    Slices are stored pictures, counted by where they lie; cuts are made across them.
    """
    if spec.is_turned:
        return ""
    if not volume.is_placed:
        return _(
            "Image {number} / {count}",
            number=volume.stack.nearest_slice(point) + 1,
            count=volume.stack.shape[0],
        )
    here = section_number(volume.stack, spec.plane, point)
    count = section_count(volume.stack, spec.plane)
    if spec.plane is not native_plane(volume.stack):
        return _("Cut {number} / {count}", number=here, count=count)
    words = _("Slice {number} / {count}", number=here, count=count)
    instance = instance_number_at(volume, point)
    return _("{slice} · instance {number}", slice=words, number=instance) if instance else words


def badges(view: ImageView, frame: Frame) -> list[str]:
    """Return the reservations to be read on the picture."""
    volume = frame.volume
    missing = int((~volume.loaded).sum())
    if not is_native(volume, frame.spec):
        return (
            [ngettext("still loading: {count} slice", "still loading: {count} slices", missing)]
            if missing and frame.spec.is_turned
            else []
        )
    # Beside a picture with words of its own that stands in the line of the slice.
    many = ngettext("{count} slice not there yet", "{count} slices not there yet", missing)
    loading = [many] if missing and not volume.may_hold_words else []
    return reservations(view, volume, frame.spec) + loading


def reservations(view: ImageView, volume: Volume, spec: CutSpec) -> list[str]:
    """Return the reservations on a stored picture itself, whatever is still to come."""
    mine = view.room.annotations_of(view.display)
    return reservations_on(mine, volume, spec, view.display.point)


def reservations_on(
    annotations: Sequence[Annotation], volume: Volume, spec: CutSpec, point: Point
) -> list[str]:
    """Return the reservations on the picture at a point; ``annotations`` are of its series."""
    if not is_native(volume, spec):
        return []
    here = volume.stack.nearest_slice(point)
    source, _scale = in_force(annotations, volume, here)
    caveats = answered(volume.caveats) if source is Calibration.USER else volume.caveats
    ordered = sorted(caveats, key=lambda c: c.code not in _FIRST_TOLD)
    return [c.text for c in ordered][:3]
