"""From masks and vessels to facts: sizes, contacts, the reach of the tumour in the vein.

Arithmetic only. A size, an arc, an end along the vein follow from what was measured; the
degree of occlusion stays the reader's word, and none of the excluding criteria ever follows
from a number (the guideline may prompt).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tumorboard.annotations.model import Landmark
from tumorboard.case.definitions import definition
from tumorboard.case.facts import Fact, Provenance, normalise
from tumorboard.case.ivc import LEVEL_TOLERANCE_MM, SegmentReading, misplaced, segment_at
from tumorboard.case.vessel import vessel_label
from tumorboard.imaging.mask_mass import MassMeasures
from tumorboard.imaging.vessel.contact_profile import CONTACT_REACH_MM, Extent, Peak, VesselProfile
from tumorboard.language import N_, _
from tumorboard.quantity import length_words

IVC = "IVC"
_ATRIUM = N_("right atrium")

#: Marks of the vein by other names, and the level that each stands for; several that stand
#: for one level count at their mean.
LEVEL_OF_NAME: Mapping[str, Landmark] = {
    **{str(mark): mark for mark in Landmark},
    N_("right renal vein"): Landmark.RENAL_VEINS,
    N_("left renal vein"): Landmark.RENAL_VEINS,
    N_("right hepatic vein"): Landmark.HEPATIC_VEINS,
    N_("middle hepatic vein"): Landmark.HEPATIC_VEINS,
    N_("left hepatic vein"): Landmark.HEPATIC_VEINS,
    _ATRIUM: Landmark.CAVOATRIAL_JUNCTION,
}


@dataclass(frozen=True)
class Evidence:
    """What a measurement rests on: the mask and the vessel by their UIDs, who, when, where.

    ``slices`` are counted from 1, as the viewer counts.
    """

    uids: tuple[str, ...]
    author: str = ""
    time_utc: str = ""
    slices: tuple[int, ...] = ()
    caveats: tuple[str, ...] = field(default=())

    def provenance(self, note: str) -> Provenance:
        """Return the provenance of a fact that rests on this."""
        parts = [note]
        if self.slices:
            parts.append(
                _("slices {first} to {last}", first=min(self.slices), last=max(self.slices))
            )
        return Provenance(
            "annotation", self.author, self.time_utc, self.uids, "; ".join([*parts, *self.caveats])
        )


@dataclass(frozen=True)
class VeinEnds:
    """The segment of each end of the tumour in the vein, along its centreline."""

    caudal: SegmentReading
    cranial: SegmentReading


def mass_facts(measures: MassMeasures, evidence: Evidence) -> list[Fact]:
    """Return the diameters of the index tumour, from its mask; nothing where it has none."""
    if measures.dimensions is None:
        return []
    sizes = tuple(round(v / 10, 1) for v in measures.dimensions.sizes_mm)
    sizes = tuple(v for v in sizes if v > 0)
    if not sizes:
        return []
    note = _("measured on the mask, between {ends}", ends=measures.dimensions.convention.words)
    value = normalise("diameters_cm", list(sizes))
    return [Fact("diameters_cm", value, evidence.provenance(note))]


def contact_facts(profiles: Sequence[tuple[VesselProfile, Evidence]]) -> list[Fact]:
    """Return the largest contact with each vessel of the closed list, in whole degrees.

    A vessel that was measured and is not touched has 0; one that was not measured is left
    out. Of several profiles of a vessel the largest counts.
    """
    allowed = {choice.value for choice in definition("vessel_contacts").choices}
    found: dict[str, int] = {}
    ranges: dict[str, str] = {}
    resting: list[Evidence] = []
    for measured, evidence in profiles:
        peak = measured.most_contact
        if peak is None or measured.vessel not in allowed:
            continue
        degrees = round(min(360.0, max(0.0, peak.value)))
        if degrees >= found.get(measured.vessel, 0):
            found[measured.vessel], ranges[measured.vessel] = degrees, range_words(peak)
        resting.append(evidence)
    if not found:
        return []
    newest = max(resting, key=lambda e: e.time_utc)
    uids = tuple(dict.fromkeys(uid for e in resting for uid in e.uids))
    slices = tuple(sorted({k for e in resting for k in e.slices}))
    caveats = tuple(dict.fromkeys(c for e in resting for c in e.caveats))
    joined = Evidence(uids, newest.author, newest.time_utc, slices, caveats)
    note = _(
        "measured on planes across the vessels, reached over {reach_mm:g} mm",
        reach_mm=CONTACT_REACH_MM,
    )
    known = [f"{vessel_label(name)} {found[name]}°{text}" for name, text in ranges.items() if text]
    note = "; ".join([note, *known])
    value = normalise("vessel_contacts", found)
    return [Fact("vessel_contacts", value, joined.provenance(note))]


def ivc_facts(profile: VesselProfile, evidence: Evidence) -> list[Fact]:
    """Return what follows from tumour in the lumen of the vena cava, outlined or named as such.

    That the vein is involved, and the segments of the two ends as far as the marked levels
    settle them. Without tumour in the lumen nothing follows: absence is for a person to say.
    """
    reach = profile.involvement
    if profile.vessel != IVC or reach is None:
        return []
    facts = [_ivc_fact("ivc_involvement", "present", evidence, _("tumour measured in the lumen"))]
    ends = vein_ends(profile, reach)
    for name, reading in (
        ("ivc_caudal_extent", ends.caudal),
        ("ivc_cranial_extent", ends.cranial),
    ):
        if reading.segment is not None:
            facts.append(_ivc_fact(name, reading.segment, evidence, _("along the centreline")))
    return facts


def vein_ends(
    profile: VesselProfile, reach: Extent, tolerance: float = LEVEL_TOLERANCE_MM
) -> VeinEnds:
    """Name the segments of the ends of the tumour, by way along an upward centreline."""
    levels = levels_along(profile)
    if doubt := misplaced(levels):
        return VeinEnds(SegmentReading(None, doubt=doubt), SegmentReading(None, doubt=doubt))
    return VeinEnds(
        segment_at(reach.start_mm, levels, tolerance), segment_at(reach.end_mm, levels, tolerance)
    )


def levels_along(profile: VesselProfile) -> dict[Landmark, float]:
    """Return where the levels of the vein lie along its centreline, mm."""
    return levels_of_names(profile.landmarks)


def levels_of_names(places: Mapping[str, float]) -> dict[Landmark, float]:
    """Return the places of the levels of the vein from those of marks by their names."""
    found: dict[Landmark, list[float]] = {}
    named = {name.strip().lower(): at for name, at in places.items()}
    if Landmark.CAVOATRIAL_JUNCTION in named:
        # A mark in the atrium stands for the junction only while that is not marked itself.
        named.pop(_ATRIUM, None)
    for name, at in named.items():
        level = LEVEL_OF_NAME.get(name)
        if level is not None:
            found.setdefault(level, []).append(at)
    return {level: sum(several) / len(several) for level, several in found.items()}


def misplaced_levels(profile: VesselProfile) -> str:
    """Return a sentence when the marked levels do not follow each other upwards, else nothing."""
    return misplaced(levels_along(profile))


def vessel_words(profile: VesselProfile) -> list[str]:
    """Return what was measured of a vessel, in sentences for the reader."""
    name = vessel_label(profile.vessel)
    lines = []
    peak = profile.most_contact
    if np.isnan(profile.lumen_mm2).all():
        return [_("{name}: no outline of the lumen, nothing is measured.", name=name)]
    reach = profile.contact
    if peak is None:
        lines.append(_("{name}: contact is not measured, no mass is outlined.", name=name))
    elif reach is None:
        lines.append(_("{name}: no contact measured.", name=name))
    else:
        at = _from_landmark(profile, peak.arc_mm)
        lines.append(
            _(
                "{name}: contact up to {degrees:.0f} degrees{range}{place}, over {length}.",
                name=name,
                degrees=peak.value,
                range=range_words(peak),
                place=at,
                length=length_words(profile.contact_mm),
            )
        )
    inside = profile.involvement
    if np.isnan(profile.occluded_percent).all():
        return [*lines, *_overlap_words(profile)]
    if inside is None:
        lines.append(_("{name}: no tumour measured in the lumen.", name=name))
        return lines
    highest = profile.most_occlusion
    share = 0.0 if highest is None else highest.value
    lines.append(
        _(
            "{name}: tumour in the lumen over {length}, filling up to {share:.0f} % of it.",
            name=name,
            length=length_words(inside.length_mm),
            share=share,
        )
    )
    return [*lines, *_end_words(profile, inside)]


def _overlap_words(profile: VesselProfile) -> list[str]:
    """Return that nobody says what fills the lumen, and how far outlines of masses reach in.

    Not how far where that is no deeper than tolerance and voxel round half the wall: there the
    outline laps over the wall that it touches.
    """
    name, covered = vessel_label(profile.vessel), profile.covered_percent
    text = _("{name}: tumour in the lumen is not assessed, none is outlined.", name=name)
    if not len(covered) or np.isnan(covered).all():
        return [text]
    radius = profile.diameter_mm / 2
    depth = np.minimum(profile.settings.tolerance_mm + profile.voxel_mm, radius)
    lap = 50 * (1 - (1 - depth / np.where(radius > 0, radius, np.inf)) ** 2)
    share = float(np.nanmax(covered))
    if not (covered > lap).any():
        return [text]
    return [
        _(
            "{name}: tumour in the lumen is not assessed, none is outlined as such. The outline of "
            "a mass covers up to {share:.0f} % of the lumen: outline what lies inside, mark its "
            "ends, or say what it is.",
            name=name,
            share=share,
        )
    ]


def range_words(peak: Peak) -> str:
    """Return between what a contact lies, in brackets with a blank before; or nothing."""
    if peak.low is None or peak.high is None:
        return ""
    return _(" ({low:.0f} to {high:.0f})", low=peak.low, high=peak.high)


def _end_words(profile: VesselProfile, inside: Extent) -> list[str]:
    ends = vein_ends(profile, inside) if profile.vessel == IVC else None
    lines = []
    for end, arc, reading in (
        (_("Lower end"), inside.start_mm, ends.caudal if ends else None),
        (_("Upper end"), inside.end_mm, ends.cranial if ends else None),
    ):
        place = _from_landmark(profile, arc)
        text = f"{end}{place}" if place else _("{end}: no level is marked", end=end)
        if reading is not None and reading.segment is not None:
            text += f": {segment_label(reading.segment)}"
        elif reading is not None and reading.needs is not None:
            needed = _("mark “{level}” to name the segment", level=reading.needs.words)
            text = f"{text}; {needed}"
        lines.append(f"{text}.")
    return lines


def segment_label(segment: str) -> str:
    """Return the clinician's words for a segment of the vena cava."""
    choices = definition("ivc_cranial_extent").choices
    return next((c.label for c in choices if c.value == segment), segment)


def _from_landmark(profile: VesselProfile, arc_mm: float) -> str:
    """Return the way from the nearest landmark in words, with a blank before; or nothing."""
    ways = profile.from_landmarks(arc_mm)
    if not ways:
        return ""
    name, way = min(ways.items(), key=lambda pair: abs(pair[1]))
    named, length = _(name), length_words(abs(way))
    if abs(way) < 0.5:
        return _(" at “{level}”", level=named)
    if way > 0:
        return _(" {length} above “{level}”", length=length, level=named)
    return _(" {length} below “{level}”", length=length, level=named)


def _ivc_fact(name: str, value: str, evidence: Evidence, note: str) -> Fact:
    return Fact(name, normalise(name, value), evidence.provenance(note))
