"""glTF names: keys of the extras in which we write what glTF itself cannot say. They stand below ``r2s2r``."""

from typing import Any

OURS = "r2s2r"
NAME = "name"
FPS = "fps"
HEIGHT = "height"
WIDTH = "width"
CENTRE = "principal_point_px"


def own_extras(extras: object) -> dict[str, Any]:
    """Return our part of an object's extras, whatever else is written there."""
    own = extras.get(OURS) if isinstance(extras, dict) else None
    return own if isinstance(own, dict) else {}
