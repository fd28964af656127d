"""Which rows of a file are shown, under which others, and which of them a search has hit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tumorboard.language import _, ngettext

if TYPE_CHECKING:
    from tumorboard.app.tags import TagRow

#: The row above all that stand for no item of a sequence.
ROOT: Final = -1


@dataclass(frozen=True, eq=False)
class TagTree:
    """Rows as a tree, under a search or whole.

    ``children`` gives for each row that has some, and for `ROOT`, the rows below it in their
    order; ``parents`` the row above each and ``places`` how many stand before it there, None
    for rows that are not shown. ``hits`` are the rows that match a search, in their order.
    ``paths`` name each row by its number and those above it, the same in another file.
    """

    rows: Sequence[TagRow]
    children: dict[int, list[int]]
    parents: list[int]
    places: list[int | None]
    hits: tuple[int, ...]
    paths: dict[tuple[str, ...], int]

    def path(self, row: int) -> tuple[str, ...]:
        """Return the name of a row: what stands above it, and itself."""
        names: list[str] = []
        while row != ROOT:
            names.append(self.rows[row].tag or self.rows[row].name.partition(" of ")[0])
            row = self.parents[row]
        return tuple(reversed(names))


def matches(row: TagRow, wanted: Sequence[str]) -> bool:
    """Whether each word stands in the number, keyword, name, value or creator of a row.

    A number is found as "0010,0010" and as "00100010".
    """
    digits = row.tag.replace(",", "").strip("()")
    text = "\n".join((row.tag, digits, row.keyword, row.name, row.value, row.creator)).casefold()
    return all(word in text for word in wanted)


def tag_tree(rows: Sequence[TagRow], search: str = "") -> TagTree:
    """Return the rows as a tree: all, or the hits of a search with what stands above them."""
    parents, above = [], [ROOT]
    for number, row in enumerate(rows):
        del above[row.depth + 1 :]
        parents.append(above[-1])
        above.append(number)
    wanted = search.casefold().split()
    hits = tuple(n for n, row in enumerate(rows) if wanted and matches(row, wanted))
    shown = set(hits)
    for number, up in enumerate(parents):
        if up in shown:  # what stands below a sequence that was found can be unfolded
            shown.add(number)
    for hit in hits:
        up = parents[hit]
        while up != ROOT and up not in shown:
            shown.add(up)
            up = parents[up]
    children: dict[int, list[int]] = {}
    places: list[int | None] = [None] * len(rows)
    for number in sorted(shown) if wanted else range(len(rows)):
        beside = children.setdefault(parents[number], [])
        places[number] = len(beside)
        beside.append(number)
    tree = TagTree(rows, children, parents, places, hits, {})
    # Only what can be folded, and what stands in the file itself, is found again in another.
    found = {tree.path(n): n for n in children if n != ROOT}
    found |= {tree.path(n): n for n in children.get(ROOT, [])}
    tree.paths.update(found)
    return tree


def count_words(tree: TagTree, left_out: int, search: str) -> str:
    """Return how many elements there are, and how many were found."""
    count = sum(1 for row in tree.rows if row.tag)
    total = ngettext("{count} element", "{count} elements", count)
    if left_out:
        rest = ngettext(
            "{count} further row is left out", "{count} further rows are left out", left_out
        )
        total = f"{total}; {rest}"
    if not search.strip():
        return total
    return (
        _("{count} found in {total}", count=len(tree.hits), total=total)
        if tree.hits
        else _("Nothing found in {total}", total=total)
    )
