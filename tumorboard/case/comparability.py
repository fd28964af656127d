"""Whether two series can be compared as they are: what differs in how they were made."""

from __future__ import annotations

from typing import Final

from tumorboard.case.model import SeriesRef
from tumorboard.language import _

#: Slice thicknesses that differ by less (mm) are one thickness, written differently.
_SAME_MM: Final = 0.1
#: Modalities whose pictures change with the phase of contrast, or with the kernel.
_ENHANCED, _RECONSTRUCTED = ("CT", "MR"), ("CT",)


def differences(one: SeriesRef, other: SeriesRef) -> tuple[str, ...]:
    """Return in words what differs between two series, or is not known of one of them.

    The first is named first. What is not known is not the same: it is said, too. A phase is
    a guess and carries its doubt.

    >>> from dataclasses import replace
    >>> a = SeriesRef("1", "1", "CT", "", "", 9, 9, 9, "volume", phase="native", kernel="B30f")
    >>> differences(a, replace(a, phase="portal venous", kernel=""))
    ('phase of contrast: native? and portal venous?', 'kernel: B30f and not known', \
'slice thickness not known')
    """
    if one.modality != other.modality:
        return (
            _(
                "{one} and {other}",
                one=one.modality or _("not known"),
                other=other.modality or _("not known"),
            ),
        )
    found = []
    if one.modality in _ENHANCED:
        guesses = [f"{_(s.phase)}?" if s.phase else "" for s in (one, other)]
        found.append(_pair(_("phase of contrast"), *guesses))
    if one.modality in _RECONSTRUCTED:
        found.append(_pair(_("kernel"), one.kernel, other.kernel))
    if "volume" in (one.kind, other.kind):
        found.append(_thickness(one.thickness_mm, other.thickness_mm))
    return tuple(words for words in found if words)


def _thickness(one: float | None, other: float | None) -> str:
    if one is not None and other is not None and abs(one - other) < _SAME_MM:
        return ""
    return _pair(
        _("slice thickness"), *(_("{mm:g} mm", mm=mm) if mm else "" for mm in (one, other))
    )


def _pair(what: str, one: str, other: str) -> str:
    if not one and not other:
        return _("{what} not known", what=what)
    if one == other:
        return ""
    return _(
        "{what}: {one} and {other}",
        what=what,
        one=one or _("not known"),
        other=other or _("not known"),
    )
