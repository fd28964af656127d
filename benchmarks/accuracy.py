"""Errors of what is measured on masks and vessels, against analytic truth.

``python -m benchmarks accuracy``: the grid of phantoms, then the real series of
``../shared/data`` where they are there. Nothing is hidden: the worst case is named.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from tests.imaging.phantoms import FAT, TISSUE, MassPhantom, VesselPhantom, noisy
from tumorboard.imaging.mask_diameters import dimensions
from tumorboard.imaging.segmentation.clean import fill_holes, largest, smooth
from tumorboard.imaging.segmentation.grow import grow
from tumorboard.imaging.vessel.centreline import evenly, through
from tumorboard.imaging.vessel.contact_profile import profile
from tumorboard.imaging.vessel.cross_sections import (
    across,
    outlines_of_mask,
    outlines_of_values,
)
from tumorboard.imaging.vessel.path import lumen_field

VOXELS = ((0.6, 0.6, 1.0), (0.8, 0.8, 2.5), (0.6, 1.0, 3.0), (1.0, 1.0, 5.0))
NOISES = (0.0, 15.0, 30.0)
#: Full axes in cm of the masses: 3 to 25.
MASSES = ((3.2, 3.0, 3.1), (6.0, 4.5, 5.0), (12.0, 9.0, 14.0), (25.0, 18.0, 22.0))
TURNS = (0.0, 30.0)
RADII = (6.0, 12.0, 20.0)
BENDS = (0.0, 80.0)
CONTACTS = (0.0, 45.0, 120.0, 180.0, 270.0, 360.0)
CONTACT_RADII = (4.0, 10.0)
CONTACT_VOXELS = ((0.7, 0.7, 1.0), (0.85, 0.85, 2.0), (1.0, 1.0, 3.0))
TILTS = (0.0, 22.0, 45.0)
ARCS = (60.0, 120.0, 175.0, 185.0, 240.0, 300.0)
OCCLUSIONS = (0.0, 0.25, 0.6, 0.9, 1.0)


@dataclass
class Errors:
    """Errors of one quantity, with what each was measured on."""

    unit: str
    limit: str
    values: list[float] = field(default_factory=list)
    within: list[bool] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)

    def add(self, error: float, limit: float, case: str) -> None:
        self.values.append(error)
        self.within.append(abs(error) <= limit + 1e-9)
        self.cases.append(case)

    def line(self, name: str) -> str:
        size = np.abs(self.values)
        worst = int(size.argmax())
        return (
            f"{name:<44}{len(size):>5}{np.mean(self.values):>9.2f}{np.median(size):>8.2f}"
            f"{np.percentile(size, 95):>8.2f}{np.min(self.values):>8.2f}"
            f"{np.median(self.values):>8.2f}{np.max(self.values):>8.2f} "
            f"{self.unit:<4}{self.limit:<18}"
            f"{sum(self.within):>4} of {len(size):<5}{self.cases[worst]}"
        )


class Table:
    """Errors by quantity, in the order in which they first come."""

    def __init__(self) -> None:
        self.rows: dict[str, Errors] = {}

    def add(self, name: str, unit: str, limit: tuple[str, float], error: float, case: str) -> None:
        self.rows.setdefault(name, Errors(unit, limit[0])).add(error, limit[1], case)

    def text(self) -> str:
        head = (
            f"{'quantity':<44}{'n':>5}{'mean':>9}{'median':>8}{'95 %':>8}"
            f"{'lowest':>8}{'middle':>8}{'highest':>8}     "
            f"{'limit':<18}{'within':<14}worst case"
        )
        return "\n".join([head, *(row.line(name) for name, row in self.rows.items())])


def masses(
    sizes=MASSES, voxels=VOXELS, noises=NOISES, turns=TURNS
) -> Iterator[tuple[MassPhantom, tuple, float, tuple[float, float, float], str]]:
    for n, (axes, spacing, noise, turn) in enumerate(
        itertools.product(sizes, voxels, noises, turns)
    ):
        random = np.random.default_rng(n)
        phantom = MassPhantom(tuple(5 * a for a in axes), turn)
        phase = tuple(float(v) for v in random.random(3))
        case = f"{axes[0]:g} cm, {'x'.join(f'{s:g}' for s in spacing)} mm, {noise:g} HU, {turn:g}°"
        yield phantom, spacing, noise, phase, case


def measure_masses(table: Table, cases: Iterator) -> None:
    for n, (phantom, spacing, noise, phase, case) in enumerate(cases):
        stack = phantom.stack(spacing, phase)
        volume = noisy(stack, FAT + (TISSUE - FAT) * phantom.coverage(stack), noise, n)
        for way in ("given", "grown"):
            if way == "given":
                mask = phantom.mask(stack)
            else:
                middle = (FAT + TISSUE) / 2
                found = grow(volume, phantom.centre, middle, TISSUE + 200).mask
                mask = smooth(fill_holes(found), 1.0) if noise else fill_holes(found)
                mask = largest(mask)
            _compare_mass(table, phantom, mask, spacing, f"mask {way}", case)


def _compare_mass(table: Table, phantom, mask, spacing, way: str, case: str) -> None:
    diagonal = float(np.linalg.norm(spacing))
    found = dimensions(mask)
    limit = ("a voxel diagonal", diagonal)
    names = ("longest axial diameter", "longest perpendicular", "craniocaudal extent")
    for name, ours, truth in zip(names, found.sizes_mm, phantom.sizes_mm, strict=True):
        table.add(f"{name}, {way}", "mm", limit, ours - truth, case)
    error = found.maximum_3d.length_mm - phantom.longest_mm
    table.add(f"maximum 3D diameter, {way}", "mm", limit, error, case)
    percent = (mask.volume_ml / phantom.volume_ml - 1) * 100
    table.add(f"volume, {way}", "%", ("2 %", 2.0), percent, case)


def vessels(radii=RADII, bends=BENDS, voxels=VOXELS, noises=NOISES) -> Iterator[tuple]:
    yield from itertools.product(radii, bends, voxels, noises)


def measure_vessels(table: Table, cases: Iterator, contacts=CONTACTS, occlusions=OCCLUSIONS):
    pairs = [(c, 0.0) for c in contacts] + [(120.0, o) for o in occlusions]
    for n, (radius, bend, spacing, noise) in enumerate(cases):
        random = np.random.default_rng(n)
        contact, occlusion = pairs[n % len(pairs)]
        for contact, occlusion in pairs if noise == 0 else [pairs[n % len(pairs)]]:
            phantom = VesselPhantom(radius, 120.0, bend, contact, occlusion)
            case = (
                f"r {radius:g}, {'bent' if bend else 'straight'}, "
                f"{'x'.join(f'{s:g}' for s in spacing)} mm, {noise:g} HU, "
                f"{contact:g}°, {100 * occlusion:g} %"
            )
            phase = tuple(float(v) for v in random.random(3))
            _compare_vessel(table, phantom, phantom.stack(spacing, phase), noise, case)


def _compare_vessel(table: Table, phantom: VesselPhantom, stack, noise: float, case: str) -> None:
    volume = phantom.volume(stack, noise)
    vessel, tumour = phantom.masks(stack)
    truth = phantom.line()
    clicks = truth[:: len(truth) // 5]
    clicked = through(clicks)
    length = float(
        np.linalg.norm(np.diff(truth[: 5 * (len(truth) // 5) + 1], axis=0), axis=1).sum()
    )
    table.add("centreline length, clicked", "mm", ("2 mm", 2.0), clicked.length_mm - length, case)
    if not phantom.occlusion:
        ends = truth[[0, len(truth) // 2, -1]]
        found = through(ends, lumen_field(volume, ends).trace)
        error = found.length_mm - phantom.length
        table.add("centreline length, found by values", "mm", ("2 mm", 2.0), error, case)
    ends = truth[[0, -1]]
    found = through(ends, lumen_field(volume, ends, vessel).trace)
    error = found.length_mm - phantom.length
    table.add("centreline length, found in mask", "mm", ("2 mm", 2.0), error, case)
    sections = across(clicked, evenly(clicked))
    measured = profile("IVC", clicked, outlines_of_mask(sections, vessel), tumour)
    middle = np.abs(measured.arc_mm - measured.arc_mm[-1] / 2) <= phantom.length / 4 - 6
    if not phantom.occlusion:
        _contact(table, phantom, measured, "vessel mask", case)
        by_value = profile("IVC", clicked, outlines_of_values(volume, sections), tumour)
        _contact(table, phantom, by_value, "outline by values", case)
        areas = by_value.diameter_mm[middle] - 2 * phantom.radius
        table.add("lumen diameter, outline by values", "mm", ("1 mm", 1.0), np.median(areas), case)
    error = float(np.median(measured.occluded_percent[middle])) - 100 * phantom.occlusion
    table.add("occlusion, vessel mask", "pts", ("5 points", 5.0), error, case)
    if phantom.occlusion:
        reach = measured.involvement
        error = (reach.length_mm if reach else 0.0) - phantom.length / 2
        table.add(
            "length of involvement",
            "mm",
            ("2 slices + 2", 2 * stack.slice_spacing + 2),
            error,
            case,
        )


def _contact(table: Table, phantom, measured, way: str, case: str) -> None:
    """Compare what is shown: the largest contact of the whole vessel, with its range."""
    peak, truth = measured.most_contact, phantom.contact_degrees
    table.add(f"contact, {way}", "°", ("10°", 10.0), peak.value - truth, case)
    outside = max(peak.low - truth, truth - peak.high, 0.0)
    table.add(f"contact outside its range, {way}", "°", ("0°", 0.0), outside, case)


def contacts(seed: int = 14, turns: int = 4) -> Iterator[tuple[VesselPhantom, tuple, str]]:
    """Yield vessels leaning by 0 to 45 degrees, shifted and turned at random."""
    random = np.random.default_rng(seed)
    for radius, tilt, spacing in itertools.product(CONTACT_RADII, TILTS, CONTACT_VOXELS):
        for contact, _ in itertools.product(ARCS, range(turns)):
            turn = float(random.uniform(0, 360))
            phantom = VesselPhantom(
                radius, 60.0, 0.0, contact, tilt_degrees=tilt, turn_degrees=turn
            )
            case = f"{tilt:g}°, {'x'.join(f'{s:g}' for s in spacing)} mm, {contact:g}°"
            yield phantom, (spacing, tuple(float(v) for v in random.random(3))), case


def measure_contacts(table: Table, cases: Iterator) -> None:
    for phantom, (spacing, phase), case in cases:
        stack = phantom.stack(spacing, phase)
        vessel, tumour = phantom.masks(stack)
        line = through(phantom.line()[::20])
        found = profile("IVC", line, outlines_of_mask(across(line, evenly(line)), vessel), tumour)
        limit = 3.0 if phantom.radius == 10 else 6.0
        error = found.most_contact.value - phantom.contact_degrees
        table.add(
            f"contact, leaning, r {phantom.radius:g} mm", "°", (f"{limit:g}°", limit), error, case
        )


def run() -> str:
    table = Table()
    measure_masses(table, masses())
    measure_vessels(table, vessels())
    measure_contacts(table, contacts())
    return table.text()
