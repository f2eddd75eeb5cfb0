"""Edits of how an entity moves by itself: as in the clip, as in its file, or as another one does."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from r2s2r.spec.base import Description, FileName, Name, Spec


class MotionEdit(Spec):
    """Changes how an entity moves by itself, as it does in the clip or in its file.

    The other edits come on top of it, wherever in the list it stands, so there is one at most. Before its motion
    begins and after it ends, an entity holds still.

    Attributes:
        of: Moves as another entity does, from where this one stands and along its own axes; ``none`` lets it stand.
            Default: its own motion.
        shot: Takes what ``of`` does in this shot, edits and all, instead of its own motion.
        scene: The scene file that ``shot`` is in; default: this one.
        speed: How fast it is played; negative plays it backwards, 0 holds one moment.
        start_s: Which moment of the motion the shot's frame 0 shows, in seconds from the reference frame, or from the
            first frame of ``shot``.

    Example:
        {type: motion, of: bunny, shot: orbit, speed: 0.5}
    """

    type: Literal["motion"]
    of: Name | None = None
    shot: Name | None = None
    scene: FileName | None = None
    speed: Annotated[float, Field(ge=-100, le=100)] = 1.0
    start_s: Annotated[float, Field(ge=-3600, le=3600)] = 0.0

    @model_validator(mode="after")
    def _whole(self) -> "MotionEdit":
        if self.scene is not None and self.shot is None:
            raise ValueError("name the shot of that scene, too")
        if self.shot is not None and self.of is None:
            raise ValueError("name the entity of that shot, too (of)")
        return self


class AnimateEdit(Spec):
    """Plays an animation clip of an asset's file (GLB, glTF or USD), instead of its own motion.

    The other edits come on top of it, wherever in the list it stands; there is one of ``animate`` and ``motion``.

    Attributes:
        clip: Its name in the file; default: the first.
        speed: How fast it is played; negative plays it backwards.
        start_s: Which moment of the clip the shot's frame 0 shows.
        loop: Whether it begins again when it ends; default: it holds.

    Example:
        {type: animate, clip: walk, loop: true}
    """

    type: Literal["animate"]
    clip: Description | None = None
    speed: Annotated[float, Field(ge=-100, le=100)] = 1.0
    start_s: Annotated[float, Field(ge=-3600, le=3600)] = 0.0
    loop: bool = False
