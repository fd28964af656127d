"""Pictures of a report are PNG; nothing else is tried on them."""

from tests.reports.made import images
from tumorboard.reports.blocks import read_png

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    b'<rect width="9" height="9"/></svg>'
)


def test_only_a_png_is_a_picture(qapp):
    """The reader of SVG may not be asked from a worker thread: see `read_png`."""
    assert not read_png(images(1)[0].png).isNull()
    for other in (SVG, b"", b"no picture"):
        assert read_png(other).isNull()
