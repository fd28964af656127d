"""Which images a mask file says that it was made on, and whether these are they."""

from __future__ import annotations

from pathlib import Path

from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Caveat
from tumorboard.imaging.overlay import MaskSource
from tumorboard.imaging.volume import Volume
from tumorboard.language import _

_HINT = _("Name the images that the mask was made on, or a mask that was made on these.")


def mask_source(file: Path) -> MaskSource:
    """Return what a segmentation says of its images; nothing for files that cannot say it."""
    from tumorboard.dicom.gate import RefusedError
    from tumorboard.dicom.segmentation import read_identity

    try:
        return read_identity(file)
    except (RefusedError, OSError):
        return MaskSource()


def mask_caveats(source: MaskSource, volume: Volume) -> tuple[Caveat, ...]:
    """Return what has to be said of a mask on images that it may not be of.

    Raises
    ------
    UserError
        When it cannot be of these images: its points lie in another frame of reference, or
        nothing ties another study to it.

    """
    frames = {source.frame_of_reference_uid, volume.frame_of_reference_uid} - {""}
    if len(frames) > 1:
        raise UserError(_("The mask lies in another frame of reference than the images."), _HINT)
    tied = len(frames) == 1 and source.frame_of_reference_uid and volume.frame_of_reference_uid
    named = volume.whole_uid in source.referenced_series
    if named and source.pictures and source.pictures.isdisjoint(volume.pictures):
        text = _("The mask was made on other pictures of this series, such as another phase.")
        return (Caveat("mask-part", text),)
    if named:
        return ()
    other_study = source.study_instance_uid not in {"", volume.study_instance_uid}
    if other_study and not tied:
        raise UserError(_("The mask is of another study than the images."), _HINT)
    if other_study:
        return (Caveat("mask-study", _("The mask is of another study than the images.")),)
    if source.referenced_series:
        return (Caveat("mask-series", _("The mask was made on another series than this one.")),)
    text = _("The mask does not say which images it was made on; it was taken to be of these.")
    return (Caveat("mask-unnamed", text),)
