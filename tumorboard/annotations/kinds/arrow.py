"""Arrow: tip and tail, with the words of its label."""

from __future__ import annotations

from typing import Final

from tumorboard.annotations.kinds.lines import first_line
from tumorboard.annotations.kinds.spec import KindSpec, Sign
from tumorboard.annotations.model import Kind
from tumorboard.language import _

SPEC: Final = KindSpec(
    kind=Kind.ARROW,
    words=_("Arrow"),
    least_points=2,
    most_points=2,
    lines=first_line,
    sign=Sign.ARROW_HEAD,
    is_line=True,
    is_words=True,
    has_quiet_handles=True,
)
