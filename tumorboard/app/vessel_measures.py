"""What is measured along a vessel, in words and as facts of the case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tumorboard.case.contact_segments import contact_sentences, level_heights, newest_vessels
from tumorboard.case.facts import Fact
from tumorboard.case.involvement import (
    IVC,
    Evidence,
    contact_facts,
    ivc_facts,
    misplaced_levels,
    vessel_words,
)
from tumorboard.case.measured import Measured
from tumorboard.case.model import Case
from tumorboard.case.report_text import Origin, Sentence, measured
from tumorboard.case.vessel import VesselPath, Word, centreline_of, vessel_label
from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Caveat, Point, Points
from tumorboard.imaging.mask_model import Mask, same_grid, union
from tumorboard.imaging.vessel.centreline import Centreline, check_inside, evenly
from tumorboard.imaging.vessel.contact_profile import (
    ContactSettings,
    Extent,
    VesselProfile,
    landmark_caveats,
    profile_by_role,
)
from tumorboard.imaging.vessel.content import Content, content
from tumorboard.imaging.vessel.cross_sections import (
    Outlines,
    across,
    mask_volume,
    outlines_of_mask,
    outlines_of_values,
)
from tumorboard.imaging.volume import Volume
from tumorboard.language import _, inside
from tumorboard.progress import Reporter
from tumorboard.quantity import length_words

#: The facts that follow from vessels.
FACTS: Final = ("vessel_contacts", "ivc_involvement", "ivc_caudal_extent", "ivc_cranial_extent")


@dataclass(frozen=True, eq=False)
class ToFollow:
    """A vessel with its images and outlines, ready for a worker.

    ``masses`` are the outlines of masses by their names, from which contact is measured;
    ``inside`` those of tumour in the lumen, which count for the occlusion too. ``uids`` is what
    the result rests on. ``hand_mm`` is how far to each side what a reader set at a position
    holds.
    """

    vessel: VesselPath
    volume: Volume
    lumen: Mask | None
    masses: Mapping[str, Mask]
    inside: Mapping[str, Mask]
    levels: Mapping[str, Point]
    uids: tuple[str, ...]
    settings: ContactSettings
    hand_mm: float = 5.0


@dataclass(frozen=True, eq=False)
class Reading:
    """What was measured along a vessel.

    ``measured_degrees``, shape (S,), is the arc of contact before a reader's corrections;
    ``mass`` the masks of the masses as values, None without one. ``has_mass`` tells that there
    is one, ``has_tumour`` that there is any outline of tumour.
    """

    vessel: VesselPath
    line: Centreline
    outlines: Outlines
    profile: VesselProfile
    measured_degrees: Points
    content: Content
    mass: Volume | None
    has_mass: bool
    has_tumour: bool
    unit: str
    modality: str
    slices: Points
    uids: tuple[str, ...]

    def at(self, arc_mm: float) -> int:
        """Return the number of the plane nearest to a length along the line."""
        return int(np.abs(self.profile.arc_mm - arc_mm).argmin())

    def mean_value(self, start_mm: float, end_mm: float) -> float | None:
        """Return the mean value of the tumour in the lumen on a stretch, None without any."""
        arc = self.profile.arc_mm
        part = self.content.tumour[(arc >= start_mm) & (arc <= end_mm)]
        part = part[~np.isnan(part)]
        return float(part.mean()) if len(part) else None


def follow(item: ToFollow) -> Callable[[Reporter], Reading]:
    """Return the work that measures a vessel.

    It raises UserError when the line has one point only or leaves the images, or when these
    are not calibrated.
    """

    def work(reporter: Reporter) -> Reading:
        reporter.step(_("Measuring vessels"), 0, 2)
        volume, line = item.volume, _line(item)
        sections = across(line, evenly(line))
        if item.lumen is not None and same_grid(item.lumen.stack, volume.stack):
            outlines = outlines_of_mask(sections, item.lumen)
        else:
            outlines = outlines_of_values(volume, sections)
        reporter.step(_("Measuring vessels"), 1, 2)
        return _read(item, line, _by_hand(outlines, item))

    return work


def _read(item: ToFollow, line: Centreline, outlines: Outlines) -> Reading:
    """Measure the tumours against the outlines of the lumen."""
    vessel, volume = item.vessel, item.volume
    # A reservation for each mask on another grid than the images.
    named = {**item.masses, **item.inside}
    if item.lumen is not None:
        named[_("The outline of the lumen")] = item.lumen
    other = [n for n, m in named.items() if not same_grid(m.stack, item.volume.stack)]
    caveats = (
        *(
            Caveat(
                "other-grid",
                _(
                    "“{name}” was drawn on another grid than these images and is left out.",
                    name=name,
                ),
            )
            for name in other
        ),
        *landmark_caveats(line, item.levels),
    )
    masses, inside = _joined(item.masses, volume), _joined(item.inside, volume)
    every = union(masses, inside)
    parts = item.settings, item.levels, caveats
    found = profile_by_role(vessel.vessel, line, outlines, masses, inside, *parts)
    # A profile with what a reader called thrombus though a mass outlines it.
    filled, arc = found.occluded_percent.copy(), found.arc_mm
    for said in vessel.words:
        if said.word is not Word.NOT_ASSESSED:
            part = (arc >= said.start_mm - 1e-6) & (arc <= said.end_mm + 1e-6)
            filled[part] = found.covered_percent[part]
    degrees, found = found.contact_degrees, replace(found, occluded_percent=filled)
    slices = volume.stack.slice_at(found.points @ volume.stack.normal)
    return Reading(
        vessel,
        line,
        outlines,
        _with_hand_arcs(found, item),
        degrees,
        content(volume, outlines, None if every.is_empty else mask_volume(every)),
        None if masses.is_empty else mask_volume(masses),
        not masses.is_empty,
        not every.is_empty,
        volume.unit,
        volume.modality,
        np.rint(slices),
        item.uids,
    )


def _joined(masks: Mapping[str, Mask], volume: Volume) -> Mask:
    """Return all that masks hold which lie on the grid of the images."""
    found = Mask.of(np.zeros((0, 0, 0), bool), volume.stack)
    for mask in masks.values():
        if same_grid(mask.stack, volume.stack):
            found = union(found, mask)
    return found


def _line(item: ToFollow) -> Centreline:
    name = vessel_label(item.vessel.vessel)
    if not item.volume.is_calibrated:
        raise UserError(
            _("The images are not calibrated."), _("Nothing along a vessel is given in mm.")
        )
    line = centreline_of(item.vessel)
    if line is None:
        raise UserError(
            _("{name}: one point makes no line.", name=name),
            _("Click a second one along the vessel."),
        )
    check_inside(item.volume.stack, line.line, _("{name}: the line", name=name))
    return line


def _by_hand(outlines: Outlines, item: ToFollow) -> Outlines:
    """Return the outlines with those a reader drew.

    One holds for the planes near it. Where the lumen was found by its values, the outlines
    between two drawn ones are blended from these; with a mask that stays as it is.
    """
    arc = outlines.sections.arc_mm
    drawn = {
        int(np.abs(arc - c.arc_mm).argmin()): np.array(c.outline)
        for c in item.vessel.corrections
        if c.outline
    }
    for n, corners in drawn.items():
        outlines = outlines.with_polygon(n, corners)
    if not drawn:
        return outlines
    keys = sorted(drawn)
    if item.lumen is None:
        outlines = outlines.between(keys)
    centres, radii = outlines.centres.copy(), outlines.radii.copy()
    blended = range(keys[0], keys[-1] + 1) if item.lumen is None else keys
    for n in range(len(arc)):
        key = min(keys, key=lambda k: abs(arc[k] - arc[n]))
        if n not in blended and abs(arc[key] - arc[n]) <= item.hand_mm:
            offset = outlines.centres[key] - outlines.sections.centres[key]
            centres[n] = outlines.sections.centres[n] + offset
            radii[n] = outlines.radii[key]
    return replace(outlines, centres=centres, radii=radii)


def _with_hand_arcs(found: VesselProfile, item: ToFollow) -> VesselProfile:
    """Return a profile with the arcs that a reader set, each for the planes near it."""
    said = [c for c in item.vessel.corrections if c.degrees is not None]
    if not said:
        return found
    degrees, by_hand = found.contact_degrees.copy(), np.zeros(len(found.arc_mm), bool)
    for n, arc in enumerate(found.arc_mm):
        nearest = min(said, key=lambda c: abs(c.arc_mm - arc))
        if abs(nearest.arc_mm - arc) <= item.hand_mm and nearest.degrees is not None:
            degrees[n], by_hand[n] = nearest.degrees, True
    places = _("one place") if len(said) == 1 else _("{count} places", count=len(said))
    caveat = Caveat(
        "arc-by-hand", _("The arc of contact was set by hand at {places}.", places=places)
    )
    caveats = (*found.caveats, caveat)
    return replace(found, contact_degrees=degrees, by_hand=by_hand, caveats=caveats)


# -- words ------------------------------------------------------------------------------------


def reading_words(reading: Reading) -> tuple[str, ...]:
    """Return what was measured of a vessel and said of it, in sentences."""
    if not is_measured(reading):
        name = vessel_label(reading.vessel.vessel)
        length = length_words(reading.line.length_mm)
        return (
            _(
                "{name}: followed over {length}; no outline of tumour to measure against.",
                name=name,
                length=length,
            ),
        )
    return (*vessel_words(tumour_profile(reading)), *stretch_words(reading))


def segment_sentences(case: Case, readings: Iterable[Reading]) -> tuple[Sentence, ...]:
    """Return the contact by segment of each vessel, on the newest of its dates, in sentences."""
    newest = {v.uid for v in newest_vessels(case)}
    found: list[Sentence] = []
    for reading in readings:
        vessel = reading.vessel
        if vessel.uid not in newest:
            continue
        if not is_measured(reading):
            label = measured(_("{vessel}, by segment", vessel=inside(vessel_label(vessel.vessel))))
            words = _("not assessed; no outline of tumour to measure against")
            found.append(Sentence(label, words, Origin(FACTS[0], (vessel.uid,))))
            continue
        heights = level_heights(case, vessel.frame_of_reference_uid)
        profile = tumour_profile(reading)
        found += contact_sentences(profile, vessel.uid, reading.slices, heights)
    return tuple(found)


def stretch_words(reading: Reading) -> tuple[str, ...]:
    """Return the reader's words for what the lumen holds, with the values beside them."""
    lines = []
    for said in reading.vessel.words:
        over = length_words(said.end_mm - said.start_mm)
        value = value_words(reading, said.start_mm, said.end_mm)
        by = f" ({said.author})" if said.author else ""
        lines.append(
            _(
                "{words} over {length}{by}{value}.",
                words=said.word.heading,
                length=over,
                by=by,
                value=value,
            )
        )
    return tuple(lines)


def value_words(reading: Reading, start_mm: float, end_mm: float) -> str:
    """Return the mean HU of what fills the lumen on a stretch, with a comma before.

    On other images than CT the reason why there is none; nothing where nothing fills it.
    """
    if reading.unit != "HU":
        return _(", HU not given on {modality}", modality=reading.modality or _("these images"))
    mean = reading.mean_value(start_mm, end_mm)
    return "" if mean is None else _(", mean {mean:.0f} HU", mean=mean)


def reservations(reading: Reading) -> tuple[str, ...]:
    """Return what limits the numbers of a vessel, in sentences."""
    wrong = misplaced_levels(reading.profile) if reading.vessel.vessel == IVC else ""
    found = [*(c.text for c in reading.profile.caveats), *([wrong] if wrong else [])]
    return tuple(dict.fromkeys(found))


def filled_stretch(reading: Reading, arc_mm: float) -> tuple[float, float] | None:
    """Return the stretch round a position on which the lumen holds something, or None."""
    filled = reading.profile.covered_percent >= reading.profile.settings.least_percent
    n = reading.at(arc_mm)
    if not filled[n]:
        return None
    low = high = n
    while low > 0 and filled[low - 1]:
        low -= 1
    while high + 1 < len(filled) and filled[high + 1]:
        high += 1
    return float(reading.profile.arc_mm[low]), float(reading.profile.arc_mm[high])


# -- facts ------------------------------------------------------------------------------------


def tumour_profile(reading: Reading) -> VesselProfile:
    """Return the profile without what the reader calls bland thrombus."""
    occluded = reading.profile.occluded_percent.copy()
    arc = reading.profile.arc_mm
    for said in reading.vessel.words:
        if said.word is Word.BLAND:
            occluded[(arc >= said.start_mm - 1e-6) & (arc <= said.end_mm + 1e-6)] = 0.0
    return replace(reading.profile, occluded_percent=occluded)


def stated(
    case: Case, readings: Sequence[Reading], held: Iterable[Measured]
) -> tuple[Measured, ...]:
    """Return what follows for the case from vessels.

    Of a vessel followed on several dates the newest counts. What was measured of vessels
    whose images are not at hand now goes on holding.
    """
    newest = [r for r in _newest(case, readings) if is_measured(r)]
    found = [_contacts(case, newest, held)]
    for reading in newest:
        facts = ivc_facts(
            tumour_profile(reading), _evidence(reading, tumour_profile(reading).involvement)
        )
        found.append(Measured.on(case, reading.uids, facts))
    rest = {v.uid for v in case.vessels} - {r.vessel.uid for r in readings}
    names = {fact.name for m in found for fact in m.facts}
    older = [m for m in held if m.holds(case) and any(uid in rest for uid, _ in m.rests_on)]
    for m in older:
        facts = [f for f in m.facts if f.name in FACTS[1:] and f.name not in names]
        found.append(Measured(m.rests_on, tuple(facts)))
    return tuple(m for m in found if m.facts)


def _contacts(case: Case, readings: Sequence[Reading], held: Iterable[Measured]) -> Measured:
    """Return the contacts of all vessels as one fact, with those known from before."""
    pairs = [(r.profile, _evidence(r, r.profile.contact)) for r in readings]
    facts = contact_facts(pairs)
    uids = tuple(dict.fromkeys(uid for r in readings for uid in r.uids))
    here = {r.vessel.vessel for r in readings}
    known = {v.vessel for v in case.vessels} - here
    for m in held:
        for fact in m.facts:
            if fact.name != FACTS[0] or not m.holds(case) or not isinstance(fact.value, Mapping):
                continue
            kept = {n: v for n, v in fact.value.items() if n in known}
            if kept and facts:
                facts = [replace(facts[0], value={**kept, **_mapping(facts[0])})]
            elif kept:
                facts = [replace(fact, value=kept)]
            if kept:
                uids = tuple(dict.fromkeys((*uids, *(uid for uid, _ in m.rests_on))))
    return Measured.on(case, uids, facts)


def _mapping(fact: Fact) -> Mapping[str, object]:
    return fact.value if isinstance(fact.value, Mapping) else {}


def _newest(case: Case, readings: Sequence[Reading]) -> list[Reading]:
    dates = {s.series_instance_uid: s.study_date for s in case.series}

    def day(reading: Reading) -> str:
        return dates.get(reading.vessel.series_instance_uid, "")

    last: dict[str, str] = {}
    for reading in readings:
        name = reading.vessel.vessel
        last[name] = max(last.get(name, ""), day(reading))
    return [r for r in readings if day(r) == last[r.vessel.vessel]]


def is_measured(reading: Reading) -> bool:
    """Whether there is any tumour to measure against, or an arc that a reader set."""
    return reading.has_tumour or any(c.degrees is not None for c in reading.vessel.corrections)


def _evidence(reading: Reading, reach: Extent | None) -> Evidence:
    """Return what a fact rests on, with the slices of a stretch of the line."""
    slices: tuple[int, ...] = ()
    if reach is not None:
        arc = reading.profile.arc_mm
        part = reading.slices[(arc >= reach.start_mm) & (arc <= reach.end_mm)]
        slices = tuple(int(k) + 1 for k in (part.min(), part.max())) if len(part) else ()
    vessel = reading.vessel
    caveats = reservations(reading)
    return Evidence(reading.uids, vessel.author, vessel.changed_utc, slices, caveats)
