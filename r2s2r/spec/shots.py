"""A shot: how long, where the camera goes, what the entities do."""

from typing import Annotated

from pydantic import Field

from r2s2r.spec.animation_file import AnimationFileSpec
from r2s2r.spec.base import Name, Spec
from r2s2r.spec.camera import CameraMove
from r2s2r.spec.diffuse import DiffuseSpec
from r2s2r.spec.edited_names import EntityNames
from r2s2r.spec.edits import EntityEdit
from r2s2r.spec.encode import EncodeSpec
from r2s2r.spec.output import OutputSpec
from r2s2r.spec.render import RenderSpec
from r2s2r.spec.variants import Seed, VariantsSpec

ENTITIES = "entities"
"""No shot is called so: `r2s2r lift` puts the entities beside the shots, in a folder of this name."""


class ShotSpec(Spec):
    """One shot. With ``extends`` it starts from another shot of the scene; what is given here replaces what is there.

    Of ``edits``, only those under the same name are replaced (all of them by ``edits: {}``); settings merge field by
    field.

    Attributes:
        extends: Another shot of this scene.
        enabled: Whether ``run`` makes it when no shot is named.
        priority: Higher runs first.
        tags: Words to find it by.
        frames: Length.
        camera: Moves, in order.
        animation: A file of another program that camera and entities start from; moves and edits come on top.
        edits: Entity -> edits, in order. A name may stand for several: ``bunny, crate``, ``crate.*``, ``*``.
        prompt: What a video model is told (``auto`` drafts it); the compositor does not read it.
        seed: For whatever is random.
        variants: The shot several times over, side by side, to choose from; only for video models.
        render: Settings that win over the scene's.
        diffuse: Settings that win over the scene's.
        encode: Settings that win over the scene's.
        output: Settings that win over the scene's.

    Example:
        frames: 49
        camera:
          - {type: dolly, distance: 0.3x, towards: bunny}
          - {type: handheld, amount: 0.5}
        edits:
          bunny: [{type: spin, turns: 1}]
    """

    extends: Name | None = None
    enabled: bool = True
    priority: int = 0
    tags: tuple[Name, ...] = ()
    frames: Annotated[int, Field(ge=1, le=100_000)] = 77
    camera: tuple[CameraMove, ...] = ()
    animation: AnimationFileSpec | None = None
    edits: dict[EntityNames, tuple[EntityEdit, ...]] = {}
    prompt: Annotated[str, Field(min_length=1, max_length=10_000)] = "auto"
    seed: Seed = 0
    variants: VariantsSpec = VariantsSpec()
    render: RenderSpec = RenderSpec()
    diffuse: DiffuseSpec = DiffuseSpec()
    encode: EncodeSpec = EncodeSpec()
    output: OutputSpec = OutputSpec()
