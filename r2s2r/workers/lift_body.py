"""SAM 3D Body as a worker: `python lift_body.py REQUEST RESPONSE` in the environment that has its package.

Follows ``demo.py`` and ``notebook/utils.py`` of github.com/facebookresearch/sam-3d-body.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from r2s2r.workers.exchange import FACES, Frame, Request, WorkerMissing, frame_file, serve
else:
    from exchange import FACES, Frame, Request, WorkerMissing, frame_file, serve

# Of each frame, what a body is posed from; in the words of its outputs.
_POSE = ("global_rot", "body_pose_params", "hand_pose_params", "scale_params", "shape_params", "expr_params")
_FROZEN = ("scale_params", "shape_params")
# Its model poses with y up and z backward; what it answers has OpenCV's axes.
_OPENCV_FROM_MODEL = np.array([1.0, -1.0, -1.0], np.float32)


def lift(request: Request, response: Path) -> list[int]:
    """Write ``faces.npz`` and a file for each frame; return the numbers of the frames a person was found in.

    A person does not grow: where there are several frames, shape and proportions are frozen to their medians.
    """
    estimator = _estimator(request)
    np.savez(response / FACES, faces=np.asarray(estimator.faces, np.int32))
    poses = {frame.number: pose for frame in request.frames if (pose := _pose(estimator, frame, request))}
    frozen = {name: np.median([pose[name] for pose in poses.values()], axis=0) for name in _FROZEN if poses}
    (response / frame_file(0)).parent.mkdir()
    for number, pose in poses.items():
        vertices = _posed(estimator.model.head_pose, {**pose, **frozen})
        np.savez(response / frame_file(number), pred_vertices=vertices, pred_cam_t=pose["pred_cam_t"])
    return list(poses)


def _estimator(request: Request) -> Any:  # noqa: ANN401 - the package's own
    from sam_3d_body import SAM3DBodyEstimator, load_sam_3d_body  # type: ignore[import-not-found]

    checkpoint, mhr = request.weights / "model.ckpt", request.weights / "assets" / "mhr_model.pt"
    for path in (checkpoint, mhr):
        if not path.is_file():
            raise WorkerMissing(f"{path}: no such file; `hf download facebook/sam-3d-body-dinov3`")
    import torch

    torch.manual_seed(request.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model, config = load_sam_3d_body(str(checkpoint), device=device, mhr_path=str(mhr))
    return SAM3DBodyEstimator(sam_3d_body_model=model, model_cfg=config)


def _pose(estimator: Any, frame: Frame, request: Request) -> dict[str, NDArray[np.float32]]:  # noqa: ANN401
    """Return the pose of the person in a frame; empty where none is found."""
    import torch

    mask = frame.pixels()
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    box = np.array([[columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]], np.float32)
    people = estimator.process_one_image(
        frame.picture(),
        bboxes=box,
        masks=mask[None].astype(np.uint8) * 255,
        cam_int=torch.tensor([request.intrinsics], dtype=torch.float32),
    )
    return {name: np.asarray(people[0][name], np.float32) for name in (*_POSE, "pred_cam_t")} if people else {}


def _posed(head: Any, pose: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:  # noqa: ANN401
    """Return the vertices of a body in a pose, [V, 3], with OpenCV's axes, about its own origin."""
    import torch

    device = head.faces.device
    given = {name: torch.from_numpy(pose[name])[None].to(device) for name in _POSE}
    with torch.no_grad():
        # With the joints, for without anything besides it answers no tuple.
        vertices, _ = head.mhr_forward(
            global_trans=torch.zeros_like(given["global_rot"]), return_joint_coords=True, **given
        )
    posed: NDArray[np.float32] = vertices[0].float().cpu().numpy() * _OPENCV_FROM_MODEL
    return posed


if __name__ == "__main__":
    serve("sam3d_body", lift)
