"""Which part of a series holds a picture, and what older stores leave in doubt.

What is drawn belongs to pictures, told by SOP Instance UID and frame. Where a series has several
parts, or came to have them later, the part is found from the pictures whenever something is read:
neither an import nor an undo can lay it on others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from tumorboard.annotations.model import Annotation, ImageReference, utc_now
from tumorboard.canonical_json import loads, loads_exactly, unpack
from tumorboard.store.audit import AuditChain, Stamp
from tumorboard.store.driver import user_errors
from tumorboard.store.series import PackedBody, SeriesRecords
from tumorboard.text import line, lines

if TYPE_CHECKING:
    from sqlite3 import Connection

_WHOLE: Final = re.compile(r'"series_instance_uid":"([^"\\]*)"')

#: The words for what a doubt is about.
WORDS: Final = {
    "annotation": "measurement",
    "calibration": "known length",
    "view": "key image",
    "segmentation": "outline",
    "vessel": "vessel",
}


class Homes:
    """Finds the part of a series that holds a picture; asks the store as little as it can."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        rows = connection.execute("SELECT DISTINCT series_uid FROM part_picture")
        self._parted = frozenset(row[0] for row in rows)
        self._known: dict[tuple[str, int], frozenset[str]] = {}

    def placed(self, annotation: Annotation) -> Annotation:
        """Return an annotation with the part that holds its pictures, if there is just one."""
        image = annotation.image
        if image.series_instance_uid not in self._parted or not image.sop_instance_uids:
            return annotation
        homes = self.of(image)
        if image.series_instance_uid in homes or len(homes) != 1:
            return annotation
        (home,) = homes
        return replace(annotation, image=replace(image, series_instance_uid=home))

    def of(self, image: ImageReference) -> frozenset[str]:
        """Return the parts that hold all pictures of a reference."""
        found = [self._holding(picture) for picture in image.pictures]
        return frozenset.intersection(*found) if found else frozenset()

    def _holding(self, picture: tuple[str, int]) -> frozenset[str]:
        if picture not in self._known:
            rows = self._connection.execute(
                """SELECT DISTINCT series_uid FROM part_picture
                WHERE sop_instance_uid = ?1 AND (?2 = 0 OR frame = ?2)""",
                picture,
            )
            self._known[picture] = frozenset(row[0] for row in rows)
        return self._known[picture]


# -- older stores ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Doubt:
    """Something of a case that nobody can tell for certain since the store was brought up."""

    case_uid: str
    label: str
    text: str


@dataclass(frozen=True)
class Pictures:
    """Which part of a series holds a picture, and what is in doubt since older versions."""

    _connection: Connection

    def homes(self) -> Homes:
        """Return a finder of the parts that hold pictures, as the store stands now."""
        return Homes(self._connection)

    @user_errors()
    def doubts(self, *, unseen: bool = False) -> tuple[Doubt, ...]:
        """Return what is in doubt since older versions, all or what nobody was shown yet."""
        rows = self._connection.execute(
            """SELECT d.case_uid, c.label, d.text FROM doubt d
            JOIN board_case c ON c.uid = d.case_uid
            WHERE NOT ?1 OR d.seen_utc = '' ORDER BY d.sequence""",
            (unseen,),
        )
        return tuple(Doubt(row["case_uid"], line(row["label"]), lines(row["text"])) for row in rows)

    def mark_seen(self, utc: str) -> None:
        """Note that what is in doubt was shown to a person; in a transaction."""
        self._connection.execute("UPDATE doubt SET seen_utc = ? WHERE seen_utc = ''", (utc,))


def find_parts(connection: Connection) -> None:
    """Fill the tables of parts from what an older version stored, and note what is in doubt.

    Nothing that was drawn or kept is changed: it stays where it is, and what names pictures
    is found by them.
    """
    wholes: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute("SELECT uid, body FROM series ORDER BY rowid").fetchall():
        whole = _whole_of(row["body"]) or row["uid"]
        connection.execute("UPDATE series SET whole_uid = ? WHERE uid = ?", (whole, row["uid"]))
        wholes[whole].append(row["uid"])
        if whole != row["uid"]:
            # Let the record of a part say under which name it is known, so that it keeps it.
            uid = row["uid"]
            packed = row["body"]
            body = PackedBody.of({**loads_exactly(unpack(packed)), "name": uid})
            connection.execute("UPDATE series SET body = ? WHERE uid = ?", (body.blob, uid))
            AuditChain(connection).append(
                Stamp("tumorboard", utc_now()), "series", uid, body.text, ""
            )
    for whole, uids in wholes.items():
        if len(uids) > 1:
            SeriesRecords(connection).index_parts(whole)
    parted = frozenset(u for uids in wholes.values() if len(uids) > 1 for u in uids)
    for case_uid, entity, name, text in _found_doubts(connection, parted):
        connection.execute(
            "INSERT INTO doubt (case_uid, entity, name, text, seen_utc) VALUES (?, ?, ?, ?, '')",
            (case_uid, entity, name, text),
        )


def _whole_of(packed: bytes) -> str:
    try:
        found = _WHOLE.search(unpack(packed))
    except ValueError:
        return ""
    return found.group(1) if found else ""


def _found_doubts(
    connection: Connection, parted: frozenset[str]
) -> Iterator[tuple[str, str, str, str]]:
    """Yield (case, what, name, sentence) for what is in doubt."""
    homes, texts = Homes(connection), _Texts(connection)
    for case_uid, name, body in _rows(connection, "annotation"):
        image = _references(body.get("image", {}))
        what = "calibration" if body.get("kind") == "calibration" else "annotation"
        reason = _about_pictures(image, homes, parted, texts)
        if reason:
            yield case_uid, what, name, _sentence(what, body, reason)
    for what, table in (("segmentation", "segmentation"), ("vessel", "vessel_path")):
        for case_uid, name, body in _rows(connection, table):
            if body.get("series_instance_uid") in parted:
                reason = "the series has several parts: it stays on the first of them"
                yield case_uid, what, name, _sentence(what, body, reason)
    exchanged = _exchanged(connection)
    for case_uid, name, body in _rows(connection, "saved_view"):
        keys = {str(p.get("series_key", "")) for p in body.get("pictures", ())}
        if any((case_uid, key) in exchanged for key in keys):
            reason = "a later import put other pictures under the name of its series"
            yield case_uid, "view", name, _sentence("view", body, reason)


def _rows(connection: Connection, table: str) -> list[tuple[str, str, dict[str, Any]]]:
    sql = "SELECT case_uid, name, body FROM TABLE WHERE json_valid(body)"
    found = connection.execute(sql.replace("TABLE", table))
    return [(r["case_uid"], r["name"], loads(r["body"])) for r in found]


def _about_pictures(
    image: ImageReference, homes: Homes, parted: frozenset[str], texts: _Texts
) -> str:
    """Return what is in doubt about the pictures that something was drawn on; empty: nothing."""
    if image.series_instance_uid not in parted:
        held = texts.hold(image.series_instance_uid, image.sop_instance_uids)
        return "" if held else "a later import took the place of its pictures: import them again"
    found = homes.of(image)
    if len(found) > 1:
        return "its pictures are in several parts of the series: it stays on the first"
    return "" if found else "its pictures are in no one part of the series"


def _references(image: Mapping[str, Any]) -> ImageReference:
    from tumorboard.imaging.geometry import Plane

    uids = tuple(str(u) for u in image.get("sop_instance_uids", ()))
    return ImageReference("", str(image.get("series_instance_uid", "")), uids, "", Plane.AXIAL)


def _sentence(what: str, body: Mapping[str, Any], reason: str) -> str:
    named = str(body.get("label") or body.get("caption") or body.get("vessel") or "")
    kind = str(body.get("kind", "")) if what == "annotation" else ""
    about = " ".join(p for p in (WORDS[what], f"({kind})" if kind else "", named) if p)
    return f"{about}: {reason}."


class _Texts:
    """The records of series as text, one at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._uid, self._text = "", ""

    def hold(self, series_uid: str, uids: Iterable[str]) -> bool:
        """Whether a record names pictures; also where it names none at all."""
        if series_uid != self._uid:
            row = self._connection.execute(
                "SELECT body FROM series WHERE uid = ?", (series_uid,)
            ).fetchone()
            try:
                self._uid, self._text = series_uid, "" if row is None else unpack(row["body"])
            except ValueError:
                self._uid, self._text = series_uid, ""
        if '"sop_instance_uid"' not in self._text:
            return True
        return all(f'"{uid}"' in self._text for uid in uids)


def _exchanged(connection: Connection) -> frozenset[tuple[str, str]]:
    """Return (case, series) whose pictures a later import exchanged for others."""
    sizes: dict[tuple[str, str], set[int]] = defaultdict(set)
    rows = connection.execute(
        """SELECT s.case_uid, c.name, c.after FROM change c JOIN step s ON s.sequence = c.step
        WHERE c.entity = 'series' AND c.after IS NOT NULL"""
    )
    for row in rows:
        sizes[row["case_uid"], row["name"]].add(int(loads(row["after"]).get("slices", 0)))
    return frozenset(key for key, found in sizes.items() if len(found) > 1)
