"""Vertebra: one point in it; its name is the label."""

from __future__ import annotations

from typing import Final

from tumorboard.annotations.kinds.lines import no_line
from tumorboard.annotations.kinds.spec import KindSpec, Sign
from tumorboard.annotations.model import Kind
from tumorboard.language import _

SPEC: Final = KindSpec(
    kind=Kind.VERTEBRA,
    words=_("Vertebra"),
    least_points=1,
    most_points=1,
    lines=no_line,
    sign=Sign.CROSS,
    is_words=True,
    is_vertebra=True,
    has_quiet_handles=True,
)
