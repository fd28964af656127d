"""Where a lesion can be: the words of the list and their codes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tumorboard.coding import Code
from tumorboard.language import _, inside
from tumorboard.resources import shipped_yaml


@dataclass(frozen=True)
class Site:
    """A place in the body; ``code`` is SNOMED CT.

    ``site`` is its name in English, as a lesion keeps it, ``words`` what a reader sees;
    ``metastasis`` is the word of the fact on sites of metastases for a lesion there.
    """

    site: str
    code: str
    node: bool = False
    paired: bool = False
    metastasis: str = "other"

    @property
    def words(self) -> str:
        """Its name for a reader."""
        return _(self.site)

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
    """Return the place with these words, in English or as shown, whatever their case, or None."""
    wanted = words.strip().casefold()
    named = ((s, (s.site.casefold(), s.words.casefold())) for s in sites())
    return next((site for site, names in named if wanted in names), None)


def site_heading(site: str) -> str:
    """Return the words of a lesion's site at the head of a line; typed ones stay as they are."""
    found = site_named(site)
    return site if found is None else found.words


def site_words(site: str) -> str:
    """Return the words of a lesion's site within a sentence; typed ones stay as they are."""
    found = site_named(site)
    return site if found is None else inside(found.words)
