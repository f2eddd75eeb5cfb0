"""Edits of entities. They compose in list order, each acting on the entity's state so far."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from r2s2r.spec.base import Name, Positive, Spec, Vector, written_kind
from r2s2r.spec.camera import Curve
from r2s2r.spec.times import Time

Scale: TypeAlias = Annotated[
    Annotated[Positive, Tag("number")] | Annotated[tuple[Positive, Positive, Positive], Tag("list")],
    Discriminator(written_kind, custom_error_type="scale", custom_error_message="needs a number or [x, y, z]"),
]


class TransformKey(Spec):
    """The entity at one moment. Relative values are relative to the entity's state so far, about its pivot.

    Attributes:
        at: When.
        position_m: Where the pivot goes, absolute in the world.
        move_m: Moves it, relative, along the world's axes.
        rotate_deg: Turns it, relative; XYZ intrinsic.
        scale: Scales it, relative: a number, or one per axis of the entity.
    """

    at: Time
    position_m: Vector | None = None
    move_m: Vector = (0.0, 0.0, 0.0)
    rotate_deg: Vector = (0.0, 0.0, 0.0)
    scale: Scale = 1.0


class TransformEdit(Spec):
    """Keyframes. Rotations are interpolated on the sphere; before the first key and after the last it holds.

    Attributes:
        keys: The entity at given moments, in order.
        curve: How it goes from key to key.
        pivot: A point of the entity's frame in metres; the default is its base (the origin).
    """

    type: Literal["transform"]
    keys: Annotated[tuple[TransformKey, ...], Field(min_length=1)]
    curve: Curve = "smooth"
    pivot: Vector = (0.0, 0.0, 0.0)


class RemoveEdit(Spec):
    """The entity is gone.

    Attributes:
        from: The first moment without it; default the shot's start.
        to: The last moment without it; default the shot's end.
    """

    type: Literal["remove"]
    from_: Annotated[Time | None, Field(alias="from")] = None
    to: Time | None = None


class MotionEdit(Spec):
    """Changes how an entity moves by itself, as it does in the clip or in its file.

    The other edits come on top of it, wherever in the list it stands, so there is one at most. Before its motion
    begins and after it ends, an entity holds still.

    Attributes:
        of: Moves as another entity does, from where this one stands and along its own axes; ``none`` lets it stand.
            Default: its own motion.
        speed: How fast it is played; negative plays it backwards, 0 holds one moment.
        start_s: Which moment of the motion the shot's frame 0 shows, in seconds from the reference frame.
    """

    type: Literal["motion"]
    of: Name | None = None
    speed: Annotated[float, Field(ge=-100, le=100)] = 1.0
    start_s: Annotated[float, Field(ge=-3600, le=3600)] = 0.0


EntityEdit: TypeAlias = Annotated[TransformEdit | MotionEdit | RemoveEdit, Field(discriminator="type")]
