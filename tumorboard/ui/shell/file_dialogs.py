"""Questions for files and folders; each begins where one of its kind was answered last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFileDialog, QWidget

from tumorboard.app.recent import FOLDERS, with_newest

if TYPE_CHECKING:
    from tumorboard.ui.shell.host import Host

_LAST: Final = "folders.last"
#: The kinds of what is asked for: images are elsewhere than papers.
IMAGES, PAPERS, GUIDELINES = "images", "papers", "guidelines"


def begins_at(host: Host, kind: str) -> str:
    """Return the folder in which a question of a kind was answered last; "" without one."""
    folder = host.settings.table(_LAST).get(kind, "")
    return folder if folder and Path(folder).is_dir() else ""


def note_folder(host: Host, kind: str, folder: Path) -> None:
    """Remember where a question of a kind was answered."""
    held = host.settings.table(_LAST)
    if held.get(kind) != str(folder):
        host.attempt(lambda: host.settings.set(_LAST, {**held, kind: str(folder)}))


def note_source(host: Host, path: Path) -> None:
    """Remember a folder that images came from; of a file its own, of a viewing nothing."""
    folder = path if path.is_dir() else path.parent
    if not host.workspace.is_scratch and folder.is_dir():
        table = with_newest(host.settings.table(FOLDERS), str(folder.absolute()))
        if table != host.settings.table(FOLDERS):
            host.attempt(lambda: host.settings.set(FOLDERS, table))


def ask_folder(host: Host, title: str) -> Path | None:
    """Return a folder of images that a person names, None without an answer.

    The next question begins beside it: the folders of other studies lie there.
    """
    start = begins_at(host, IMAGES)
    named = QFileDialog.getExistingDirectory(host.parent_widget, title, start)
    if not named:
        return None
    note_folder(host, IMAGES, Path(named).parent)
    return Path(named)


def ask_files(host: Host, title: str) -> list[str]:
    """Return files of images that a person names."""
    start = begins_at(host, IMAGES)
    files, _kind = QFileDialog.getOpenFileNames(host.parent_widget, title, start)
    if files:
        note_folder(host, IMAGES, Path(files[0]).parent)
    return list(files)


def ask_save(
    host: Host, title: str, name: str, kinds: str, parent: QWidget | None = None
) -> Path | None:
    """Return where a file shall be written, None without an answer; ``name`` is proposed."""
    start = begins_at(host, PAPERS)
    proposed = str(Path(start) / name) if start else name
    home = parent or host.parent_widget
    named, _kind = QFileDialog.getSaveFileName(home, title, proposed, kinds)
    if not named:
        return None
    note_folder(host, PAPERS, Path(named).parent)
    return Path(named)


def open_save(
    host: Host, title: str, name: str, kinds: str, taken: Callable[[Path], object]
) -> QFileDialog:
    """Ask where a file shall be written while the window goes on; ``taken`` is told.

    ``kinds`` are filters such as "Calendar (*.ics)", parted by ";;"; the ending of ``name`` is
    added where the person types none. Another filter gives the name another ending.
    """

    def follow(chosen: str) -> None:
        ending = chosen.rpartition("*.")[2].rstrip(")")
        dialog.setDefaultSuffix(ending)
        for named in dialog.selectedFiles():
            if Path(named).suffix.lower() in endings:
                dialog.selectFile(f"{Path(named).stem}.{ending}")

    endings = {f".{kind.rpartition('*.')[2].rstrip(')')}" for kind in kinds.split(";;")}
    dialog = QFileDialog(host.parent_widget, title, begins_at(host, PAPERS))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(kinds)
    dialog.setDefaultSuffix(name.rpartition(".")[2])
    dialog.selectFile(name)
    dialog.filterSelected.connect(follow)
    return _opened(host, dialog, PAPERS, taken)


def open_file(host: Host, title: str, kinds: str, taken: Callable[[Path], object]) -> QFileDialog:
    """Ask for a file that is there while the window goes on; ``taken`` is told."""
    dialog = QFileDialog(host.parent_widget, title, begins_at(host, PAPERS))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(kinds)
    return _opened(host, dialog, PAPERS, taken)


def open_folder(
    host: Host, title: str, taken: Callable[[Path], object], parent: QWidget
) -> QFileDialog:
    """Ask for the folder of a guideline while a dialog goes on; ``taken`` is told."""
    dialog = QFileDialog(parent, title, begins_at(host, GUIDELINES))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    return _opened(host, dialog, GUIDELINES, taken)


def _opened(
    host: Host, dialog: QFileDialog, kind: str, taken: Callable[[Path], object]
) -> QFileDialog:
    def take(named: str) -> None:
        note_folder(host, kind, Path(named).parent)
        taken(Path(named))

    dialog.fileSelected.connect(take)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
