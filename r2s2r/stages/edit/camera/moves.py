"""Camera moves: each takes the camera so far to a new one."""

from typing import assert_never

from r2s2r.spec.camera import (
    ArcMove,
    CameraMove,
    CraneMove,
    DollyMove,
    DollyZoomMove,
    FileMove,
    FollowMove,
    HandheldMove,
    KeyframesMove,
    LookAtMove,
    OrbitMove,
    PanMove,
    PathMove,
    PedestalMove,
    RollMove,
    SourceMove,
    SpiralMove,
    StaticMove,
    TiltMove,
    TruckMove,
    ZoomMove,
)
from r2s2r.stages.edit.camera.circling import arced, orbited, spiralled
from r2s2r.stages.edit.camera.filed import filed
from r2s2r.stages.edit.camera.following import following
from r2s2r.stages.edit.camera.handheld import shaken
from r2s2r.stages.edit.camera.held import held
from r2s2r.stages.edit.camera.keyframes import keyframed
from r2s2r.stages.edit.camera.lens import require_lens
from r2s2r.stages.edit.camera.looking import looking_at
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.camera.route import routed
from r2s2r.stages.edit.camera.source_motion import as_filmed
from r2s2r.stages.edit.camera.travelling import craned, dollied, dolly_zoomed, raised, trucked
from r2s2r.stages.edit.camera.turning import panned, rolled, tilted, zoomed
from r2s2r.stages.edit.here import CameraHere
from r2s2r.stages.edit.world_edge import require_near


def moved(path: CameraPath, move: CameraMove, here: CameraHere) -> CameraPath:
    """Return the path after one move.

    Raises:
        InputError: The move has no direction to go or look in, or leaves the world; names the move and the frame.
    """
    after = _after(path, move, here)
    require_near(after.eye_m, timeline=here.timeline, field=here.field)
    require_lens(after.zoom, here)
    return after


def _after(path: CameraPath, move: CameraMove, here: CameraHere) -> CameraPath:  # noqa: C901 - one case a move
    match move:
        case StaticMove():
            return held(path, move, here)
        case PanMove():
            return panned(path, move, here)
        case TiltMove():
            return tilted(path, move, here)
        case RollMove():
            return rolled(path, move, here)
        case ZoomMove():
            return zoomed(path, move, here)
        case DollyMove():
            return dollied(path, move, here)
        case TruckMove():
            return trucked(path, move, here)
        case PedestalMove():
            return raised(path, move, here)
        case CraneMove():
            return craned(path, move, here)
        case ArcMove():
            return arced(path, move, here)
        case OrbitMove():
            return orbited(path, move, here)
        case SpiralMove():
            return spiralled(path, move, here)
        case DollyZoomMove():
            return dolly_zoomed(path, move, here)
        case FollowMove():
            return following(path, move, here)
        case LookAtMove():
            return looking_at(path, move, here)
        case HandheldMove():
            return shaken(path, move, here)
        case KeyframesMove():
            return keyframed(path, move, here)
        case PathMove():
            return routed(path, move, here)
        case FileMove():
            return filed(path, move, here)
        case SourceMove():
            return as_filmed(path, move, here)
        case _:
            assert_never(move)
