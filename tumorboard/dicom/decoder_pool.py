"""The pool of processes that run the codecs, and how frames pass through it.

Compressed pixels are strangers' input to native code, so that none is decoded in the
program's own process. A few processes are kept warm; each shares a piece of memory with
this one, from which a finished frame is copied once into the volume. A process that dies or
takes too long is replaced, and only the frame it worked on is lost.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import math
import mmap
import os
import pickle
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumorboard.children import start
from tumorboard.dicom.confinement import is_late
from tumorboard.dicom.decode import DecodeError, sample_shape, stored_type
from tumorboard.dicom.instance import Instance
from tumorboard.dicom.plan import Frame, Plan
from tumorboard.dicom.shared_memory import SharedMemory
from tumorboard.dicom.worker import Like, Reserve
from tumorboard.language import _

#: How many processes: the codecs are bound to the processor.
WORKERS = max(1, min(os.cpu_count() or 1, 8))

#: Frames given to a process ahead of its answers, so that it never waits for this one.
_AHEAD = 4

#: Frames that take longer than this (s) are given two at a time: the next one is there when
#: one is finished, and who scrolls elsewhere does not wait for those that nobody wants now.
_SLOW = 0.01
_AHEAD_OF_SLOW = 2

#: Frames larger than this many bytes are given one at a time.
_LARGE = 32 << 20

_START_SECONDS = 30.0
SECONDS_A_FRAME = 3.0
_SAMPLES_A_SECOND = 1e6

#: The process ends itself when it is late; this much later it is ended, in seconds.
_GRACE = 0.5

#: Freed memory of this many bytes stays with the process (glibc): fresh pages for each frame
#: would cost as much as the fastest codec.
_KEPT = 64 << 20
_MEMORY_KEPT = dict.fromkeys(("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"), str(_KEPT))

LOST = _("The picture made the decoder crash.")
NOT_STARTED = _("The decoder could not be started.")
LATE = _("Decoding the picture took too long.")

Done = Callable[[int, NDArray[Any] | None, str], None]


def seconds_allowed(instance: Instance, least: float = SECONDS_A_FRAME) -> float:
    """Return how long one frame may take, in seconds: far above what a sound one needs."""
    samples = instance.rows * instance.columns * instance.samples
    return least + samples / _SAMPLES_A_SECOND


class _LostError(Exception):
    """The process has died or is hung; the text is the sentence for its frame."""


class _Decoder:
    """One process. Requests are answered in their order; one thread at a time uses it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._memory = SharedMemory()
        self._ready = False
        self._like: tuple[Any, ...] = ()
        try:
            self._process, self._connection = start(
                "tumorboard.dicom.worker", shared=self._memory.descriptors, variables=_MEMORY_KEPT
            )
        except OSError:
            self._memory.close()
            raise

    @property
    def pid(self) -> int:
        """The process identifier."""
        return self._process.pid

    def seconds(self, instance: Instance) -> float:
        """Return how long a frame may take."""
        return seconds_allowed(instance, self._seconds)

    def wait_ready(self) -> None:
        """Wait until the process has started.

        Raises
        ------
        DecodeError
            When it does not start.

        """
        if self._ready:
            return
        try:
            self.answer(time.monotonic() + _START_SECONDS)
        except _LostError:
            raise DecodeError(NOT_STARTED) from None
        self._ready = True

    def reserve(self, size: int) -> None:
        """Have at least ``size`` bytes of memory in common."""
        if self._memory.reserve(size):
            self._send(Reserve(self._memory.token, size))

    def ask(self, instance: Instance, offset: int) -> None:
        """Send a frame to be decoded into the shared memory at an offset."""
        if instance.decoding != self._like:
            self._like = instance.decoding
            self._send(Like(instance))
        where = (instance.file_size, instance.mtime_ns, instance.chunks)
        # A plain tuple: to name its type each time takes several times as long.
        self._send((str(instance.path), *where, offset, self.seconds(instance)))

    def answer(self, deadline: float) -> str:
        """Return the next answer: empty, or a sentence.

        Raises
        ------
        _LostError
            When the process ended, or gave none before the deadline (monotonic seconds).

        """
        try:
            if not self._connection.poll(max(0.0, deadline - time.monotonic())):
                raise _LostError(LATE)
            answer = self._connection.recv_bytes(1 << 16)
            text = json.loads(answer) if answer else ""
        except (EOFError, OSError, ValueError):
            raise _LostError(self._cause()) from None
        return text if isinstance(text, str) else LOST

    def samples(self, instance: Instance, offset: int) -> NDArray[Any]:
        """Return a view of the samples in the shared memory, valid until the next request."""
        shape = sample_shape(instance)
        kind = stored_type(instance)
        return np.frombuffer(self._memory.view or b"", kind, math.prod(shape), offset).reshape(
            shape
        )

    def close(self) -> None:
        """End the process and let its memory go."""
        self._process.kill()
        self._process.wait()
        self._connection.close()
        self._memory.close()

    def _send(self, request: tuple[Any, ...]) -> None:
        with contextlib.suppress(OSError):  # a dead process shows when it does not answer
            self._connection.send_bytes(pickle.dumps(request, pickle.HIGHEST_PROTOCOL))

    def _cause(self) -> str:
        try:
            status = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return LOST
        return LATE if is_late(status) else LOST


class DecoderPool:
    """Keeps processes, lends them out, and replaces lost ones at once."""

    def __init__(self, workers: int = WORKERS, seconds: float = SECONDS_A_FRAME) -> None:
        self._seconds = seconds
        self.workers = workers
        self._idle: deque[_Decoder] = deque()
        self._all: set[_Decoder] = set()
        self._changed = threading.Condition()
        self._closed = False

    @property
    def pids(self) -> tuple[int, ...]:
        """The identifiers of the processes that there are."""
        with self._changed:
            return tuple(d.pid for d in self._all)

    def warm(self) -> None:
        """Start all processes and wait until they are ready; for a background thread."""
        self._start_all()
        with contextlib.ExitStack() as stack:
            lent = [stack.enter_context(self._lent()) for _ in range(self.workers)]
            for decoder in lent:
                decoder.wait_ready()

    def decode(self, instance: Instance) -> NDArray[Any]:
        """Return the samples of one frame, as `decode.decode_samples` would.

        Raises
        ------
        DecodeError
            When it cannot be decoded.

        """
        found: list[NDArray[Any]] = []
        reasons: list[str] = []

        def keep(_: int, samples: NDArray[Any] | None, reason: str) -> None:
            reasons.append(reason)
            if samples is not None:
                found.append(samples.copy())

        self._run(Plan([(0, instance)]), keep, lambda: False)
        if not found:
            raise DecodeError(reasons[0])
        return found[0]

    def run(
        self, frames: Iterable[Frame] | Plan, done: Done, stop: Callable[[], bool]
    ) -> list[threading.Thread]:
        """Decode frames in the order of their plan on all processes; return the started threads.

        ``done`` is called once for each frame from one of the threads, with its number, a
        view of its samples or None, and a sentence when it failed. No new frame is begun
        once ``stop`` says so.
        """
        waiting = frames if isinstance(frames, Plan) else Plan(frames)
        count = min(self.workers, len(waiting))
        threads = [
            threading.Thread(target=self._run, args=(waiting, done, stop), name=f"decode-{n}")
            for n in range(count)
        ]
        for thread in threads:
            thread.start()
        return threads

    def close(self) -> None:
        """End all processes; frames that are being decoded fail."""
        with self._changed:
            self._closed = True
            everyone, self._all = self._all, set()
            self._idle.clear()
            self._changed.notify_all()
        for decoder in everyone:
            decoder.close()

    def _run(self, waiting: Plan, done: Done, stop: Callable[[], bool]) -> None:
        """Feed one process until nothing is left, and another one after it is lost."""
        while waiting and not stop():
            try:
                with self._lent() as decoder:
                    decoder.wait_ready()
                    _feed(decoder, waiting, done, stop)
            except _LostError:
                continue
            except (DecodeError, OSError) as error:
                reason = str(error) if isinstance(error, DecodeError) else NOT_STARTED
                while (frame := waiting.take()) is not None:
                    done(frame[0], None, reason)

    @contextlib.contextmanager
    def _lent(self) -> Iterator[_Decoder]:
        """Lend a process; one that was lost meanwhile is replaced."""
        self._start_all()
        with self._changed:
            while not self._idle and not self._closed:
                self._changed.wait()
            if self._closed:
                raise DecodeError(_("The program is closing."))
            decoder = self._idle.popleft()
        try:
            yield decoder
        except BaseException:
            with self._changed:
                mine = decoder in self._all
                self._all.discard(decoder)
            if mine:
                decoder.close()
            with contextlib.suppress(OSError):
                self._start_all()
            raise
        with self._changed:
            if not self._closed:
                self._idle.append(decoder)
            self._changed.notify()

    def _start_all(self) -> None:
        with self._changed:
            while not self._closed and len(self._all) < self.workers:
                decoder = _Decoder(self._seconds)
                self._all.add(decoder)
                self._idle.append(decoder)
            self._changed.notify_all()


def _feed(
    decoder: _Decoder,
    waiting: Plan,
    done: Done,
    stop: Callable[[], bool],
) -> None:
    """Keep a process busy until nothing is left; put back what it did not get to when lost."""
    asked: deque[tuple[int, Instance, int]] = deque()
    places: deque[int] = deque()
    slot = 0
    most = _AHEAD_OF_SLOW
    started = time.monotonic()
    while True:
        while len(asked) < most and not stop():
            frame = waiting.take()
            if frame is None:
                break
            number, instance = frame
            if not asked:
                slot = _slot_bytes(instance)
                ahead = 1 if slot > _LARGE else _AHEAD
                decoder.reserve(slot * ahead)
                places = deque(k * slot for k in range(ahead))
                started = time.monotonic()
            if not places or _slot_bytes(instance) > slot:
                waiting.give_back([frame])
                break
            offset = places.popleft()
            decoder.ask(instance, offset)
            asked.append((number, instance, offset))
        if not asked:
            return
        number, instance, offset = asked.popleft()
        try:
            reason = decoder.answer(started + decoder.seconds(instance) + _GRACE)
        except _LostError as lost:
            waiting.give_back((n, i) for n, i, _ in asked)
            done(number, None, str(lost))
            raise
        done(number, None if reason else decoder.samples(instance, offset), reason)
        places.append(offset)
        ended = time.monotonic()
        most = _AHEAD if ended - started < _SLOW else _AHEAD_OF_SLOW
        started = ended


def _slot_bytes(instance: Instance) -> int:
    """Return the room for one frame's samples, in whole pages."""
    size = math.prod(sample_shape(instance)) * stored_type(instance).itemsize
    return -(-size // mmap.PAGESIZE) * mmap.PAGESIZE


_shared_pool: list[DecoderPool] = []
_shared_lock = threading.Lock()


def decoders() -> DecoderPool:
    """Return the pool of the program; its processes start when they are first needed."""
    with _shared_lock:
        if not _shared_pool:
            _shared_pool.append(DecoderPool())
        return _shared_pool[0]


def warm_decoders() -> None:
    """Start the processes and wait until they are ready; for a background thread."""
    with contextlib.suppress(DecodeError, OSError):  # closed meanwhile, or said when loading
        decoders().warm()


def close_decoders() -> None:
    """End the processes; they start again when they are needed again."""
    with _shared_lock:
        pools = _shared_pool[:]
        _shared_pool.clear()
    for pool in pools:
        pool.close()


atexit.register(close_decoders)
