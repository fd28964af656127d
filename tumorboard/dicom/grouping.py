"""Put pictures together into series, and apart where they do not make one stack.

The result depends on the pictures alone, never on the order in which they were read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from tumorboard.dicom.checks import (
    caveat,
    geometry_caveats,
    has_geometry,
    no_uptake,
    positions_of,
    stack_of,
    value_caveats,
)
from tumorboard.dicom.copies import LeftOut, without_copies
from tumorboard.dicom.frames import PROJECTION_MODALITIES
from tumorboard.dicom.identity import kind_without_pixels
from tumorboard.dicom.instance import Instance, PatientIdentity, SeriesInfo
from tumorboard.dicom.one_slice_series import stacks_of_series, told
from tumorboard.dicom.origins import origin_caveats, stated
from tumorboard.dicom.parting import Part, canonical, part_reason, parts_of
from tumorboard.dicom.series import Series
from tumorboard.dicom.sorted import POSITION_TOLERANCE_MM
from tumorboard.imaging.geometry import Caveat
from tumorboard.language import _

#: Relative difference of uptake factors within one series that is only rounding.
UPTAKE_TOLERANCE = 1e-4

Entry = tuple[SeriesInfo, Instance]


def group(entries: Iterable[Entry]) -> tuple[list[Series], list[LeftOut]]:
    """Return the series, and the pictures that are left out beside those that are listed."""
    by_series: dict[tuple[object, ...], list[Entry]] = defaultdict(list)
    for info, instance in entries:
        key = (*info.patient.key, info.study_instance_uid, info.series_instance_uid, info.modality)
        by_series[key].append((info, instance))
    found: list[Series] = []
    left_out: list[LeftOut] = []
    for group_entries in by_series.values():
        ordered = sorted(group_entries, key=lambda e: canonical(e[1]))
        kept, others = without_copies([i for _, i in ordered])
        left_out += others
        found += _series(with_uptake([info for info, _ in ordered]), kept)
    # Put series of one slice each together where they make a stack.
    series = sorted(found, key=_series_order)
    for part, group in stacks_of_series(series):
        taken = {id(s) for s in group}
        whole = _picture_series(group[0].info, part, 0, "")
        series = [s for s in series if id(s) not in taken]
        series.append(told(whole, len(group)))
    found = sorted(series, key=_series_order)
    # Add a caveat where patients that differ share a study, a series or a patient ID.
    owners: dict[tuple[str, str], dict[PatientIdentity, None]] = defaultdict(dict)
    for s in found:
        for shared in _identifiers(s):
            owners[shared][s.patient] = None
    return [_marked(s, *_shared_by(s, owners)) for s in found], left_out


def regrouped(series: Sequence[Series]) -> list[Series]:
    """Return the entries that the pictures of parts of one series make together."""
    ordered = sorted((i for s in series for i in s.instances), key=canonical)
    return _series(with_uptake([s.info for s in series]), ordered)


def as_parts(
    series: Series, name: str, groups: Sequence[Sequence[int]], reason: str
) -> list[Series]:
    """Return a series as parts that somebody chose, by the indices of their pictures.

    The largest part, and of these the first, keeps the ``name``; the others have their own.
    """
    ordered = sorted(groups, key=lambda g: (-len(g), min(g)))
    parts = [Part(tuple(series.instances[k] for k in sorted(g)), reason) for g in ordered]
    found = []
    for n, part in enumerate(parts):
        one = _picture_series(series.info, _resorted(part), n, reason)
        found.append(replace(one, name=one.part_uid if n else name))
    return found


def _resorted(part: Part) -> Part:
    """Return a part in its order in space; one whose pictures have none is scattered."""
    positions = positions_of(part.pictures)
    if positions is None:
        return part
    order = sorted(range(len(positions)), key=lambda k: positions[k])
    steps = [positions[b] - positions[a] for a, b in pairwise(order)]
    scattered = any(step <= POSITION_TOLERANCE_MM for step in steps)
    why = _("several lie at one place") if scattered else ""
    return replace(
        part,
        pictures=tuple(part.pictures[k] for k in order),
        why_no_volume=why,
        scattered=scattered,
    )


def with_uptake(infos: Sequence[SeriesInfo]) -> SeriesInfo:
    """Return the first, with a factor for the uptake only if all pictures agree on it."""
    first = infos[0]
    reasons = [i.suv_reason for i in infos if i.suv_reason]
    if reasons:
        return replace(first, suv_factor=None, suv_reason=reasons[0])
    factors = [i.suv_factor for i in infos if i.suv_factor is not None]
    if factors and max(factors) - min(factors) > UPTAKE_TOLERANCE * max(factors):
        return replace(first, suv_factor=None, suv_reason=_("its pictures contradict each other"))
    return first


def _series_order(s: Series) -> tuple[object, ...]:
    number = (s.info.series_number is None, s.info.series_number or 0)
    identity = (s.info.study_date, s.study_instance_uid, *number, s.series_instance_uid)
    return (*s.patient.key, *identity, s.modality, s.part)


def _series(info: SeriesInfo, instances: list[Instance]) -> list[Series]:
    listed = kind_without_pixels(info.modality, instances[0].sop_class_uid)
    without = [i for i in instances if not i.has_pixels]
    found: list[Series] = []
    parts = parts_of([i for i in instances if i.has_pixels], info.modality)
    parts.sort(key=lambda p: (-len(p.pictures), canonical(p.pictures[0])[:-1]))
    for number, part in enumerate(parts):
        found.append(_picture_series(info, part, number, part_reason(part, parts[0])))
    if without:
        codes = value_caveats(without, info.modality)
        kind = listed or "document"
        found.append(Series(info, kind, tuple(without), len(parts), tuple(codes)))
    return found


def _picture_series(info: SeriesInfo, part: Part, number: int, reason: str) -> Series:
    pictures = part.pictures
    try:
        part.scattered or stack_of(pictures)
    except ValueError:
        flaw = "bad-orientation"
        pictures = tuple(replace(i, position=None, flaws=(*i.flaws, flaw)) for i in pictures)
    found = [caveat("split", _("Kept apart from the rest of its series: {reason}.", reason=reason))]
    found = found if reason else []
    kind, why_not = _kind(info, part, pictures)
    if why_not:
        found.append(
            caveat(
                "no-volume",
                _("Shown as single pictures, not as a volume: {why_not}.", why_not=why_not),
            )
        )
    if part.dealt_out:
        found.append(caveat("dealt-out"))
    if info.suv_reason:
        units = {i.unit or "" for i in pictures}
        found.append(no_uptake(info.suv_reason, units.pop() if len(units) == 1 else ""))
    geometry = pictures[:1] if part.scattered else pictures
    found += origin_caveats(pictures) + geometry_caveats(geometry)
    found += value_caveats(pictures, info.modality)
    # What the series says, with kernel, date, agent and time of these pictures of it.
    marks = [dict(i.marks) for i in pictures]
    kernel = next((m["ConvolutionKernel"] for m in marks if "ConvolutionKernel" in m), info.kernel)
    times = [m["AcquisitionTime"] for m in marks if m.get("AcquisitionTime")]
    agent = stated(pictures, "ContrastBolusAgent")
    own = replace(
        info,
        kernel=kernel,
        acquisition_time=min(times) if times else info.acquisition_time,
        study_date=stated(pictures, "StudyDate") or info.study_date,
        series_date=stated(pictures, "SeriesDate") or info.series_date,
        contrast_agent=info.contrast_agent if agent is None else agent,
        contrast_start="" if agent == "" and info.contrast_agent else info.contrast_start,
    )
    return Series(own, kind, pictures, number, _unique(found), scattered=part.scattered)


def _kind(info: SeriesInfo, part: Part, pictures: Sequence[Instance]) -> tuple[str, str]:
    """Return the kind, and for a stack why it is no volume."""
    if len(pictures) == 1:
        return "image", ""
    reasons = {
        _("the position of the pictures is not known"): positions_of(pictures) is None,
        _("the pixel size is not known"): not has_geometry(pictures),
        _("these are localizers"): pictures[0].localizer,
        _("the pictures are in colour"): pictures[0].is_colour,
        _("these are projections"): info.modality in PROJECTION_MODALITIES,
        part.why_no_volume: bool(part.why_no_volume),
    }
    why = next((text for text, holds in reasons.items() if holds), "")
    return ("stack", why) if why else ("volume", "")


def _unique(caveats: Iterable[Caveat]) -> tuple[Caveat, ...]:
    return tuple({c.code: c for c in caveats}.values())


def _shared_by(
    s: Series, owners: dict[tuple[str, str], dict[PatientIdentity, None]]
) -> tuple[list[str], bool]:
    """Return what it shares with others, and whether only a person can tell one from it."""
    sharing = [(w, owners[w, uid]) for w, uid in _identifiers(s)]
    apart = [w for w, people in sharing if any(not s.patient.may_be(p) for p in people)]
    doubtful = any(
        s.patient.may_be(p) and not s.patient.is_one_with(p)
        for __, people in sharing
        for p in people
    )
    return apart, doubtful


def _identifiers(s: Series) -> list[tuple[str, str]]:
    found = [(_("study"), s.study_instance_uid), (_("series"), s.series_instance_uid)]
    return found + ([(_("patient ID"), s.patient.patient_id)] if s.patient.patient_id else [])


def _marked(s: Series, shared: Sequence[str], doubtful: bool) -> Series:
    if doubtful:
        text = _("Files of this name and identifier differ in the birth date or sex they state.")
        s = replace(s, caveats=(caveat("no-birth-date", text), *s.caveats))
    if not shared:
        return s
    what = _(" and ").join(shared)
    text = _("Files of different patients carry the same {what}; they are kept apart.", what=what)
    return replace(s, caveats=(caveat("two-patients", text), *s.caveats))
