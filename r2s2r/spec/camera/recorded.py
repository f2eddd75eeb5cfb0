"""Moves that were recorded elsewhere: in a file, or by the clip's own camera."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from r2s2r.spec.base import Description, FileName, Positive, Spec
from r2s2r.spec.moves import Timed


class FileMove(Timed):
    """The camera as a file has it: nerfstudio, COLMAP, glTF, USD or Nuke's .chan.

    Attributes:
        file: ``camera_path.json`` or ``transforms.json``; COLMAP's ``cameras.txt``, with ``images.txt`` beside it;
            ``.gltf``, ``.glb``; ``.usd``, ``.usda``, ``.usdc``, ``.usdz``; ``.chan``.
        camera: Its name, where the file holds several.
        timing: ``frames`` takes one pose a frame, and there have to be as many, or one that stays; ``seconds`` plays it
            at the file's own rate and holds its ends; ``stretch`` fits it between ``from`` and ``to``.
        relative: Whether its motion is added to the camera so far, from where that is; default: it is where the file
            says, in this scene's world.
        lens: ``file`` takes the file's lens, too (relative: its zoom, from the first pose on); ``keep`` does not.
        metres_per_unit: What a length of 1 in the file is; default: what the file says, else 1.
        from: For ``timing: stretch``.
        to: For ``timing: stretch``.
        ease: For ``timing: stretch``.

    Example:
        {type: file, file: assets/arc.chan, timing: stretch}
    """

    type: Literal["file"]
    file: FileName
    camera: Description | None = None
    timing: Literal["frames", "seconds", "stretch"] = "frames"
    relative: bool = False
    lens: Literal["file", "keep"] = "file"
    metres_per_unit: Positive | None = None

    @model_validator(mode="after")
    def _stretched(self) -> "FileMove":
        # By value: a dumped spec, with all its fields, has to be read again.
        is_timed = self.from_ is not None or self.to is not None or self.ease != "in_out"
        if self.timing != "stretch" and is_timed:
            raise ValueError("from, to and ease are for timing: stretch")
        return self


class SourceMove(Spec):
    """The camera moves as the clip's own camera did, from where it is so far.

    Attributes:
        speed: How fast; negative plays it backwards.
        start_s: Which moment of the clip the shot's frame 0 shows, in seconds from the reference frame.

    Example:
        {type: source, speed: 0.5}
    """

    type: Literal["source"]
    speed: Annotated[float, Field(ge=-100, le=100)] = 1.0
    start_s: Annotated[float, Field(ge=-3600, le=3600)] = 0.0
