"""Stands where SAM 3D Objects' package would: the call it takes, the types it takes and gives."""

import os

import numpy as np
import torch
import trimesh

assert os.environ["LIDRA_SKIP_INIT"] == "true"


class Pipeline:
    def __init__(self, config):
        assert config.rendering_engine == "pytorch3d"
        assert not config.compile_model
        self.workspace = config.workspace_dir

    def run(self, image, mask, seed, **options):
        assert (image.dtype, image.shape[-1], mask) == (np.uint8, 4, None)
        assert set(np.unique(image[..., 3])) == {0, 255}
        points = options["pointmap"]
        assert points is None or (points.dtype == torch.float32 and points.shape[:2] == image.shape[:2])
        assert options["use_vertex_color"]
        assert not options["with_mesh_postprocess"]
        assert not options["with_texture_baking"]
        # What it was told comes back as the pose.
        ahead = 0.0 if points is None else float(points[0, 0, 2])
        left = 0.0 if points is None else float(points[0, 0, 0])
        box = trimesh.creation.box()
        box.visual.vertex_colors = np.tile([120, 60, 30, 255], (8, 1))
        return {
            "glb": box,
            "rotation": torch.tensor([[1.0, 0, 0, 0]]),
            "translation": torch.tensor([[left, float(seed), ahead]], requires_grad=True),
            "scale": torch.tensor([[2.0, 2.0, 2.0]]),
        }
