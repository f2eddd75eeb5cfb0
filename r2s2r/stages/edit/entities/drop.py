"""Drop: an entity falls onto the ground or another entity."""

from dataclasses import replace

import numpy as np

from r2s2r.errors import InputError
from r2s2r.geometry.transforms import Array
from r2s2r.spec.edits import DropEdit
from r2s2r.spec.edits.attached import GROUND
from r2s2r.stages.edit.entities.floors import Faller, Ground, Top
from r2s2r.stages.edit.entities.landing import Fall, Landing, landing
from r2s2r.stages.edit.entities.path import EntityPath
from r2s2r.stages.edit.here import EntityHere


def dropped(path: EntityPath, edit: DropEdit, here: EntityHere) -> EntityPath:
    """Let an entity go: from then on gravity says where it is; it goes on turning and changing as edits before say.

    It lands on its lowest point, however it is turned by then, and stays on it while it turns; on an entity that moves
    it goes along from then on.
    """
    start = here.timeline.span(edit.from_, None)[0]
    let_go = here.timeline.at >= start
    if not let_go.any():
        return path
    fall = Fall(start, edit.gravity_m_s2 / float(here.timeline.fps) ** 2)
    faller = Faller(here, here.so_far(here.timeline.moment(start)).position_m[0])
    landed = here.shot.remember((here.field, "landing"), lambda: _landing(edit, fall, faller))
    held = replace(path, position_m=np.tile(faller.origin_m, (len(let_go), 1)))
    depth_m = fall.depth_m(here.timeline.at)
    if landed is None:
        return held.moved(_down(depth_m)).where(let_go, path)
    down = here.timeline.at >= landed.at
    depth_m[down] = _rest_m(landed, faller, here.only(down))
    after = held.moved(_down(depth_m))
    return landed.floor.carried(after, here.timeline, landed.at).where(down, after).where(let_go, path)


def _down(depth_m: Array) -> Array:
    return np.stack([np.zeros_like(depth_m), -depth_m, np.zeros_like(depth_m)], axis=1)


def _rest_m(landed: Landing, faller: Faller, here: EntityHere) -> Array:
    """Return how deep it is [T] at moments after it has landed."""
    bounce_m = landed.height_m(here.timeline.at)
    if landed.fall_m is not None:
        return landed.fall_m - bounce_m
    fall_m = landed.floor.falls_m(faller, here.timeline, landed.at)
    missed = ~np.isfinite(fall_m)
    if missed.any():
        moment = here.timeline.name(int(np.argmax(missed)))
        raise InputError(f"at {moment} it has turned or changed so that nothing is below it any more", field=here.field)
    return fall_m - bounce_m


def _landing(edit: DropEdit, fall: Fall, faller: Faller) -> Landing | None:
    here = faller.here
    ground = landing(fall, faller, Ground(), here.timeline, bounce=edit.bounce)
    if edit.onto == GROUND and GROUND not in here.shot.meshes:
        return ground
    landed = landing(fall, faller, Top(edit.onto, here), here.timeline, bounce=edit.bounce)
    if ground is not None and (landed is None or ground.at < landed.at):
        raise InputError(
            f"it does not fall on {edit.onto}, but past it onto the ground, at frame {ground.at:.3g}; at frame "
            f"{fall.start:g}, where it is let go, it has to be above {edit.onto}: move it there, or say onto: ground",
            field=f"{here.field}.onto",
        )
    return landed
