"""Keeps views as key images and shows them again exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage, QPixmap

from tumorboard.annotations.model import as_point, new_uid, utc_now
from tumorboard.app import edits
from tumorboard.app.case_change import VIEWS
from tumorboard.app.images import OpenSeries
from tumorboard.app.layouts import layout_named
from tumorboard.case.model import Case
from tumorboard.case.saved_curve import CURVED, SavedCurve
from tumorboard.case.saved_view import Extent, FusedWith, SavedPicture, SavedView
from tumorboard.case.vessel import vessel_label
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.view_cut import CutSpec, cut_words
from tumorboard.language import N_, _
from tumorboard.progress import Reporter
from tumorboard.ui.key_images.pictures import paint_saved
from tumorboard.ui.key_images.strip import PREVIEW, KeyRow, KeyStrip
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.shell.provenance import local_time
from tumorboard.ui.viewer.area import ViewArea
from tumorboard.ui.viewer.display import Display
from tumorboard.ui.viewer.image_view import ImageView
from tumorboard.ui.viewer.kept_extent import extent_of, hold

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

_RATIO = 2.0
#: How long (ms) previews wait for the images of the case to be loaded first.
_LATER_MS = 300

_Wanted = tuple[str, SavedPicture, OpenSeries, OpenSeries | None]


class Fusions(Protocol):
    """Another series in colours over a display."""

    def kept(self, display: Display) -> FusedWith | None:
        """Return what is shown in colours, to be kept."""

    def fuse(self, display: Display, key: str, look: FusedWith | None) -> None:
        """Show a series in colours; an empty key takes it away."""


class LaidOver(Protocol):
    """What lies over the images of a display."""

    @property
    def fusion(self) -> Fusions:
        """What is shown in colours."""

    def shown_keys(self, display: Display) -> tuple[str, ...]:
        """Return the keys of the masks and outlines that a display shows."""

    def show_only(self, keys: tuple[str, ...]) -> None:
        """Show these masks and outlines and no others."""


class Curves(Protocol):
    """The curved view of a vessel, as it is kept and shown again."""

    def curve(self) -> tuple[Display, SavedCurve] | None:
        """Return the curved view when the reader works with it."""

    def show_curve(self, key: str, curve: SavedCurve) -> None:
        """Show a curved view as it was kept."""


class KeyImagesFeature(QObject, Feature):
    """Turns what the views show into kept views, and back."""

    families = frozenset({VIEWS})

    def __init__(self, host: Host, strip: KeyStrip, over: LaidOver, curves: Curves) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._strip = strip
        self._over, self._curves = over, curves
        self._case_uid = ""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER_MS)
        self._later.timeout.connect(self._paint_previews)

    def listen(self) -> None:
        """Listen to the strip."""
        strip = self._strip
        strip.shown.connect(self.show)
        strip.moved.connect(self.move)
        strip.renamed.connect(self.rename)
        strip.deleted.connect(self.delete)

    def stop(self) -> None:
        """Paint nothing any more."""
        self._later.stop()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the commands of this do."""
        strip = self._strip
        return {
            "view.keep": self.keep,
            "view.key_next": partial(strip.step, 1),
            "view.key_previous": partial(strip.step, -1),
        }

    # -- the case ------------------------------------------------------------------------

    def show_case(self, case: Case | None) -> None:
        """List the kept views of a case."""
        strip = self._strip
        uid = case.uid if case is not None else ""
        if uid != self._case_uid:
            self._case_uid = uid
            strip.set_rows([])
        views = case.views if case is not None else ()
        rows = []
        for view in views:
            made = (view.author, local_time(view.created_utc) if view.created_utc else "")
            rows.append(KeyRow(view.uid, view.caption, ", ".join(part for part in made if part)))
        strip.set_rows(rows)
        if any(not strip.has_preview(v.uid) for v in views):
            self._later.start()

    # -- keeping -------------------------------------------------------------------------

    def keep(self) -> None:
        """Keep what the views show as a key image."""
        host = self._host
        case, view = host.case, self.capture()
        if case is None or view is None:
            host.say(_("There is no picture to keep."))
            return
        if host.attempt(lambda: host.session.apply(edits.put_view(case, view))):
            host.keep_if_scratch()
            number = len(case.views) + 1
            host.room.tell_hint(
                _("Kept as key image {number}: {caption}.", number=number, caption=view.caption)
            )

    def capture(self) -> SavedView | None:
        """Return what the views show; None without a picture."""
        host = self._host
        views, room = host.views, host.room
        active, chosen = views.active_view(), 0
        pictures: list[SavedPicture] = []
        for cell, view in views.cells:
            picture = self._picture(view, cell.display, cell.place)
            if picture is not None:
                chosen = len(pictures) if view is active else chosen
                pictures.append(picture)
        if not pictures or host.case is None:
            return None
        caption = self._caption(active)
        curved = self._curve()
        if curved is not None:
            pictures.append(curved[0])
            caption, chosen = curved[1], len(pictures) - 1
        return SavedView(
            new_uid(),
            caption,
            views.shape.name,
            tuple(pictures),
            active=chosen,
            alone=views.alone is not None,
            marks=room.overlays_visible,
            linked=room.linked,
            author=host.session.author,
            created_utc=utc_now(),
        )

    def _picture(self, view: ImageView, number: int, plane: str) -> SavedPicture | None:
        host, display = self._host, view.display
        key = host.images.shown_keys.get(number)
        extent = extent_of(view)
        if key is None or extent is None or display.volume is None:
            return None
        return SavedPicture(
            *(number, plane, key, view.spec, as_point(display.point), extent, display.window),
            window_name=display.window_name,
            inverted=display.inverted,
            overlays=self._over.shown_keys(display),
            fused=self._over.fusion.kept(display),
        )

    def _curve(self) -> tuple[SavedPicture, str] | None:
        """Return the curved view of the vessel with its caption, when that is worked in."""
        host = self._host
        found = self._curves.curve()
        if found is None:
            return None
        display, curve = found
        number = host.room.displays.index(display)
        key = host.images.shown_keys.get(number)
        if key is None:
            return None
        here = as_point(curve.centreline().at(curve.position_mm))
        picture = SavedPicture(
            *(number, CURVED, key, CutSpec(Plane.AXIAL), as_point(display.point)),
            *(Extent(here, *curve.size_mm), display.window),
            window_name=display.window_name,
            inverted=display.inverted,
            curve=curve,
        )
        title = display.title
        words = (vessel_label(curve.vessel), curve.mode.value, title.description, title.date)
        return picture, " · ".join(part for part in words if part)

    def _caption(self, view: ImageView) -> str:
        display = view.display
        volume, spec = display.volume, view.spec
        if volume is None:
            return ""
        words = cut_words(volume, spec, display.point) or spec.plane.heading
        title = display.title
        return " · ".join(part for part in (words, title.description, title.date) if part)

    # -- the strip -----------------------------------------------------------------------

    def move(self, uid: str, place: int) -> None:
        """Give a kept view another place."""
        self._edit(lambda case: edits.move_view(case, uid, place))

    def rename(self, uid: str, caption: str) -> None:
        """Give a kept view another caption."""
        case = self._host.case
        view = case.view(uid) if case is not None else None
        if view is not None and caption.strip() and caption != view.caption:
            renamed = replace(view, caption=" ".join(caption.split()))
            self._edit(lambda now: edits.put_view(now, renamed, N_("Rename key image")))

    def delete(self, uid: str) -> None:
        """Take a kept view away; undo brings it back."""
        self._edit(lambda case: edits.delete_view(case, uid))

    def _edit(self, make: Callable[[Case], edits.Edit]) -> None:
        session = self._host.session
        case = session.case
        if case is not None:
            self._host.attempt(lambda: session.apply(make(case)))

    # -- showing again -------------------------------------------------------------------

    def show(self, uid: str) -> None:
        """Show a kept view as it was kept."""
        case = self._host.case
        view = case.view(uid) if case is not None else None
        if view is not None:
            self.restore(view)

    def restore(self, view: SavedView) -> None:
        """Lay the views out and show the same pictures; series that are gone leave a gap."""
        host = self._host
        room, views = host.room, host.views
        room.linked = False  # each display goes to its own place
        if views.shape.name != view.layout or views.alone is not None:
            views.set_layout(layout_named(view.layout))
        room.overlays_visible = view.marks
        self._over.show_only(tuple({k for p in view.pictures for k in p.overlays}))
        for number in {p.display for p in view.pictures}:
            self._restore_display([p for p in view.pictures if p.display == number])
        main = place_pictures(views, view)
        main.setFocus()
        room.activate(main.display)
        curved = view.curved
        if curved is not None and curved.curve is not None:
            self._curves.show_curve(curved.series_key, curved.curve)
        room.linked = view.linked
        room.changed.emit()

    def _restore_display(self, pictures: list[SavedPicture]) -> None:
        host, first = self._host, pictures[0]
        display = host.images.show(first.series_key, first.display)
        if display is None or display.volume is None:
            return
        display.straighten()
        for picture in pictures:
            right, down = picture.spec.right, picture.spec.down
            if right is not None and down is not None:
                display.set_axes(picture.spec.plane, right, down)
        display.set_point(first.point)
        display.inverted = first.inverted
        display.window, display.window_name = first.window, first.window_name
        look = first.fused
        if look != self._over.fusion.kept(display):
            self._over.fusion.fuse(display, look.series_key if look else "", look)

    # -- previews ------------------------------------------------------------------------

    @property
    def is_idle(self) -> bool:
        """Whether no preview waits to be painted."""
        return not self._later.isActive()

    def _paint_previews(self) -> None:
        """Paint the pictures that are missing, once nothing else is being loaded."""
        host = self._host
        case = host.case
        if case is None:
            return
        if not host.jobs.is_idle:
            self._later.start()
            return
        wanted = []
        for view in case.views:
            if not self._strip.has_preview(view.uid):
                found = self._opened(view)
                if found is not None:
                    wanted.append(found)
        if wanted:
            host.jobs.start(
                "previews", partial(_previews, case, wanted), finished=self._show_previews
            )

    def _opened(self, view: SavedView) -> _Wanted | None:
        images, picture = self._host.workspace.images, view.main
        try:
            upper = images.open(picture.fused.series_key) if picture.fused else None
            return view.uid, picture, images.open(picture.series_key), upper
        except UserError:  # a view of a series that is gone has no picture
            return None

    def _show_previews(self, painted: list[tuple[str, QImage]]) -> None:
        for uid, image in painted:
            self._strip.set_preview(uid, QPixmap.fromImage(image))


def _previews(case: Case, wanted: list[_Wanted], reporter: Reporter) -> list[tuple[str, QImage]]:
    painted = []
    for uid, picture, opened, upper in wanted:
        opened.load(reporter.quiet())
        if upper is not None:
            upper.load(reporter.quiet())
        above = upper.volume if upper is not None else None
        image = paint_saved(opened.volume, case, picture, PREVIEW, _RATIO, upper=above, words=False)
        painted.append((uid, image))
    return painted


def place_pictures(area: ViewArea, saved: SavedView) -> ImageView:
    """Give each view of a layout its kept picture; return the main one, alone if it was."""
    found = {(c.display, c.place): v for c, v in area.cells}
    for picture in saved.pictures:
        shown = found.get((picture.display, picture.plane))
        if shown is not None and shown.display.volume is not None:
            restore_view(shown, picture)
    main = found.get((saved.main.display, saved.main.plane), area.main)
    if saved.alone:
        area.maximise(main)
    return main


def restore_view(view: ImageView, picture: SavedPicture) -> None:
    """Show the part of the patient, the slab and the turn of a kept picture."""
    if view.plane is not picture.spec.plane:
        view.set_plane(picture.spec.plane)
    view.slab_mm, view.slab_mode = picture.spec.slab_mm, picture.spec.mode
    view.quarter_turns = picture.spec.quarter_turns
    hold(view, picture.extent)
