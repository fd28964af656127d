"""Makes ready what comes next in a talk: its images in memory, its picture for the presenter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from tumorboard.app import talk as talks
from tumorboard.app.presented import Presentation
from tumorboard.app.talk import PageKind, Talk
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.progress import Reporter
from tumorboard.ui.key_images.pictures import paint_saved
from tumorboard.ui.presenter.presenter_window import PresenterWindow
from tumorboard.ui.presenter.stage import keys_of

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

#: What comes next is made ready this much (ms) after a page, when that is painted.
_AFTER_MS: Final = 60
_PREVIEW: Final = ((336, 189), 2.0)
_WORDS: Final = {PageKind.ASSESSMENT: _("Assessment"), PageKind.TIMELINE: _("Timeline")}


class Preload(QObject):
    """Loads ahead and shows the presenter what comes, a moment after each page."""

    def __init__(self, host: Host, source: Presentation, presenter: PresenterWindow) -> None:
        super().__init__(presenter)
        self._host = host
        self._source = source
        self._presenter = presenter
        self._talk: Talk | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MS)
        self._timer.timeout.connect(self._make_ready)

    def after(self, talk: Talk | None) -> None:
        """Make ready what comes after the page of a talk, soon."""
        self._talk = talk
        self._timer.start()

    def stop(self) -> None:
        """Make nothing ready any more."""
        self._timer.stop()
        self._talk = None

    def _make_ready(self) -> None:
        """Load what this case still needs, then the next case, and picture the next page."""
        talk = self._talk
        if talk is None:
            return
        keys = []
        for slot in talk.slots[talk.case : talk.case + 2]:
            try:
                keys += keys_of(self._source.of(slot.case_uid).case, slot.pages)
            except UserError:
                continue
        work = self._host.workspace.images.prefetch(list(dict.fromkeys(keys)))
        self._host.jobs.start(
            "load ahead",
            lambda reporter: work(reporter.quiet()),
            finished=lambda _result: self._picture_next(),
        )
        self._presenter.show_next(next_words(talk), None)

    def _picture_next(self) -> None:
        """Paint the picture that comes next, when its images are in memory already."""
        talk = self._talk
        coming = talks.following(talk) if talk is not None else None
        if talk is None or coming is None or not coming[1].view_uid:
            return
        slot, page = coming
        try:
            case = self._source.of(slot.case_uid).case
        except UserError:
            return
        view, images = case.view(page.view_uid), self._host.workspace.images
        opened = images.held(view.main.series_key) if view is not None else None
        if view is None or opened is None or not opened.is_complete:
            return
        (size, ratio), volume, picture = _PREVIEW, opened.volume, view.main

        def paint(_reporter: Reporter) -> QImage:
            return paint_saved(volume, case, picture, size, ratio, words=False)

        self._host.jobs.start("next view", paint, finished=partial(self._show, talk))

    def _show(self, talk: Talk, image: QImage) -> None:
        if self._talk is not None and self._talk.here == talk.here:
            self._presenter.show_next(next_words(talk), image)


def next_words(talk: Talk) -> str:
    """Return what comes next in words."""
    coming = talks.following(talk)
    if coming is None:
        return _("This is the last page.")
    slot, page = coming
    if slot.case_uid != talk.slot.case_uid:
        return _("Next case: {label}", label=slot.label)
    return _WORDS.get(page.kind) or _(
        "Picture {page} of {label}", page=talk.page + 2, label=slot.label
    )
