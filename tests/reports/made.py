"""Reports made from the clinical test list, with drawn annotations where asked for."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage

from tests.guidelines.cases import READER, run, sheet, vignettes
from tumorboard.annotations.model import (
    Annotation,
    ImageReference,
    Kind,
    Landmark,
    TumourEnd,
)
from tumorboard.case.facts import Fact, FactSheet
from tumorboard.case.model import Case, Lesion, Patient, SeriesRef
from tumorboard.guidelines import Assessment
from tumorboard.imaging.geometry import Calibration, Plane
from tumorboard.reports.context import KeyImage, ReportContext, report_context

PATIENT = Patient("p1", "FICTION^FRIEDA", "PID-77-31", "19590412", "F")
HEAD = "c0ffee" * 10 + "beef"
LESION = Lesion("1.2.9", "Mass 1", is_index=True)


def image_reference(calibration: Calibration = Calibration.PIXEL_SPACING) -> ImageReference:
    return ImageReference("1.2", "1.2.3", ("1.2.3.4",), "1.2.5", Plane.AXIAL, calibration)


def annotation(
    uid: str, kind: Kind, *points: tuple[float, float, float], **more: Any
) -> Annotation:
    image = more.pop("image", image_reference())
    base = Annotation(uid, kind, points, (0, 0, 1), image, "Dr Reader", "2026-01-05T09:00:00Z")
    return replace(base, **more)


def axes(**more: Any) -> Annotation:
    """Axial axes of 105 and 89 mm."""
    points = ((0, 0, 0), (105, 0, 0), (50, -40, 0), (50, 49, 0))
    return annotation("a1", Kind.BIDIRECTIONAL, *points, lesion_uid=LESION.uid, **more)


def height(**more: Any) -> Annotation:
    """A craniocaudal extent of 132 mm."""
    points = ((0, 0, -60), (0, 0, 72))
    return annotation("a2", Kind.CRANIOCAUDAL, *points, lesion_uid=LESION.uid, **more)


def vein_marks() -> tuple[Annotation, ...]:
    levels = {Landmark.RENAL_VEINS: 0.0, Landmark.LIVER_ENTRY: 40.0, Landmark.HEPATIC_VEINS: 90.0}
    ends = {TumourEnd.CAUDAL: 1.0, TumourEnd.CRANIAL: 70.0}
    drawn = [(Kind.VESSEL_LEVEL, r, z) for r, z in levels.items()]
    drawn += [(Kind.TUMOUR_END, r, z) for r, z in ends.items()]
    return tuple(annotation(f"v{r}", kind, (0, 0, z), role=str(r)) for kind, r, z in drawn)


def case(*annotations: Annotation, **more: Any) -> Case:
    series = SeriesRef("1.2.3", "1.2", "CT", "Portal", "20261112", 200, 512, 512, "volume")
    made = Case("c1", "RP-0147", PATIENT, "Resectable?", series=(series,), annotations=annotations)
    return replace(made, lesions=(LESION,), **more)


def png(width: int = 1280, height: int = 1040) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#405060"))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    buffer.close()
    return bytes(data.data())


def images(count: int = 3) -> list[KeyImage]:
    return [KeyImage(png(), f"Mass 1, view {n} · 12 Nov 2026", 640, 520) for n in range(count)]


def facts(vignette: str = "V-01") -> FactSheet:
    return sheet(vignettes()[vignette]["inputs"])


def assessment(vignette: str = "V-01", settings: dict[str, Any] | None = None) -> Assessment:
    return run(vignettes()[vignette]["inputs"], settings)


def context(vignette: str = "V-01", of: Case | None = None, **more: Any) -> ReportContext:
    arguments: dict[str, Any] = {
        "facts": facts(vignette),
        "assessment": assessment(vignette),
        "key_images": (),
        "audit_head": HEAD,
        "program_version": "0.1.0",
        "created_utc": "2026-11-27T13:05:00Z",
        "author": "Dr Author",
    }
    return report_context(of or case(), **{**arguments, **more})


def with_note(sheet_: FactSheet, name: str, note: str) -> FactSheet:
    fact = sheet_.get(name)
    assert fact is not None
    return sheet_.with_fact(Fact(name, fact.value, replace(READER, note=note)))


def spoken(found: Assessment) -> set[str]:
    """Every text of an assessment that a report must carry."""
    reasons = [found.category_reason, *(a.reason for a in found.alerts)]
    reasons += [r for o in found.options for r in o.reasons]
    reasons += [n.reason for n in (*found.remarks, *found.silences)]
    texts = {r.text for r in reasons} | {r.rule for r in reasons}
    texts |= {r.mark for r in reasons if r.mark} | {r.strength for r in reasons if r.strength}
    texts |= {m.label for m in (*found.missing, *found.also_missing)}
    texts |= {c.label for c in found.criteria} | {o.title for o in found.options}
    texts |= {o.words for o in found.options} | {a.severity_text for a in found.alerts}
    differing = (*found.conflicts, *found.carried.values())
    texts |= {c.title for c in differing} | {c.why for c in differing}
    return texts | {found.category_text, found.category_rule, *found.category_words}


def cited_places(found: Assessment) -> set[str]:
    """Every place that a report must list, as the guideline words it."""
    reasons = [found.category_reason, *(a.reason for a in found.alerts)]
    reasons += [r for o in found.options for r in o.reasons]
    reasons += [n.reason for n in (*found.remarks, *found.silences)]
    reasons += [*found.follow_up.reasons, *found.prognosis.reasons]
    citations = [c for r in reasons for c in r.sources]
    differing = (*found.conflicts, *found.carried.values())
    citations += [side for conflict in differing for side in conflict.sides]
    places = {p for c in citations for p in c.source.split("; ")}
    return places - {"Not stated in the sources"}
