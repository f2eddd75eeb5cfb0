"""What the camera stage reads of a source."""

from r2s2r.spec.base import Length, Spec
from r2s2r.spec.source import GroundSpec, SourceCameraSpec


class FilmCameraSpec(Spec):
    """How the clip was filmed: see ``SourceSpec``.

    Attributes:
        camera: The lens, and how it moved.
        ground: Where the ground lies.
        known_height_m: Height of the entity that ``camera.scale_from`` names; None for ``ground`` and ``file``.
    """

    camera: SourceCameraSpec = SourceCameraSpec()
    ground: GroundSpec = GroundSpec()
    known_height_m: Length | None = None
