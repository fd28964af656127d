"""How the window stands: what is folded by wish and by room, and where it opens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumorboard.app.window_state import (
    Box,
    Part,
    Room,
    Screen,
    WindowState,
    as_table,
    fitting,
    from_table,
)

SMALL, LARGE = Room(1366, 768), Room(1920, 1080)
ROOMS = st.builds(Room, st.integers(320, 4000), st.integers(240, 2500), st.booleans())
BOXES = st.builds(
    Box, *(st.integers(-5000, 5000),) * 2, st.integers(100, 6000), st.integers(100, 4000)
)
STATES = st.builds(
    WindowState,
    wishes=st.dictionaries(st.sampled_from(Part), st.booleans()),
    full=st.booleans(),
    maximised=st.booleans(),
    screen=st.sampled_from(["", "left", "a right one"]),
    place=st.none() | BOXES,
    tab=st.sampled_from(["", "Facts"]),
    widths=st.dictionaries(st.sampled_from([Part.LIST, Part.PANEL]), st.integers(1, 3000)),
)


@pytest.mark.parametrize(
    ("room", "open_parts"),
    [
        (LARGE, {Part.LIST, Part.PANEL, Part.KEY_IMAGES, Part.TOOLS}),
        (SMALL, {Part.PANEL, Part.TOOLS}),
        (Room(1366, 768, has_images=False), {Part.LIST, Part.PANEL, Part.TOOLS}),
        (Room(683, 384), {Part.TOOLS}),
    ],
)
def test_without_a_wish_the_room_decides(room, open_parts):
    assert {part for part in Part if WindowState().shows(part, room)} == open_parts


@given(STATES, st.sampled_from(Part), ROOMS)
def test_what_is_toggled_twice_stands_as_before(state, part, room):
    once = state.toggled(part, room)
    assert once.shows(part, room) is not state.shows(part, room)
    assert once.toggled(part, room).shows(part, room) is state.shows(part, room)
    others = [p for p in Part if p is not part]
    assert [once.shows(p, room) for p in others] == [state.shows(p, room) for p in others]


@given(STATES, st.sampled_from(Part), ROOMS)
def test_full_screen_shows_images_alone_and_gives_all_back(state, part, room):
    before = state.settled().in_full(full=False)
    full = before.in_full(full=True)
    assert not any(full.shows(p, room) for p in Part)
    brought = full.toggled(part, room)
    assert brought.shows(part, room)
    after = brought.in_full(full=False)
    assert [after.shows(p, room) for p in Part] == [before.shows(p, room) for p in Part]


@given(STATES, st.sampled_from(Part), ROOMS)
def test_what_a_command_brings_is_no_wish(state, part, room):
    brought = state.bringing(part, room)
    assert brought.shows(part, room)
    assert as_table(brought) == as_table(state)
    assert brought.settled().shows(part, room) is state.settled().shows(part, room)


@given(STATES)
def test_a_state_is_read_as_it_was_written(state):
    assert from_table(as_table(state)) == state


@given(
    st.dictionaries(
        st.sampled_from([*Part, "place", "full", "screen", "tab", "panel width", "list width"]),
        st.text(max_size=30) | st.sampled_from(["shown", "1 2 3", "1 2 -3 4", "--1 2 3 4", "²"]),
    )
)
def test_whatever_stands_in_the_file_gives_a_window(table):
    state = from_table(table)
    placed = fitting(state, (1440, 900), [Screen("only", Box(0, 0, 1280, 800))])
    assert 0 < placed.box.width <= 1280
    assert 0 < placed.box.height <= 800


@given(STATES, st.lists(BOXES, min_size=1, max_size=3))
def test_a_window_opens_inside_a_screen_that_is_there(state, areas):
    names = ["left", "a right one", "third"]
    screens = [Screen(name, area) for name, area in zip(names, areas, strict=False)]
    placed = fitting(state, (1440, 900), screens)
    area = next(s.area for s in screens if s.name == placed.screen)
    box = placed.box
    assert area.left <= box.left
    assert area.top <= box.top
    assert box.left + box.width <= area.left + area.width
    assert box.top + box.height <= area.top + area.height


def test_a_window_comes_back_where_it_was():
    screens = [Screen("left", Box(0, 0, 1920, 1040)), Screen("right", Box(1920, 0, 1280, 1024))]
    state = WindowState(screen="right", place=Box(2000, 50, 900, 700))
    placed = fitting(state, (1440, 900), screens)
    assert (placed.screen, placed.box, placed.maximised) == ("right", state.place, False)
    alone = fitting(state, (1440, 900), screens[:1])  # the other screen was unplugged
    assert (alone.screen, alone.box.width, alone.box.height) == ("left", 900, 700)


def test_a_first_window_fills_a_screen_that_is_smaller():
    assert fitting(WindowState(), (1440, 900), [Screen("s", Box(0, 0, 1366, 728))]).maximised
    assert not fitting(WindowState(), (1440, 900), [Screen("s", Box(0, 0, 1920, 1040))]).maximised
