"""A known series whose files have changed: read them again and see whether they still fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tumorboard.dicom.gate import LIMITS
from tumorboard.dicom.instance import Instance, SeriesInfo
from tumorboard.dicom.series import OLD_READING, Series
from tumorboard.dicom.state import file_state, sha256_of
from tumorboard.language import _
from tumorboard.progress import Reporter

LABEL = _("Reading changed files")

#: What has to be as it was for a frame to keep its place in the volume.
_FITTING = (
    "sop_instance_uid",
    "rows",
    "columns",
    "samples",
    "bits_allocated",
    "signed",
    "floating",
    "slope",
    "intercept",
    "position",
    "orientation",
    "spacing",
)

#: The reservation on a series some of whose files are not those that were imported.
FILES_CHANGED = "files-changed"


@dataclass(frozen=True)
class Refreshed:
    """The series as its files are now, one sentence on what does not fit any more.

    ``missing`` counts the files that are not where they were.
    """

    series: Series
    is_new: bool = False
    text: str = ""
    missing: int = 0


def refreshed(
    series: Series,
    reporter: Reporter | None = None,
    hashes: Callable[[], Mapping[str, str]] = dict,
) -> Refreshed:
    """Compare the files of a series with those that were scanned, and scan the changed ones.

    A file of the same patient whose pictures are as large and lie where they lay is taken as it
    is now; unless it has the SHA-256 that ``hashes`` gives for its path, asked for only then, a
    reservation says that drawings may rest on other pictures. Others keep what is known of them,
    so that their slices say why they cannot be shown. Files stored by an older program, which did
    not note where the pixels are, are read as well.

    Raises
    ------
    CancelledError
        When the reporter was asked to stop.

    """
    reporter = reporter or Reporter()
    state = file_state(series)
    unread = {i.path for i in series.instances if series.has_pixels and _is_unread(i)}
    stale = [*state.changed, *sorted(unread - {*state.changed, *state.missing})]
    found: dict[tuple[Path, int], Instance] = {}
    infos: dict[Path, SeriesInfo] = {}
    for done, path in enumerate(stale):
        reporter.step(LABEL, done, len(stale))
        # The header library: loaded only when a file did change.
        from tumorboard.dicom.read_all import read_one

        content = read_one(path, LIMITS)
        if isinstance(content, tuple) and content[0].patient.may_be(series.patient):
            infos[path] = content[0]
            found |= {(path, i.frame): i for i in content[1]}
    instances = tuple(_now(i, found.get((i.path, i.frame))) for i in series.instances)
    taken = {i.path for i, old in zip(instances, series.instances, strict=True) if i is not old}
    touched = [p for p in state.changed if p in taken]
    known = hashes() if touched else {}
    others = [p for p in touched if not _is_as_hashed(p, known)]
    now = _judged(series, instances, [infos[p] for p in sorted(taken)]) if taken else series
    if others:
        from tumorboard.dicom.checks import caveat

        kept = [c for c in now.caveats if c.code != FILES_CHANGED]
        now = replace(now, caveats=(caveat(FILES_CHANGED), *kept))
    text = _text(len(set(stale) - taken), len(others), len(state.missing))
    return Refreshed(now, bool(taken), text, len(state.missing))


def _is_as_hashed(path: Path, hashes: Mapping[str, str]) -> bool:
    """Whether a file that was touched has the content that was imported."""
    known = hashes.get(str(path))
    return known is not None and known == sha256_of(path)


def _is_unread(i: Instance) -> bool:
    """Whether an older program noted neither where the pixels are, nor what their unit is."""
    return not i.chunks or i.unit is None


def _judged(series: Series, instances: tuple[Instance, ...], infos: Sequence[SeriesInfo]) -> Series:
    """Return the series with what its files, read anew, say of their values."""
    from tumorboard.dicom.checks import caveat, no_uptake, value_caveats
    from tumorboard.dicom.grouping import with_uptake

    said = {c.code: c for c in series.caveats if c.code not in {"no-suv", OLD_READING}}
    said |= {c.code: c for c in value_caveats(instances, series.modality)}
    all_new = {i.path for i in instances} == {i.path for i in instances if i.unit is not None}
    taken = with_uptake(infos if all_new and len(infos) else [*infos, series.info])
    info = replace(series.info, suv_factor=taken.suv_factor, suv_reason=taken.suv_reason)
    judged = replace(series, instances=instances, info=info)
    if taken.suv_reason:
        said["no-suv"] = no_uptake(taken.suv_reason, judged.unit)
    if any(i.unit is None for i in instances):
        said[OLD_READING] = caveat(OLD_READING)
    return replace(judged, caveats=tuple(said.values()))


def _now(old: Instance, new: Instance | None) -> Instance:
    if new is None or any(getattr(old, name) != getattr(new, name) for name in _FITTING):
        return old
    return new if old.unit in (None, new.unit) else old


def _text(changed: int, others: int, missing: int) -> str:
    parts = []
    if changed:
        parts.append(_("{count} changed since the import and no longer fitting", count=changed))
    if others:
        parts.append(
            _("{count} changed since the import, so that drawings may not fit them", count=others)
        )
    if missing:
        parts.append(_("{count} not there any more", count=missing))
    if not parts:
        return ""
    text = _("Files of this series: {parts}.", parts=", ".join(parts))
    return f"{text} {_('Import the folder again.')}" if changed or missing else text
