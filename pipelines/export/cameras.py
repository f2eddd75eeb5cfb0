"""Cameras: the camera of a shot as other programs read it."""

from pathlib import Path
from typing import Literal, assert_never

from pipelines.export.unfinished import built, unfinished_beside, unfinished_in
from pipelines.node import Ledger
from pipelines.shot import ShotNodes
from r2s2r.artifacts.animation import Animation
from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.media.cameras.writers.blender import write_blender
from r2s2r.media.cameras.writers.camera_path import write_camera_path
from r2s2r.media.cameras.writers.chan import write_chan
from r2s2r.media.cameras.writers.colmap import FILES, write_colmap
from r2s2r.media.cameras.writers.gen3c import write_gen3c
from r2s2r.media.cameras.writers.recammaster import write_recammaster
from r2s2r.media.cameras.writers.transforms import write_transforms

CameraForm = Literal["camera_path", "transforms", "chan", "blender", "gen3c", "recammaster"]


def export_camera(shot: ShotNodes, ledger: Ledger, target: Path, form: CameraForm) -> tuple[str, ...]:
    """Write a shot's camera as the file ``target``; return what a person should know: what the form cannot hold.

    Raises R2S2RError where the shot's edit is not built, damaged, or the file cannot be written.
    """
    animation = _animation(shot, ledger)
    track = track_of(animation)
    with unfinished_beside(target) as path:
        match form:
            case "camera_path":
                return write_camera_path(path, track, animation.fps)
            case "transforms":
                return write_transforms(path, track)
            case "chan":
                return write_chan(path, track)
            case "blender":
                return write_blender(path, track, animation.fps, name=f"{shot.scene.name} {shot.shot.name}")
            case "gen3c":
                return write_gen3c(path, track)
            case "recammaster":
                return write_recammaster(path, track)
            case _:
                assert_never(form)


def export_colmap(shot: ShotNodes, ledger: Ledger, folder: Path) -> tuple[str, ...]:
    """Write a shot's camera as COLMAP's text files into ``folder``; likewise."""
    track = track_of(_animation(shot, ledger))
    with unfinished_in(folder) as unfinished:
        notes = write_colmap(unfinished, track)
        for name in FILES:
            (unfinished / name).replace(folder / name)
    return notes


def track_of(animation: Animation) -> CameraTrack:
    """Return the camera of an animation, for the generated picture."""
    facts = animation.facts
    return CameraTrack(animation.world_from_camera, animation.intrinsics, facts.height, facts.width, fps=animation.fps)


def _animation(shot: ShotNodes, ledger: Ledger) -> Animation:
    return Animation.load(built(shot, "edit", ledger, until="edit"))
