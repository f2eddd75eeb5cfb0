"""glTF files: their cameras and meshes over time.

Source: glTF 2.0 specification, sections 3.5 (nodes; a scale of 0 hides what hangs on it), 3.10 (cameras look along -Z,
+Y up) and 3.11; ``KHR_animation_pointer`` and ``KHR_node_visibility`` (Khronos, ratified).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.geometry.transforms import Array
from r2s2r.media.animations.gltf_lens import recorded_lens
from r2s2r.media.animations.gltf_moments import Moments, moments_of
from r2s2r.media.animations.named import unique
from r2s2r.media.animations.recorded import RecordedAnimation, RecordedObject, require_numbers, rigid_poses
from r2s2r.media.assets.gltf.arrays import Arrays
from r2s2r.media.assets.gltf.container import opened
from r2s2r.media.assets.gltf.nodes import Tree, tree
from r2s2r.media.assets.gltf.pointers import Pointers, pointers
from r2s2r.media.assets.gltf.tracks import Tracks, all_tracks
from r2s2r.media.axes import opengl_from
from r2s2r.media.gltf_names import NAME, own_extras
from r2s2r.media.lenses import require_lenses


def read_gltf_animation(path: Path, files: Mapping[str, Path]) -> RecordedAnimation:
    """Read a glTF file; ``files`` are the buffers that it refers to. All its animations play at once.

    See ``read_animation``.
    """
    arrays = Arrays(opened(path, files))
    try:
        return _File.of(arrays).read()
    except IndexError as error:
        raise MediaError(f"{path}: the file is damaged (it refers to a part that is not there); export it again") from (
            error
        )


@dataclass(frozen=True, eq=False)
class _File:
    arrays: Arrays
    nodes: Tree
    tracks: tuple[Tracks, ...]
    pointers: Pointers
    moments: Moments

    @classmethod
    def of(cls, arrays: Arrays) -> "_File":
        tracks, pointed = all_tracks(arrays), pointers(arrays)
        moments = moments_of(arrays.container, tracks, pointed)
        return cls(arrays, tree(arrays.container), tracks, pointed, moments)

    def read(self) -> RecordedAnimation:
        document, path = self.arrays.container.document, self.arrays.container.path
        placed = [self._placed(float(time_s)) for time_s in self.moments.times_s]
        matrices = np.stack([matrices for matrices, _ in placed])
        seen = np.stack([visible for _, visible in placed])
        cameras = [number for number in self.nodes.order if document.nodes[number].camera is not None]
        meshes = [number for number in self.nodes.order if document.nodes[number].mesh is not None]
        names = unique([(self._names(number)[0], f"node {number}") for number in cameras])
        tracks = ((name, self._track(number, matrices[:, number])) for name, number in zip(names, cameras, strict=True))
        return RecordedAnimation(
            fps=self.moments.fps,
            moments=len(self.moments.times_s),
            cameras={name: track for name, track in tracks if track is not None},
            objects=tuple(
                self._object(path, number, matrices[:, number], visible=seen[:, number]) for number in meshes
            ),
        )

    def _placed(self, time_s: float) -> tuple[Array, NDArray[np.bool_]]:
        """Return scene_from_node [nodes, 4, 4] at a time, as if nothing was hidden, and which nodes are seen."""
        document = self.arrays.container.document
        moved: dict[int, Array] = {}
        for tracks in reversed(self.tracks):  # where several move a node, the first does
            moved |= tracks.locals(self.arrays, time_s)
        seen = np.ones(len(document.nodes), np.bool_)
        for number in self.nodes.order:
            here = moved.get(number, self.nodes.locals[number])
            if not np.abs(here[:3, :3]).max() > 0:
                moved[number], seen[number] = _unscaled(here), False
            shown = document.nodes[number].extensions.visibility
            pointed = self.pointers.at(f"/nodes/{number}/extensions/KHR_node_visibility/visible", time_s)
            if pointed is not None or shown is not None:
                seen[number] &= bool(pointed[0]) if pointed is not None else shown is None or shown.visible
            if (parent := self.nodes.parents[number]) >= 0:
                seen[number] &= seen[parent]
        return self.nodes.scene_from_node(moved), seen

    def _names(self, number: int) -> tuple[str, ...]:
        """Return what a node may be called: by us, then by the file, then what it hangs on, outwards."""
        document, ours, others = self.arrays.container.document, [], []
        while number >= 0:
            node = document.nodes[number]
            ours.append(own_extras(node.extras).get(NAME))
            others.append(node.name)
            number = int(self.nodes.parents[number])
        found = tuple(dict.fromkeys(str(name) for name in (*ours, *others) if name))
        return found or ("(unnamed)",)

    def _track(self, number: int, matrices: Array) -> CameraTrack | None:
        index = self.arrays.container.document.nodes[number].camera
        assert index is not None
        camera = self.arrays.container.document.cameras[index]
        where = f"{self.arrays.container.path}: camera {self._names(number)[0]}"
        lens = recorded_lens(camera, self.pointers, index, times_s=self.moments.times_s, where=where)
        if lens is None:
            return None
        require_lenses(lens.intrinsics, lens.height, lens.width, where)
        return CameraTrack(
            world_from_camera=opengl_from(rigid_poses(matrices, where)),  # glTF's camera axes are USD's
            intrinsics=lens.intrinsics,
            height=lens.height,
            width=lens.width,
            times_s=self.moments.times_s - self.moments.times_s[0],
            fps=self.moments.fps,
        )

    def _object(self, path: Path, number: int, matrices: Array, *, visible: NDArray[np.bool_]) -> RecordedObject:
        names = self._names(number)
        where = f"{path}: {names[0]}"
        require_numbers(matrices, where)
        return RecordedObject(names, where, matrices, visible, self._points(number))

    def _points(self, number: int) -> NDArray[np.float32] | None:
        """Return a node's points; None of a mesh that bends."""
        document = self.arrays.container.document
        node = document.nodes[number]
        assert node.mesh is not None
        primitives = document.meshes[node.mesh].primitives
        if node.skin is not None or any(one.targets for one in primitives):
            return None
        given = [self.arrays.numbers(one.attributes["POSITION"]) for one in primitives if "POSITION" in one.attributes]
        return np.concatenate(given).astype(np.float32) if given else None


def _unscaled(matrix: Array) -> Array:
    """Return a matrix [4, 4] whose linear part is nothing with the identity instead."""
    kept = np.eye(4)
    kept[:3, 3] = matrix[:3, 3]
    return kept
