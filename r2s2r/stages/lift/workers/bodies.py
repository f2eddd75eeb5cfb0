"""A person, frame by frame, as a worker sees them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.errors import StageError
from r2s2r.geometry.transforms import Array
from r2s2r.spec.lift import Sam3dSpec
from r2s2r.spec.workers import WorkerName
from r2s2r.stages.lift.entities.silhouette import iou, silhouette
from r2s2r.stages.lift.inputs import WorkerInputs
from r2s2r.stages.lift.workers.placing import place_body
from r2s2r.stages.lift.workers.request import Asked, Seen, write_request
from r2s2r.stages.lift.workers.response import read_arrays
from r2s2r.stages.lift.workers.runner import answer
from r2s2r.workers.exchange import FACES, frame_file

_MODEL: WorkerName = "sam3d_body"


@dataclass(frozen=True, eq=False)
class Body:
    """A body as SAM 3D Body answers it.

    Attributes:
        vertices: [V, 3], metres, OpenCV's axes, about the body's own origin.
        pred_cam_t: [3], where that origin is in the camera's frame.
    """

    vertices: Array
    pred_cam_t: Array


@dataclass(frozen=True, eq=False)
class BodyFrame:
    """A body in one of the footage's stored frames.

    Attributes:
        index: Of the stored frame.
        vertices_m: [V, 3] in the frame's camera: OpenCV axes, metres, as the model has them; in the order of the
            entity's mesh. Shape and proportions are the same in all frames.
        confidence: IoU of its silhouette and the frame's mask.
    """

    index: int
    vertices_m: Array
    confidence: float


@dataclass(frozen=True, eq=False)
class BodyClip:
    """What a person is looked for in: the clip, where the person is in it, and how it was filmed."""

    footage: Footage
    mask: Mask
    camera: SourceCamera

    def seen(self, indices: tuple[int, ...]) -> Iterator[Seen]:
        """Yield stored frames, one at a time in memory."""
        pictures, masks = self.footage.frames(indices), self.mask.frames(indices)
        for index, picture, mask in zip(indices, pictures, masks, strict=True):
            yield Seen(self.footage.facts.clip_frames[index], picture, mask)


def body_frames(spec: Sam3dSpec, worker: WorkerInputs, clip: BodyClip) -> Iterator[BodyFrame]:
    """Yield the body in each frame in which it is masked and found, in one request; one frame at a time in memory.

    Frames that are not yielded were not seen, or the model found nobody in them. Raises MissingError and StageError as
    ``Sam3dLifter`` does.
    """
    indices = tuple(index for index, share in enumerate(clip.mask.facts.coverage) if share > 0)
    if not indices:
        raise StageError("its mask is empty in all frames: there is no motion to find")
    asked = Asked(_MODEL, spec.seed, worker.weights, clip.camera.intrinsics)
    with answer(worker, _MODEL, lambda folder: write_request(folder, asked, clip.seen(indices))) as (folder, said):
        faces, found = read_faces(folder), set(said.frames)
        masks = clip.mask.frames(indices)
        for index, mask in zip(indices, masks, strict=True):
            number = clip.footage.facts.clip_frames[index]
            if number in found:
                yield _measured(read_body(folder, number, faces), index, mask, clip, faces)


def read_faces(folder: Path) -> NDArray[np.int32]:
    """Read the faces [F, 3] of an answer. Raises StageError when there are none."""
    faces = read_arrays(folder / FACES, {"faces": (None, 3)}, "i")["faces"].astype(np.int32)
    if not len(faces) or faces.min() < 0:
        raise StageError(f"the worker's answer {folder / FACES}: has no faces, or negative ones")
    return faces


def read_body(folder: Path, number: int, faces: NDArray[np.int32]) -> Body:
    """Read the body found in a frame of the clip. Raises StageError when it is damaged or does not fit the faces."""
    path = folder / frame_file(number)
    shapes = {"pred_vertices": (None, 3), "pred_cam_t": (3,)}
    arrays = read_arrays(path, shapes, "f")
    if faces.max() >= len(arrays["pred_vertices"]):
        raise StageError(
            f"the worker's answer {path}: has {len(arrays['pred_vertices'])} vertices, its faces name more"
        )
    return Body(arrays["pred_vertices"], arrays["pred_cam_t"])


def _measured(body: Body, index: int, mask: NDArray[np.bool_], clip: BodyClip, faces: NDArray[np.int32]) -> BodyFrame:
    camera = clip.camera.camera(index)
    in_world = place_body(body.vertices, body.pred_cam_t, camera)
    before = bool((camera.project(in_world)[1] > 0).all())
    confidence = iou(silhouette(in_world, faces, camera), mask) if before else 0.0
    return BodyFrame(index, body.vertices + body.pred_cam_t, confidence)
