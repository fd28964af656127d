"""Masses and vessels whose size, contact and occlusion are known by formula."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.imaging.volumes import volume_of
from tumorboard.imaging.geometry import SliceStack
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.volume import Volume

FAT, TISSUE, LUMEN = -100.0, 60.0, 180.0

Array = NDArray[np.float64]


def stack_around(
    low: Array,
    high: Array,
    spacing: tuple[float, float, float],
    phase: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> SliceStack:
    """Return axial slices over a box; spacing (row, column, slice), phase in voxels (x, y, z)."""
    row, column, step = spacing
    start = low + np.array(phase) * [column, row, step]
    columns, rows, slices = (int(n) for n in np.ceil((high - start) / [column, row, step]) + 1)
    origins = start + np.outer(np.arange(slices) * step, [0.0, 0.0, 1.0])
    return SliceStack(
        origins, np.array([1.0, 0, 0]), np.array([0.0, 1, 0]), (row, column), rows, columns
    )


def _axes(stack: SliceStack, shift: float = 0.0) -> tuple[Array, Array, Array]:
    """Return z (S, 1, 1), y (R, 1), x (C,) of axial slices, mm, float32 to spare memory."""
    z = (stack.positions + shift).astype(np.float32)[:, None, None]
    y = stack.origins[0][1] + np.arange(stack.rows) * stack.pixel_spacing[0]
    x = stack.origins[0][0] + np.arange(stack.columns) * stack.pixel_spacing[1]
    return z, y.astype(np.float32)[:, None], x.astype(np.float32)


def noisy(stack: SliceStack, clean: Array, noise: float, seed: int) -> Volume:
    random = np.random.default_rng(seed)
    values = clean.astype(np.float32)
    if noise:
        values += noise * random.standard_normal(values.shape, dtype=np.float32)
    return volume_of(stack, np.rint(values).astype(np.int16))


@dataclass(frozen=True)
class MassPhantom:
    """An ellipsoid in fat; ``half`` axes in mm (two in the axial plane, one along z)."""

    half: tuple[float, float, float]
    turn_degrees: float = 0.0
    centre: tuple[float, float, float] = (3.3, -2.1, 7.7)

    @property
    def volume_ml(self) -> float:
        return 4 / 3 * math.pi * math.prod(self.half) / 1000

    @property
    def sizes_mm(self) -> tuple[float, float, float]:
        a, b, c = self.half
        return 2 * max(a, b), 2 * min(a, b), 2 * c

    @property
    def longest_mm(self) -> float:
        return 2 * max(self.half)

    def stack(self, spacing: tuple[float, float, float], phase: tuple[float, float, float]):
        reach = max(self.half[:2])
        box = np.array([reach, reach, self.half[2]]) + 8
        return stack_around(np.array(self.centre) - box, self.centre + box, spacing, phase)

    def coverage(self, stack: SliceStack) -> Array:
        """Return the share of each voxel inside: slices averaged over their thickness."""
        parts = max(1, math.ceil(stack.slice_spacing / 0.8))
        shifts = ((np.arange(parts) + 0.5) / parts - 0.5) * stack.slice_spacing
        total = np.zeros(stack.shape, np.float32)
        pixel = np.float32(math.sqrt(stack.pixel_spacing[0] * stack.pixel_spacing[1]))
        for shift in shifts:
            depth = self._depth(stack, float(shift))
            total += np.clip(0.5 - depth / pixel, 0, 1)
        return total / parts

    def mask(self, stack: SliceStack) -> Mask:
        return Mask.of(self._depth(stack, 0.0) <= 0, stack)

    def _depth(self, stack: SliceStack, shift: float) -> Array:
        """Return the distance from the surface to first order, negative inside (mm)."""
        z, y, x = (v - c for v, c in zip(_axes(stack, shift), self.centre[::-1], strict=True))
        angle = math.radians(self.turn_degrees)
        a, b, c = (np.float32(h) for h in self.half)
        u = (x * math.cos(angle) + y * math.sin(angle)) / a
        v = (y * math.cos(angle) - x * math.sin(angle)) / b
        w = z / c
        root = np.sqrt(u * u + v * v + w * w)
        steep = np.sqrt((u / a) ** 2 + (v / b) ** 2 + (w / c) ** 2) / np.maximum(root, 1e-6)
        return (root - 1) / np.maximum(steep, 1e-6)


@dataclass(frozen=True)
class VesselPhantom:
    """A round vessel with a sleeve of tumour outside and a plug inside.

    Straight along z or leaning by ``tilt_degrees`` towards x, or with ``bend_mm`` along a circle
    of this radius in the plane of x and z. The middle of the sleeve points outwards, turned by
    ``turn_degrees`` round the vessel.
    The sleeve touches ``contact_degrees`` of the wall, 12 mm thick; the plug fills the part
    ``occlusion`` (0 to 1) of the lumen's area beyond a chord. Both lie on the middle half.
    """

    radius: float
    length: float = 120.0
    bend_mm: float = 0.0
    contact_degrees: float = 0.0
    occlusion: float = 0.0
    tilt_degrees: float = 0.0
    turn_degrees: float = 0.0

    def line(self, step: float = 0.5) -> Array:
        """Return the true centreline, (N, 3) LPS."""
        s = np.linspace(-self.length / 2, self.length / 2, int(self.length / step) + 1)
        zero = np.zeros_like(s)
        if not self.bend_mm:
            tilt = math.radians(self.tilt_degrees)
            return np.stack([s * math.sin(tilt), zero, s * math.cos(tilt)], axis=1)
        angle = s / self.bend_mm
        x = self.bend_mm * (np.cos(angle) - 1)
        return np.stack([x, zero, self.bend_mm * np.sin(angle)], axis=1)

    def stack(self, spacing: tuple[float, float, float], phase: tuple[float, float, float]):
        rim = self.radius + 18
        line = self.line()
        return stack_around(line.min(axis=0) - rim, line.max(axis=0) + rim, spacing, phase)

    def _cylindrical(self, stack: SliceStack) -> tuple[Array, Array, Array]:
        """Return along, outwards and sideways coordinates of the voxels (mm)."""
        z, y, x = (v.astype(np.float64) for v in _axes(stack))
        if not self.bend_mm:
            z, y, x = np.broadcast_arrays(z, y, x)
            tilt = math.radians(self.tilt_degrees)
            along = x * math.sin(tilt) + z * math.cos(tilt)
            return along, x * math.cos(tilt) - z * math.sin(tilt), y
        out = np.hypot(x + self.bend_mm, z) - self.bend_mm
        along = self.bend_mm * np.arctan2(z, x + self.bend_mm)
        return (
            np.broadcast_to(along, stack.shape),
            np.broadcast_to(out, stack.shape),
            (np.broadcast_to(y, stack.shape)),
        )

    @property
    def chord(self) -> float:
        """Return how far out the plug begins, so that it fills the part wanted (bisection)."""
        low, high = -self.radius, self.radius
        for _ in range(60):
            middle = (low + high) / 2
            h = middle / self.radius
            part = (math.acos(h) - h * math.sqrt(1 - h * h)) / math.pi
            low, high = (middle, high) if part > self.occlusion else (low, middle)
        return (low + high) / 2

    def masks(self, stack: SliceStack) -> tuple[Mask, Mask]:
        """Return the vessel (all inside its wall) and the tumour."""
        along, out, side = self._cylindrical(stack)
        distance, angle = np.hypot(out, side), np.degrees(np.arctan2(side, out))
        angle = (angle - self.turn_degrees + 180) % 360 - 180
        inside = (distance <= self.radius) & (np.abs(along) <= self.length / 2 + 10)
        middle = np.abs(along) <= self.length / 4
        tumour = np.zeros(stack.shape, bool)
        if self.contact_degrees:
            sleeve = (distance > self.radius) & (distance <= self.radius + 12)
            tumour |= sleeve & (np.abs(angle) <= self.contact_degrees / 2)
        if self.occlusion:
            tumour |= inside & (out >= self.chord)
        return Mask.of(inside, stack), Mask.of(tumour & middle, stack)

    def volume(self, stack: SliceStack, noise: float = 0.0, seed: int = 1) -> Volume:
        vessel, tumour = self.masks(stack)
        values = np.full(stack.shape, FAT, np.float32)
        values[vessel.box][vessel.voxels] = LUMEN
        if not tumour.is_empty:
            values[tumour.box][tumour.voxels] = TISSUE
        return noisy(stack, values, noise, seed)
