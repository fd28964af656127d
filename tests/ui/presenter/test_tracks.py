"""The plot of sizes: which lesions it shows, and that every number it writes can be read."""

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from tumorboard.annotations.labels import overlaps
from tumorboard.app.timeline import Event, EventKind, Timeline, Track
from tumorboard.ui.shell.discreet import Discreet
from tumorboard.ui.timeline.strip import TimelineView
from tumorboard.ui.timeline.tracks import chosen, number_place

DAYS = tuple(date(2026, month, 1) for month in range(1, 7))
TRACKS = st.lists(
    st.builds(
        lambda days, mm, index, target: Track(
            f"L{mm}", tuple((day, mm) for day in sorted(days)), index, target
        ),
        st.sets(st.sampled_from(DAYS), min_size=1),
        st.floats(1, 300),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=10,
)


@given(tracks=TRACKS)
def test_no_date_is_left_without_a_size_and_the_mass_is_always_there(tracks):
    kept = chosen(tracks, 4)
    days = {day for track in tracks for day, _ in track.sizes}
    assert {day for track in kept for day, _ in track.sizes} == days
    assert not any(t.is_index for t in tracks) or kept[0].is_index
    assert len(kept) >= min(len(tracks), 4)
    if len(kept) > 4:  # each of them holds what the others do not
        whole = [t for t in tracks if {d for d, _ in t.sizes} == days]
        assert not whole or len(kept) <= 4 + len(days)


def test_the_largest_targets_stay_where_not_all_have_room():
    def track(name, mm, **marks):
        return Track(name, ((DAYS[0], mm),), **marks)

    small = [track(f"s{n}", 5.0 + n) for n in range(4)]
    tracks = [*small, track("big", 90.0), track("target", 20.0, is_target=True)]
    tracks.append(track("mass", 60.0, is_index=True))
    assert [t.name for t in chosen(tracks, 4)] == ["mass", "target", "big", "s3"]
    lone = Track("lone", ((DAYS[3], 4.0),))
    assert [t.name for t in chosen([*tracks, lone], 4)] == ["mass", "target", "big", "lone"]


@given(
    dots=st.lists(st.tuples(st.floats(0, 600), st.floats(0, 200)), max_size=20),
)
def test_numbers_cover_neither_dots_nor_one_another(dots):
    box = (0.0, 0.0, 600.0, 200.0)
    taken = [(x - 5, y - 5, 10.0, 10.0) for x, y in dots]
    numbers = []
    for dot in dots:
        place = number_place(dot, (60.0, 18.0), 8.0, (*taken, *numbers), box)
        if place is not None:
            numbers.append(place)
            assert not any(overlaps(place, other) for other in taken)
            assert 0 <= place[0] <= 540
            assert 0 <= place[1] <= 182
    assert not any(overlaps(a, b) for a, b in combinations(numbers, 2))


@pytest.mark.parametrize(("count", "said"), [(4, ""), (7, "and 3 more")])
def test_lesions_that_are_left_out_are_told_of(qtbot, count, said):
    drawn: list[str] = []
    discreet = Discreet()
    discreet.listener = drawn.append
    view = TimelineView(None, discreet)
    qtbot.addWidget(view)
    days = DAYS[:2]
    tracks = tuple(
        Track(f"Lesion {n}", ((days[0], 10.0 + 17 * n), (days[1], 20.0 + 17 * n)), n == 0)
        for n in range(count)
    )
    view.show_timeline(Timeline(tuple(Event(EventKind.SCAN, d, "CT") for d in days), tracks))
    view.resize(900, 500)
    view.show()
    qtbot.waitExposed(view)
    view.grab()
    QApplication.processEvents()
    assert [t for t in drawn if t.startswith("and ")][:1] == ([said] if said else [])
    # Each dot of the lesions on show has its number.
    assert {t for t in drawn if t.endswith(" cm")} >= {"1.0 cm", "2.0 cm"}
    assert len({t for t in drawn if t.endswith(" cm")}) == 8
