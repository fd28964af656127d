"""The form of a case bundle: names, limits, schemas; what writer and reader share."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from tumorboard import strict_json
from tumorboard.errors import UserError
from tumorboard.language import _
from tumorboard.resources import resource_path
from tumorboard.text import json_text

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

FORMAT: Final = "tumorboard case bundle"
#: Raised when an older program could no longer read a bundle rightly.
VERSION: Final = 1

MANIFEST: Final = "manifest.json"
CASE, FACTS, ASSESSMENT = "case.json", "facts.json", "assessment.json"
INDEX, REPORT, SLIDES = "index.html", "report.pdf", "slides.pdf"
#: The files that are data, and the schema of each.
DATA: Final = {CASE: "case", FACTS: "facts", ASSESSMENT: "assessment"}
_SCHEMAS: Final = ("manifest", *DATA.values())
#: Every name that a file of a bundle may have.
ALLOWED: Final = re.compile(
    r"(?:index\.html|report\.pdf|slides\.pdf|(?:case|facts|assessment)\.json"
    r"|images/\d{2,4}\.png|voxels/[0-9a-f]{64}\.bin"
    r"|schemas/(?:manifest|case|facts|assessment)\.schema\.json)"
)

#: How many files, and how many bytes unpacked, are taken: of all, of a file of data, of the
#: voxels of an outline (eight to a byte), of a paper.
MOST_MEMBERS: Final = 5000
MOST_BYTES: Final = 1 << 30
MOST_DATA: Final = 64 << 20
MOST_VOXELS: Final = 64 << 20
MOST_PAPER: Final = 256 << 20


def voxels_name(digest: str) -> str:
    """Return the name of the file that holds some voxels or a grid."""
    return f"voxels/{digest}.bin"


def image_name(number: int) -> str:
    """Return the name of a key image, counted from 1."""
    return f"images/{number:02d}.png"


def schema_members() -> dict[str, bytes]:
    """Return the schemas as they go into a bundle."""
    return {f"schemas/{name}.schema.json": _schema_bytes(name) for name in _SCHEMAS}


def as_json(value: Any) -> bytes:
    """Return JSON that people can read: UTF-8, indented, keys in order.

    Raises
    ------
    ValueError
        When a number is not finite.

    """
    text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
    return json_text(text).encode()


def parse(data: bytes, name: str) -> Any:
    """Read JSON of a bundle.

    Raises
    ------
    UserError
        When it is none, holds a number that is not finite, or is nested too deeply.

    """
    try:
        return strict_json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise damaged(
            _("its file {name} cannot be read", name=name), type(error).__name__
        ) from error


def check(value: Any, schema: str, name: str) -> None:
    """Check data against one of the schemas.

    Raises
    ------
    UserError
        When it does not fit; the place is named, never what stands there.

    """
    error = next(iter(_validator(schema).iter_errors(value)), None)
    if error is not None:
        place = "/".join(str(part) for part in error.absolute_path) or _("the whole")
        raise damaged(
            _("its file {name} is not as it should be at {place}", name=name, place=place[:120]),
            error.validator,
        )


def damaged(what: str, details: object = "") -> UserError:
    """Return the sentence on a bundle that cannot be taken in."""
    return UserError(
        _("The case bundle cannot be taken in: {what}.", what=what),
        _("Ask for it again; nothing was stored."),
        details=str(details),
    )


def _schema_bytes(name: str) -> bytes:
    return resource_path("schemas", "bundle", f"{name}.schema.json").read_bytes()


@lru_cache(maxsize=4)
def _validator(name: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # here: its import costs 0.1 s

    return Draft202012Validator(json.loads(_schema_bytes(name)))
