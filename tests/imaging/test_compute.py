import threading

import pytest

from tumorboard.errors import CancelledError
from tumorboard.imaging.compute import Workers


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("rows", [0, 1, 7, 100])
def test_every_row_is_done_once(workers, rows):
    done, lock = [], threading.Lock()

    def work(first, last):
        with lock:
            done.extend(range(first, last))

    Workers(workers).run(work, rows)
    assert sorted(done) == list(range(rows))


def test_what_goes_wrong_in_a_helper_reaches_the_caller():
    def work(first, last):
        raise ZeroDivisionError(first)

    with pytest.raises(ZeroDivisionError):
        Workers(3).run(work, 50)


def test_nothing_begins_after_a_stop():
    begun, wishes = [], iter([False, False])
    with pytest.raises(CancelledError):
        Workers(1).run(lambda *rows: begun.append(rows), 100, stop=lambda: next(wishes, True))
    assert 1 <= len(begun) <= 3


def test_a_busy_helper_does_not_hold_up_another_caller():
    workers, free, taken = Workers(2), threading.Event(), threading.Event()

    def slow(first, last):
        taken.set()
        free.wait(10)

    other = threading.Thread(target=lambda: workers.run(slow, 8))
    other.start()
    assert taken.wait(5)
    done = []
    workers.run(lambda *rows: done.append(rows), 8)
    assert done
    assert not free.is_set()
    free.set()
    other.join()


@pytest.mark.parametrize("threads", [2, 3])
def test_as_many_threads_work_at_once_as_there_are_workers(threads):
    """Each block waits for another one that runs beside it."""
    meeting = threading.Barrier(threads)
    done = []

    def work(first, last):
        meeting.wait(5.0)
        done.append((first, last))

    Workers(threads).run(work, threads)
    assert sorted(done) == [(n, n + 1) for n in range(threads)]
