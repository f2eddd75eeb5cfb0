"""Camera moves. A shot's list starts at the source camera; each move acts on the camera so far."""

from typing import Annotated, TypeAlias

from pydantic import Field

from r2s2r.spec.camera.attached import FollowMove, HandheldMove, LookAtMove, StaticMove
from r2s2r.spec.camera.circling import ArcMove, OrbitMove, SpiralMove
from r2s2r.spec.camera.keyed import CameraKey, KeyframesMove
from r2s2r.spec.camera.recorded import FileMove, SourceMove
from r2s2r.spec.camera.travelling import CraneMove, DollyMove, DollyZoomMove, PathMove, PedestalMove, TruckMove
from r2s2r.spec.camera.turning import FovDeg, PanMove, RollMove, TiltMove, ZoomMove

__all__ = [
    "ArcMove",
    "CameraKey",
    "CameraMove",
    "CraneMove",
    "DollyMove",
    "DollyZoomMove",
    "FileMove",
    "FollowMove",
    "FovDeg",
    "HandheldMove",
    "KeyframesMove",
    "LookAtMove",
    "OrbitMove",
    "PanMove",
    "PathMove",
    "PedestalMove",
    "RollMove",
    "SourceMove",
    "SpiralMove",
    "StaticMove",
    "TiltMove",
    "TruckMove",
    "ZoomMove",
]

CameraMove: TypeAlias = Annotated[
    StaticMove
    | PanMove
    | TiltMove
    | RollMove
    | ZoomMove
    | DollyMove
    | TruckMove
    | PedestalMove
    | CraneMove
    | ArcMove
    | OrbitMove
    | SpiralMove
    | DollyZoomMove
    | FollowMove
    | LookAtMove
    | HandheldMove
    | KeyframesMove
    | PathMove
    | FileMove
    | SourceMove,
    Field(discriminator="type"),
]
