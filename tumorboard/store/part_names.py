"""What a case from elsewhere says of its series, under the names that these have here.

Two installations may have taken in the parts of a series in another order: then one name stands
for other pictures here than there. The pictures decide (`SeriesRecords.names_here`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tumorboard.canonical_json import dumps, loads
from tumorboard.store.steps import ChangeRow

if TYPE_CHECKING:
    from tumorboard.case.model import SeriesRef


def pictures_named(ref: SeriesRef) -> frozenset[tuple[str, int]]:
    """Return the few pictures that a listed series names; none where an older version wrote it."""
    pairs = (sample.rpartition(" ") for sample in ref.samples)
    return frozenset((uid, int(frame)) for uid, _, frame in pairs if frame.isdecimal())


def renamed(rows: Iterable[ChangeRow], names: Mapping[str, str]) -> tuple[ChangeRow, ...]:
    """Return changes that speak of series under other names; a series stands there once."""
    if not names:
        return tuple(rows)
    pattern = re.compile('"(' + "|".join(re.escape(n) for n in names) + r')(?=["|])')

    def text(value: str | None) -> str | None:
        return None if value is None else pattern.sub(lambda m: f'"{names[m.group(1)]}', value)

    found: list[ChangeRow] = []
    listed: set[str] = set()
    for row in rows:
        if row.entity != "series":
            found.append(replace(row, before=text(row.before), after=text(row.after)))
            continue
        name = names.get(row.name, row.name)
        if row.before is None and name in listed:
            continue
        listed.add(name)
        texts = [_listed_as(value, names) for value in (row.before, row.after)]
        found.append(replace(row, name=name, before=texts[0], after=texts[1]))
    return tuple(found)


def _listed_as(text: str | None, names: Mapping[str, str]) -> str | None:
    """Return the record by which a case lists a series, under the name that it has here."""
    if text is None:
        return None
    listed = loads(text)
    name = str(listed.get("series_instance_uid", ""))
    if name not in names:
        return text
    whole = listed.get("part_of") or name
    return dumps({**listed, "series_instance_uid": names[name], "part_of": whole})
