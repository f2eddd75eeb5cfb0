"""Names of the pictures that files of cameras speak of: frame 12 is ``000012.png``, as in the passes."""


def picture(frame: int) -> str:
    """Return the name of a frame's picture."""
    return f"{frame:06d}.png"
