"""The process that runs the codecs: a crash or a hang here costs one picture.

Started by `decoders`. Requests come over the connection as pickles and answers go as JSON; the
samples of each frame are written into memory that both sides map.
"""

from __future__ import annotations

import json
import logging
import math
import mmap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import imagecodecs
import numpy as np

from tumorboard.dicom.confinement import Confinement
from tumorboard.dicom.decode import decode_samples, sample_shape, stored_type
from tumorboard.dicom.frame_data import failure_text, frame_bytes
from tumorboard.dicom.instance import Instance
from tumorboard.dicom.shared_memory import mapped

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

#: Memory that the program itself may take, in bytes.
_OWN_MEMORY = 512 << 20

#: Memory that a codec may take for each sample of the claimed size, in bytes; JPEG 2000
#: works in 32 bits and holds a few copies.
_MEMORY_A_SAMPLE = 24


class Like(NamedTuple):
    """The frames that follow are like this one, save for where their bytes are.

    Sent once for all of a series: to describe each anew would cost as much as a fast codec.
    """

    instance: Instance


class Decode(NamedTuple):
    """Decode a frame into the memory at ``offset``, at most in ``seconds``."""

    path: str
    file_size: int
    mtime_ns: int
    chunks: tuple[tuple[int, int], ...]
    offset: int
    seconds: float


class Reserve(NamedTuple):
    """The shared memory is now ``size`` bytes: map it anew by its token."""

    token: str
    size: int


def memory_limit(instance: Instance) -> int:
    """Return the bytes of private memory that decoding a frame may take in all."""
    samples = instance.rows * instance.columns * instance.samples
    return _OWN_MEMORY + _MEMORY_A_SAMPLE * samples


def _warm() -> None:
    """Load the codecs, so that the first picture does not wait for them."""
    image = np.zeros((8, 8), np.uint8)
    pairs: tuple[tuple[Callable[..., Any], Callable[..., Any]], ...] = (
        (imagecodecs.jpeg8_encode, imagecodecs.jpeg8_decode),
        (imagecodecs.jpegls_encode, imagecodecs.jpegls_decode),
        (imagecodecs.jpeg2k_encode, imagecodecs.jpeg2k_decode),
    )
    for encode, decode in pairs:
        decode(encode(image))
    imagecodecs.packbits_decode(b"\x00\x00")


def _answer(
    request: Decode, like: Instance, memory: mmap.mmap | None, confinement: Confinement
) -> str:
    """Decode a frame; return an empty text, or the sentence on why that failed."""
    instance = like.in_file(Path(request.path), request.file_size, request.mtime_ns, request.chunks)
    confinement.limit_memory(memory_limit(instance))
    try:
        with confinement.limited_time(request.seconds):
            shape, kind = sample_shape(instance), stored_type(instance)
            size = math.prod(shape)
            if memory is None or request.offset + size * kind.itemsize > len(memory):
                raise MemoryError
            place = np.frombuffer(memory, kind, size, request.offset).reshape(shape)
            samples = decode_samples(frame_bytes(instance), instance, place)
            if not np.may_share_memory(samples, place):
                place[...] = samples
    except Exception as error:  # noqa: BLE001 - every failure is an answer
        return failure_text(error)
    return ""


def serve(connection: Connection) -> None:
    """Answer requests until the connection is closed."""
    confinement = Confinement()
    logging.disable()
    _warm()
    memory: mmap.mmap | None = None
    like: Instance | None = None
    connection.send_bytes(b"")
    while True:
        try:
            request = connection.recv()
            if isinstance(request, Reserve):
                memory = mapped(request.token, request.size)
            elif isinstance(request, Like):
                like = request.instance
            elif like is not None:
                request = Decode(*request)
                reason = _answer(request, like, memory, confinement)
                connection.send_bytes(json.dumps(reason).encode() if reason else b"")
        except (EOFError, OSError):
            return
