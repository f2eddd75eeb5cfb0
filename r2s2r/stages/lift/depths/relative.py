"""Relative depth (disparity) brought to metres by the ground plane."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera, pixel_centres
from r2s2r.geometry.transforms import Array

# Pixels that are looked at, and pairs of them that are tried.
_SAMPLES, _TRIALS = 4000, 400
# Ground is looked for where it is nearer than this many camera heights.
_FARTHEST = 30.0
# Disparity fits the ground when it is off by less than this share of its range.
_TOLERANCE = 0.02
# With less of what lies below the horizon on the ground, the fit may well be another plane's.
_FEW = 0.25
_SEED = 4


def on_the_ground(
    disparity: NDArray[np.float32], known: NDArray[np.bool_], camera: Camera
) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Bring disparity [H, W] to metres: ``disparity = factor / z + summand``, where z is the ground's if it is seen.

    Which pixels show ground is found by consensus (RANSAC, the same samples every time): things that stand on it are
    nearer than the ground behind them.

    Returns:
        z in metres [H, W], NaN where it is unknown or at infinity, and findings about the fit.
    """
    nearness, seen = _ground_nearness(camera), known.copy()
    seen &= nearness > 1 / (_FARTHEST * float(camera.position_m[1]))
    where = np.flatnonzero(seen)
    unknown = np.full(disparity.shape, np.nan, np.float32)
    if len(where) < 100:
        return unknown, (_NO_GROUND,)
    picked = where[:: max(1, len(where) // _SAMPLES)]
    fit = _consensus(nearness.ravel()[picked], disparity.ravel()[picked].astype(np.float64))
    if fit is None:
        return unknown, (_NO_GROUND,)
    factor, summand, share = fit
    with np.errstate(divide="ignore", invalid="ignore"):
        depth_m = factor / (disparity - summand)
    found = np.where(known & (disparity > summand), depth_m, np.nan).astype(np.float32)
    return found, () if share >= _FEW else (_POOR.format(share),)


_NO_GROUND = (
    "relative depth becomes metres by the ground, and none is seen in the depth map; it is left out: correct "
    "source.ground, or take weights that measure metres"
)
_POOR = (
    "the relative depth fits the ground in only {:.0%} of what lies below the horizon, so its metres are uncertain: "
    "correct source.ground, or take weights that measure metres"
)


def _ground_nearness(camera: Camera) -> Array:
    """Return 1 / z [H, W] of the ground; 0 and less at the horizon and above."""
    rays = camera.rays(pixel_centres(camera.height, camera.width))
    nearness: Array = -rays[..., 1] / camera.position_m[1]
    return nearness


def _consensus(nearness: Array, disparity: Array) -> tuple[float, float, float] | None:
    """Return factor, summand, and the share of samples [N] that fit; None when none has nearer things nearer."""
    low, high = np.percentile(disparity, [2, 98])
    tolerance = _TOLERANCE * (high - low)
    pairs = np.random.default_rng(_SEED).integers(0, len(nearness), (_TRIALS, 2))
    apart = nearness[pairs[:, 0]] - nearness[pairs[:, 1]]
    pairs, apart = pairs[np.abs(apart) > 0.05 * np.ptp(nearness)], apart[np.abs(apart) > 0.05 * np.ptp(nearness)]
    factors = (disparity[pairs[:, 0]] - disparity[pairs[:, 1]]) / apart
    summands = disparity[pairs[:, 0]] - factors * nearness[pairs[:, 0]]
    # Flatter than this it is a wall that is fitted, not ground.
    steep = factors * np.ptp(nearness) > 0.1 * (high - low)
    if not steep.any() or tolerance <= 0:
        return None
    factors, summands = factors[steep], summands[steep]
    fits = np.array([_fits(nearness, disparity, f, s, tolerance).sum() for f, s in zip(factors, summands, strict=True)])
    best = int(np.argmax(fits))
    factor, summand = float(factors[best]), float(summands[best])
    for _ in range(3):
        inside = _fits(nearness, disparity, factor, summand, tolerance)
        factor, summand = map(float, np.polyfit(nearness[inside], disparity[inside], 1))
    share = float(_fits(nearness, disparity, factor, summand, tolerance).mean())
    return (factor, summand, share) if factor > 0 else None


def _fits(nearness: Array, disparity: Array, factor: float, summand: float, tolerance: float) -> NDArray[np.bool_]:
    return np.asarray(np.abs(disparity - factor * nearness - summand) < tolerance)
