"""The contact of a mass with a vessel by segment of the vessel, from its profile.

The vena cava is parted by its marked levels into the segments of the guideline data, any other
vessel by the levels that were set on it. Where none names a part, the contact is told by its
way along the line. What was not followed or not measured is named as that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tumorboard.annotations.model import Landmark
from tumorboard.case.annotation_facts import ivc_levels, ivc_marks
from tumorboard.case.dates import iso_date
from tumorboard.case.involvement import (
    IVC,
    levels_along,
    levels_of_names,
    range_words,
    segment_label,
)
from tumorboard.case.ivc import SEGMENTS, misplaced, segment_at
from tumorboard.case.model import Case
from tumorboard.case.report_text import Origin, Sentence, measured
from tumorboard.case.vessel import VesselPath, vessel_label
from tumorboard.imaging.geometry import Points
from tumorboard.imaging.vessel.contact_profile import CONTACT_REACH_MM, Extent, Peak, VesselProfile
from tumorboard.language import _, inside
from tumorboard.quantity import length_words

#: Of the vein below this level nothing is vena cava.
_BELOW: Final = _("below “{level}”", level=Landmark.ILIAC_CONFLUENCE.words)


@dataclass(frozen=True)
class SegmentContact:
    """The contact on one part of a vessel.

    ``label`` names the part, empty for one that no level names; ``doubt`` says why not. Lengths
    are mm along the line: ``followed_mm`` of the line in this part, ``measured_mm`` of it where
    contact was measured, ``contact_mm`` of it with contact. ``peak`` is the largest contact,
    None where nothing was measured. ``reach`` is from the first to the last position with
    contact, ``heights`` (mm, LPS z) of the same, ``places`` are the numbers of its planes.
    ``filled`` is the largest share of the lumen that tumour fills, percent, None where no tumour
    in the lumen is outlined or named.
    """

    label: str
    doubt: str
    followed_mm: float
    measured_mm: float
    contact_mm: float
    peak: Peak | None
    reach: Extent | None
    heights: tuple[float, float] | None
    places: tuple[int, ...]
    by_hand: bool
    filled: float | None


def contact_by_segment(profile: VesselProfile) -> tuple[SegmentContact, ...]:
    """Return the contact on each part of a vessel that was followed, from the line's first point.

    No part has more than the vessel: each position is in one part, and what `most_contact` takes
    for the contact of the vessel is that of the part where it lies.
    """
    names = _names(profile)
    order = dict.fromkeys(names)
    chosen = {key: np.array([name == key for name in names]) for key in order}
    return tuple(_part(profile, *key, there) for key, there in chosen.items())


def contact_sentences(
    profile: VesselProfile,
    uid: str,
    slices: Points,
    heights: Mapping[Landmark, float],
) -> tuple[Sentence, ...]:
    """Return the contact by segment in sentences that lead to the vessel ``uid``.

    ``slices``, shape (S,), are the numbers of the slices at the positions, from 0; ``heights``
    where the levels of the vena cava lie (mm, LPS z), in the same frame of reference.
    """
    vessel, origin = inside(vessel_label(profile.vessel)), Origin("vessel_contacts", (uid,))
    parts = [part for part in contact_by_segment(profile) if _is_followed(part)]
    found = []
    for part in parts:
        where = (
            f"{vessel}, {inside(part.label)}"
            if part.label
            else _("{vessel}, along the line", vessel=vessel)
        )
        words = _words(part, slices, {} if profile.vessel == IVC else heights)
        found.append(Sentence(measured(where), words, origin))
    if profile.vessel == IVC and not any(part.doubt for part in parts):
        told = {part.label for part in parts}
        rest = [segment_label(s) for s in SEGMENTS if segment_label(s) not in told]
        if rest:
            words = _("not assessed, the line does not run through there")
            label = measured(f"{vessel}, {', '.join(inside(name) for name in rest)}")
            found.append(Sentence(label, words, origin))
    return tuple(found)


def newest_vessels(case: Case) -> tuple[VesselPath, ...]:
    """Return the vessels that were followed, each on the newest of its dates."""
    dates = {s.series_instance_uid: iso_date(s.study_date) for s in case.series}
    last: dict[str, str] = {}
    for vessel in case.vessels:
        day = dates.get(vessel.series_instance_uid, "")
        last[vessel.vessel] = max(last.get(vessel.vessel, ""), day)
    return tuple(v for v in case.vessels if dates.get(v.series_instance_uid, "") == last[v.vessel])


def level_heights(case: Case, frame_of_reference_uid: str) -> dict[Landmark, float]:
    """Return where the levels of the vena cava lie (mm, LPS z) in a frame of reference.

    Levels set on the line through the vein go before marks on the images; several that stand
    for one level count at their mean.
    """
    found: dict[Landmark, list[float]] = {}
    here = [v for v in newest_vessels(case) if v.frame_of_reference_uid == frame_of_reference_uid]
    for vessel in here:
        named = {name.strip().lower(): point[2] for name, point in vessel.landmarks}
        for level, place in levels_of_names(named).items():
            if vessel.vessel == IVC:
                found.setdefault(level, []).append(place)
    marks = (m for m in ivc_marks(case) if m.image.frame_of_reference_uid == frame_of_reference_uid)
    for level, place in ivc_levels(marks).items():
        found.setdefault(level, [place])
    return {level: sum(places) / len(places) for level, places in found.items()}


# -- parts ------------------------------------------------------------------------------------


def _names(profile: VesselProfile) -> Sequence[tuple[str, str]]:
    """Return for each position the name of its part, and why it has none."""
    if profile.vessel == IVC:
        return _vein_names(profile)
    marks = sorted((at, name) for name, at in profile.landmarks.items())
    return [(_between([n for at, n in marks if at <= arc], marks), "") for arc in profile.arc_mm]


def _between(passed: Sequence[str], marks: Sequence[tuple[float, str]]) -> str:
    """Return where a position lies that has passed these of the levels."""
    if not marks:
        return ""
    if not passed:
        return _("below “{level}”", level=_(marks[0][1]))
    if len(passed) == len(marks):
        return _("above “{level}”", level=_(marks[-1][1]))
    lower, upper = _(passed[-1]), _(marks[len(passed)][1])
    return _("between “{lower}” and “{upper}”", lower=lower, upper=upper)


def _vein_names(profile: VesselProfile) -> Sequence[tuple[str, str]]:
    levels = levels_along(profile)
    if doubt := misplaced(levels):
        return [("", doubt.rstrip("."))] * len(profile.arc_mm)
    names = []
    for arc in profile.arc_mm:
        if arc < levels.get(Landmark.ILIAC_CONFLUENCE, -np.inf):
            names.append((_BELOW, ""))
            continue
        read = segment_at(float(arc), levels)
        doubt = (
            _("mark “{level}” to name the segment", level=read.needs.words) if read.needs else ""
        )
        names.append((segment_label(read.segment) if read.segment else "", doubt))
    return names


def _part(
    profile: VesselProfile, label: str, doubt: str, there: NDArray[np.bool_]
) -> SegmentContact:
    """Measure one part; the positions outside it count as not measured."""
    least = profile.settings.least_degrees
    degrees = np.where(there, profile.contact_degrees, np.nan)
    ranges = profile.contact_range
    if len(ranges):
        ranges = np.where(there[:, None], ranges, np.nan)
    mine = replace(profile, contact_degrees=degrees, contact_range=ranges)
    known, touched = ~np.isnan(degrees), there & (profile.contact_degrees >= least)
    places = np.flatnonzero(touched)
    z = profile.points[places, 2]
    filled = profile.occluded_percent[there]
    peak = _peak(profile, mine, there)
    hand = profile.by_hand
    return SegmentContact(
        label,
        doubt,
        profile.length_of(there),
        profile.length_of(known),
        mine.contact_mm,
        peak,
        mine.contact,
        (float(z.min()), float(z.max())) if len(places) else None,
        tuple(int(n) for n in places),
        bool(len(hand) and (hand & touched).any()),
        None if np.isnan(filled).all() else float(np.nanmax(filled)),
    )


def _peak(whole: VesselProfile, part: VesselProfile, there: NDArray[np.bool_]) -> Peak | None:
    """Return the largest contact of a part, never above that of the vessel."""
    highest, found = whole.most_contact, part.most_contact
    if highest is None or found is None:
        return found
    if there[int(np.abs(whole.arc_mm - highest.arc_mm).argmin())]:
        return highest
    if found.value <= highest.value:
        return found
    # A part may be shorter than what a contact has to be reached over, or end amid raggedness.
    return replace(found, value=highest.value, low=highest.low, high=highest.high)


def _is_followed(part: SegmentContact) -> bool:
    """Whether anything can be said of a part: a line that ends at a level only just passes it."""
    return part.followed_mm >= CONTACT_REACH_MM or part.contact_mm > 0


# -- words ------------------------------------------------------------------------------------


def _words(part: SegmentContact, slices: Points, heights: Mapping[Landmark, float]) -> str:
    followed = _("{length} followed", length=length_words(part.followed_mm))
    gap = part.followed_mm - part.measured_mm
    said = [followed]
    if gap >= 0.5:
        said.append(_("not measured on {length} of it", length=length_words(gap)))
    if part.peak is None:
        found = [_("contact not assessed ({followed})", followed=followed)]
    elif part.reach is None:
        found = [_("no contact measured ({followed})", followed=", ".join(said))]
    else:
        where = [
            _(
                "contact up to {degrees:.0f}°{range} over {length}",
                degrees=part.peak.value,
                range=range_words(part.peak),
                length=length_words(part.contact_mm),
            ),
            *_way(part),
            *_slices(part, slices),
        ]
        measured_on = [f"{', '.join(where)} ({', '.join(said)})"]
        if part.by_hand:
            measured_on.append(_("arcs set by hand among them"))
        found = [", ".join(measured_on), *_height(part, heights)]
    if part.filled is not None:
        found.append(
            _("tumour in the lumen, up to {share:.0f} % of it", share=part.filled)
            if part.filled > 0
            else _("no tumour in the lumen")
        )
    return "; ".join([*found, part.doubt] if part.doubt else found)


def _way(part: SegmentContact) -> tuple[str, ...]:
    """Return between which lengths of the line a contact lies, where no level says so."""
    if part.label or part.reach is None:
        return ()
    start, end = length_words(part.reach.start_mm), length_words(part.reach.end_mm)
    return (_("between {start} and {end} from the lower end of the line", start=start, end=end),)


def _slices(part: SegmentContact, slices: Points) -> tuple[str, ...]:
    found = slices[list(part.places)]
    if not len(found):
        return ()
    low, high = int(found.min()) + 1, int(found.max()) + 1
    if low == high:
        return (_("slice {slice_number}", slice_number=low),)
    return (_("slices {first} to {last}", first=low, last=high),)


def _height(part: SegmentContact, heights: Mapping[Landmark, float]) -> tuple[str, ...]:
    """Return between which levels of the vena cava a contact lies, by the patient's long axis."""
    if part.heights is None or not heights or misplaced(heights):
        return ()
    low, high = part.heights
    order = [mark for mark in Landmark if mark in heights]
    floor = [mark for mark in order if heights[mark] <= low]
    roof = [mark for mark in order if heights[mark] >= high]
    if floor and roof:
        lower, upper = floor[-1].words, roof[0].words
        said = _(
            "at the height between “{lower}” and “{upper}” of the IVC", lower=lower, upper=upper
        )
    elif roof:
        said = _("below the height of “{level}” of the IVC", level=roof[0].words)
    elif floor:
        said = _("above the height of “{level}” of the IVC", level=floor[-1].words)
    else:
        said = _(
            "from below to above the height of “{lower}” to “{upper}” of the IVC",
            lower=order[0].words,
            upper=order[-1].words,
        )
    return (said,)
