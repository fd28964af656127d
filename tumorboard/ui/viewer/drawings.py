"""What labels say and where they stand: found once for what is on show."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from tumorboard.annotations.kinds import MARKS, SPECS
from tumorboard.annotations.labels import Box, box_around, overlaps, place_label
from tumorboard.annotations.measure import UNCALIBRATED, measure
from tumorboard.annotations.model import Annotation, as_point
from tumorboard.annotations.shapes import middle, outline
from tumorboard.imaging.geometry import Point, Points
from tumorboard.imaging.viewport import Projection
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.ui.viewer.letters import beside_letters, letter_px, line_px

T = TypeVar("T")

#: Room at both ends of a line, and the least width of one (logical pixels).
_INSET, _LEAST_PX = 6.0, 48.0
_RIM: Final = 22.0
#: Texts that are kept of one volume; each is a short string.
_MOST_TEXTS: Final = 20_000
#: Slices of one volume whose places of labels are kept, some kilobytes each.
_MOST_LAYOUTS: Final = 128

#: Words of a reader take lines of at most this width.
_TEXT_PX: Final = 280.0

_NO_SIZE: Final = f" · {UNCALIBRATED}"

Label = tuple[Annotation, list[str], Box, Box]
_Key = tuple[Any, ...]


@dataclass(frozen=True)
class Free:
    """Where labels may stand: on a view of ``size``, off the rectangles that are ``taken``.

    Both in logical pixels; without a size on the visible part of the image.
    """

    size: tuple[float, float] | None = None
    taken: tuple[Box, ...] = ()

    def canvas(self, projection: Projection) -> Box:
        """Return the rectangle on which labels stand."""
        if self.size is not None:
            return 0.0, 0.0, *self.size
        left, top, width, height = (v / projection.ratio for v in projection.target)
        # The letters of the sides and the slice bar stand along the rim.
        wide, high = max(width - 2 * _RIM, 1.0), max(height - 2 * _RIM, 1.0)
        return left + _RIM, top + _RIM, wide, high


ANYWHERE: Final = Free()


@dataclass(frozen=True, eq=False)
class _Layout:
    """Where labels stand.

    The annotations are held, so that no other one gets their identity. While slices that
    values rest on are still to come it holds for so many ``loaded`` ones only.
    """

    annotations: tuple[Annotation, ...]
    labels: list[Label]
    loaded: int | None


_layouts: WeakKeyDictionary[Volume, OrderedDict[_Key, _Layout]] = WeakKeyDictionary()
#: By the identity of an annotation, which is held.
_texts: WeakKeyDictionary[Volume, dict[int, tuple[Annotation, str]]] = WeakKeyDictionary()


def label_text(annotation: Annotation, volume: Volume | None) -> str:
    """Return the name and the values of an annotation; they are measured once."""
    if volume is None:
        return _label_text(annotation, None)
    kept = _texts.setdefault(volume, {})
    known = kept.get(id(annotation))
    if known is not None:
        return known[1]
    text = _label_text(annotation, volume)
    # Whether slices that are still loading cannot change the values of a label.
    spec = SPECS[annotation.kind]
    read = spec.is_region and "mean" in text
    if read or not spec.reads_values or bool(volume.loaded.all()):
        if len(kept) >= _MOST_TEXTS:
            kept.clear()
        kept[id(annotation)] = annotation, text
    return text


def _label_text(annotation: Annotation, volume: Volume | None) -> str:
    spec = SPECS[annotation.kind]
    if spec.is_words:
        words = annotation.label
    elif spec.is_known_length:
        words = _("known length {length}", length=measure(annotation).text)
    else:
        # That the pixels have no size stands once in the view; the unit says it here.
        found = measure(annotation, volume).text.removesuffix(_NO_SIZE)
        words = f"{annotation.label} · {found}" if annotation.label else found
    if annotation.proposed:
        words = " · ".join(part for part in (_("proposed"), words) if part)
    return words


def lines_of(text: str) -> list[str]:
    """Return a label as the lines it is written in: values of a region stand below its size."""
    parts = text.split(" · ")
    if len(parts) < 3 and "mean" not in text:
        return [text] if text else []
    first = [p for p in parts if not p.startswith("mean")]
    rest = [p for p in parts if p.startswith("mean")]
    return [line for line in (" · ".join(first), *rest) if line]


def geometry_key(projection: Projection) -> _Key:
    """Return what tells apart two ways in which points lie on a canvas.

    Parallel cuts that lie exactly one behind the other have the same.
    """
    grid = projection.grid
    offset = (round(float(grid.origin @ grid.right), 6), round(float(grid.origin @ grid.down), 6))
    return (
        *offset,
        *grid.right.tolist(),
        *grid.down.tolist(),
        *(grid.spacing, projection.rows, projection.columns, projection.target, projection.ratio),
        *(projection.flip_horizontal, projection.flip_vertical),
    )


def label_boxes(
    annotations: Sequence[Annotation],
    projection: Projection,
    volume: Volume,
    width_of: Callable[[str], float],
    free: Free = ANYWHERE,
) -> list[Label]:
    """Return the lines and place of each label, with the rectangle of the shape it names.

    ``width_of`` returns the width of a line in logical pixels. What lies outside of the view
    has no label there.
    """
    return finished(label_steps(annotations, projection, volume, width_of, free))


def finished(steps: Generator[None, None, T]) -> T:
    """Take all steps at once and return what comes of them."""
    found: list[T] = []

    def taken() -> Generator[None, None, None]:
        found.append((yield from steps))

    for __ in taken():
        pass
    return found[0]


def label_steps(
    annotations: Sequence[Annotation],
    projection: Projection,
    volume: Volume,
    width_of: Callable[[str], float],
    free: Free = ANYWHERE,
) -> Generator[None, None, list[Label]]:
    """Find what `label_boxes` returns in steps of a millisecond at most."""
    kept = _layouts.setdefault(volume, OrderedDict())
    key = (*map(id, annotations), geometry_key(projection), free, letter_px())
    known = kept.get(key)
    if known is not None and known.loaded in (None, int(volume.loaded.sum())):
        kept.move_to_end(key)
        return known.labels
    loaded = int(volume.loaded.sum())
    for annotation in annotations:
        label_text(annotation, volume)
        yield
    labels = yield from _place(annotations, projection, volume, width_of, free)
    kept[key] = _Layout(
        tuple(annotations), labels, None if is_settled(annotations, volume) else loaded
    )
    while len(kept) > _MOST_LAYOUTS:
        kept.popitem(last=False)
    return labels


def is_settled(annotations: Sequence[Annotation], volume: Volume) -> bool:
    """Whether slices that are still to come cannot change what labels say."""
    kept = _texts.get(volume, {})
    return all(id(a) in kept or a.kind in MARKS for a in annotations)


def _place(
    annotations: Sequence[Annotation],
    projection: Projection,
    volume: Volume,
    width_of: Callable[[str], float],
    free: Free,
) -> Generator[None, None, list[Label]]:
    placed = list(zip(annotations, canvas_points(annotations, projection), strict=True))
    shapes = [box_around(extent(a, points), 5.0) for a, points in placed]
    canvas = free.canvas(projection)
    yield
    taken, found = list(free.taken), {}
    # What a reader has put somewhere stands first: the others keep off it.
    for n in sorted(range(len(placed)), key=lambda n: not _stands(placed[n][0])):
        (annotation, points), shape = placed[n], shapes[n]
        lines = [] if annotation.kind in MARKS else lines_of(label_text(annotation, volume))
        if not lines or (free.size is not None and not overlaps(shape, canvas)):
            continue
        # Lines folded so that they fit a canvas of a width; words are folded sooner.
        width = canvas[2]
        room = max(width - 2 * _INSET, _LEAST_PX)
        if SPECS[annotation.kind].is_words:
            room = min(room, beside_letters(_TEXT_PX))
        lines = [part for line in lines for part in wrapped(line, room, width_of)]
        size = (max(map(width_of, lines)), letter_px() + 4 + line_px() * (len(lines) - 1))
        wanted = _wanted(annotation, projection, points[0], size)
        box = place_label(size, shape, shapes, taken, canvas, wanted)
        taken.append(box)
        found[n] = annotation, lines, box, shape
        yield
    return [found[n] for n in sorted(found)]


def _stands(annotation: Annotation) -> bool:
    """Whether a label has a place of its own."""
    return annotation.label_offset is not None or SPECS[annotation.kind].is_label_at_point


def wrapped(text: str, room: float, width_of: Callable[[str], float]) -> list[str]:
    """Return a text in lines of at most a width; a word that alone is wider is parted."""
    if width_of(text) <= room:
        return [text]
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer) <= room:
            lines[-1] = longer
            continue
        lines.append("")
        for letter in word:
            if lines[-1] and width_of(lines[-1] + letter) > room:
                lines.append("")
            lines[-1] += letter
    return lines


def canvas_points(annotations: Sequence[Annotation], projection: Projection) -> list[Points]:
    """Return the points of each annotation on the canvas, (N, 2); all are projected at once."""
    if not annotations:
        return []
    whole = projection.to_canvas(np.array([p for a in annotations for p in a.points]))
    ends = np.cumsum([len(a.points) for a in annotations])
    return np.split(whole, ends[:-1])


def extent(annotation: Annotation, points: Points) -> Points:
    """Return all canvas points that lines of an annotation go through, (N, 2)."""
    lines = outline(annotation.kind, points)
    return np.concatenate([*lines, points]) if lines else points


def _wanted(
    annotation: Annotation, projection: Projection, first: Points, size: tuple[float, float]
) -> tuple[float, float] | None:
    """Return where the middle of a label belongs: words stand at their own place."""
    if annotation.label_offset is not None:
        x, y = projection.to_canvas(middle(annotation) + np.array(annotation.label_offset))
        return float(x), float(y)
    if SPECS[annotation.kind].is_label_at_point:
        return float(first[0]) + size[0] / 2, float(first[1])
    return None


def offset_of(annotation: Annotation, box: Box, projection: Projection) -> Point:
    """Return where a label stands, as an LPS vector (mm) from the middle of what it names."""
    centre = np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])
    return as_point(projection.to_lps(centre) - middle(annotation))
