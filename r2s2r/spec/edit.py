"""What the edit stage reads of a shot."""

from r2s2r.spec.base import Name, Spec
from r2s2r.spec.camera import CameraMove
from r2s2r.spec.edits import EntityEdit
from r2s2r.spec.output import OutputSpec


class EditSpec(Spec):
    """Length, camera, edits and framing of one shot; references are already checked."""

    frames: int
    camera: tuple[CameraMove, ...]
    edits: dict[Name, tuple[EntityEdit, ...]]
    output: OutputSpec
