"""Where the data files that ship with the program are."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def resource_path(*parts: str) -> Path:
    """Return the path of a shipped resource, such as ``resource_path("icons", "mass.svg")``.

    In an installed package the resources lie inside it; in a checkout they are
    the top-level folder ``resources/``.

    Raises
    ------
    FileNotFoundError
        When the resource does not exist: a broken installation.

    """
    for root in (_PACKAGE / "_resources", _PACKAGE.parent / "resources"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError("/".join(parts))
