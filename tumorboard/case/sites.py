"""Where a lesion can be: the words of the list and their codes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tumorboard.coding import Code
from tumorboard.resources import shipped_yaml


@dataclass(frozen=True)
class Site:
    """A place in the body; ``code`` is SNOMED CT.

    ``metastasis`` is the word of the fact on sites of metastases for a lesion there.
    """

    site: str
    code: str
    node: bool = False
    paired: bool = False
    metastasis: str = "other"

    @property
    def coded(self) -> Code:
        """The place as a coded term."""
        return Code(self.code, "SCT", self.site)


#: Sides, with their SNOMED CT codes.
LATERALITIES: dict[str, Code] = {
    "right": Code("24028007", "SCT", "Right"),
    "left": Code("7771000", "SCT", "Left"),
    "both": Code("51440002", "SCT", "Bilateral"),
}


@cache
def sites() -> tuple[Site, ...]:
    """Return all places, in the order of the list."""
    return tuple(Site(**entry) for entry in shipped_yaml("terms", "sites.yaml"))


def site_named(words: str) -> Site | None:
    """Return the place with these words, whatever their case, or None."""
    wanted = words.strip().casefold()
    return next((s for s in sites() if s.site.casefold() == wanted), None)
