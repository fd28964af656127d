"""How the menus are grouped: what stands together, and what in a menu of its own below.

The table of commands says which menu a command is in, this one where there. A test holds the two
together: every command of a menu has one place. Menus go by their English titles; `_` shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tumorboard.app.commands import COMMANDS
from tumorboard.app.layouts import LAYOUTS
from tumorboard.language import N_, _


@dataclass(frozen=True)
class Submenu:
    """A menu within a menu: its title, and the names of its commands."""

    title: str
    names: tuple[str, ...]


#: What stands between two separators.
Section = tuple["str | Submenu", ...]


def _all(prefix: str) -> tuple[str, ...]:
    return tuple(c.name for c in COMMANDS if c.name.startswith(prefix))


def _tools(*names: str) -> tuple[str, ...]:
    return tuple(f"tool.{name}" for name in names)


MENUS: Final[dict[str, tuple[Section, ...]]] = {
    N_("File"): (
        ("file.folder", "file.files"),
        ("file.save", Submenu(_("Case bundle"), ("file.bundle", "file.import"))),
        ("file.report", "file.slides", "file.print"),
        (Submenu(_("Demonstration"), ("file.demonstration", "file.no_demonstration")),),
        ("file.close", "file.quit"),
    ),
    N_("Edit"): (
        ("edit.undo", "edit.redo"),
        ("edit.label", "edit.accept", "edit.delete"),
        ("edit.measurements",),
        ("edit.search",),
        ("edit.preferences",),
    ),
    N_("Tools"): (
        _tools("window", "region"),
        _tools("pan", "zoom", "scroll", "magnify"),
        _tools("length", "bidirectional", "mass", "angle"),
        _tools("vessel", "level_pass"),
        (
            Submenu(_("Regions"), _tools("ellipse", "circle", "rectangle", "polygon", "freehand")),
            Submenu(_("Marks and values"), _tools("probe", "arrow", "text", "spine")),
            *_tools("eraser", "calibration"),
        ),
    ),
    N_("Outline"): (
        _tools("mask_propose", "mask_grow", "mask_brush", "mask_outline", "mask_eraser"),
        ("outline.between", "outline.holes", "outline.smooth", "outline.largest"),
        ("outline.sizes", "outline.export"),
    ),
    N_("Vessel"): (
        _tools("centreline", "landmark"),
        ("vessel.traced", "vessel.mode"),
        ("vessel.contact", "vessel.occlusion"),
    ),
    N_("View"): (
        (
            Submenu(_("Window"), _all("window.")),
            Submenu(_("Plane"), ("view.axial", "view.coronal", "view.sagittal", "view.turn")),
            Submenu(_("Slab"), ("view.thicker", "view.thinner", "view.slab")),
            Submenu(_("Flip and turn"), ("view.flip_h", "view.flip_v", "view.rotate")),
            Submenu(_("PET in colours"), ("view.fuse", "view.fuse_more", "view.fuse_less")),
        ),
        ("view.invert", "view.smooth", "view.overlays", "view.identity", "view.reset"),
        (
            Submenu(
                _("Cine"), ("view.cine", "view.cine_faster", "view.cine_slower", "view.cine_round")
            ),
            *("view.overview", "view.histogram", "view.tags"),
        ),
        (
            Submenu(_("Key images"), ("view.keep", "view.key_next", "view.key_previous")),
            "view.copy",
        ),
        ("view.next", "view.maximise"),
    ),
    N_("Layout"): (
        tuple(f"layout.{shape.name}" for shape in LAYOUTS),
        ("layout.next", "layout.protocols"),
        ("view.link", "view.align"),
    ),
    N_("Case"): (
        ("case.new", "case.previous", "case.next"),
        ("case.question", "case.read", "case.radiology"),
        (
            Submenu(_("Decision"), ("case.decision", "case.sign", "case.calendar")),
            Submenu(_("Status"), _all("case.status.")),
            Submenu(_("Course"), ("case.timeline", "case.event")),
        ),
        ("case.trial", "series.part", "case.archive"),
        ("present.start", "present.case"),
        (
            "case.author",
            Submenu(_("Institution"), ("institution.settings", "institution.guidelines")),
        ),
    ),
    N_("Meeting"): (
        ("meeting.page", "meeting.new"),
        ("meeting.add", "meeting.next", "meeting.previous", "meeting.carry"),
        (
            Submenu(_("Papers"), ("meeting.agenda", "meeting.minutes", "meeting.slides")),
            "meeting.readiness",
            "meeting.decisions",
        ),
        ("meeting.figures",),
    ),
    N_("Screen"): (
        ("screen.full", "screen.second"),
        ("screen.list", "screen.panel", "screen.key_images", "screen.tools"),
        ("screen.next_part", "screen.previous_part"),
    ),
    N_("Help"): (("help.palette", "help.keys"), ("help.about",)),
}


def path_of(name: str) -> str:
    """Return where a command stands, as "View › Window"; empty for one of keys only."""
    for menu, sections in MENUS.items():
        for entry in (entry for section in sections for entry in section):
            if entry == name:
                return _(menu)
            if isinstance(entry, Submenu) and name in entry.names:
                return f"{_(menu)} › {entry.title}"
    return ""
