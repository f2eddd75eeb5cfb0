"""The source: which clip, which frame of it, and how it was filmed."""

import math
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from r2s2r.spec.base import Description, FileName, Length, Name, Positive, Spec

DEFAULT_FOV_DEG = 50.0
_WAYS = ("fov_deg", "focal_mm", "file", "solve")


class SourceCameraSpec(Spec):
    """The camera the clip was filmed with: one of ``fov_deg``, ``focal_mm``, ``file`` and ``solve``.

    Attributes:
        fov_deg: Horizontal field of view of the full source frame; the default is 50.
        focal_mm: Focal length of the lens; needs ``sensor_mm``.
        sensor_mm: Width of the sensor's part that the frame shows.
        file: The camera as solved elsewhere: COLMAP's ``cameras.txt`` or ``.bin`` (its ``images`` and ``points3D`` lie
            beside it), or nerfstudio's ``transforms.json``.
        solve: ``sfm`` finds lens and motion from the clip; ``depth`` takes the lens that the depth model sees.
        scale_from: Of a solved camera: ``ground`` (its height over the ground), an entity with ``place.height_m``, or
            ``file`` (the file is in metres).

    Example:
        {focal_mm: 35, sensor_mm: 36}
    """

    model_config = ConfigDict(json_schema_extra={"not": {"required": ["fov_deg", "focal_mm"]}})

    fov_deg: Annotated[float, Field(gt=1, lt=170)] | None = None
    focal_mm: Positive | None = None
    sensor_mm: Positive | None = None
    file: FileName | None = None
    solve: Literal["sfm", "depth"] | None = None
    scale_from: Name = "ground"

    @model_validator(mode="before")
    @classmethod
    def _default_lens(cls, written: object) -> object:
        if isinstance(written, dict) and all(written.get(name) is None for name in _WAYS):
            return {**written, "fov_deg": DEFAULT_FOV_DEG}
        return written

    @model_validator(mode="after")
    def _one_way(self) -> "SourceCameraSpec":
        given = [name for name in _WAYS if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"give one of {', '.join(_WAYS)}; given: {', '.join(given)}")
        if (self.focal_mm is None) != (self.sensor_mm is None):
            raise ValueError("focal_mm and sensor_mm belong together: give both, or fov_deg")
        if self.scale_from != "ground" and not self.moves:
            raise ValueError("scale_from is for a camera with file or solve: sfm")
        return self

    @property
    def stated_fov_deg(self) -> float | None:
        """The horizontal field of view; None where it has yet to be found."""
        if self.focal_mm is not None and self.sensor_mm is not None:
            return math.degrees(2 * math.atan(self.sensor_mm / 2 / self.focal_mm))
        return self.fov_deg

    @property
    def moves(self) -> bool:
        """Whether a motion of the camera is known or looked for."""
        return self.file is not None or self.solve == "sfm"


class GroundSpec(Spec):
    """Where the ground lies, seen from the camera at the reference frame.

    Attributes:
        camera_height_m: Height of the camera over the ground.
        pitch_deg: The camera's pitch; negative looks down.

    Example:
        {camera_height_m: 1.2, pitch_deg: -4}
    """

    camera_height_m: Length = 1.6
    pitch_deg: Annotated[float, Field(gt=-90, lt=90)] = 0.0


class SourceSpec(Spec):
    """A video or still picture, and its reference frame.

    Attributes:
        clip: A file, relative to the scene file.
        frame: The reference frame: what is lifted, and the appearance the video model sees; counted from 0.
        context_s: Seconds of the clip on each side of it that are read: masks are propagated and the background is
            collected over them.
        camera: The lens, and how it moved.
        ground: Where the ground lies.
        description: The place, in words, for the drafted prompt: "a sunlit meadow before a cave".

    Example:
        {clip: media/meadow.mp4, frame: 66, camera: {fov_deg: 45}, ground: {camera_height_m: 1.2}}
    """

    clip: FileName
    frame: Annotated[int, Field(ge=0)] = 0
    context_s: Annotated[float, Field(ge=0, le=60)] = 5.0
    camera: SourceCameraSpec = SourceCameraSpec()
    ground: GroundSpec = GroundSpec()
    description: Description | None = None
