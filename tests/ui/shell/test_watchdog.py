"""The watchdog sees what keeps the window from its work."""

import time

from tests.ui.watchdog import Watchdog


def test_a_block_of_the_event_loop_is_one_long_gap(qtbot):
    dog = Watchdog()
    dog.start()
    qtbot.wait(30)
    time.sleep(0.08)
    qtbot.wait(30)
    dog.stop()
    assert dog.longest_ms >= 80
    assert dog.percentile_ms(50) < dog.longest_ms
    beats = len(dog.gaps_ms)
    qtbot.wait(10)
    assert len(dog.gaps_ms) == beats


def test_loading_a_series_is_watched_from_the_window(open_desk, ellipsoid_folder):
    desk = open_desk()
    dog = Watchdog()
    dog.start()
    desk.import_paths(ellipsoid_folder)
    dog.stop()
    assert desk.viewer.volume.loaded.all()
    assert sum(dog.gaps_ms) > 0
    assert dog.percentile_ms(99) <= dog.longest_ms
