"""What a length on a radiograph rests on (PS3.3 section 10.7.1)."""

from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from tests.dicom.make import write_slices
from tumorboard.dicom.scan import scan
from tumorboard.imaging.geometry import Calibration

DETECTOR, PATIENT = Calibration.IMAGER_SPACING, Calibration.PIXEL_SPACING

#: (pixel spacing, imager spacing, how it was calibrated): what it rests on, its spacing, caveat.
STATED = {
    "on the detector alone": ((None, 0.5, ""), (DETECTOR, 0.5, "imager-spacing")),
    "both the same": ((0.5, 0.5, ""), (DETECTOR, 0.5, "imager-spacing")),
    "both the same but for rounding": ((0.5001, 0.5, ""), (DETECTOR, 0.5, "imager-spacing")),
    "alone, of nobody knows what": ((0.5, None, ""), (PATIENT, 0.5, "unknown-magnification")),
    "another one, and not why": ((0.25, 0.5, ""), (PATIENT, 0.25, "unknown-magnification")),
    "by an assumed depth": ((0.25, 0.5, "GEOMETRY"), (PATIENT, 0.25, "assumed-depth")),
    "by a known object": ((0.25, 0.5, "FIDUCIAL"), (PATIENT, 0.25, "")),
    "by one that made no difference": ((0.5, 0.5, "FIDUCIAL"), (PATIENT, 0.5, "")),
}


@pytest.mark.parametrize("modality", ["DX", "CR", "XA"])
@pytest.mark.parametrize("name", STATED)
def test_a_radiograph_says_what_its_lengths_rest_on(tmp_path: Path, name: str, modality: str):
    (pixel, imager, how), (source, spacing, code) = STATED[name]

    def change(ds: Dataset, _: int) -> None:
        ds.Modality = modality
        del ds.PixelSpacing, ds.ImagePositionPatient, ds.ImageOrientationPatient
        for keyword, value in (("PixelSpacing", pixel), ("ImagerPixelSpacing", imager)):
            if value is not None:
                setattr(ds, keyword, [value, value])
        if how:
            ds.PixelSpacingCalibrationType = how

    write_slices(tmp_path, 1, change=change)
    (series,) = scan([tmp_path]).series
    assert (series.calibration, series.pixel_spacing) == (source, (spacing, spacing))
    known = {"imager-spacing", "unknown-magnification", "assumed-depth"}
    assert {c.code for c in series.caveats} & known == {code} - {""}
