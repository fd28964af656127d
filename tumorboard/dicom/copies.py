"""Pictures that are there twice, and others that share their unique identifier with one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from tumorboard.dicom.attributes import quiet_pydicom
from tumorboard.dicom.instance import DEFLATED_SYNTAX, Instance

#: Bytes that are compared at once.
_PIECE = 1 << 20

#: The flaw of a picture of which another is there.
RIVAL = "rival-picture"


class LeftOut(NamedTuple):
    """A picture that is not listed, the one that is, and whether they hold the same."""

    picture: Instance
    listed: Instance
    is_copy: bool


def without_copies(ordered: Sequence[Instance]) -> tuple[list[Instance], list[LeftOut]]:
    """Leave out pictures that are there twice; mark different ones that share a UID.

    Those whose headers differ are kept beside each other. Of those that differ in their pixels
    alone the first is kept and marked.
    """
    first: dict[tuple[str, int], Instance] = {}
    kept: list[Instance] = []
    left_out: list[LeftOut] = []
    for i in ordered:
        other = first.setdefault((i.sop_instance_uid, i.frame), i)
        if other is i:
            kept.append(i)
        elif replace(_content(i), path=other.path) == replace(_content(other), path=other.path):
            same = have_same_pixels if i.has_pixels else _have_same_words
            left_out.append(LeftOut(i, other, same(i, other)))
        else:
            kept.append(replace(i, flaws=(*i.flaws, "duplicate-uid")))
    rivals = {id(one.listed) for one in left_out if not one.is_copy}
    marked = [replace(i, flaws=(*i.flaws, RIVAL)) if id(i) in rivals else i for i in kept]
    return marked, left_out


def have_same_pixels(i: Instance, other: Instance) -> bool:
    """Whether the stored bytes of two pictures of one form are the same.

    True where it cannot be told, as of a file that is gone.
    """
    if i.path == other.path:
        return True
    try:
        pairs = zip(_pieces(i), _pieces(other), strict=True)
        return all(a == b for a, b in pairs)
    except OSError:
        return True
    except ValueError:  # one is longer
        return False


def _have_same_words(i: Instance, other: Instance) -> bool:
    """Whether two objects without pictures say the same, as their data sets do.

    True where it cannot be told.
    """
    from pydicom import dcmread

    if i.path == other.path:
        return True
    try:
        with quiet_pydicom():
            return bool(dcmread(i.path, force=True) == dcmread(other.path, force=True))
    except Exception:  # noqa: BLE001 - strangers' files: what cannot be read is compared no further
        return True


def _pieces(i: Instance) -> Iterator[bytes]:
    if i.transfer_syntax == DEFLATED_SYNTAX:
        from tumorboard.dicom.extras import inflate_file
        from tumorboard.dicom.gate import LIMITS

        whole = inflate_file(i.path, LIMITS)
        yield from (whole[start : start + length] for start, length in i.chunks)
        return
    with i.path.open("rb") as file:
        for start, length in i.chunks:
            file.seek(start)
            for done in range(0, length, _PIECE):
                yield file.read(min(_PIECE, length - done))


def _content(i: Instance) -> Instance:
    """Return the picture without what a copy of its file may change."""
    lengths = tuple((0, length) for _, length in i.chunks)
    return replace(
        i, path=i.path.parent.parent / "x", file_size=0, mtime_ns=0, chunks=lengths, origin=()
    )
