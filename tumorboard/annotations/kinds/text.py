"""Text: one point; the words are the label."""

from __future__ import annotations

from typing import Final

from tumorboard.annotations.kinds.lines import no_line
from tumorboard.annotations.kinds.spec import KindSpec
from tumorboard.annotations.model import Kind
from tumorboard.language import _

SPEC: Final = KindSpec(
    kind=Kind.TEXT,
    words=_("Text"),
    least_points=1,
    most_points=1,
    lines=no_line,
    is_words=True,
    is_label_at_point=True,
    has_quiet_handles=True,
)
