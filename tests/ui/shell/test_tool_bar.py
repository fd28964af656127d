"""The tools at the top, their folds, and the menus: by click, on real widgets."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton

from tests.ui.desk import LEFT, Desk
from tumorboard.app.tool_groups import ALWAYS, BUTTONS, GROUPS
from tumorboard.imaging.windowing import PRESETS
from tumorboard.ui.shell.icons import icon
from tumorboard.ui.shell.theme import COLOURS, LOOKS, apply_theme
from tumorboard.ui.shell.tool_bar import Detail
from tumorboard.ui.viewer.painting import WINDOW_MENU, rim_at, window_box

Key, Modifier = Qt.Key, Qt.KeyboardModifier


def sized(desk: Desk, width: int, height: int) -> Desk:
    desk.window.resize(width, height)
    QApplication.processEvents()
    assert (desk.window.width(), desk.window.height()) == (width, height)
    return desk


def shown_buttons(desk: Desk) -> dict[str, QToolButton]:
    actions = {action: name for name, action in desk.window.actions_by_name.items()}
    found = desk.window.tool_bar.findChildren(QToolButton)
    return {
        actions[b.defaultAction()]: b
        for b in found
        if b.isVisible() and b.defaultAction() is not None
    }


def test_every_tool_has_its_picture_its_word_and_its_key(desk: Desk):
    buttons = shown_buttons(sized(desk, 1440, 900))
    assert set(buttons) == {t.command for g in GROUPS for t in g.tools} | {
        t.command for t in ALWAYS
    }
    for name, button in buttons.items():
        assert button.text() == BUTTONS[name].word
        assert button.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        needed = button.fontMetrics().horizontalAdvance(button.text())
        assert button.width() >= needed + 4, name  # no word is cut
        action = desk.window.actions_by_name[name]
        for key in action.shortcuts():
            assert key.toString() in button.toolTip(), name


def test_every_tool_is_taken_by_a_click(desk: Desk):
    sized(desk, 1440, 900)
    room = desk.window.room
    for name, button in shown_buttons(desk).items():
        if name.startswith("tool."):
            QTest.mouseClick(button, LEFT)
            taken = room.tool.name if room.tool is not None else room.hand.value
            assert f"tool.{taken}" == name
            assert button.isChecked()
    QTest.mouseClick(shown_buttons(desk)["layout.compare"], LEFT)
    assert desk.window.views.shape.name == "compare"


def test_the_fold_of_a_group_lists_all_of_it(desk: Desk):
    bar = sized(desk, 1440, 900).window.tool_bar
    actions = desk.window.actions_by_name
    for group, shown in zip(GROUPS, bar.groups, strict=True):
        listed = [a for a in shown.fold.menu().actions() if not a.isSeparator()]
        assert listed == [actions[name] for name in group.names]
    measure = bar.groups[1]
    actions["tool.circle"].trigger()
    assert measure.fold.text() == "Circle ▾"
    assert measure.fold.property("holds") is True
    actions["tool.length"].trigger()
    assert measure.fold.text() == "Measure ▾"


@pytest.mark.parametrize(
    ("width", "height", "detail"),
    [
        (1440, 900, Detail.WORDS),
        (1366, 768, Detail.WORDS),
        (1024, 768, Detail.ICONS),
        (800, 600, Detail.GROUPS),
        (683, 384, Detail.SIGNS),
        (1366, 400, Detail.ICONS),
    ],
)
def test_tools_show_as_much_as_there_is_room_for(desk: Desk, width, height, detail):
    bar = sized(desk, width, height).window.tool_bar
    assert bar.detail is detail
    ends = [b.mapTo(bar, b.rect().topRight()).x() for b in bar.findChildren(QToolButton)]
    visible = [b for b in bar.findChildren(QToolButton) if b.isVisible()]
    assert max(ends) <= bar.width()
    assert all(b.width() >= b.minimumSizeHint().width() for b in visible)
    sized(desk, 1440, 900)
    assert bar.detail is Detail.WORDS


@pytest.mark.parametrize("scale", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("look", list(LOOKS))
def test_every_picture_can_be_told_from_its_ground(qapp, scale, look):
    """At 16 px: enough of it is there, in a colour that stands out as WCAG asks (3:1)."""
    apply_theme(qapp, look)
    try:
        for tool in BUTTONS.values():
            for state, ground in ((QIcon.State.Off, "panel"), (QIcon.State.On, "accent_bg")):
                picture = icon(tool.icon).pixmap(QSize(16, 16), scale, QIcon.Mode.Normal, state)
                image = picture.toImage()
                assert image.width() == round(16 * scale)
                pixels = [
                    image.pixelColor(x, y)
                    for x in range(image.width())
                    for y in range(image.height())
                ]
                inked = [p for p in pixels if p.alpha() > 128]
                assert 0.06 < len(inked) / len(pixels) < 0.6, tool.icon
                strongest = max(inked, key=lambda p: p.alpha())
                assert contrast(strongest.name(), COLOURS[ground]) >= 3, (tool.icon, look)
    finally:
        apply_theme(qapp)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, from its definition of relative luminance."""

    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (
            p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_pictures_follow_another_look(qapp):
    kept = icon("brush")

    def ink() -> str:
        image = kept.pixmap(QSize(32, 32)).toImage()
        pixels = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
        return max(pixels, key=lambda p: p.alpha()).name()

    apply_theme(qapp)
    usual = ink()
    apply_theme(qapp, "presentation")
    try:
        assert ink() == LOOKS["presentation"]["dim"] != usual
    finally:
        apply_theme(qapp)


def test_menus_are_grouped(desk: Desk):
    bar = desk.window.menuBar()
    for top in bar.actions():
        menu = top.menu()
        run = longest = 0
        for action in menu.actions():
            run = 0 if action.isSeparator() else run + 1
            longest = max(longest, run)
        assert longest <= 7, top.text()
        assert menu.sizeHint().height() <= 500


# -- the menu at the words of the window ---------------------------------------------------


def press_words(desk: Desk) -> QMenu | None:
    view = desk.view()
    box = window_box(view)
    assert box is not None
    place = QPoint(round(box[0] + box[2] / 2), round(box[1] + box[3] / 2))
    QTest.mouseClick(view, LEFT, pos=place)
    popup = QApplication.activePopupWidget()
    return popup if isinstance(popup, QMenu) else None


def test_a_click_on_the_words_of_the_window_lists_presets(desk: Desk):
    before = desk.viewer.point
    menu = press_words(desk)
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert {f"Window: {name.lower()}" for name, _ in PRESETS.values()} <= set(texts)
    lung = next(action for action in menu.actions() if action.text() == "Window: lung")
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(lung).center())
    assert desk.viewer.window.width == 1500
    assert desk.viewer.window_name == "lung"
    assert tuple(desk.viewer.point) == tuple(before)  # the crosshair stayed


def test_the_preset_goes_to_the_view_whose_words_were_pressed(desk: Desk):
    desk.window.actions_by_name["tool.length"].trigger()
    menu = press_words(desk)
    assert menu is not None
    menu.close()
    assert not desk.window.room.is_drawing
    box = window_box(desk.view())
    beside = QPointF(box[0] - 20, box[1] + box[3] + 40).toPoint()
    QTest.mousePress(desk.view(), LEFT, pos=beside)
    assert desk.window.room.is_drawing  # elsewhere the tool has the button
    assert press_words(desk) is None
    desk.key(Key.Key_Escape)


def test_without_overlays_there_are_no_words_to_press(desk: Desk):
    desk.key(Key.Key_Space)
    assert window_box(desk.view()) is None
    desk.key(Key.Key_Space)
    words = [w.text for w in rim_at(desk.view(), desk.view().frame()).top_right]
    assert sum(text.startswith(WINDOW_MENU) for text in words) == 1
