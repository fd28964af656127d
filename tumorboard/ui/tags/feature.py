"""Shows the DICOM elements of the picture on show, and follows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, SignalInstance

from tumorboard.imaging.slicing import native_plane, section_number
from tumorboard.imaging.volume import instance_number_at
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.ui.shell.host import Feature
from tumorboard.ui.tags.rows import TagTree, tag_tree

# Reading elements loads the DICOM library; a start waits for nothing of it.
if TYPE_CHECKING:
    from tumorboard.app.tags import TagSheet
    from tumorboard.ui.shell.host import Host
    from tumorboard.ui.tags.dialog import TagDialog

_READ, _SEARCH = "tags", "tags search"
#: Elements are read when the wheel has rested this long, ms.
_REST_MS: Final = 120


@dataclass(frozen=True)
class _Picture:
    """The picture on show: where its record lies, what it is called, where it stands."""

    key: str
    sop_instance_uid: str
    words: str


class TagFeature(QObject, Feature):
    """One window of elements; ``is_presenting`` says whether a talk is under way."""

    def __init__(self, host: Host, is_presenting: Callable[[], bool]) -> None:
        super().__init__(host.parent_widget)
        self._host = host
        self._is_presenting = is_presenting
        self.dialog: TagDialog | None = None
        self._picture: _Picture | None = None
        self._sheet: TagSheet | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._follow)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be read or searched."""
        return not self._rest.isActive() and (self.dialog is None or not self.dialog.waits)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what the command of this does."""
        return {"view.tags": self.show}

    def stop(self) -> None:
        """Close the window."""
        self.close()

    def close(self) -> None:
        """Close the window: before an audience nobody reads identifiers."""
        if self.dialog is not None:
            self.dialog.close()

    def show(self) -> None:
        """Show the elements of the picture on show, or bring their window to the front."""
        from tumorboard.ui.tags.dialog import TagDialog

        host = self._host
        if self._is_presenting():
            host.say(_("DICOM tags name the patient; they do not show during a talk."))
            return
        if self._on_show() is None:
            host.say(_("Open images first; DICOM tags are those of the picture on show."))
            return
        if self.dialog is None:
            self.dialog = TagDialog(host.parent_widget)
            self.dialog.searched.connect(self._search)
            self.dialog.closed.connect(self._forget)
            for signal in self._signals():
                signal.connect(self._rest.start)
            self.dialog.show()
            self._follow()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _signals(self) -> tuple[SignalInstance, ...]:
        """Return what tells of another picture; nobody listens while there is no window."""
        room = self._host.room
        return (room.moved, room.changed, room.active_changed)

    def _forget(self) -> None:
        for signal in self._signals():
            signal.disconnect(self._rest.start)
        self._rest.stop()
        self.dialog = self._picture = self._sheet = None

    def _on_show(self) -> _Picture | None:
        """Return the stored picture nearest to the point of the active display."""
        display, key = self._host.room.active, self._host.images.shown_key
        volume = display.volume
        if volume is None or not key or volume.series_instance_uid != key:
            return None
        k = volume.stack.nearest_slice(display.point)
        number = section_number(volume.stack, native_plane(volume.stack), display.point)
        parts = [volume.modality, display.title.description, display.title.date]
        parts.append(
            _("slice {number} of {count}", number=number, count=len(volume.sop_instance_uids))
        )
        if instance := instance_number_at(volume, display.point):
            parts.append(_("instance {instance}", instance=instance))
        if volume.frames:
            parts.append(_("frame {number} of its file", number=volume.frames[k]))
        return _Picture(key, volume.sop_instance_uids[k], " · ".join(p for p in parts if p))

    def _follow(self) -> None:
        """Read the elements of the picture on show, unless they are shown already."""
        dialog, picture = self.dialog, self._on_show()
        if dialog is None or picture == self._picture:
            return
        before, self._picture = self._picture, picture
        if picture is None:
            self._sheet = None
            dialog.say_about("")
            dialog.say_problem(_("No images are on show."))
            return
        dialog.say_about(_("Elements of {picture}", picture=picture.words))
        same = before is not None and before.sop_instance_uid == picture.sop_instance_uid
        if same and before is not None and before.key == picture.key and self._sheet is not None:
            return
        record = self._host.session.series_record(picture.key)
        if record is None:
            self._failed(picture, _("This series is not in the store. Import its folder again."))
            return
        dialog.remember_place()
        self._sheet = None
        self._host.jobs.start(
            _READ,
            partial(_read, record, picture.sop_instance_uid, dialog.search),
            finished=partial(self._came, picture, dialog.search),
            failed=partial(self._failed, picture),
        )

    def _came(self, picture: _Picture, search: str, found: tuple[TagSheet, TagTree]) -> None:
        dialog, now = self.dialog, self._picture
        if dialog is None or now is None or now.sop_instance_uid != picture.sop_instance_uid:
            return
        self._sheet, tree = found
        dialog.show_tree(tree, self._sheet.left_out)
        if dialog.search != search:
            self._search(dialog.search)

    def _failed(self, picture: _Picture, reason: str) -> None:
        dialog, now = self.dialog, self._picture
        if dialog is None or now is None or now.sop_instance_uid != picture.sop_instance_uid:
            return
        dialog.say_problem(reason)

    def _search(self, text: str) -> None:
        sheet, dialog = self._sheet, self.dialog
        if sheet is None or dialog is None:
            return
        dialog.remember_place()

        def found(tree: TagTree) -> None:
            if self.dialog is not None and self._sheet is sheet and self.dialog.search == text:
                self.dialog.show_tree(tree, sheet.left_out)

        def work(_reporter: Reporter) -> TagTree:
            return tag_tree(sheet.rows, text)

        self._host.jobs.start(_SEARCH, work, finished=found)


def _read(
    record: bytes, sop_instance_uid: str, search: str, reporter: Reporter
) -> tuple[TagSheet, TagTree]:
    from tumorboard.app.tags import tags_of

    sheet = tags_of(record, sop_instance_uid, reporter)
    return sheet, tag_tree(sheet.rows, search)
