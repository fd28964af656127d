"""What a picture says of when and how it was taken, by which parts of a series are told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydicom.dataset import Dataset

from tumorboard.dicom import attributes as at

#: Attributes of the file itself (PS3.3 sections C.7.6.1, C.8.2.1, C.8.3.1, C.8.13.5).
PLAIN: Final = (
    "AcquisitionNumber",
    "TemporalPositionIdentifier",
    "EchoNumbers",
    "EchoTime",
    "InversionTime",
    "FlipAngle",
    "TriggerTime",
    "DiffusionBValue",
    "SequenceName",
    "ImageType",
    "ConvolutionKernel",
    "AcquisitionDate",
    "AcquisitionTime",
    "AcquisitionDateTime",
    "ContentTime",
)

#: Private elements in which scanners wrote the b-value before there was a public one; what
#: they hold tells pictures of one place apart and is never shown.
PRIVATE_B_VALUES: Final = ("0x0019100c", "0x20011003", "0x00431039")

#: The name under which the first of them is kept.
PRIVATE_B_VALUE: Final = "PrivateBValue"

#: The same in Frame Content Sequence (PS3.3 section C.7.6.16.2.2).
_OF_FRAME: Final = (
    "FrameAcquisitionNumber",
    "FrameAcquisitionDateTime",
    "TemporalPositionIndex",
    "StackID",
)

#: The same in other functional groups: the sequence, its attribute, and the name it has in
#: objects of one picture.
_OF_GROUPS: Final = (
    ("MREchoSequence", "EffectiveEchoTime", "EchoTime"),
    ("MRDiffusionSequence", "DiffusionBValue", "DiffusionBValue"),
    ("MRTimingAndRelatedParametersSequence", "FlipAngle", "FlipAngle"),
    ("MRImageFrameTypeSequence", "FrameType", "ImageType"),
    ("CTImageFrameTypeSequence", "FrameType", "ImageType"),
    ("PETFrameTypeSequence", "FrameType", "ImageType"),
    ("CTReconstructionSequence", "ConvolutionKernel", "ConvolutionKernel"),
    ("TemporalPositionSequence", "TemporalPositionTimeOffset", "TemporalPositionTimeOffset"),
    (
        "CardiacSynchronizationSequence",
        "NominalCardiacTriggerDelayTime",
        "TriggerTime",
    ),
)


def marks_of(header: Dataset, groups: Sequence[Dataset]) -> tuple[tuple[str, str], ...]:
    """Return name and value of what a picture says; what it does not say is left out.

    ``groups`` are the functional groups of a frame, its own before the shared ones.
    """
    content = _first(groups, "FrameContentSequence") or header
    found = {k: at.text(content, k) or at.text(header, k) for k in PLAIN}
    found |= {k: at.text(content, k) for k in _OF_FRAME}
    if not found["DiffusionBValue"]:
        private = (at.text(header, k) for k in PRIVATE_B_VALUES)
        found[PRIVATE_B_VALUE] = next((v for v in private if v), "")
    for sequence, keyword, name in _OF_GROUPS:
        item = _first(groups, sequence)
        if item is not None and at.text(item, keyword):
            found[name] = at.text(item, keyword)
    return tuple((k, v) for k, v in found.items() if v)


def _first(groups: Sequence[Dataset], keyword: str) -> Dataset | None:
    return next((items[0] for d in groups if (items := at.items(d, keyword))), None)
