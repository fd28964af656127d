"""Parts in the place of a series, in every case that lists it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tumorboard.canonical_json import loads
from tumorboard.case.codec import encode
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.store import state, steps
from tumorboard.store.audit import Stamp
from tumorboard.store.intake import Incoming
from tumorboard.store.series import SeriesRecords
from tumorboard.store.steps import Steps

if TYPE_CHECKING:
    from sqlite3 import Connection

_RESTING = """SELECT 1 FROM segmentation WHERE body ->> '$.series_instance_uid' = ?1
    UNION ALL SELECT 1 FROM vessel_path WHERE body ->> '$.series_instance_uid' = ?1"""


#: Gives the name of the part that holds the slice at a point (LPS mm).
HomeOf = Callable[[Sequence[float]], str]


@dataclass(frozen=True)
class SeriesParts:
    """Puts parts in the place of a series."""

    _connection: Connection

    def replace(self, stamp: Stamp, name: str, parts: Sequence[Incoming], home_of: HomeOf) -> None:
        """Store parts of a series, one of which keeps its name; in a transaction.

        Key images of it go to the part that holds the slice which they show.

        Raises
        ------
        UserError
            When outlines or vessels lie on the series: they are of all its slices.

        """
        if self._connection.execute(_RESTING, (name,)).fetchone() is not None:
            raise UserError(
                _("Outlines or vessels lie on this series; it was not parted."),
                _("Delete them first: they were made on slices that do not belong together."),
            )
        for part in parts:
            SeriesRecords(self._connection).put(stamp, part.ref, part.body)
        SeriesRecords(self._connection).index_parts(parts[0].ref.whole_uid)
        found = self._connection.execute("SELECT case_uid FROM case_series WHERE name = ?", (name,))
        for case_uid in [row["case_uid"] for row in found.fetchall()]:
            held = [n for n, __ in state.items(self._connection, case_uid, "series")]
            rows = []
            for n, part in enumerate(parts):
                uid = part.ref.series_instance_uid
                before = state.body(self._connection, case_uid, "series", uid)
                place = held.index(name) + n
                old = None if before is None else loads(before)
                rows.append(steps.row_of("series", uid, old, encode(part.ref), place))
            rows += _moved_views(self._connection, case_uid, name, home_of)
            step = steps.NewStep(case_uid, "import", "Part series", stamp, tuple(rows))
            Steps(self._connection).write(step)


def _moved_views(
    connection: Connection, case_uid: str, name: str, home_of: HomeOf
) -> list[steps.ChangeRow]:
    rows = []
    for uid, text in state.items(connection, case_uid, "view"):
        view = loads(text)
        for picture in view["pictures"]:
            if picture["series_key"] == name:
                picture["series_key"] = home_of(picture["point"])
        if view != loads(text):
            rows.append(steps.row_of("view", uid, loads(text), view))
    return rows
