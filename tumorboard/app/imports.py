"""From scanned series to what the store takes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tumorboard.annotations.model import new_uid
from tumorboard.app.case_repository import Incoming, PackedBody, match_key, may_be_one
from tumorboard.app.growth import Stored, joined, stored_of
from tumorboard.app.series_record import series_ref
from tumorboard.canonical_json import loads
from tumorboard.case.model import Patient
from tumorboard.errors import UserError
from tumorboard.language import _, ngettext
from tumorboard.progress import Reporter

if TYPE_CHECKING:
    from tumorboard.app.session import Session
    from tumorboard.dicom.gate import Refusal
    from tumorboard.dicom.scan import ScanResult
    from tumorboard.dicom.series import Series


@dataclass(frozen=True)
class ImportOutcome:
    """What an import did: cases touched, counts, and what was left out with the reason.

    ``grown`` tells by how many images each series grew that was there already, ``changed``
    names those whose record is another one now. ``notes`` are sentences on what else changed.
    """

    cases: tuple[str, ...]
    added: int
    unchanged: int
    refused: tuple[Refusal, ...]
    question: str = ""
    grown: tuple[int, ...] = ()
    changed: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """One or two sentences for the status line."""
        if not self.added and not self.unchanged and not self.grown:
            return self._nothing + self._left_out
        parts = []
        if self.grown:
            images = ngettext("{count} image", "{count} images", sum(self.grown))
            parts.append(
                ngettext(
                    "{count} series grew by {images}.",
                    "{count} series grew by {images}.",
                    len(self.grown),
                    images=images,
                )
            )
        if self.added:
            parts.append(ngettext("{count} series added.", "{count} series added.", self.added))
        if self.unchanged:
            parts.append(
                ngettext(
                    "{count} series already there.", "{count} series already there.", self.unchanged
                )
            )
        return " ".join([*parts, *self.notes, self.question]).strip() + self._left_out

    @property
    def _nothing(self) -> str:
        from tumorboard.dicom.gate import EMPTY_FOLDER

        empty = [refusal.file for refusal in self.refused if refusal.reason == EMPTY_FOLDER]
        if not empty:
            return _("No images were found.")
        if len(empty) == 1:
            return _("No images were found: the folder “{empty}” is empty.", empty=empty[0])
        return _("No images were found: {count} folders are empty.", count=len(empty))

    @property
    def _left_out(self) -> str:
        from tumorboard.dicom.gate import EMPTY_FOLDER

        count = sum(refusal.reason != EMPTY_FOLDER for refusal in self.refused)
        if not count:
            return ""
        return " " + ngettext(
            "{count} file left out: see the list.", "{count} files left out: see the list.", count
        )


@dataclass(frozen=True)
class Found:
    """What a scan found, ready to be stored: made where the scan was made.

    ``series`` are as the scan has them; ``joined_with`` is what the store held of them when
    the items were made, None before anybody looked. ``torn`` are stored series that hold
    several acquisitions, see `growth.Joined`.
    """

    items: tuple[Incoming, ...]
    refused: tuple[Refusal, ...]
    question: str = ""
    series: tuple[Series, ...] = ()
    joined_with: Stored | None = None
    torn: Mapping[str, tuple[tuple[int, ...], ...]] = field(default_factory=dict)


#: Why a picture is not taken whose identifier is that of another one.
_DIFFERS = _(
    "A picture of another place, size or content is stored under the same identifier; it was kept."
)


def must_exist(paths: Sequence[Path]) -> None:
    """Raise `UserError` for a path that does not exist."""
    for path in paths:
        if not path.exists():
            raise UserError(
                _("“{name}” does not exist.", name=path.name), _("Check the name of the folder.")
            )


def scan_paths(
    paths: Sequence[Path], reporter: Reporter, unpack_to: Path | None = None
) -> ScanResult:
    """Scan files and folders; for a worker thread, touches no store.

    Archives are unpacked below ``unpack_to``; without it they are left out with a reason.

    Raises
    ------
    UserError
        When a path does not exist.
    CancelledError
        When the user cancelled.

    """
    must_exist(paths)
    from tumorboard.dicom.scan import scan

    return scan(paths, reporter, unpack_to=unpack_to)


def find(paths: Sequence[Path], reporter: Reporter, unpack_to: Path | None = None) -> Found:
    """Scan files, folders and archives and make ready what is to be stored of them.

    For a worker thread: touches no store. Archives are unpacked below ``unpack_to``.

    Raises
    ------
    UserError
        When a path does not exist, or an archive is damaged.
    CancelledError
        When the user cancelled.

    """
    result = scan_paths(paths, reporter, unpack_to)
    return found_in(result.series, result.refused, result.patient_question)


def found_in(series: Sequence[Series], refused: Sequence[Refusal], question: str) -> Found:
    """Return what a scan found, ready to be stored."""
    items = tuple(incoming(g.series) for g in joined(series, Stored({}, {})).series)
    return Found(items, tuple(refused), question, tuple(series))


def joined_with(found: Found, stored: Stored) -> Found:
    """Return what was found, joined with what is stored of it; for a worker thread.

    Raises
    ------
    UserError
        When a record in the store is damaged.

    """
    from tumorboard.dicom.gate import Refusal

    if not stored.packed:
        return replace(found, joined_with=stored, torn={})
    whole = joined(found.series, stored)
    items = tuple(
        replace(
            incoming(g.series),
            grown_by=g.grown_by,
            stack=g.series.stack if g.grown_by else None,
        )
        for g in whole.series
    )
    refused = list(found.refused)
    if whole.differing:
        files = ngettext("{count} file", "{count} files", whole.differing)
        refused.append(Refusal(files, _DIFFERS))
    return replace(
        found,
        items=items,
        refused=tuple(dict.fromkeys(refused)),
        joined_with=stored,
        torn=whole.torn,
    )


def incoming(series: Series) -> Incoming:
    """Return a scanned series as the store takes it in."""
    who = series.patient
    patient = Patient(new_uid(), who.name, who.patient_id, who.birth_date, who.sex, who.issuer)
    return Incoming(series_ref(series), PackedBody.of(series.to_json()), patient)


def take_in(
    session: Session,
    found: Found | ScanResult,
    case_uid: str = "",
    *,
    same_patient: bool | None = None,
    hand_over: bool = False,
) -> ImportOutcome:
    """Store what a scan found and return what became of it.

    ``same_patient`` is a person's answer whether records that differ by a missing birth date or
    the sex are of one patient, ``hand_over`` that the case without images is about the patient of
    these images.

    Raises
    ------
    UserError
        When the store cannot be written.

    """
    if not isinstance(found, Found):
        found = found_in(found.series, found.refused, found.patient_question)
    found = _joined_now(session, found)
    notes = _part_torn(session, found)
    found = _joined_now(session, found)
    report = session.add_series(
        found.items, case_uid, same_patient=same_patient, hand_over=hand_over
    )
    refused = list(found.refused)
    if report.refused:
        from tumorboard.dicom.gate import Refusal

        refused += [Refusal(_name(found, uid), str(error)) for uid, error in report.refused]
    return ImportOutcome(
        tuple(report.cases),
        len(report.added) + len(report.updated) - len(report.grown),
        len(report.unchanged),
        tuple(refused),
        found.question,
        tuple(report.grown),
        frozenset(report.updated) | frozenset(found.torn),
        notes,
    )


def _joined_now(session: Session, found: Found) -> Found:
    """Return what was found joined with what is stored now, where that is not done yet."""
    stored = stored_of(session.store, found.series)
    return found if stored == found.joined_with else joined_with(found, stored)


def _part_torn(session: Session, found: Found) -> tuple[str, ...]:
    """Part stored series whose pictures do not belong together; say what became of them."""
    from tumorboard.app.series_parts import store_parts

    notes = []
    for name, groups in found.torn.items():
        try:
            store_parts(session, name, groups, _("its pictures are not of one acquisition"))
            notes.append(_("1 series that was there held several acquisitions and was parted."))
        except UserError as error:
            notes.append(
                _(
                    "1 series that is there holds several acquisitions: {reason}",
                    reason=error.message,
                )
            )
    return tuple(notes)


def patients_of(found: Found) -> tuple[Patient, ...]:
    """Return whom the images that were found are about, each once."""
    groups: dict[str, Patient] = {}
    for item in found.items:
        groups.setdefault(match_key(item.patient, item.ref.study_instance_uid), item.patient)
    return tuple(groups.values())


def other_patient(session: Session, found: Found) -> Patient | None:
    """Return the one patient of the images when none of the open case came and it names another.

    Then a person has to say whether the images belong to it. None where there is nothing to
    ask: no case is open, it has images, or the images are of several patients.
    """
    case, people = session.case, patients_of(found)
    if case is None or len(people) != 1 or not session.awaits_images:
        return None
    study = found.items[0].ref.study_instance_uid
    same = match_key(people[0], study) == match_key(case.patient, study)
    return None if same and case.patient.patient_id.strip() else people[0]


def perhaps_one(session: Session, found: Found) -> tuple[Patient, Patient] | None:
    """Return two records, what came and what it may belong to, when a person has to say it.

    They share name and identifier; one of them lacks the birth date, or the sex differs.
    """
    store = session.store
    people = {match_key(p, ""): p for p in patients_of(found) if p.patient_id.strip()}
    for key, person in people.items():
        if store.patients.find(key) is not None:
            continue
        uid = store.patients.perhaps(key)
        known = None if uid is None else store.patients.get(uid)
        if known is not None:
            return person, known
        for other_key, other in people.items():
            if key < other_key and may_be_one(loads(key), loads(other_key)):
                return person, other
    return None


def _name(found: Found, uid: str) -> str:
    """Name a refused series by its description."""
    named = (i.ref for i in found.items if i.ref.series_instance_uid == uid)
    ref = next(named, None)
    return ref.description if ref else _("series")
