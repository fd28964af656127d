"""The strip of key images: tiles of one width, captions whole."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QRect

from tumorboard.ui.key_images.strip import PREVIEW, KeyRow, KeyStrip, caption_height

LONG = "Portal venous phase, mass against the right renal vein and the duodenum, axial 98 / 212"


@pytest.mark.parametrize("last", ["Vein", LONG, "x" * 60, ""])
def test_all_tiles_are_of_one_size_and_hold_their_captions(qtbot, last):
    strip = KeyStrip()
    qtbot.addWidget(strip)
    captions = ["Mass", "Axial 98 / 212 · CT abdomen · 12 Nov 2026", last]
    strip.set_rows([KeyRow(str(n), caption) for n, caption in enumerate(captions)])
    strip.resize(1200, strip.height())
    boxes: list[QRect] = [strip.visualItemRect(strip.item(n)) for n in range(strip.count())]
    assert len({(box.width(), box.height()) for box in boxes}) == 1
    gaps = [b.left() - a.left() for a, b in pairwise(boxes)]
    assert len(set(gaps)) == 1
    width, height = strip.caption_room
    assert width >= PREVIEW[0]
    for n, caption in enumerate(captions, start=1):
        assert caption_height(f"{n}  {caption}", width) <= height
    assert boxes[0].bottom() < strip.viewport().height()
    # A shorter caption makes all of them narrower again.
    strip.set_rows([KeyRow(str(n), "Mass") for n in range(3)])
    assert strip.visualItemRect(strip.item(1)).width() == PREVIEW[0] + 12
