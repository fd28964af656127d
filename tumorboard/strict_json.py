"""JSON that people and other programs wrote: what is doubtful in it is refused, never guessed."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, Final, NoReturn

#: Editors of Windows begin a text with it.
_BYTE_ORDER_MARK: Final = "\ufeff"


def loads(text: str) -> Any:
    """Read a JSON text.

    Raises
    ------
    ValueError
        When it is none, holds a number that is not finite, names one thing twice or nests too
        deeply.

    """
    plain = text.removeprefix(_BYTE_ORDER_MARK)
    try:
        return json.loads(
            plain, object_pairs_hook=_object, parse_constant=_refuse, parse_float=_finite
        )
    except RecursionError:
        raise ValueError("it nests too deeply") from None


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"“{twice}” stands there twice")
    return found


def _finite(number: str) -> float:
    """Read a number; 1e999 is beyond all that can be computed with."""
    found = float(number)
    return found if math.isfinite(found) else _refuse(number)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")
