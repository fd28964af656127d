"""End of the tumour in the vein: one point at its caudal or its cranial end."""

from __future__ import annotations

from typing import Final

from tumorboard.annotations.kinds.lines import no_line
from tumorboard.annotations.kinds.spec import KindSpec, Sign
from tumorboard.annotations.model import Kind, TumourEnd
from tumorboard.language import _

SPEC: Final = KindSpec(
    kind=Kind.TUMOUR_END,
    words=_("End of the tumour in the vein"),
    least_points=1,
    most_points=1,
    lines=no_line,
    roles=TumourEnd,
    sign=Sign.DIAMOND,
)
