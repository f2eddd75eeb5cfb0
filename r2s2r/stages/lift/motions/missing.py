"""Missing frames, told to the author."""

from r2s2r.artifacts.frame_runs import frame_runs


def not_seen(missing: tuple[int, ...], frames: int) -> str:
    """Return the sentence about frames of the clip in which an entity was not found."""
    runs = frame_runs(missing)
    return f"it is not found in {len(missing)} of {frames} frames, where its motion is interpolated: frames {runs}"
