"""One picture of a series: where its pixels are, what they mean, where it lies."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from tumorboard.imaging.geometry import Calibration, Point

Cosines = tuple[float, float, float, float, float, float]

#: Compressed syntaxes that lose information by their nature (PS3.5 section A.4).
LOSSY_SYNTAXES = frozenset(
    f"1.2.840.10008.1.2.4.{n}" for n in ("50", "51", "53", "55", "81", "91", "203")
)

#: Flaws after which values are stored values, whatever unit the header names.
UNSCALED = frozenset({"bad-rescale", "rescale-missing", "rescale-incomplete", "rescale-unreadable"})

DEFLATED_SYNTAX = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN_SYNTAX = "1.2.840.10008.1.2.2"
RLE_SYNTAX = "1.2.840.10008.1.2.5"


@dataclass(frozen=True)
class PatientIdentity:
    """Who the header says the patient is. Never leaves the store and the reading modes."""

    patient_id: str = ""
    name: str = ""
    birth_date: str = ""
    sex: str = ""
    issuer: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What must agree for two files to be of one series of one patient."""
        name = self.name.rstrip("^= ").casefold()
        return self.patient_id, name, self.birth_date

    def is_one_with(self, other: PatientIdentity) -> bool:
        """Whether two records agree in all that both state, sex and Issuer of Patient ID too."""
        sexes = {self.sex.upper()[:1], other.sex.upper()[:1]}
        return self.key == other.key and not sexes >= {"M", "F"} and not self._issued_apart(other)

    def may_be(self, other: PatientIdentity) -> bool:
        """Whether two records differ by a missing birth date or the sex alone.

        Unless they are one, a person has to say more. An identifier of another issuer is
        another one (PS3.3 section C.2.2).
        """
        one, two = self.key, other.key
        if self._issued_apart(other):
            return False
        return one == two or (bool(one[0]) and one[:2] == two[:2] and "" in (one[2], two[2]))

    def _issued_apart(self, other: PatientIdentity) -> bool:
        one, two = self.issuer.casefold(), other.issuer.casefold()
        return bool(one and two) and one != two


@dataclass(frozen=True)
class SeriesInfo:
    """What all instances of a series share.

    ``suv_factor`` turns Bq/mL of a PET into SUV by body weight; where it is None,
    ``suv_reason`` says why, unless the series is no PET. ``frame_ms`` is the time from one
    picture of a cine run to the next.
    """

    patient: PatientIdentity
    study_instance_uid: str
    series_instance_uid: str
    modality: str
    study_date: str = ""
    study_time: str = ""
    study_id: str = ""
    study_description: str = ""
    accession_number: str = ""
    series_description: str = ""
    series_number: int | None = None
    series_date: str = ""
    series_time: str = ""
    body_part: str = ""
    kernel: str = ""
    unit: str = ""
    suv_factor: float | None = None
    suv_reason: str = ""
    protocol: str = ""
    contrast_agent: str = ""
    contrast_start: str = ""
    acquisition_time: str = ""
    frame_ms: float | None = None


@dataclass(frozen=True)
class Instance:
    """One frame of one file; a file without a picture has no chunks.

    Parameters
    ----------
    path, file_size, mtime_ns
        The file, referenced in place, and its state when it was scanned.
    frame
        One-based frame number, 1 in a single-frame image (PS3.3 Referenced Frame Number).
    chunks
        (offset, length) in bytes of the pieces of this frame's pixel data, in order;
        counted in the inflated stream for the deflated syntax, else in the file.
    position, orientation
        Image Position and Orientation (Patient), LPS mm and direction cosines, or None.
    spacing, calibration
        Millimetres between rows, and between columns; None means uncalibrated.
    unit
        Unit of the values after rescale, empty where they have none; None: read by an older
        program, for which the series knows it.
    padding, padding_limit
        Stored value outside the reconstruction, or None, and where it is a range its other end.
    voi_function, voi_table
        VOI LUT Function ("" for LINEAR), and whether the file brings a VOI LUT.
    in_words
        Whether pixels of 8 bits stand in 16-bit words of big endian, two by two the other way.
    aspect
        Height and width of a pixel in units of its width, where it has no spacing; None: square.
    sides
        Letters of the sides of the patient to which rows and columns run, as far as stated.
    inverted
        Whether low values are shown bright; None: read by an older program, for which the
        photometric interpretation says it.
    overlays
        Whether the file brings overlay planes (groups 60xx).
    regions
        Ultrasound: where the spacing holds, see `ultrasound.calibrated`; empty: everywhere.
    marks
        Attribute name and value pairs that may tell apart pictures of one position.
    origin
        The same of what pictures of one examination have in common; empty: read by an older
        program.
    flaws
        Codes of caveats that concern this picture alone.

    """

    path: Path
    file_size: int
    mtime_ns: int
    sop_instance_uid: str
    sop_class_uid: str = ""
    frame: int = 1
    frames: int = 1
    instance_number: int | None = None
    frame_of_reference_uid: str = ""
    rows: int = 0
    columns: int = 0
    samples: int = 1
    photometric: str = ""
    planar: int = 0
    bits_allocated: int = 0
    bits_stored: int = 0
    high_bit: int = 0
    signed: bool = False
    floating: bool = False
    transfer_syntax: str = ""
    chunks: tuple[tuple[int, int], ...] = ()
    position: Point | None = None
    orientation: Cosines | None = None
    spacing: tuple[float, float] | None = None
    calibration: Calibration = Calibration.NONE
    thickness: float | None = None
    slope: float = 1.0
    intercept: float = 0.0
    unit: str | None = None
    window: tuple[float, float] | None = None
    padding: int | None = None
    lossy: bool = False
    localizer: bool = False
    marks: tuple[tuple[str, str], ...] = ()
    flaws: tuple[str, ...] = ()
    padding_limit: int | None = None
    voi_function: str = ""
    voi_table: bool = False
    overlays: bool = False
    regions: tuple[tuple[int, int, int, int], ...] = ()
    inverted: bool | None = None
    in_words: bool = False
    aspect: tuple[float, float] | None = None
    sides: tuple[str, ...] = ()
    origin: tuple[tuple[str, str], ...] = ()

    @property
    def is_inverted(self) -> bool:
        """Whether low values are shown bright."""
        return self.photometric == "MONOCHROME1" if self.inverted is None else self.inverted

    @property
    def has_pixels(self) -> bool:
        """Whether there is a picture to load."""
        return bool(self.chunks)

    @property
    def has_geometry(self) -> bool:
        """Whether it says where in the patient it lies."""
        return self.position is not None and self.orientation is not None

    @property
    def is_colour(self) -> bool:
        """Whether its pixels are colours."""
        return self.samples > 1 or self.photometric == "PALETTE COLOR"

    @property
    def has_value_table(self) -> bool:
        """Whether the stored values are to be mapped by the file's Modality LUT."""
        return "modality-lut" in self.flaws

    @property
    def is_encapsulated(self) -> bool:
        """Whether its pixels are compressed codestreams."""
        prefix = self.transfer_syntax.startswith("1.2.840.10008.1.2.4.")
        return prefix or self.transfer_syntax == RLE_SYNTAX

    @property
    def frame_bytes(self) -> int:
        """Bytes of one uncompressed frame."""
        return native_frame_bytes(
            self.rows, self.columns, self.samples, self.bits_allocated, self.photometric
        )

    @property
    def decoding(self) -> tuple[Any, ...]:
        """What a decoder needs to know of a frame beside where its bytes are."""
        return (
            self.frame if self.bits_allocated == 1 else 1,
            self.rows,
            self.columns,
            self.samples,
            self.photometric,
            self.planar,
            self.bits_allocated,
            self.bits_stored,
            self.high_bit,
            self.signed,
            self.floating,
            self.transfer_syntax,
            self.lossy,
            self.overlays,
        )

    def in_file(
        self, path: Path, file_size: int, mtime_ns: int, chunks: tuple[tuple[int, int], ...]
    ) -> Instance:
        """Return a frame like this one whose bytes are elsewhere."""
        other = object.__new__(Instance)
        place = {"path": path, "file_size": file_size, "mtime_ns": mtime_ns, "chunks": chunks}
        other.__dict__.update(self.__dict__ | place)
        return other

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data; `from_json` gives the same instance back."""
        return {**vars(self), "path": str(self.path), "calibration": self.calibration.value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Instance:
        """Rebuild an instance from `to_json`; attributes that are new since take their default."""
        return cls.many_from_json({}, [data])[0]

    @classmethod
    def many_from_json(
        cls, common: dict[str, Any], rows: Sequence[dict[str, Any]]
    ) -> tuple[Instance, ...]:
        """Rebuild the instances of a series; ``common`` is what they all share.

        A reader waits for this when he opens a series, so that what is shared is read once
        and no constructor is called for each.
        """
        shared = {**_defaults(), **_values(common)}
        found = []
        for row in rows:
            instance = object.__new__(cls)
            instance.__dict__.update(shared)
            instance.__dict__.update(_values(row))
            found.append(instance)
        return tuple(found)


def derived_uid(*parts: str) -> str:
    """Return a UID made from values (PS3.5 section B.2): the same values, the same UID."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def native_frame_bytes(rows: int, columns: int, samples: int, bits: int, photometric: str) -> int:
    """Return the bytes of one uncompressed frame (PS3.5 section 8.1.1, PS3.3 C.7.6.3.1.2)."""
    if photometric == "YBR_FULL_422":
        samples = 2
    return (rows * columns * samples * bits + 7) // 8


@cache
def _defaults() -> dict[str, Any]:
    """Return what an instance holds where nothing is said."""
    return {f.name: f.default for f in fields(Instance) if f.default is not MISSING}


@cache
def _names() -> frozenset[str]:
    return frozenset(f.name for f in fields(Instance))


def _values(data: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes that JSON data holds, in their types; others are left out."""
    names = _names()
    values: dict[str, Any] = {k: v for k, v in data.items() if k in names}
    lists = [k for k, v in values.items() if type(v) is list]
    values.update((k, _tuples(values[k])) for k in lists)
    if "path" in values:
        values["path"] = Path(values["path"])
    if "calibration" in values:
        values["calibration"] = Calibration(values["calibration"])
    return values


def _tuples(value: list[Any]) -> tuple[Any, ...]:
    if value and type(value[0]) is list:
        return tuple([_tuples(v) for v in value])
    return tuple(value)
