"""A case as the board sees it: a patient, the studies, what was drawn, what is known."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tumorboard.annotations.model import Annotation
from tumorboard.case.facts import FactSheet, Place
from tumorboard.case.saved_view import SavedView
from tumorboard.case.segmentation import Segmentation
from tumorboard.case.vessel import VesselPath
from tumorboard.language import _


@dataclass(frozen=True)
class Patient:
    """Who the case is about. Shown only in the reading modes, never in logs.

    ``issuer`` is who gave the identifier (Issuer of Patient ID), empty when that is not known.
    """

    uid: str
    name: str = ""
    patient_id: str = ""
    birth_date: str = ""
    sex: str = ""
    issuer: str = ""


@dataclass(frozen=True)
class SeriesRef:
    """A series that the store knows, enough to list it without opening a file.

    ``kind`` is volume, stack, image, document or overlay. ``phase`` is a guess at the phase
    of contrast and ``phase_evidence`` what it rests on; ``thickness_mm`` is the usual slice
    thickness, None when the images do not say. ``series_instance_uid`` names it in the case;
    of a part of a series ``part_of`` is the Series Instance UID that its files carry.
    ``samples`` name a few of its pictures, each as SOP Instance UID and frame, by which it is
    found again elsewhere.
    """

    series_instance_uid: str
    study_instance_uid: str
    modality: str
    description: str
    study_date: str
    slices: int
    rows: int
    columns: int
    kind: str
    plane: str = ""
    body_part: str = ""
    caveats: tuple[str, ...] = field(default=())
    phase: str = ""
    phase_evidence: str = ""
    kernel: str = ""
    thickness_mm: float | None = None
    part_of: str = ""
    samples: tuple[str, ...] = ()

    @property
    def whole_uid(self) -> str:
        """The Series Instance UID that its files carry, the same for all parts."""
        return self.part_of or self.series_instance_uid


@dataclass(frozen=True)
class Lesion:
    """A lesion whose identity lasts over time points; ``uid`` is its tracking UID.

    ``site`` are the words of where it is, empty while nobody has said; ``site_code`` is their
    SNOMED CT code, empty for words that a person typed; ``laterality`` is right, left, both or
    empty; ``role`` is target, non-target, new (RECIST 1.1) or empty while nobody has said. A
    node counts by its short axis. ``is_metastasis`` is what a reader says of it; no mark is no
    answer.
    """

    uid: str
    name: str
    site: str = ""
    is_index: bool = False
    site_code: str = ""
    laterality: str = ""
    role: str = ""
    is_node: bool = False
    is_metastasis: bool = False


@dataclass(frozen=True)
class Remark:
    """What a person noted about the case itself: an acknowledged alert, a date, a status.

    ``key`` says what it is about, such as "alert:R-ALT-04" or "date:surgery"; ``value``
    and ``note`` what was said and why, ``place`` the picture that it was said on.
    """

    key: str
    value: str
    note: str
    author: str
    time_utc: str
    place: Place | None = None

    @property
    def uid(self) -> str:
        """The key: one remark a thing."""
        return self.key


@dataclass(frozen=True)
class Case:
    """Everything about one case at one moment. Each gesture makes a new one."""

    uid: str
    label: str
    patient: Patient
    question: str = ""
    summary: str = ""
    created_utc: str = ""
    series: tuple[SeriesRef, ...] = ()
    lesions: tuple[Lesion, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    facts: FactSheet = field(default_factory=FactSheet)
    remarks: tuple[Remark, ...] = ()
    views: tuple[SavedView, ...] = ()
    segmentations: tuple[Segmentation, ...] = ()
    vessels: tuple[VesselPath, ...] = ()

    def annotation(self, uid: str) -> Annotation | None:
        """Return the annotation with this UID, or None."""
        return next((a for a in self.annotations if a.uid == uid), None)

    def lesion(self, uid: str) -> Lesion | None:
        """Return the lesion with this tracking UID, or None."""
        return next((x for x in self.lesions if x.uid == uid), None)

    def remark(self, key: str) -> Remark | None:
        """Return the remark about something, or None."""
        return next((r for r in self.remarks if r.key == key), None)

    def view(self, uid: str) -> SavedView | None:
        """Return the saved view with this UID, or None."""
        return next((v for v in self.views if v.uid == uid), None)

    def segmentation(self, uid: str) -> Segmentation | None:
        """Return the segmentation with this UID, or None."""
        return next((s for s in self.segmentations if s.uid == uid), None)

    def segmentations_of(self, lesion_uid: str) -> tuple[Segmentation, ...]:
        """Return the segmentations of a lesion, on whatever series."""
        return tuple(s for s in self.segmentations if s.lesion_uid == lesion_uid)

    def vessel(self, uid: str) -> VesselPath | None:
        """Return the vessel with this UID, or None."""
        return next((v for v in self.vessels if v.uid == uid), None)

    @property
    def index_lesion(self) -> Lesion | None:
        """The lesion that the question is about."""
        return next((x for x in self.lesions if x.is_index), None)

    def part_words(self, series_uid: str) -> str:
        """Return "part 2 of 3" where a series has several parts that look alike, else nothing."""
        ref = next((s for s in self.series if s.series_instance_uid == series_uid), None)
        if ref is None:
            return ""
        look = (ref.whole_uid, ref.kind, ref.plane)
        alike = [s for s in self.series if (s.whole_uid, s.kind, s.plane) == look]
        return (
            _("part {index} of {count}", index=alike.index(ref) + 1, count=len(alike))
            if len(alike) > 1
            else ""
        )

    def with_annotation(self, annotation: Annotation) -> Case:
        """Return the case with this annotation added, or put in the place of its older self."""
        if self.annotation(annotation.uid) is None:
            return replace(self, annotations=(*self.annotations, annotation))
        kept = tuple(annotation if a.uid == annotation.uid else a for a in self.annotations)
        return replace(self, annotations=kept)

    def without_annotation(self, uid: str) -> Case:
        """Return the case without this annotation."""
        return replace(self, annotations=tuple(a for a in self.annotations if a.uid != uid))

    def with_lesion(self, lesion: Lesion) -> Case:
        """Return the case with this lesion added or replaced."""
        if self.lesion(lesion.uid) is None:
            return replace(self, lesions=(*self.lesions, lesion))
        kept = tuple(lesion if x.uid == lesion.uid else x for x in self.lesions)
        return replace(self, lesions=kept)
