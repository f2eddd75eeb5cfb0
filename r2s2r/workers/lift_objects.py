"""SAM 3D Objects as a worker: `python lift_objects.py REQUEST RESPONSE` in the environment that has its package.

Follows ``notebook/inference.py`` of github.com/facebookresearch/sam-3d-objects, of January 2026 or later: before, the
refinement of the layout lost the camera's intrinsics. Not named after the package, which it would hide from itself.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from r2s2r.workers.exchange import MESH, POSE, Request, WorkerMissing, serve
else:
    from exchange import MESH, POSE, Request, WorkerMissing, serve

# What its configuration may name to be called; the package's own example allows the same.
_TRUSTED = ("sam3d_objects", "torch", "torchvision", "moge")


def lift(request: Request, response: Path) -> list[int]:
    """Write ``mesh.glb`` and ``pose.npz`` of the one frame's entity; return the number of the frame."""
    pipeline = _pipeline(request.weights)
    import torch

    (frame,) = request.frames
    points = request.points()
    output = pipeline.run(
        # The mask goes in as the picture's alpha.
        np.concatenate([frame.picture(), frame.pixels()[..., None].astype(np.uint8) * 255], axis=-1),
        None,
        request.seed,
        stage1_only=False,
        with_mesh_postprocess=False,
        with_texture_baking=False,
        with_layout_postprocess=True,
        use_vertex_color=True,
        stage1_inference_steps=None,
        pointmap=None if points is None else torch.from_numpy(points),
    )
    output["glb"].export(response / MESH)
    pose = {name: _numbers(output[name]) for name in ("rotation", "translation", "scale")}
    np.savez(response / POSE, **pose)
    return [frame.number]


def _pipeline(weights: Path) -> Any:  # noqa: ANN401 - the package's own
    os.environ["LIDRA_SKIP_INIT"] = "true"  # read when the package is imported
    import sam3d_objects  # type: ignore[import-not-found]  # noqa: F401 - its import registers what the file names
    from hydra.utils import instantiate  # type: ignore[import-not-found]
    from omegaconf import OmegaConf  # type: ignore[import-not-found]

    # On the hub it lies in a folder; the package's own instructions move it up.
    candidates = [weights / "pipeline.yaml", weights / "checkpoints" / "pipeline.yaml"]
    file = next((path for path in candidates if path.is_file()), None)
    if file is None:
        raise WorkerMissing(f"{weights}: has no pipeline.yaml; `hf download facebook/sam-3d-objects`")
    config = OmegaConf.load(file)
    _check_targets(OmegaConf.to_container(config, resolve=False))
    config.rendering_engine = "pytorch3d"  # the other needs nvdiffrast, which is licensed for research only
    config.compile_model = False
    config.workspace_dir = str(file.parent)
    return instantiate(config)


def _check_targets(config: Any) -> None:  # noqa: ANN401 - YAML
    if isinstance(config, list):
        for value in config:
            _check_targets(value)
    if isinstance(config, dict):
        target = str(config.get("_target_", _TRUSTED[0]))
        if target.split(".")[0] not in _TRUSTED:
            raise ValueError(f"pipeline.yaml wants to call {target}, which is none of {', '.join(_TRUSTED)}")
        _check_targets(list(config.values()))


def _numbers(tensor: Any) -> Any:  # noqa: ANN401 - torch's
    return tensor.detach().float().cpu().numpy().reshape(-1)


if __name__ == "__main__":
    serve("sam3d_objects", lift, colours="srgb")  # it was trained on pictures, and writes what they show
