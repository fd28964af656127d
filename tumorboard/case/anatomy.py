"""What the mass does to the organs around it, as a reader states it organ by organ.

A statement is a `Remark` of the case: with author, time and the picture it was made on.
Nothing said is not assessed. The excluding criteria are facts of their own; what was stated
or measured stands beside them and never sets them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from tumorboard.case.definitions import Choice, FactDefinition, definition, value_text
from tumorboard.case.facts import Fact, FactSheet, Provenance
from tumorboard.case.model import Remark
from tumorboard.coding import Code
from tumorboard.language import _, inside
from tumorboard.resources import shipped_yaml

#: Begins the key of a remark about an organ.
PREFIX: Final = "organ|"
#: The remark on the kidney that the mass does not arise beside.
OTHER_KIDNEY: Final = f"{PREFIX}other-kidney"


class Relation(StrEnum):
    """What the mass does to an organ, the farthest that applies."""

    FREE = "free"
    TOUCHED = "touched"
    DISPLACED = "displaced"
    INVADED = "invaded"

    @property
    def heading(self) -> str:
        """What a reader sees for it, at the head of a line."""
        words = {"free": _("Free"), "touched": _("Touched"), "displaced": _("Displaced")}
        return words.get(self.value, _("Invaded"))


@dataclass(frozen=True)
class Organ:
    """An organ of the checklist; ``code`` is SNOMED CT or empty, ``side`` right, left or empty.

    ``organ`` is its name in English, ``words`` what a reader sees.
    """

    key: str
    organ: str
    code: str
    side: str = ""

    @property
    def words(self) -> str:
        """Its name for a reader."""
        return _(self.organ)

    @property
    def remark(self) -> str:
        """The key of the remark about it."""
        return PREFIX + self.key

    @property
    def coded(self) -> Code | None:
        """The organ as a coded term, None without a code."""
        return Code(self.code, "SCT", self.organ) if self.code else None


@cache
def organs() -> tuple[Organ, ...]:
    """Return all organs, in the order of the checklist."""
    return tuple(Organ(**entry) for entry in shipped_yaml("terms", "organs.yaml"))


@cache
def checklist() -> Mapping[str, FactDefinition]:
    """Return the questions of the checklist by the key of their remark, as the form asks them."""
    relations = tuple(Choice(r.value, r.heading) for r in Relation)
    asked = {o.remark: _question(o.remark, o.words, relations, _HELP) for o in organs()}
    seen = (Choice("seen", _("Seen")), Choice("missing", _("Missing")))
    asked[OTHER_KIDNEY] = _question(OTHER_KIDNEY, _("Other kidney"), seen, _HELP_KIDNEY)
    return asked


_HELP: Final = _("What the mass does to it, the farthest that applies, as read off the images.")
_HELP_KIDNEY: Final = _("Whether the kidney on the side away from the mass is seen on the images.")


def _question(name: str, label: str, choices: tuple[Choice, ...], text: str) -> FactDefinition:
    return FactDefinition(
        name=name,
        group="organs",
        label=label,
        kind="choice",
        choices=choices,
        unknown="not_assessed",
        default=None,
        origins=("E",),
        unit="",
        help=text,
        source="",
        minimum=None,
        maximum=None,
        min_items=0,
        max_items=0,
        lower_bound=False,
    )


def as_fact(remark: Remark) -> Fact:
    """Return what was stated of an organ in the form in which the form shows facts."""
    provenance = Provenance("entered", remark.author, remark.time_utc, place=remark.place)
    return Fact(remark.key, remark.value, provenance)


def statements(remarks: Iterable[Remark]) -> dict[str, Remark]:
    """Return the remarks about organs by their keys, those of the list alone."""
    return {r.key: r for r in remarks if r.key in checklist()}


#: Which vessels and organs are read beside a criterion; of vessels the measured contact.
_BESIDE: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "bilateral_renal_involvement": (
        ("renal_vein_R", "renal_vein_L"),
        ("kidney-right", "kidney-left"),
    ),
    "extensive_spine_involvement": ((), ("spine",)),
    "extensive_mesenteric_root_involvement": (("SMA", "SMV"), ()),
    "extensive_liver_hilar_involvement": (("portal_vein", "hepatic_artery"), ("liver",)),
    "extensive_major_vessel_involvement": (
        ("IVC", "aorta", "SMA", "coeliac", "portal_vein", "iliac_L", "iliac_R"),
        (),
    ),
}


def beside_criteria(facts: FactSheet, remarks: Iterable[Remark]) -> dict[str, str]:
    """Return for each excluding criterion what was measured or stated about its neighbours.

    One sentence each; nothing where nothing was. It is for the reader to weigh, and decides
    nothing.
    """
    said = statements(remarks)
    contacts = facts.value("vessel_contacts") or {}
    found = {}
    for name, (vessels, around) in _BESIDE.items():
        parts = [
            _(
                "{vessel} {degrees:g}° of contact",
                vessel=inside(definition("vessel_contacts").choice_label(vessel)),
                degrees=contacts[vessel],
            )
            for vessel in vessels
            if vessel in contacts
        ]
        named = {o.key: o for o in organs()}
        stated = [(named[key], said.get(named[key].remark)) for key in around]
        parts += [
            _(
                "{organ} {relation}",
                organ=inside(organ.words),
                relation=inside(checklist()[organ.remark].choice_label(remark.value)),
            )
            for organ, remark in stated
            if remark is not None
        ]
        if name == "extensive_major_vessel_involvement":
            upper = facts.value("ivc_cranial_extent")
            if upper:
                level = value_text("ivc_cranial_extent", upper)
                parts.append(_("upper end in the IVC: {level}", level=level))
        if parts:
            text = ", ".join(parts)
            found[name] = f"{text[0].upper()}{text[1:]}."
    if "peritoneum" in (facts.value("metastasis_sites") or ()):
        found["peritoneal_implants"] = _("The peritoneum is among the sites of metastasis.")
    return found
