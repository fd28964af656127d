"""The kinds of annotation, one a file, and the table in which the program looks them up.

Who asks anything of a kind asks ``SPECS[annotation.kind]``; nobody else tells kinds apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from tumorboard.annotations.kinds import (
    angle,
    arrow,
    bidirectional,
    circle,
    craniocaudal,
    ellipse,
    freehand,
    known_length,
    length,
    path,
    polygon,
    probe,
    rectangle,
    text,
    tumour_end,
    vertebra,
    vessel_level,
)
from tumorboard.annotations.kinds.spec import KindSpec
from tumorboard.annotations.model import Kind
from tumorboard.coding import Code


def table(specs: Iterable[KindSpec]) -> Mapping[Kind, KindSpec]:
    """Return the one spec of each kind.

    Raises
    ------
    ValueError
        Where a kind has none or several: what is drawn of it could be stored, and then
        neither shown nor measured.

    """
    found: dict[Kind, KindSpec] = {}
    for spec in specs:
        if spec.kind in found:
            raise ValueError(f"the kind {spec.kind} is told twice")
        found[spec.kind] = spec
    missing = [kind.value for kind in Kind if kind not in found]
    if missing:
        raise ValueError(f"nothing is told of the kinds {', '.join(missing)}")
    return MappingProxyType(found)


#: Made when the program starts: a kind without its file stops it there.
SPECS: Final = table(
    module.SPEC
    for module in (
        length,
        bidirectional,
        craniocaudal,
        ellipse,
        circle,
        rectangle,
        polygon,
        freehand,
        path,
        angle,
        arrow,
        text,
        probe,
        known_length,
        vessel_level,
        tumour_end,
        vertebra,
    )
)

#: Kinds that enclose an area.
REGIONS: Final = frozenset(kind for kind, spec in SPECS.items() if spec.is_region)
#: Kinds that mark a place in a vessel.
MARKS: Final = frozenset(kind for kind, spec in SPECS.items() if spec.is_mark)


def kind_measuring(*concepts: Code) -> Kind:
    """Return the kind that measures these concepts and no others.

    Raises
    ------
    LookupError
        When there is none.

    """
    for kind, spec in SPECS.items():
        if spec.is_measurement and spec.concepts == concepts:
            return kind
    raise LookupError(f"no kind measures {', '.join(c.meaning for c in concepts)}")


def kind_of_graphic(graphic: str, count: int) -> Kind:
    """Return the kind that a Graphic Type is read as, which then has so many points.

    Of several the one that takes no more points than these.

    Raises
    ------
    LookupError
        When there is none.

    """
    sent = [spec for spec in SPECS.values() if graphic and spec.graphic == graphic]
    fitting = [spec for spec in sent if spec.holds(count)]
    if not fitting:
        raise LookupError(f"no kind is sent as {graphic} of {count} points")
    return min(fitting, key=lambda spec: spec.most_points or math.inf).kind


def kind_of_role(role: str) -> Kind:
    """Return the kind of the mark that has a role in a vessel.

    Raises
    ------
    LookupError
        When no mark has this role.

    """
    for kind, spec in SPECS.items():
        if spec.roles is not None and role in {str(r) for r in spec.roles}:
            return kind
    raise LookupError(f"no mark is a {role}")
