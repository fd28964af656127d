"""Masses and vessels measured from files, without a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np

from tumorboard import __version__
from tumorboard.app.mask_source import mask_caveats, mask_source
from tumorboard.app.measure_files import (
    NamedMask,
    PointsFile,
    VesselPoints,
    load_volume,
    read_masks,
    read_points,
)
from tumorboard.app.settings import Settings
from tumorboard.case.definitions import to_json
from tumorboard.case.facts import Fact, Provenance, sheet_from_json
from tumorboard.case.involvement import (
    Evidence,
    contact_facts,
    ivc_facts,
    mass_facts,
    misplaced_levels,
    vessel_words,
)
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Caveat, Points
from tumorboard.imaging.mask_content import TissueRanges, ValueRange
from tumorboard.imaging.mask_diameters import Caliper, Convention
from tumorboard.imaging.mask_mass import MassMeasures, measure_mass
from tumorboard.imaging.mask_model import Mask, union
from tumorboard.imaging.overlay import MaskSource
from tumorboard.imaging.vessel.centreline import Centreline, check_inside, evenly, through
from tumorboard.imaging.vessel.contact_profile import (
    ContactSettings,
    Peak,
    VesselProfile,
    landmark_caveats,
    profile_by_role,
)
from tumorboard.imaging.vessel.cross_sections import across, outlines_of_mask, outlines_of_values
from tumorboard.imaging.volume import Volume
from tumorboard.language import _, number
from tumorboard.progress import Reporter
from tumorboard.quantity import length_words

LABEL = _("Measuring")


def measure(
    path: Path,
    mask_file: Path | None,
    points_file: Path | None,
    reporter: Reporter,
    *,
    series_uid: str = "",
    centres: bool = False,
    settings: Settings | None = None,
    store: Path | None = None,
) -> dict[str, Any]:
    """Measure the parts of a mask file and the vessels of a file of points on a series.

    The level is that of the guideline which ``store`` goes by, without one of the newest.

    Returns what ``--json`` prints: neither a patient nor a path is in it. Lengths are mm,
    points LPS.

    Raises
    ------
    UserError
        When a file cannot be used.
    CancelledError
        When the reporter was asked to stop.

    """
    if mask_file is None and points_file is None:
        raise UserError(_("Nothing to measure was named."), _("Add --mask FILE or --points FILE."))
    points = read_points(points_file) if points_file is not None else PointsFile({}, ())
    source = MaskSource() if mask_file is None else mask_source(mask_file)
    volume = load_volume(path, reporter, series_uid, source)
    doubts: tuple[Caveat, ...] = ()
    masks: Sequence[NamedMask] = ()
    if mask_file is not None:
        doubts = mask_caveats(source, volume)
        read = read_masks(mask_file, volume.stack, reporter)
        masks, doubts = read.parts, doubts + read.caveats
    convention = Convention.CENTRES if centres else Convention.OUTER_EDGES
    apart = {name for v in points.vessels for name in (v.mask, *v.thrombus)}
    masses = [m for m in masks if m.name not in apart]
    ranges, contact = tissue_ranges(settings), contact_settings(settings)
    measured = [measure_mass(volume, m.mask, m.name, convention, ranges) for m in masses]
    profiles = [vessel_profile(volume, v, masks, masses, contact) for v in points.vessels]
    facts = _facts_json(measured, profiles)
    return {
        "program": __version__,
        "series": _series_json(volume),
        "mask": None if mask_file is None else _source_json(source),
        "caveats": [c.text for c in doubts],
        "convention": str(convention),
        "masses": [_mass_json(m) for m in measured],
        "lines": {n: _line_json(volume, p) for n, p in points.lines.items()},
        "vessels": [vessel_json(p) for p in profiles],
        "facts": facts,
        "ivc_level": ivc_level(facts, store),
    }


def vessel_profile(
    volume: Volume,
    vessel: VesselPoints,
    masks: Sequence[NamedMask],
    masses: Sequence[NamedMask],
    settings: ContactSettings | None = None,
) -> VesselProfile:
    """Measure all masses together against a vessel and the tumour inside it, every millimetre.

    Raises
    ------
    UserError
        When its points leave the images, make no line, or its mask is not in the file.

    """
    check_inside(volume.stack, vessel.points, _("The line of “{name}”", name=vessel.name))
    lumen = _part(vessel, vessel.mask, masks) if vessel.mask else None
    line = _line_of(volume, vessel, lumen)
    check_inside(volume.stack, line.line, _("The line of “{name}”", name=vessel.name))
    sections = across(line, evenly(line))
    if lumen is not None:
        outlines = outlines_of_mask(sections, lumen)
    else:
        outlines = outlines_of_values(volume, sections)
    nothing = Mask.of(np.zeros((0, 0, 0), bool), volume.stack)
    outside = reduce(union, (m.mask for m in masses), nothing)
    inside = reduce(union, (_part(vessel, name, masks) for name in vessel.thrombus), nothing)
    caveats = landmark_caveats(line, vessel.landmarks)
    return profile_by_role(
        vessel.name, line, outlines, outside, inside, settings, vessel.landmarks, caveats
    )


def tissue_ranges(settings: Settings | None) -> TissueRanges:
    """Return the ranges of HU of the institution; the defaults without settings."""
    if settings is None:
        return TissueRanges()
    reference = str(settings["measure.ranges_reference"])

    def between(low: str, high: str = "") -> ValueRange:
        top = _number(settings, f"measure.{high}") if high else TissueRanges().calcified.high
        return ValueRange(_number(settings, f"measure.{low}"), top, reference)

    return TissueRanges(
        between("fat_from", "fat_to"),
        between("necrotic_from", "necrotic_to"),
        between("calcified_from"),
    )


def contact_settings(settings: Settings | None) -> ContactSettings:
    """Return the tolerance of contact of the institution; the default without settings."""
    if settings is None:
        return ContactSettings()
    return ContactSettings(_number(settings, "measure.contact_tolerance_mm"))


def _number(settings: Settings, name: str) -> float:
    value = settings[name]
    if not isinstance(value, int | float):
        raise TypeError(f"{name} is no number")
    return float(value)


def measure_words(result: dict[str, Any]) -> str:
    """Return the result as lines for a terminal."""
    lines = [_note(caveat) for caveat in result["caveats"]]
    for mass in result["masses"]:
        sizes = mass["sizes_mm"]
        text = _("no size") if sizes is None else length_words(*sizes, times=" x ")
        if mass["volume_ml"] is not None:
            text += f", {number(mass['volume_ml'], '.1f')} mL"
        lines.append(
            _(
                "{name}: {text} (between {convention})",
                name=mass["name"],
                text=text,
                convention=_(result["convention"]),
            )
        )
        lines += [_note(caveat, 2) for caveat in mass["caveats"]]
    lines += [f"{n}: {length_words(entry['length_mm'])}" for n, entry in result["lines"].items()]
    for vessel in result["vessels"]:
        lines += vessel["words"]
        lines += [_note(caveat, 2) for caveat in vessel["caveats"]]
    return "\n".join(lines)


def _note(text: str, indent: int = 0) -> str:
    return " " * indent + _("note: {text}", text=text)


def _part(vessel: VesselPoints, name: str, masks: Sequence[NamedMask]) -> Mask:
    found = next((m.mask for m in masks if m.name == name), None)
    if found is None:
        names = ", ".join(f"“{m.name}”" for m in masks) or _("none")
        raise UserError(
            _(
                "The mask file has no part “{name}” for the vessel “{vessel}”.",
                name=name,
                vessel=vessel.name,
            ),
            _("Its parts are: {names}.", names=names),
        )
    return found


def _line_of(volume: Volume, vessel: VesselPoints, lumen: Mask | None) -> Centreline:
    if not vessel.trace:
        return through(vessel.points).upwards()
    from tumorboard.imaging.vessel.path import lumen_field

    return through(vessel.points, lumen_field(volume, list(vessel.points), lumen).trace).upwards()


def _series_json(volume: Volume) -> dict[str, Any]:
    return {
        "series_instance_uid": volume.whole_uid,
        "study_instance_uid": volume.study_instance_uid,
        "frame_of_reference_uid": volume.frame_of_reference_uid,
        "modality": volume.modality,
        "shape": list(volume.voxels.shape),
        "spacing_mm": [volume.stack.slice_spacing, *volume.stack.pixel_spacing],
        "calibration": str(volume.calibration),
        "unit": volume.unit,
        "caveats": [c.text for c in volume.caveats],
    }


def _source_json(source: MaskSource) -> dict[str, Any]:
    return {
        "series_instance_uid": source.series_instance_uid,
        "study_instance_uid": source.study_instance_uid,
        "frame_of_reference_uid": source.frame_of_reference_uid,
        "referenced_series_uids": list(source.referenced_series),
    }


def _mass_json(mass: MassMeasures) -> dict[str, Any]:
    sizes, values, shares = mass.dimensions, mass.values, mass.shares
    axes = ("long_axis", "short_axis", "craniocaudal", "maximum_3d")
    return {
        "name": mass.name,
        "volume_ml": _rounded(mass.volume_ml),
        "sizes_mm": None if sizes is None else [round(v, 2) for v in sizes.sizes_mm],
        "recist_longest_mm": _rounded(mass.recist_mm),
        "calipers": {n: _caliper_json(getattr(sizes, n)) for n in axes} if sizes else None,
        "values": None
        if values is None
        else {
            "unit": values.unit,
            "voxels": values.count,
            "mean": _digits(values.mean),
            "sd": _digits(values.sd),
            "percentiles": {str(p): _digits(v) for p, v in values.percentiles.items()},
        },
        "shares": {
            "fat": _rounded(shares.fat, 4),
            "necrotic": _rounded(shares.necrotic, 4),
            "calcified": _rounded(shares.calcified, 4),
            "ranges_hu": {
                name: [part.low, part.high] for name, part in vars(shares.ranges).items()
            },
            "reference": shares.ranges.fat.reference,
            "reasons": list(shares.reasons),
            "phase": shares.phase,
        },
        "slices": [mass.slices[0] + 1, mass.slices[-1] + 1],
        "caveats": [c.text for c in mass.caveats],
    }


def _caliper_json(caliper: Caliper) -> dict[str, Any]:
    place = None if caliper.slice_index is None else caliper.slice_index + 1
    ends = [[round(v, 2) for v in p] for p in (caliper.start, caliper.end)]
    return {"length_mm": round(caliper.length_mm, 2), "ends": ends, "slice": place}


def _line_json(volume: Volume, points: Points) -> dict[str, Any]:
    check_inside(volume.stack, points)
    if not volume.is_calibrated:
        raise UserError(_("The images are not calibrated."), _("Lengths cannot be given in mm."))
    line = through(points)
    straight = float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())
    return {
        "length_mm": round(line.length_mm if len(points) > 2 else straight, 2),
        "chords_mm": round(straight, 2),
        "caveats": [c.text for c in line.caveats(volume.stack)],
    }


def vessel_json(found: VesselProfile) -> dict[str, Any]:
    """Return a profile as plain values, with what it says in words."""
    contact, inside = found.contact, found.involvement
    wrong = misplaced_levels(found) if found.vessel == "IVC" else ""
    return {
        "name": found.vessel,
        "length_mm": _rounded(float(found.arc_mm[-1] - found.arc_mm[0])),
        "most_contact_degrees": _peak_json(found.most_contact),
        "most_occluded_percent": _peak_json(found.most_occlusion),
        "contact_mm": _length_json(found.contact_mm, found.contact_degrees),
        "contact_from_to_mm": contact and [_rounded(contact.start_mm), _rounded(contact.end_mm)],
        "involvement_mm": _length_json(found.involvement_mm, found.occluded_percent),
        "involvement_from_to_mm": inside and [_rounded(inside.start_mm), _rounded(inside.end_mm)],
        "landmarks_mm": {n: _rounded(v) for n, v in found.landmarks.items()},
        "profile": {
            "along_mm": _array_json(found.arc_mm),
            "contact_degrees": _array_json(found.contact_degrees),
            "lumen_mm2": _array_json(found.lumen_mm2),
            "diameter_mm": _array_json(found.diameter_mm),
            "occluded_percent": _array_json(found.occluded_percent),
            "covered_percent": _array_json(found.covered_percent),
        },
        "words": vessel_words(found),
        "caveats": [*(c.text for c in found.caveats), *([wrong] if wrong else [])],
    }


def _facts_json(
    masses: Sequence[MassMeasures], profiles: Sequence[VesselProfile]
) -> dict[str, Any]:
    """Return the facts that follow; the diameters are those of the largest mass."""
    here = Evidence((_("from the files"),))
    facts: list[Fact] = []
    largest = max(masses, key=lambda m: m.volume_ml or 0.0, default=None)
    if largest is not None:
        facts += mass_facts(largest, here)
    facts += contact_facts([(p, here) for p in profiles])
    facts += [fact for p in profiles for fact in ivc_facts(p, here)]
    return {fact.name: to_json(fact.name, fact.value) for fact in facts}


def ivc_level(facts: Mapping[str, Any], store: Path | None = None) -> str | None:
    """Return the level of the tumour in the vena cava as the guideline's scheme names it.

    None where the facts do not settle it: D-08 of the guideline, by its setting S-03; those
    that the folder ``store`` goes by, without one the newest as shipped.
    """
    if "ivc_cranial_extent" not in facts:
        return None
    from tumorboard.app.guidance import Guidance
    from tumorboard.guidelines.evaluate import assess
    from tumorboard.guidelines.loader import load_guideline

    sheet = sheet_from_json(facts, Provenance("derived"))
    found = assess(sheet, load_guideline()) if store is None else Guidance(store).assess(sheet)
    level = found.derived["ivc_level"].value
    return None if level is None else str(level)


def _peak_json(peak: Peak | None) -> dict[str, Any] | None:
    if peak is None:
        return None
    point = [round(v, 2) for v in peak.point]
    known = {"value": _rounded(peak.value), "along_mm": _rounded(peak.arc_mm), "point": point}
    if peak.low is None or peak.high is None:
        return known
    return {**known, "low": _rounded(peak.low), "high": _rounded(peak.high)}


def _length_json(length_mm: float, values: Points) -> float | None:
    """Return a length, None where nothing was there to be measured."""
    return None if np.isnan(values).all() else _rounded(length_mm)


def _array_json(values: Points) -> list[float | None]:
    return [None if np.isnan(v) else round(float(v), 2) for v in values]


def _digits(value: float) -> float:
    """Round a pixel value: to hundredths, and a small one to six digits that count."""
    return round(value, 2) if abs(value) >= 100 else float(f"{value:.6g}")


def _rounded(value: float | None, digits: int = 2) -> float | None:
    return None if value is None else round(value, digits)
