"""The source: which clip, which frame of it, and how it was filmed."""

from typing import Annotated

from pydantic import Field

from r2s2r.spec.base import Description, FileName, Length, Spec


class SourceCameraSpec(Spec):
    """The lens the clip was filmed with.

    Attributes:
        fov_deg: Horizontal field of view of the full source frame.
    """

    fov_deg: Annotated[float, Field(gt=1, lt=170)] = 50.0


class GroundSpec(Spec):
    """Where the ground lies, seen from the camera at the reference frame.

    Attributes:
        camera_height_m: Height of the camera over the ground.
        pitch_deg: The camera's pitch; negative looks down.
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
        camera: The lens.
        ground: Where the ground lies.
        description: The place, in words, for the drafted prompt: "a sunlit meadow before a cave".
    """

    clip: FileName
    frame: Annotated[int, Field(ge=0)] = 0
    context_s: Annotated[float, Field(ge=0, le=60)] = 5.0
    camera: SourceCameraSpec = SourceCameraSpec()
    ground: GroundSpec = GroundSpec()
    description: Description | None = None
