"""What is computed is read: a field of a result that nobody reads is said to nobody."""

from __future__ import annotations

import ast

from tests.architecture.project import modules, tree

#: Fields that no line of the program reads by name, with the reason why they stand.
KEPT = {
    "PointResponse.nadir_mm": "the sum that the response of a date is held against",
    "Size.long_mm": "stands beside the short axis, which is what counts of a node",
    "Source.rank": "which text wins where two differ: kept with the source, as the curator sets it",
    **dict.fromkeys(
        ("SeriesInfo.study_id", "SeriesInfo.accession_number"),
        "part of the stored record of a series",
    ),
    **dict.fromkeys(
        ("SeriesInfo.series_time",),
        "part of the stored record of a series",
    ),
    "CurvedPicture.owner": "keeps the memory of the picture beside it",
    "_Cut.owner": "keeps the memory of the picture beside it",
    "AxesTruth.axes_mm": "the truth of the phantom is read by tests and as a file",
    "VeinTruth.contact_arc_degrees": "the truth of the phantom is read by tests and as a file",
    "VeinTruth.contact_z": "the truth of the phantom is read by tests and as a file",
}


def _fields(node: ast.ClassDef) -> list[str]:
    """Return the fields of a dataclass or a named tuple."""
    made = [ast.unparse(d) for d in node.decorator_list] + [ast.unparse(b) for b in node.bases]
    if not any("dataclass" in m or "NamedTuple" in m for m in made):
        return []
    return [
        line.target.id
        for line in node.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    ]


def test_every_field_of_a_result_is_read_by_somebody():
    fields: set[tuple[str, str]] = set()
    read: set[str] = set()
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                fields |= {(node.name, name) for name in _fields(node)}
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                read.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                read.add(node.value)  # read by its name: getattr, tables of names
    assert len(fields) > 900
    unread = {f"{holder}.{name}" for holder, name in fields if name not in read}
    assert sorted(unread - KEPT.keys()) == []
    assert sorted(KEPT.keys() - unread) == []
