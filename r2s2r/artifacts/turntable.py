"""Turntable: an entity from all sides, for people: ``turntable.mp4``, ``card.png`` and ``facts.json``."""

from r2s2r.artifacts.facts import Facts

TURNTABLE = "turntable.mp4"
CARD = "card.png"


class TurntableFacts(Facts):
    """Facts of a turntable.

    Attributes:
        size_m: Width, height and depth of the entity as placed, along the entity's axes.
        faces: Triangles of its mesh.
        volume_m3: What the mesh encloses; None of one that is not closed.
        silhouette_iou: Of the mesh against its mask; None for what the clip lacks.
    """

    size_m: tuple[float, float, float]
    faces: int
    volume_m3: float | None
    silhouette_iou: float | None
