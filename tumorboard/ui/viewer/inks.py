"""The colours of words and lines over images, which are on black in every look of the window.

Whatever is painted over an image, or on a page of an audience, takes its colours from here.
"""

from __future__ import annotations

from tumorboard.ui.shell.theme import image_colour as colour

__all__ = ["colour"]
