"""Hanging protocols: which series goes where when a case is opened, as data.

The shipped ones are in ``resources/hanging.yaml``; the user's own stand in front of them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from platformdirs import user_config_path

from tumorboard import strict_yaml
from tumorboard.app.layouts import LAYOUTS, layout_named
from tumorboard.app.settings import write_settings_file
from tumorboard.case.model import SeriesRef
from tumorboard.imaging.geometry import Plane
from tumorboard.imaging.windowing import PRESETS
from tumorboard.language import _
from tumorboard.resources import shipped_yaml
from tumorboard.text import changed, line

DATES: Final = ("newest", "previous", "oldest")
WINDOWS: Final = ("", "auto", *PRESETS)
PLANES: Final = ("", *(plane.value for plane in Plane))
_SHOWN: Final = ("volume", "stack", "image")
#: Which modality is shown first when nothing else decides, the last before the others.
_RANK: Final = ("PT", "MR", "CT")


@dataclass(frozen=True)
class Choice:
    """How one display chooses its series and window; see the head of the resource."""

    date: str = "newest"
    modality: str = ""
    words: tuple[str, ...] = ()
    window: str = ""
    plane: str = ""


@dataclass(frozen=True)
class Protocol:
    """A hanging protocol; ``automatic`` ones are used when a case is opened.

    It needs series of these modalities, so many dates, and a volume of so many slices first.
    """

    name: str
    layout: str
    displays: tuple[Choice, ...]
    automatic: bool = False
    modalities: tuple[str, ...] = ()
    dates: int = 1
    slices: int = 1


@dataclass(frozen=True)
class Hanging:
    """What a protocol makes of a case: a layout, and for each display a key and a window.

    ``planes`` has the plane of each display; empty for that of its images.
    """

    layout: str
    displays: tuple[tuple[str, str], ...] = field(default=())
    planes: tuple[str, ...] = field(default=())


def hang(protocol: Protocol, series: Sequence[SeriesRef]) -> Hanging | None:
    """Return what a protocol shows of the series of a case; None when its needs are not met.

    A display without a fitting series stays empty; the first one must have one.
    """
    shown = [ref for ref in series if ref.kind in _SHOWN]
    dates = sorted({ref.study_date for ref in shown}, reverse=True)
    have = {ref.modality for ref in shown}
    if len(dates) < protocol.dates or not have.issuperset(protocol.modalities):
        return None
    keys: list[tuple[str, str]] = []
    for choice in protocol.displays:
        taken = {key for key, _ in keys}
        keys.append((_chosen(choice, shown, dates, taken), choice.window))
    first = next((ref for ref in shown if keys and ref.series_instance_uid == keys[0][0]), None)
    if first is None or not _is_deep(first, protocol.slices):
        return None
    planes = tuple(choice.plane for choice in protocol.displays)
    return Hanging(protocol.layout, tuple(keys), planes)


def _is_deep(ref: SeriesRef, slices: int) -> bool:
    """Whether a series has so many slices one behind the other; any picture counts as one."""
    return slices <= 1 or (ref.kind == "volume" and ref.slices >= slices)


def automatic(protocols: Sequence[Protocol], series: Sequence[SeriesRef]) -> Hanging | None:
    """Return what the first automatic protocol that fits shows; None when none does."""
    found = (hang(protocol, series) for protocol in protocols if protocol.automatic)
    return next((hanging for hanging in found if hanging is not None), None)


def _chosen(
    choice: Choice, shown: Sequence[SeriesRef], dates: Sequence[str], taken: set[str]
) -> str:
    place = {"newest": 0, "previous": 1, "oldest": len(dates) - 1}[choice.date]
    if place >= len(dates):
        return ""
    fitting = [
        ref
        for ref in shown
        if ref.study_date == dates[place]
        and ref.series_instance_uid not in taken
        and choice.modality in ("", ref.modality)
    ]
    named = [ref for ref in fitting if _is_named(ref, choice.words)]
    # The first display, and one of another date, rather show another phase than nothing;
    # the phases beside the first one would only repeat it.
    falls_back = not taken or choice.date != "newest"
    candidates = named or (fitting if falls_back else [])
    # Images that were acquired in the plane are sharper in it than a cut across others.
    best = max(
        candidates,
        key=lambda r: (bool(choice.plane) and r.plane == choice.plane, worth(r)),
        default=None,
    )
    return "" if best is None else best.series_instance_uid


def _is_named(ref: SeriesRef, words: Sequence[str]) -> bool:
    said = f"{ref.description} {ref.phase}".casefold()
    return not words or any(word.casefold() in said for word in words)


def worth(ref: SeriesRef) -> tuple[str, bool, int, int]:
    """Order series by what a reader wants to see first: newest, volumes, CT, many slices."""
    rank = _RANK.index(ref.modality) if ref.modality in _RANK else -1
    return ref.study_date, ref.kind == "volume", rank, ref.slices


# -- reading and writing ------------------------------------------------------------------


def own_file() -> Path:
    """Return where the user's own protocols lie."""
    return Path(user_config_path("tumorboard", appauthor=False)) / "hanging.yaml"


def protocols(file: Path | None = None) -> tuple[tuple[Protocol, ...], str]:
    """Return the protocols in their order, and a sentence when the user's cannot be used.

    The user's file, when there is one, stands in place of the shipped ones.
    """
    path = file or own_file()
    try:
        return _parsed(changed(strict_yaml.load(path.read_text(encoding="utf-8")), line)), ""
    except FileNotFoundError:
        return _shipped(), ""
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, TypeError, KeyError):
        return _shipped(), (
            _(
                "The hanging protocols in {name} cannot be read; the usual ones are in force.",
                name=path.name,
            )
        )


def save(found: Sequence[Protocol], file: Path | None = None) -> None:
    """Write the user's own protocols.

    Raises
    ------
    UserError
        When the file cannot be written.

    """
    path = file or own_file()
    content = {"protocols": [changed(_plain(protocol), line) for protocol in found]}
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    write_settings_file(path, text)


def forget(file: Path | None = None) -> None:
    """Go back to the shipped protocols."""
    with contextlib.suppress(FileNotFoundError):
        (file or own_file()).unlink()


def _plain(protocol: Protocol) -> dict[str, Any]:
    displays = [{**asdict(choice), "words": list(choice.words)} for choice in protocol.displays]
    return {
        "name": protocol.name,
        "layout": protocol.layout,
        "automatic": protocol.automatic,
        "needs": {
            "modalities": list(protocol.modalities),
            "dates": protocol.dates,
            "slices": protocol.slices,
        },
        "displays": displays,
    }


@cache
def _shipped() -> tuple[Protocol, ...]:
    """Return the shipped protocols, named in the language; those of a file keep their names."""
    found = _parsed(shipped_yaml("hanging.yaml"))
    return tuple(replace(protocol, name=_(protocol.name)) for protocol in found)


def _parsed(content: Any) -> tuple[Protocol, ...]:
    return tuple(_protocol(entry) for entry in content["protocols"])


def _protocol(entry: Mapping[str, Any]) -> Protocol:
    needs = entry.get("needs") or {}
    displays = tuple(_choice(choice) for choice in entry["displays"])
    if entry["layout"] not in {layout.name for layout in LAYOUTS}:
        raise ValueError(entry["layout"])
    if len(displays) > layout_named(entry["layout"]).displays:
        raise ValueError(_("more displays than the layout has"))
    return Protocol(
        str(entry["name"]),
        str(entry["layout"]),
        displays,
        bool(entry.get("automatic", False)),
        tuple(str(m) for m in needs.get("modalities", ())),
        int(needs.get("dates", 1)),
        int(needs.get("slices", 1)),
    )


def _choice(entry: Mapping[str, Any]) -> Choice:
    choice = Choice(
        str(entry.get("date", "newest")),
        str(entry.get("modality", "")),
        tuple(str(word) for word in entry.get("words", ())),
        str(entry.get("window", "")),
        str(entry.get("plane", "")),
    )
    if choice.date not in DATES or choice.window not in WINDOWS or choice.plane not in PLANES:
        raise ValueError(_("unknown date, window or plane"))
    return choice
