"""Small and quick phantoms with the same patients, for any test that needs one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tumorboard.demo.demonstration import ensure_demonstration
from tumorboard.demo.phantom.cases import Demonstration, demonstrations
from tumorboard.demo.phantom.spec import PhantomSpec
from tumorboard.progress import Reporter


def small(
    spec: PhantomSpec, slices: int = 24, pixels: int = 64, slice_mm: float = 16.0
) -> PhantomSpec:
    """The same patient on fewer and larger voxels; the mass stays centred on a slice."""
    middle = spec.mass.centre[2] if spec.mass else 0.0
    sampling = replace(
        spec.sampling,
        rows=pixels,
        columns=pixels,
        pixel_mm=400 / pixels,
        slices=slices,
        slice_mm=slice_mm,
        z_low=middle % slice_mm,
    )
    return replace(spec, sampling=sampling)


def small_demonstrations() -> tuple[Demonstration, ...]:
    """All demonstration cases on small series."""
    return tuple(
        replace(c, studies=tuple(replace(s, spec=small(s.spec)) for s in c.studies))
        for c in demonstrations()
    )


def demonstration_store_in(
    folder: Path, reporter: Reporter | None = None, count: int | None = None
) -> Path:
    """Make the demonstration store, of all or the first cases, on small series in a folder."""
    return ensure_demonstration(folder, reporter or Reporter(), small_demonstrations()[:count])
