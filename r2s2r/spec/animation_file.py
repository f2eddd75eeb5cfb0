"""An animation that was made or changed in another program."""

from typing import Literal

from r2s2r.spec.base import FileName, Spec


class AnimationFileSpec(Spec):
    """A shot's camera and entities as a USD or glTF file has them: one that ``r2s2r export`` wrote, and changed since.

    What the file does not hold is as without it. The shot's camera moves and edits come on top.

    Attributes:
        file: ``.usd``, ``.usda``, ``.usdc``, ``.usdz``, ``.gltf`` or ``.glb``.
        camera: Whether the camera is taken from it.
        entities: Whether the entities' places and visibility are taken from it.
        timing: ``frames`` takes one moment a frame, and there have to be as many; ``seconds`` plays it at the file's
            own rate and holds its ends. A file in which nothing moves holds still in every frame.

    Example:
        {file: assets/moved.usda}
    """

    file: FileName
    camera: bool = True
    entities: bool = True
    timing: Literal["frames", "seconds"] = "frames"
