"""Lifts by SAM 3D: objects, and bodies of people."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import StageError
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.normals import face_normals, smooth_normals
from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.colours import linear_from_srgb
from r2s2r.spec.lift import Sam3dSpec
from r2s2r.stages.lift.entities.distance import at_its_distance
from r2s2r.stages.lift.entities.lifter import Lifted, View
from r2s2r.stages.lift.entities.simplify import with_fewer_faces
from r2s2r.stages.lift.entities.texture import project_texture
from r2s2r.stages.lift.inputs import WorkerInputs
from r2s2r.stages.lift.workers.bodies import read_body, read_faces
from r2s2r.stages.lift.workers.closing import check_closed, read_closed
from r2s2r.stages.lift.workers.colours import painted
from r2s2r.stages.lift.workers.placing import ObjectPose, place, place_body
from r2s2r.stages.lift.workers.request import Asked, Seen, points_of, write_request
from r2s2r.stages.lift.workers.response import Said, read_arrays
from r2s2r.stages.lift.workers.runner import answer
from r2s2r.workers.exchange import MESH, POSE

# The first tolerance of the simplification, as a share of the extent; then as many times more as there are too many.
_TOLERANCE = 1e-4


class Sam3dLifter:
    """A ``Lifter`` that asks a worker."""

    def __init__(self, spec: Sam3dSpec, worker: WorkerInputs) -> None:
        self._spec, self._worker = spec, worker

    def lift(self, view: View) -> Lifted:
        """Return the model's mesh, in the world: see ``lifter.Lifter``.

        Raises MissingError when the worker cannot run here; StageError when it fails, or its answer cannot be used.
        """
        model = self._spec.worker
        asked = Asked(model, self._spec.seed, self._worker.weights, view.camera.intrinsics)
        points = None if view.depth_m is None else points_of(view.depth_m, view.camera)
        seen = Seen(view.clip_frame, view.frame, view.mask)
        with answer(self._worker, model, lambda folder: write_request(folder, asked, [seen], points)) as (folder, said):
            if view.clip_frame not in said.frames:
                raise StageError(
                    f"the worker {model} finds nothing at the mask in frame {view.clip_frame}; give another mask"
                )
            lifted = self._object(folder, said, view) if self._spec.model == "objects" else self._body(folder, view)
        mesh = lifted.mesh
        if mesh.vertices.size and not (view.camera.project(mesh.vertices.astype(np.float64))[1] > 0).all():
            raise StageError(f"the worker {model} puts it behind the camera; give another mask, or another seed")
        return Lifted(at_its_distance(mesh, view), lifted.findings)

    def _object(self, folder: Path, said: Said, view: View) -> Lifted:
        closed = read_closed(folder / MESH)
        mesh = closed.mesh
        pose = ObjectPose(**read_arrays(folder / POSE, {"rotation": (4,), "translation": (3,), "scale": (3,)}, "f"))
        _check_pose(pose)
        if said.colours == "srgb":
            mesh = replace(mesh, texture=_as_they_were(mesh.texture))
        vertices = place(mesh.vertices.astype(np.float64), pose, view.camera)
        in_world = replace(
            mesh, vertices=vertices.astype(np.float32), corner_normals=smooth_normals(vertices, mesh.faces)
        )
        if len(mesh.faces) <= self._spec.max_faces:
            return Lifted(in_world, closed.findings)
        tolerance_m = _TOLERANCE * float(np.ptp(vertices, axis=0).max())
        fewer = with_fewer_faces(vertices, mesh.faces, max_faces=self._spec.max_faces, tolerance=tolerance_m)
        return Lifted(painted(*fewer, in_world), closed.findings)

    def _body(self, folder: Path, view: View) -> Lifted:
        faces = read_faces(folder)
        body = read_body(folder, view.clip_frame, faces)
        vertices = place_body(body.vertices, body.pred_cam_t, view.camera)
        # Its vertices stay as they are, for those of other frames are to take their place: closed or refused.
        check_closed(vertices, faces)
        texture = project_texture(view.frame, view.mask, seamless=True)
        pixels, _ = view.camera.project(vertices)
        away = _turned_away(vertices, faces, view)
        mesh = Mesh(
            vertices=vertices.astype(np.float32),
            faces=faces,
            corner_uv=texture.corner_uv(pixels[faces], away),
            corner_normals=smooth_normals(vertices, faces),
            texture=texture.picture,
        )
        return Lifted(mesh)


def _check_pose(pose: ObjectPose) -> None:
    if not np.linalg.norm(pose.rotation) > 1e-6:
        raise StageError("the worker's answer cannot be used: its rotation is a quaternion of length 0")
    if not (pose.scale > 0).all():
        raise StageError(f"the worker's answer cannot be used: its scale is {pose.scale.tolist()}")


def _as_they_were(texture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return sRGB colours that were taken for linear ones, and encoded once more, as they were."""
    table = np.round(255 * linear_from_srgb(np.arange(256) / 255.0)).astype(np.uint8)
    return table[texture]


def _turned_away(vertices: Array, faces: NDArray[np.int32], view: View) -> NDArray[np.bool_]:
    middles = vertices[faces].mean(axis=1)
    return np.asarray(np.einsum("fi,fi->f", face_normals(vertices, faces), middles - view.camera.position_m) > 0)
