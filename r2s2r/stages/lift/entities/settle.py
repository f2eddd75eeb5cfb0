"""Onto the ground: what was placed by its depth or its height, against the ground it should stand on."""

from dataclasses import dataclass, replace

from r2s2r.geometry.transforms import Array, translation
from r2s2r.spec.entities import PlaceSpec
from r2s2r.stages.lift.entities.place import Standing

# Of its height: what floats or sinks by less is put onto the ground; more is a contradiction.
_OF_HEIGHT = 0.05
# Of its distance: likewise for how far it moves along its rays.
_OF_DISTANCE = 0.05
_EXACT_M = 1e-6


@dataclass(frozen=True, eq=False)
class Settled:
    """How an entity stands after that: its mesh is ``scale`` times as large, and what an author should know."""

    standing: Standing
    scale: float = 1.0
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Gap:
    """Between an entity's base and the ground.

    Attributes:
        base_m: [3], where the base is.
        above_m: Negative when it sinks.
        height_m: The entity's.
        factor: How many times as far away its base would be on the ground, along its ray; None where that has none.
        fitting_m: The height of the camera over the ground with which it would stand on it.
    """

    base_m: Array
    above_m: float
    height_m: float
    factor: float | None
    fitting_m: float

    @property
    def is_small(self) -> bool:
        """Whether it is no contradiction."""
        near = self.factor is not None and abs(self.factor - 1) <= _OF_DISTANCE
        return near and abs(self.above_m) <= _OF_HEIGHT * self.height_m

    def __str__(self) -> str:
        """Say it in metres and per cent."""
        where = "above" if self.above_m > 0 else "below"
        said = f"{abs(self.above_m):.2f} m {where} the ground, {abs(self.above_m) / self.height_m:.0%} of its height"
        if self.factor is None:
            return said
        return f"{said} (on the ground it would be {abs(self.factor - 1):.0%} {_farther(self.factor)})"


def settle(spec: PlaceSpec, standing: Standing, *, foot_is_seen: bool, measured: bool) -> Settled:
    """Put an entity onto the ground along its rays, as ``place.snap`` wants it; what contradicts is a finding.

    With ``snap: never`` it may float, and nothing is said. An entity of a given height keeps that, and its base its
    place in the picture; any other is resized, and keeps its silhouette.

    Args:
        spec: Where it is wanted. One with a position is left alone.
        standing: How it stands by its depth, its mask or its worker, with the camera's place.
        foot_is_seen: Whether the mask's lower end is where it stands, not the picture's border or the horizon.
        measured: Whether a depth map says how far away it is.
    """
    assert standing.eye_m is not None, "what is lifted was seen by a camera"
    if spec.position_m is not None or not foot_is_seen:
        return Settled(standing)
    size = 1.0 if spec.height_m is None else spec.height_m / standing.height_m
    gap = _gap(standing, size)
    if abs(gap.above_m) < _EXACT_M:
        return Settled(standing)
    snaps = spec.snap == "always" or (spec.snap == "auto" and gap.is_small)
    if gap.factor is None or not snaps:
        fine = gap.is_small or spec.snap == "never"
        return Settled(standing, findings=() if fine else (_contradiction(spec, gap, measured),))
    base_m = standing.eye_m + gap.factor * (gap.base_m - standing.eye_m)
    findings = () if gap.is_small else (_snapped(spec, gap, measured),)
    if spec.height_m is not None:
        # `place` resizes it about the eye, which has to end here.
        before_m = standing.eye_m + (base_m - standing.eye_m) / size
        return Settled(replace(standing, world_from_entity=translation(before_m)), findings=findings)
    on_ground = Standing(translation(base_m), standing.height_m * gap.factor, eye_m=standing.eye_m)
    return Settled(on_ground, gap.factor, findings)


def _gap(standing: Standing, size: float) -> _Gap:
    assert standing.eye_m is not None
    base_m = standing.eye_m + size * (standing.world_from_entity[:3, 3] - standing.eye_m)
    eye_m, above_m = float(standing.eye_m[1]), float(base_m[1])
    factor = eye_m / (eye_m - above_m) if eye_m > above_m else None
    return _Gap(base_m, above_m, size * standing.height_m, factor, eye_m - above_m)


def _contradiction(spec: PlaceSpec, gap: _Gap, measured: bool) -> str:
    if spec.height_m is not None:
        said = f"at place.height_m {spec.height_m:g} it keeps its place in the picture but stands {gap}"
    else:
        said = f"{'the depth map' if measured else 'its lift'} puts it {gap}"
    snap = "" if gap.factor is None else "place.snap: always to put it there, "
    return f"{said}; set {snap}place.snap: never if it is to be so, or correct {_cause(spec, gap, measured)}"


def _snapped(spec: PlaceSpec, gap: _Gap, measured: bool) -> str:
    assert gap.factor is not None
    moved = f"place.snap: always moved it {abs(gap.factor - 1):.0%} {_farther(gap.factor)}, onto the ground"
    kept = "so that it no longer covers its mask" if spec.height_m is not None else "and resized it by as much"
    return f"{moved}, {kept}; it stood {gap}; if that is not right, correct {_cause(spec, gap, measured)}"


def _cause(spec: PlaceSpec, gap: _Gap, measured: bool) -> str:
    if spec.height_m is not None:
        # With everything as many times as large, it would stand on the ground at that height.
        return f"source.ground.camera_height_m ({gap.fitting_m:.2f} would put it on the ground)"
    if measured:
        return "source.ground (camera_height_m, pitch_deg) or the depth map, or give place.height_m"
    return "source.ground, or give place.height_m"


def _farther(factor: float) -> str:
    return "farther away" if factor > 1 else "nearer"
