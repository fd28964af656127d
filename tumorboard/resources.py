"""The data files that ship with the program: where they are, and what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


def shipped_yaml(*parts: str) -> Any:
    """Return the content of a shipped YAML file, read by the fast parser where there is one.

    Raises
    ------
    FileNotFoundError
        When the resource does not exist: a broken installation.

    """
    import yaml  # the many that only want a path do not wait for it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return loader(resource_path(*parts).read_bytes()).get_single_data()
