"""Stands where SAM 3D Body's package would: a body is a triangle as high as its shape says."""

from types import SimpleNamespace

import numpy as np
import torch


def load_sam_3d_body(checkpoint_path, device, mhr_path):
    assert checkpoint_path.endswith("model.ckpt")
    assert mhr_path.endswith("assets/mhr_model.pt")
    return SimpleNamespace(head_pose=Head()), {"device": device}


class Head:
    faces = torch.tensor([[0, 1, 2]])

    def mhr_forward(self, *, global_trans, shape_params, return_joint_coords, **pose):
        assert return_joint_coords
        assert not global_trans.any()
        assert set(pose) == {"global_rot", "body_pose_params", "hand_pose_params", "scale_params", "expr_params"}
        high = torch.tensor([[[0.0, 0, 0], [1, 0, 0], [0, 0, 0]]])
        high[0, 2, 1] = shape_params[0, 0]
        return high, high[:, :2]


class SAM3DBodyEstimator:
    def __init__(self, sam_3d_body_model, model_cfg):
        self.model = sam_3d_body_model
        self.faces = self.model.head_pose.faces.numpy()

    def process_one_image(self, img, bboxes, masks, cam_int):
        assert img.dtype == np.uint8
        assert cam_int.shape == (1, 3, 3)
        assert masks.shape == (1, *img.shape[:2])
        assert masks.max() == 255
        if img[0, 0, 0] == 255:
            return []
        names = ("global_rot", "body_pose_params", "hand_pose_params", "scale_params", "expr_params")
        return [
            {
                **{name: np.zeros(3, np.float32) for name in names},
                "shape_params": np.full(2, img[0, 0, 0], np.float32),
                "pred_cam_t": bboxes[0, :3],
            }
        ]
