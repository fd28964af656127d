"""A model of others that proposes a mass, in a process of its own; none is shipped.

A model is a command line. It is called with one more word, a folder of its own that holds
``request.json`` and ``voxels.raw``, and writes ``answer.json`` and ``mask.raw`` there
(docs/proposal-models.md). It sees voxels and places, no name and no UID. A crash, a long silence
or a wrong answer ends in one sentence and takes nothing of the program with it.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from tumorboard import strict_json
from tumorboard.errors import CancelledError, UserError
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.segmentation.grow import seed_index
from tumorboard.imaging.segmentation.proposal import Click
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.progress import Reporter

VERSION: Final = 1
LABEL: Final = _("Asking the model")
_TICK_S: Final = 0.05
_MOST_JSON: Final = 100_000
_HINT: Final = _("Propose without it, or ask who installed it.")


class ProposalModel(Protocol):
    """What proposes a mass from clicks."""

    def propose(self, volume: Volume, clicks: Sequence[Click], reporter: Reporter) -> Mask:
        """Return a mask on the grid of a volume.

        Raises
        ------
        UserError
            When there is none.
        CancelledError
            When the reporter was asked to stop.

        """


@dataclass(frozen=True)
class ModelProcess:
    """A model behind a command line; ``timeout_s`` is how long it may take."""

    command: tuple[str, ...]
    timeout_s: float = 60.0

    def propose(self, volume: Volume, clicks: Sequence[Click], reporter: Reporter) -> Mask:
        """Return the mask that the model answers with, on the grid of the volume.

        A mask that lacks a voxel marked inside, or holds one marked outside, is refused.

        Raises
        ------
        UserError
            When the model cannot be started, crashes, is silent for too long or answers what
            is no mask of these images.
        CancelledError
            When the reporter was asked to stop.

        """
        places = [(seed_index(volume, c.point), c.belongs) for c in clicks]
        with tempfile.TemporaryDirectory(prefix="tumorboard-model-") as name:
            folder = Path(name)
            _write(folder, volume, places)
            self._run(folder, reporter)
            mask = _read(folder, volume)
        if any(mask.contains(at) is not belongs for at, belongs in places):
            raise UserError(_("The model contradicts what was marked."), _HINT)
        return mask

    def _run(self, folder: Path, reporter: Reporter) -> None:
        silent = subprocess.DEVNULL
        try:
            process = subprocess.Popen(  # noqa: S603 - a command that the user configured
                [*self.command, str(folder)], stdin=silent, stdout=silent, stderr=silent
            )
        except OSError as error:
            raise UserError(_("The model cannot be started."), _HINT) from error
        begun = time.monotonic()
        try:
            while process.poll() is None:
                reporter.step(LABEL, 0, 0)
                if time.monotonic() - begun > self.timeout_s:
                    text = _(
                        "The model did not answer within {timeout_s:g} s.", timeout_s=self.timeout_s
                    )
                    raise UserError(text, _HINT)
                time.sleep(_TICK_S)
        except (UserError, CancelledError):
            process.kill()
            raise
        finally:
            process.wait()
        if process.returncode:
            raise UserError(
                _("The model ended with an error ({returncode}).", returncode=process.returncode),
                _HINT,
            )


def _write(folder: Path, volume: Volume, places: Sequence[tuple[Any, bool]]) -> None:
    stack = volume.stack
    voxels = volume.values(volume.voxels).astype("<f4")
    voxels[~volume.loaded] = 0
    (folder / "voxels.raw").write_bytes(voxels.tobytes())
    request = {
        "version": VERSION,
        "shape": list(stack.shape),
        "type": "float32 little endian, C order (slice, row, column)",
        "unit": volume.unit,
        "modality": volume.modality,
        "spacing_mm": [stack.slice_spacing, *stack.pixel_spacing],
        "origins_lps_mm": stack.origins.tolist(),
        "row_direction": stack.row_direction.tolist(),
        "column_direction": stack.column_direction.tolist(),
        "clicks": [{"index": list(at), "belongs": belongs} for at, belongs in places],
    }
    (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")


def _read(folder: Path, volume: Volume) -> Mask:
    wrong = UserError(_("The model answered what is no mask of these images."), _HINT)
    answer, raw = folder / "answer.json", folder / "mask.raw"
    try:
        if answer.stat().st_size > _MOST_JSON or raw.stat().st_size != volume.voxels.size:
            raise wrong
        said = strict_json.loads(answer.read_text(encoding="utf-8"))
        body = raw.read_bytes()
    except (OSError, ValueError) as error:
        raise wrong from error
    if not isinstance(said, dict) or said.get("version") != VERSION:
        raise wrong
    found = np.frombuffer(body, np.uint8).reshape(volume.voxels.shape)
    if said.get("shape") != list(found.shape) or int(found.max(initial=0)) > 1:
        raise wrong
    mask = Mask.of(found, volume.stack)
    if mask.is_empty:
        raise UserError(_("The model found no mass here."), _HINT)
    return mask
