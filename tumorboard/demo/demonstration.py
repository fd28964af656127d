"""The demonstration cases: made once on this computer, imported, drawn and described.

Everything goes the way of real work: the images are scanned and imported, what is drawn
and stated are edits of the session.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import platformdirs

from tumorboard import __version__
from tumorboard.annotations.kinds import SPECS, kind_of_role
from tumorboard.annotations.model import Annotation, ImageReference, Kind, new_uid, utc_now
from tumorboard.app.board import Board
from tumorboard.app.case_repository import holds_store, move_store
from tumorboard.app.imports import scan_paths, take_in
from tumorboard.app.session import Session
from tumorboard.app.workspace import Workspace
from tumorboard.case.definitions import normalise
from tumorboard.case.meeting import USUAL_MINUTES, AgendaItem, Attendee
from tumorboard.case.model import Lesion
from tumorboard.coding import CRANIOCAUDAL
from tumorboard.demo.phantom.cases import Demonstration, Study, content_version, demonstrations
from tumorboard.demo.phantom.truth import FILE, AxesTruth, Truth, VeinTruth, load_truth
from tumorboard.demo.talk import prepare
from tumorboard.dicom.series import Series
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Plane, Point
from tumorboard.progress import Reporter

READER = "Demonstration reader"
#: After the newest of the demonstration images.
MEETING_DATE = "2026-03-27"
_ATTENDEES = (
    Attendee("Demonstration presenter", "surgeon"),
    Attendee(READER, "radiologist"),
    Attendee("Demonstration oncologist", "medical oncologist"),
    Attendee("Demonstration radiotherapist", "radiation oncologist"),
    Attendee("Demonstration pathologist", "pathologist"),
)
#: The first case is the one to talk about at length, the last lacks things.
_MINUTES = (6, 5, 3, 4)
_MARK = "demonstration.json"
_IMAGES = "images"
_PART = ".part-"
#: Unfinished work of a run that was killed is cleared away after this long.
_STALE_S = 3600.0
_AXIAL: Point = (0.0, 0.0, 1.0)
_CORONAL: Point = (0.0, 1.0, 0.0)
_log = logging.getLogger(__name__)


def demonstration_folder() -> Path:
    """Return where the demonstration store of this version lies, made or not."""
    base = platformdirs.user_data_path("tumorboard", appauthor=False)
    return Path(base) / "demonstration" / content_version(demonstrations())


def ensure_demonstration(
    folder: Path, reporter: Reporter, cases: Sequence[Demonstration] | None = None
) -> Path:
    """Make the demonstration store in ``folder`` unless it is there; return the folder.

    Each series appears whole or not at all, and the store last: an interrupted run leaves
    nothing half, and the next one goes on where it ended.

    Raises
    ------
    UserError
        When the folder holds something else or cannot be written.
    CancelledError
        When the reporter was asked to stop.

    """
    cases = demonstrations() if cases is None else cases
    with disk_errors():
        make_images(folder, cases, reporter)
        if not holds_store(folder):
            _make_store(folder, cases, reporter)
    return folder


@contextmanager
def disk_errors() -> Iterator[None]:
    """Say what a disk that is full or fails did to the demonstration, as a `UserError`."""
    try:
        yield
    except OSError as error:
        raise UserError(
            f"The demonstration cannot be written: {error.strerror or 'disk error'}.",
            "Free some space or name another folder with --store.",
        ) from error


def _claim(folder: Path) -> None:
    """Mark the folder as ours; never one that holds something else."""
    if (folder / _MARK).exists():
        return
    if folder.exists() and any(folder.iterdir()):
        raise UserError(
            f"The folder {folder.name} holds something else than the demonstration.",
            "Name an empty folder with --store, or leave it out.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_text(json.dumps({"program": __version__}) + "\n", encoding="utf-8")


@contextmanager
def _part_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to build something in, which is gone afterwards."""
    part = Path(tempfile.mkdtemp(prefix=_PART, dir=folder))
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def make_images(folder: Path, cases: Sequence[Demonstration], reporter: Reporter) -> Path:
    """Make the images of cases that are not there yet; return where they lie.

    Raises
    ------
    UserError
        When the folder holds something else.
    CancelledError
        When the reporter was asked to stop; series that are whole stay.

    """
    _claim(folder)
    for left in folder.glob(_PART + "*"):
        if time.time() - left.stat().st_mtime > _STALE_S:
            shutil.rmtree(left, ignore_errors=True)
    wanted = [s for c in cases for s in c.studies]
    missing = [s for s in wanted if not (folder / _IMAGES / s.folder / FILE).exists()]
    if not missing:
        return folder / _IMAGES
    from tumorboard.demo.phantom.dicom_writer import worker_pool, write_case

    (folder / _IMAGES).mkdir(exist_ok=True)
    big = sum(s.spec.sampling.slices * s.spec.sampling.rows for s in missing) > 100_000
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(worker_pool()) if big else None
        for study in missing:
            with _part_folder(folder) as part:
                write_case(study.spec, part / study.folder, reporter, pool)
                _put(part / study.folder, folder / _IMAGES / study.folder)
    return folder / _IMAGES


def _put(made: Path, place: Path) -> None:
    """Move a finished folder to its place, unless another run was quicker."""
    try:
        made.rename(place)
    except OSError:
        if not (place / FILE).exists():
            raise


def _make_store(folder: Path, cases: Sequence[Demonstration], reporter: Reporter) -> None:
    with _part_folder(folder) as part:
        workspace = Workspace(part, READER)
        try:
            for case in cases:
                add_case(workspace.session, folder / _IMAGES, case, reporter)
                workspace.session.close_case()
            add_meeting(workspace.session)
        finally:
            workspace.close()
        move_store(part, folder)
    _log.info("demonstration store made")


def add_case(
    session: Session,
    images: Path,
    case: Demonstration,
    reporter: Reporter,
    mark: tuple[str, str] | None = None,
) -> None:
    """Import the studies of a case, then draw and state what its reader did.

    It stays open. ``mark`` is a remark (key, value) by which it is known for a demonstration.
    """
    found = scan_paths([images / study.folder for study in case.studies], reporter)
    outcome = take_in(session, found)
    if len(outcome.cases) != 1 or outcome.added != len(case.studies):
        raise RuntimeError("the demonstration images were not imported as one case")
    session.open_case(outcome.cases[0])
    if mark:
        session.set_remark(*mark, label="Demonstration case")
    for name in ("label", "question", "summary"):
        session.set_detail(name, getattr(case, name))
    series = {s.series_instance_uid: s for s in found.series}
    truths = [load_truth(images / study.folder) for study in case.studies]
    for study, truth in reversed(list(zip(case.studies, truths, strict=True))):
        _draw_study(session, case, study, truth, series[truth.series_instance_uid])
    for name, value in case.facts.items():
        session.set_fact(name, normalise(name, value))
    prepare(session, case, [series[t.series_instance_uid] for t in truths], truths)


def add_meeting(session: Session) -> None:
    """Put all cases on the agenda of a meeting, in their order; once only."""
    board = Board(session)
    if board.meetings():
        return
    found = [(case.uid, case.question) for case in session.cases()]
    items = zip(found, _MINUTES + (USUAL_MINUTES,) * len(found), strict=False)
    board.keep(
        replace(
            board.new_meeting(MEETING_DATE, "14:30", "Demonstration room"),
            attendees=_ATTENDEES,
            items=tuple(
                AgendaItem(uid, minutes, question, _ATTENDEES[0].name)
                for (uid, question), minutes in items
            ),
        )
    )


def _draw_study(
    session: Session, case: Demonstration, study: Study, truth: Truth, series: Series
) -> None:
    if truth.mass is not None:
        # The lesion of a study: the same one at all dates that name it so.
        known = session.case.lesions if session.case is not None else ()
        held = next((lesion for lesion in known if lesion.name == study.lesion), None)
        if held is None:
            held = Lesion(new_uid(), study.lesion, case.site, study.is_index)
            session.put_lesion(held)
        lesion = held
        for annotation in mass_annotations(truth.mass, series, lesion.uid):
            session.put_annotation(annotation)
    if truth.vein.tumour_ends:
        for annotation in vein_annotations(truth.vein, series):
            session.put_annotation(annotation)
    for other in truth.metastases:
        lesion = Lesion(new_uid(), other.name, other.site.capitalize())
        session.put_lesion(lesion)
        session.put_annotation(mass_annotations(other.axes, series, lesion.uid)[0])


def mass_annotations(axes: AxesTruth, series: Series, lesion_uid: str) -> tuple[Annotation, ...]:
    """Return the axial axes and the craniocaudal extent as a reader draws them."""
    axial = (*axes.long, *axes.short)
    return (
        _drawn(Kind.BIDIRECTIONAL, axial, series, lesion_uid=lesion_uid),
        _drawn(Kind.CRANIOCAUDAL, axes.craniocaudal, series, lesion_uid=lesion_uid),
    )


def vein_annotations(vein: VeinTruth, series: Series) -> tuple[Annotation, ...]:
    """Return the marked levels of the vein, and the ends of the tumour in it."""
    marks = [_drawn(kind_of_role(n), (p,), series, role=n) for n, p in vein.tumour_ends.items()]
    for name, point in vein.levels.items():
        role = LANDMARKS[name]
        marks.append(_drawn(kind_of_role(role), (point,), series, role=role))
    return tuple(marks)


#: From the names of the levels in the truth to the landmarks that a reader marks.
LANDMARKS = {
    "iliac_confluence": "iliac confluence",
    "renal_veins": "renal veins",
    "liver_entry": "entry into the liver",
    "hepatic_veins": "hepatic veins",
    "cavoatrial_junction": "cavo-atrial junction",
}


def _drawn(
    kind: Kind, points: tuple[Point, ...], series: Series, role: str = "", lesion_uid: str = ""
) -> Annotation:
    coronal = SPECS[kind].measures(CRANIOCAUDAL)
    return Annotation(
        uid=new_uid(),
        kind=kind,
        points=points,
        normal=_CORONAL if coronal else _AXIAL,
        image=_reference(series, points, Plane.CORONAL if coronal else Plane.AXIAL),
        author=READER,
        created_utc=utc_now(),
        role=role,
        lesion_uid=lesion_uid,
    )


def _reference(series: Series, points: Sequence[Point], plane: Plane) -> ImageReference:
    """Name the images nearest to the points."""
    stack = series.stack
    if stack is None:
        raise RuntimeError("the demonstration images make no volume")
    heights = stack.origins[:, 2]
    nearest = [int(abs(heights - p[2]).argmin()) for p in points]
    uids = dict.fromkeys(series.instances[k].sop_instance_uid for k in nearest)
    return ImageReference(
        series.study_instance_uid,
        series.series_instance_uid,
        tuple(uids),
        series.frame_of_reference_uid,
        plane,
        series.calibration,
    )
