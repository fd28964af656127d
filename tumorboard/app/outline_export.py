"""Outlines of a series as a DICOM segmentation, for other programs and the archive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tumorboard.app.outlining import colour_of
from tumorboard.app.series_record import Record, series_of
from tumorboard.case.segmentation import Role, Segmentation
from tumorboard.coding import MASS, Code
from tumorboard.errors import UserError
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.progress import Reporter

if TYPE_CHECKING:
    from tumorboard.dicom.segmentation_writer import SegmentToWrite

ABNORMAL: Final = Code("49755003", "SCT", "Morphologically Abnormal Structure")
ANATOMY: Final = Code("91723000", "SCT", "Anatomical Structure")
TISSUE: Final = Code("85756007", "SCT", "Tissue")

#: Category and type of each role, as PS3.16 names them (CID 7150 and below).
TERMS: Final[dict[Role, tuple[Code, Code]]] = {
    Role.MASS: (ABNORMAL, MASS),
    Role.SOLID: (ABNORMAL, MASS),
    Role.LUMEN: (ANATOMY, Code("91747007", "SCT", "Lumen of blood vessel")),
    Role.TUMOUR_IN_LUMEN: (ABNORMAL, Code("108369006", "SCT", "Neoplasm")),
    Role.BLAND_THROMBUS: (ABNORMAL, Code("396339007", "SCT", "Thrombus")),
    Role.OTHER: (TISSUE, TISSUE),
}


def exporting(
    path: Path,
    outlines: Sequence[tuple[Segmentation, Mask]],
    volume: Volume,
    record: Record | None,
    author: str,
) -> Callable[[Reporter], Path]:
    """Return the work that writes outlines of one series to a file.

    ``record`` is what the store keeps of the series, for the patient and the study.

    Raises
    ------
    UserError
        When the images are not known.

    """
    if record is None:
        raise UserError(_("The images of this outline are not known."), _("Import them again."))
    series = series_of(record)
    if any(c.code == "several-series" for c in volume.caveats):
        raise UserError(
            _("These slices are of several series, which a segmentation cannot name together."),
            _("Take the sizes from the outline, or share the case as a bundle."),
        )

    def work(reporter: Reporter) -> Path:
        from tumorboard.dicom.segmentation_writer import SourceImages, write_segmentation

        reporter.step(_("Writing outlines"), 0, 1)
        source = SourceImages(
            series.instances[0].path,
            series.series_instance_uid,
            volume.frame_of_reference_uid,
            tuple(volume.sop_instance_uids),
            tuple(volume.frames),
        )
        write_segmentation(path, source, [_segment(s, m) for s, m in outlines], author)
        return path

    return work


def _segment(record: Segmentation, mask: Mask) -> SegmentToWrite:
    from tumorboard.dicom.segmentation_writer import SegmentToWrite

    category, kind = TERMS[record.role]
    return SegmentToWrite(
        record.label,
        mask,
        colour_of(record),
        category,
        kind,
        record.lesion_uid,
        record.method,
    )
