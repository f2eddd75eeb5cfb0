"""The motion of a camera, found from the clip itself."""

from collections.abc import Mapping
from pathlib import Path

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.progress import Progress
from r2s2r.stages.lift.cameras.pan import solved_turns
from r2s2r.stages.lift.cameras.sfm import solved_travel
from r2s2r.stages.lift.cameras.solved import Solved


def solved_from_clip(footage: Footage, masks: Mapping[str, Mask], scratch: Path, progress: Progress) -> Solved:
    """Find lens and motion: first as a camera that only turns, which structure from motion cannot solve.

    Raises StageError when neither can be found, MissingError without pycolmap.
    """
    turns = solved_turns(footage, masks, progress)
    return turns if turns is not None else solved_travel(footage, masks, scratch, progress)
