"""Propose the whole of a mass from clicks in it, and correct it by clicks in and beside it.

The border is a star-shaped surface (`star.py`): the one along which costs (`evidence.py`),
smoothness and what the clicks say are least together, found from stiff to flexible by turns of a
best radius for each direction and of a mean over neighbouring directions. A correction is taken
to lie *in the middle of what it corrects*: the border moves as far beyond a click as the click lay
beside it, most in the direction of the click. Ends of measured axes and the sides of a rough box
are places where the border is expected.

Points are LPS mm. Nothing here knows a window; `propose` and `correct` change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tumorboard.errors import UserError
from tumorboard.imaging.geometry import Caveat, Point, Points
from tumorboard.imaging.mask_model import Mask
from tumorboard.imaging.segmentation.evidence import (
    BORDERS,
    FARTHEST_MM,
    NEAREST_MM,
    Belief,
    belief,
    patch,
    values_along,
)
from tumorboard.imaging.segmentation.grow import AIR_HU, seed_index
from tumorboard.imaging.segmentation.star import (
    COUNT,
    Frame,
    Star,
    angles_to,
    smoother,
    stretch_of,
    upright,
)
from tumorboard.imaging.volume import Volume
from tumorboard.language import _
from tumorboard.progress import Reporter

LABEL: Final = _("Proposing")
_ROUNDS: Final = 4
#: (degrees of the mean, weight of staying at it), from stiff to flexible.
_SCHEDULE: Final = (
    *((60.0, 0.3), (60.0, 0.6), (35.0, 1.0), (35.0, 1.5)),
    *((20.0, 2.0), (20.0, 3.0), (20.0, 5.0), (20.0, 8.0)),
)
#: What follows in the last round: parts of the border with an edge go to it.
_LAST: Final = ((14.0, 1.5), (11.0, 1.0), (9.0, 1.0))
#: Weights beside costs of values: of an edge, of a usual size, of a click's side of the border,
#: of a place of the border, of the surface before a correction.
_EDGE, _USUAL, _SIDE, _PLACE, _BEFORE = 0.15, 0.25, 3.0, 6.0, 4.0
#: A mass of 140 mL is usual where nothing else is known.
_USUAL_MM: Final = 32.0
_SIDE_DEGREES, _PLACE_DEGREES = 15.0, 25.0
#: Share of a correction that holds all round, for the second, third and later clicks.
_ALL_ROUND: Final = (0.3, 0.15, 0.0)
#: Ends of axes that spread less than this share across are of one slice.
_FLAT: Final = 0.2
#: Support falls by less where no edge is seen.
_FAINT: Final = 0.25
#: Shares of the border without an edge from which it is said, and from which it is a leak as
#: long as a few clicks alone stand for it; share that may lie beyond the images.
_SOME_FAINT, _MOST_FAINT, _MOST_BEYOND = 0.2, 0.6, 0.4
#: Share of the inside with other values from which it is said.
_SOME_OTHER: Final = 0.25
#: A surface found anew takes the place of the corrected one where it parts well, and better by so
#: much.
_PARTED_WELL, _PARTED_BETTER = 0.45, 0.08
#: Width of the rim round a surface with which its inside is compared, of the radius.
_RIM: Final = 1.3
#: From so many clicks on what has no edge is the reader's own border.
_TRUSTED: Final = 4


@dataclass(frozen=True)
class Click:
    """A place (LPS mm) that belongs to the mass, or with ``belongs`` False does not."""

    point: Point
    belongs: bool = True


@dataclass(frozen=True, eq=False)
class Proposal:
    """A proposed mass, and what led to it.

    ``parted`` says how well the surface parts the mass from what lies around it: by how much
    more the inside is supported than a rim outside, up to 2.
    ``leaked`` is a sentence where it ran out of the mass by its shape or its border, else "".
    ``unsure`` says what should be looked at. ``faint`` is the share of its border (0 to 1)
    along which no edge is seen. ``borders`` are places (LPS mm) where clicks and measured
    axes put the border.
    """

    mask: Mask
    clicks: tuple[Click, ...]
    star: Star
    borders: tuple[Point, ...] = ()
    leaked: str = ""
    unsure: tuple[str, ...] = ()
    faint: float = 0.0
    parted: float = 0.0
    ends: tuple[Point, ...] = field(default=())

    @property
    def caveats(self) -> tuple[Caveat, ...]:
        """What has to be said with every number taken from it."""
        return tuple(Caveat("proposed-border", text) for text in self.unsure)


def propose(
    volume: Volume,
    point: ArrayLike,
    ends: tuple[Point, ...] = (),
    reporter: Reporter | None = None,
) -> Proposal:
    """Propose a mass from one click inside it.

    Parameters
    ----------
    point
        LPS mm.
    ends
        LPS mm where the border is expected: ends of measured axes, sides of a rough box.

    Raises
    ------
    UserError
        When the click lies outside the images or in air, or no border can be seen.
    CancelledError
        When the reporter was asked to stop.

    """
    place = np.asarray(point, dtype=np.float64)
    value = volume.value_at(seed_index(volume, place))
    if value is None or not np.isfinite(value):
        raise UserError(_("There is no value at this place."), _("Click inside the mass."))
    if volume.unit == "HU" and value < AIR_HU:
        raise UserError(
            _("The point lies in air ({value:.0f} HU).", value=value), _("Click inside the mass.")
        )
    click = Click((float(place[0]), float(place[1]), float(place[2])))
    star, expected = None, None
    if len(ends) > 1:
        star = expected = _expected(np.array(ends))
    frame = upright(place) if star is None else star.frame
    return _solved(volume, (click,), (frame, star, expected), tuple(ends), tuple(ends), reporter)


def correct(
    volume: Volume, before: Proposal, click: Click, reporter: Reporter | None = None
) -> Proposal:
    """Correct a proposal by a further click in the middle of what is missing or too much.

    Raises
    ------
    UserError
        When the click lies outside the images, or on a place marked otherwise before.
    CancelledError
        When the reporter was asked to stop.

    """
    at = seed_index(volume, click.point)
    if any(seed_index(volume, c.point) == at and c.belongs != click.belongs for c in before.clicks):
        raise UserError(_("This place was marked as both."), _("Take the last mark back."))
    star, borders = before.star, before.borders
    radius, way = star.frame.polar(np.array(click.point))
    surface, target = star.radius(way), None
    if (radius < surface) != click.belongs:
        least = max(NEAREST_MM, 0.3 * radius)
        target = float(np.clip(2 * radius - surface, least, FARTHEST_MM))
    expected = star
    if target is not None:
        share = _ALL_ROUND[min(len(before.clicks) - 1, len(_ALL_ROUND) - 1)]
        near = np.exp(-(angles_to(way) ** 2) / (2 * np.radians(_PLACE_DEGREES) ** 2))
        moved = star.radii + np.log(target / surface) * (share + (1 - share) * near)
        expected = Star(star.frame, np.clip(moved, BORDERS[0], BORDERS[-1]))
        place = star.frame.to_mm(way * target)
        borders = (*borders, (float(place[0]), float(place[1]), float(place[2])))
    clicks = (*before.clicks, click)
    begun = (star.frame, expected, expected)
    carried = _solved(volume, clicks, begun, borders, before.ends, reporter)
    if before.ends:
        return carried
    # A first click far from the middle leads to a surface that no correction brings back.
    middle = np.mean([c.point for c in clicks if c.belongs], axis=0)
    anew = _solved(volume, clicks, (upright(middle), None, None), borders, (), reporter)
    least = max(_PARTED_WELL, carried.parted + _PARTED_BETTER)
    return anew if anew.parted > least else carried


def _expected(ends: Points) -> Star:
    """Return the ellipsoid about the ends of axes; flat ends reach as far across as along."""
    centre = (ends.min(axis=0) + ends.max(axis=0)) / 2
    offsets = ends - centre
    _, lengths, axes = np.linalg.svd(offsets, full_matrices=True)
    if len(ends) > 3 and lengths[2] < _FLAT * lengths[0]:
        across = axes[2] * float(np.linalg.norm(offsets, axis=1).mean())
        offsets = np.concatenate([offsets, [across, -across]])
    frame = Frame(centre, stretch_of(offsets) if len(offsets) > 3 else np.eye(3))
    radii = np.log([max(frame.polar(centre + p)[0], NEAREST_MM) for p in offsets])
    return Star(frame, np.full(COUNT, float(np.mean(radii))))


def _solved(
    volume: Volume,
    clicks: tuple[Click, ...],
    begun: tuple[Frame, Star | None, Star | None],
    borders: tuple[Point, ...],
    ends: tuple[Point, ...],
    reporter: Reporter | None,
) -> Proposal:
    reporter = reporter or Reporter()
    frame, star, expected = begun
    patches: tuple[list[Points], list[Points]] = ([], [])
    for click in clicks:
        patches[0 if click.belongs else 1].append(patch(volume, np.array(click.point)))
    found: Belief | None = None
    for n in range(_ROUNDS):
        reporter.step(LABEL, n, _ROUNDS)
        if star is not None and n:
            frame = star.own_frame()
            star = star.seen_from(frame)
            expected = None if expected is None else expected.seen_from(frame)
        reach = 50.0 if star is None else max(30.0, 1.8 * star.mean_radius)
        values, outside = values_along(volume, frame)
        found = belief(values, outside, patches, star, reach)
        costs = found.costs - _EDGE * found.edges + _told(frame, clicks, borders)
        if expected is not None:
            costs += _BEFORE * (BORDERS[None] - expected.radii[:, None]) ** 2
        star = Star(frame, _least(costs, star, last=n == _ROUNDS - 1))
    if star is None or found is None:
        raise RuntimeError("no round was made")
    star = _kept_to(star, clicks)
    mask = _with_clicks(star.mask(volume.stack), volume, clicks)
    proposal = Proposal(mask, clicks, star, borders, ends=ends)
    return _judged(proposal, found, volume)


def _told(frame: Frame, clicks: tuple[Click, ...], borders: tuple[Point, ...]) -> Points:
    """Return what clicks and known places of the border cost, shape (COUNT, steps)."""
    costs = _USUAL * (BORDERS[None] - np.log(_USUAL_MM)) ** 2 * np.ones((COUNT, 1))
    for click in clicks:
        radius, way = frame.polar(np.array(click.point))
        near = np.exp(-(angles_to(way) ** 2) / (2 * np.radians(_SIDE_DEGREES) ** 2))[:, None]
        limit = np.log(radius + 2 if click.belongs else max(radius - 2, 1.5))
        wrong = limit - BORDERS if click.belongs else BORDERS - limit
        costs += _SIDE * near * np.maximum(wrong, 0)[None]
    for place in borders:
        radius, way = frame.polar(np.array(place))
        near = np.exp(-(angles_to(way) ** 2) / (2 * np.radians(_PLACE_DEGREES) ** 2))[:, None]
        costs += _PLACE * near * (BORDERS[None] - np.log(max(radius, NEAREST_MM))) ** 2
    return np.asarray(costs)


def _least(costs: Points, star: Star | None, *, last: bool) -> Points:
    """Return the smooth logarithms of radii of least cost, shape (COUNT,)."""
    best = BORDERS[int(costs.sum(axis=0).argmin())]
    mean = np.full(COUNT, best) if star is None else star.radii
    for degrees, weight in (*_SCHEDULE, *(_LAST if last else ())):
        away = (BORDERS[None] - mean[:, None]) ** 2
        mean = smoother(degrees) @ BORDERS[(costs + weight * away).argmin(axis=1)]
    return np.asarray(mean)


def _kept_to(star: Star, clicks: tuple[Click, ...]) -> Star:
    """Return the surface bent where a click lies on the wrong side of it."""
    radii = star.radii
    for click in sorted(clicks, key=lambda c: not c.belongs):
        radius, way = star.frame.polar(np.array(click.point))
        away = 0.5 * (angles_to(way) / np.radians(_SIDE_DEGREES)) ** 2
        if click.belongs:
            radii = np.maximum(radii, np.log(radius * 1.03 + 1.0) - away)
        else:
            radii = np.minimum(radii, np.log(max(radius * 0.97 - 1.0, 0.5)) + away)
    return Star(star.frame, radii)


def _with_clicks(mask: Mask, volume: Volume, clicks: tuple[Click, ...]) -> Mask:
    """Return the mask with the voxel of each click as it was marked, and what is loaded."""
    places = [(seed_index(volume, c.point), c.belongs) for c in clicks]
    index = np.array([p for p, _ in places])
    low, high = index.min(axis=0), index.max(axis=0) + 1
    if not mask.is_empty:
        low = np.minimum(low, mask.origin)
        high = np.maximum(high, [s.stop for s in mask.box])
    voxels: NDArray[np.bool_] = mask.cropped(low.tolist(), high.tolist())
    for at, belongs in places:
        voxels[tuple(np.array(at) - low)] = belongs
    voxels[~volume.loaded[low[0] : high[0]]] = False
    return Mask.of(voxels, volume.stack, (int(low[0]), int(low[1]), int(low[2])))


def _judged(proposal: Proposal, found: Belief, volume: Volume) -> Proposal:
    """Say what of a border is not seen, and whether the whole has run out of the mass."""
    star, mask = proposal.star, proposal.mask
    step = np.clip(np.searchsorted(BORDERS, star.radii), 1, len(BORDERS) - 2)
    each = np.arange(COUNT)
    edges = np.max([found.edges[each, step + n] for n in (-1, 0, 1)], axis=0)
    beyond = found.outside[each, step]
    area = np.exp(2 * star.radii)
    area /= area.sum()
    faint = float(area[(edges < _FAINT) & ~beyond].sum())
    far = float(area[star.radii > np.log(FARTHEST_MM * 0.95)].sum())
    unsure, leaked = [], ""
    if far > 0.01:
        leaked = _(
            "It reached as far as it may, {reach_cm:.0f} cm from its middle.",
            reach_cm=FARTHEST_MM / 10,
        )
    elif beyond @ area > _MOST_BEYOND:
        leaked = _(
            "{value:.0f} % of its border lies beyond the images.", value=100 * float(beyond @ area)
        )
    elif faint > _MOST_FAINT and not proposal.ends and len(proposal.clicks) < _TRUSTED:
        leaked = _("Along {value:.0f} % of its border no edge is seen.", value=100 * faint)
    if len(proposal.clicks) == 1 and not proposal.ends:
        unsure.append(_("It rests on one click: how far it reaches is a guess."))
    inner = (BORDERS[None] < star.radii[:, None]) & ~found.outside
    rim = ~inner & (BORDERS[None] < star.radii[:, None] + np.log(_RIM)) & ~found.outside
    weights = np.broadcast_to(np.exp(3 * BORDERS)[None], inner.shape)
    sides = [
        float(np.average(found.support[side], weights=weights[side])) if side.any() else -1.0
        for side in (inner, rim)
    ]
    each_volume = weights * inner
    other = float(each_volume[found.support < -_FAINT].sum() / max(each_volume.sum(), 1e-9))
    if other > _SOME_OTHER:
        unsure.append(
            _("{value:.0f} % of it has other values than where it was clicked.", value=100 * other)
        )
    if faint > _SOME_FAINT:
        unsure.append(
            _("Along {value:.0f} % of the proposed border no edge is seen.", value=100 * faint)
        )
    if mask.reaches_the_edge:
        unsure.append(_("The proposal reaches the edge of the images."))
    if volume.stack.gaps.size and len(mask.voxels) > 1:
        first, last = mask.slices[0], mask.slices[-1]
        if ((volume.stack.gaps >= first) & (volume.stack.gaps < last)).any():
            unsure.append(_("The proposal bridges missing slices."))
    return replace(
        proposal, leaked=leaked, unsure=tuple(unsure), faint=faint, parted=sides[0] - sides[1]
    )
