"""What a video model asks of a shot."""

from collections.abc import Iterator

from r2s2r.spec.generation import MODEL_MULTIPLE
from r2s2r.spec.output import OutputSpec
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.shots import ShotSpec


def model_problems(shot: ShotSpec) -> Iterator[Problem]:
    """Yield what the chosen video model cannot make of a shot (``auto`` decided); nothing for the compositor."""
    diffuse = shot.diffuse
    if diffuse.model is None:
        return
    if shot.frames < 2:
        yield Problem(("frames",), f"{diffuse.backend} makes videos: at least 2 frames, is {shot.frames}")
    if diffuse.model.size == "output":
        yield from _odd_sides(shot.output)
    for name in next(shot.variants.combinations(), {}):
        if name != "seed" and name not in type(diffuse.model).model_fields:
            yield Problem(("variants", name), f"is no setting of {diffuse.backend}")


def _odd_sides(output: OutputSpec) -> Iterator[Problem]:
    for name, side in (("width", output.width), ("height", output.height)):
        if side % MODEL_MULTIPLE:
            near = side - side % MODEL_MULTIPLE
            message = (
                f"must be a multiple of {MODEL_MULTIPLE} where the model generates at the output's size, is {side}; "
                f"nearest: {near} or {near + MODEL_MULTIPLE}; or `size: area`"
            )
            yield Problem(("output", name), message)
