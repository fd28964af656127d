import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from tumorboard.ui.shell.theme import text_font
from tumorboard.ui.viewer.letters import PAD, label_image

INK = 0xFFFFD166


def array(image):
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return rows[:, : image.width()].astype(int)


def outlined(text, size, ratio, bold):
    """Paint a line at once, its outline below it: slow, and what letters are to look like."""
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    image.setDevicePixelRatio(ratio)
    path = QPainterPath()
    path.addText(QPointF(PAD, 12 + PAD), text_font(12, bold=bold), text)
    pen = QPen(QColor("#05070a"), 3.0)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.drawPath(path)
    painter.fillPath(path, QColor.fromRgba(INK))
    painter.end()
    return image


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize(
    "text", ["10.5 × 8.9 cm", "mean -41 ± 12 HU (3 to 90)", "AVAT fi Lésion · 12.3 cm²", "Größe Ω"]
)
def test_letters_put_together_look_like_a_line_painted_at_once(qapp, text, ratio, bold):
    made = label_image(text, INK, bold, ratio, 12)
    wanted = array(outlined(text, made.size(), ratio, bold))
    assert made.devicePixelRatio() == ratio
    apart = np.abs(array(made) - wanted)
    assert (wanted[..., 3] > 0).mean() > 0.2
    # A glyph stands at most an eighth of a pixel beside its place.
    assert apart.mean() < 2.0
    assert (apart.max(axis=2) > 80).mean() < 0.01
