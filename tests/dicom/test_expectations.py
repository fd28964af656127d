"""Every file of the real data opens, or is left out, as the committed table says."""

import pytest

from tests.dicom.expectations import committed, lines_of, units
from tests.shared_data import DATA, shared_data

pytestmark = pytest.mark.data

UNITS = sorted({u if u.startswith("series/") else "/".join(u.split("/")[:2]) for u in units()})


def test_the_table_names_every_file() -> None:
    shared_data("series")
    files = {
        p.relative_to(DATA).as_posix()
        for top in ("series", "odd")
        for p in (DATA / top).rglob("*")
        if p.is_file()
    }
    assert set(committed()) == files


@pytest.mark.parametrize("group", UNITS or ["series"])
def test_files_become_what_the_table_says(group: str) -> None:
    shared_data(group)
    found: dict[str, str] = {}
    for unit in units():
        if unit == group or unit.startswith(f"{group}/"):
            found |= lines_of(unit)
    expected = {n: line for n, line in committed().items() if n.startswith(f"{group}/")}
    assert found == expected
