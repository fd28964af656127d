"""What others made of the images, and what is shown in colours, in the words of its panel."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from tumorboard.annotations.foreign import ForeignMark, SegmentValues
from tumorboard.annotations.kinds import SPECS
from tumorboard.app.overlay_object import OverlayObject
from tumorboard.app.overlays import Foreign, TextDocument
from tumorboard.app.segment_values import BoundValues
from tumorboard.imaging.fusion import PALETTES, Fusion
from tumorboard.language import _, inside, ngettext
from tumorboard.quantity import volume_words

#: More values than this of one segment are left to the report itself.
_MOST_VALUES = 12


@dataclass(frozen=True)
class ForeignRow:
    """A mark, values, a presentation state, a report or a document of somebody else.

    ``links`` are (name, words) of what can be done, ``note`` a sentence on what cannot,
    ``said`` what was judged of it.
    """

    key: str
    text: str
    by: str
    links: tuple[tuple[str, str], ...] = ()
    note: str = ""
    said: str = ""


@dataclass(frozen=True)
class LayerRow:
    """A mask or outlines in the list. ``why_not`` says why it is not drawn, empty when it is.

    ``values`` are what reports of others say of it.
    """

    key: str
    name: str
    group: str
    by: str
    source: str
    colour: tuple[int, int, int]
    volume: str
    on: bool
    why_not: str = ""
    values: tuple[ForeignRow, ...] = ()


@dataclass(frozen=True)
class FusionRow:
    """The series in colours over the active view; ``choices`` are (key, words) of those there are.

    ``why_not`` is a sentence where nothing can be fused.
    """

    choices: tuple[tuple[str, str], ...] = ()
    key: str = ""
    palette: str = PALETTES[0]
    opacity: float = 0.5
    upper: float = 7.0
    unit: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class ObjectsContent:
    """All that the panel shows."""

    fusion: FusionRow = FusionRow()
    layers: tuple[LayerRow, ...] = ()
    filling: float = 0.25
    marks: tuple[ForeignRow, ...] = ()
    states: tuple[ForeignRow, ...] = ()
    documents: tuple[ForeignRow, ...] = ()
    problems: tuple[str, ...] = ()
    has_case: bool = True


def objects_content(
    found: Foreign,
    marks: Iterable[ForeignMark],
    off: Collection[str],
    why_not: Callable[[OverlayObject], str],
    fusion: FusionRow,
    filling: float,
) -> ObjectsContent:
    """Return what the panel shows.

    ``marks`` are those that nobody has adopted yet, ``off`` the keys of what is hidden, and
    ``why_not`` tells why an object is not drawn on the images on show.
    """
    layers = tuple(_layer_row(o, found.values, o.key not in off, why_not(o)) for o in found.objects)
    lost = tuple(_values_row(v) for v in found.values if not v.keys)
    return ObjectsContent(
        fusion,
        layers,
        filling,
        (*(_mark_row(m) for m in marks), *lost),
        tuple(
            ForeignRow(str(n), state.label, state.by, (("state", _("Show it so")),))
            for n, state in enumerate(found.states)
        ),
        tuple(_document_row(d) for d in found.documents),
        found.problems,
    )


def fusion_row(choices: tuple[tuple[str, str], ...], fusion: Fusion | None) -> FusionRow:
    """Return the fields of what is shown in colours, and what else could be."""
    if fusion is not None:
        upper = fusion.window.centre + fusion.window.width / 2
        words = (fusion.series_key, fusion.palette, fusion.opacity, upper, fusion.volume.unit)
        return FusionRow(choices, *words)
    note = "" if choices else _("A PET of this case can be laid over its CT or MR in colours.")
    return FusionRow(choices, why_not=note)


def adopted_from(mark: ForeignMark) -> str:
    """Return the note of where an adopted copy came from; it names the one mark."""
    source, ends = inside(mark.source), f" ({mark.words})" if mark.words else ""
    told = _("Adopted from a {source}", source=source)
    if mark.by:
        told = _("Adopted from a {source} by {author}", source=source, author=mark.by)
    return f"{told}{ends} {uid_note(mark)}"


def uid_note(mark: ForeignMark) -> str:
    """Return what ends the note of an adopted copy in every language."""
    return f"[{mark.uid}]"


def values_words(values: SegmentValues) -> str:
    """Return what a report says of a segment: "T1 · Neoplasm: Volume 4.2 mL, …"."""
    shown = list(values.values[:_MOST_VALUES])
    more = len(values.values) - len(shown)
    if more:
        shown.append(_("and {more} more in the report", more=more))
    numbers = ", ".join(shown) or (_("no numbers") if not values.said else "")
    name = values.words or _("Measured")
    if values.frames:
        on = ngettext(
            "(on {count} of its slices)", "(on {count} of its slices)", len(values.frames)
        )
        name = f"{name} {on}"
    if len(values.numbers) > 1:
        name = f"{name} {_('(of {count} segments together)', count=len(values.numbers))}"
    return f"{name}: {numbers}" if numbers else name


def _layer_row(
    item: OverlayObject, values: Iterable[BoundValues], on: bool, why_not: str
) -> LayerRow:
    volume_ml = item.layer.volume_ml
    return LayerRow(
        *(item.key, item.name, item.group, item.by, item.source, item.colour),
        *("" if volume_ml is None else volume_words(volume_ml), on, why_not),
        values=tuple(_values_row(v) for v in values if item.key in v.keys),
    )


def _values_row(found: BoundValues) -> ForeignRow:
    values = found.values
    links = (("values", _("Show")),) if found.keys else ()
    note = _("Not drawn: {why_not}.", why_not=found.why_not) if found.why_not else ""
    return ForeignRow(values.uid, values_words(values), _by(values), links, note, _said(values))


def _mark_row(mark: ForeignMark) -> ForeignRow:
    shape = SPECS[mark.annotation.kind].words if mark.annotation is not None else _("Mark")
    adopt = (("adopt", _("Adopt")),) if mark.annotation is not None else ()
    links = (("jump", _("Show")), *adopt)
    return ForeignRow(mark.uid, mark.text or shape, _by(mark), links, said=_said(mark))


def _said(made: ForeignMark | SegmentValues) -> str:
    """Return what was judged, one a line; more than a few are left to the report itself."""
    more = len(made.said) - _MOST_VALUES
    rest = (_("and {more} more in the report", more=more),) if more > 0 else ()
    return "\n".join((*made.said[:_MOST_VALUES], *rest))


def _by(made: ForeignMark | SegmentValues) -> str:
    return f"{made.source} · {made.by}" if made.by else made.source


def _document_row(document: TextDocument) -> ForeignRow:
    act = ("read", _("Read")) if document.text is not None else ("open", _("Open…"))
    return ForeignRow(document.key, document.title, document.by, (act,))
