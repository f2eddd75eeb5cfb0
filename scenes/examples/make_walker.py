"""A walker: a wooden puppet of boxes on a skeleton, with three animations, as skinned GLB."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pygltflib
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial.transform import Rotation

from scenes.examples.make_meshes import Glb, box, box_faces


class _Bone(NamedTuple):
    """A joint with the box that hangs on it: where it turns, the box's corners, its colour's number."""

    parent: str | None
    joint_m: tuple[float, float, float]
    low_m: tuple[float, float, float]
    high_m: tuple[float, float, float]
    colour: int


_BONES = {
    "body": _Bone(None, (0, 0.5, 0), (-0.14, 0.5, -0.08), (0.14, 0.92, 0.08), 0),
    "head": _Bone("body", (0, 0.94, 0), (-0.09, 0.94, -0.09), (0.09, 1.14, 0.09), 1),
    "left_arm": _Bone("body", (0.19, 0.88, 0), (0.15, 0.5, -0.04), (0.23, 0.91, 0.04), 2),
    "right_arm": _Bone("body", (-0.19, 0.88, 0), (-0.23, 0.5, -0.04), (-0.15, 0.91, 0.04), 2),
    "left_leg": _Bone("body", (0.075, 0.48, 0), (0.015, 0, -0.05), (0.135, 0.49, 0.05), 3),
    "right_leg": _Bone("body", (-0.075, 0.48, 0), (-0.135, 0, -0.05), (-0.015, 0.49, 0.05), 3),
}
_COLOURS = ((196, 84, 60), (236, 190, 140), (70, 130, 180), (60, 70, 110))
_SWING_DEG = 28.0


def write_walker(path: Path) -> None:
    """Write the puppet, 1.14 m tall, facing +z; it has the animations ``walk``, ``wave`` and ``jump``."""
    glb = Glb()
    nodes = {name: glb.node(name=name, translation=_offset(bone)) for name, bone in _BONES.items()}
    for name, bone in _BONES.items():
        if bone.parent is not None:
            glb.gltf.nodes[nodes[bone.parent]].children.append(nodes[name])
    bind = np.tile(np.eye(4, dtype=np.float32), (len(_BONES), 1, 1))
    bind[:, 3, :3] = [[-value for value in bone.joint_m] for bone in _BONES.values()]  # glTF lists columns
    skin = pygltflib.Skin(joints=list(nodes.values()), inverseBindMatrices=glb.array(bind.reshape(-1, 16)))
    glb.gltf.skins = [skin]
    colours = Image.fromarray(np.array([_COLOURS], np.uint8).repeat(4, axis=1).repeat(4, axis=0))
    mesh = glb.mesh(_boxes(), box_faces(len(_BONES)), colours, "PNG")
    body = glb.node(mesh=mesh, skin=0, name="walker")
    for name, moves in {"walk": _walk(), "wave": _wave(), "jump": _jump()}.items():
        _animation(glb, name, moves, nodes)
    glb.write(path, [body, nodes["body"]])


class _Moves(NamedTuple):
    """An animation: its times, how far joints turn about x and z in degrees, how high the body is."""

    times_s: NDArray[np.float64]
    turns_deg: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]
    up_m: NDArray[np.float64]


def _walk() -> _Moves:
    times_s = np.linspace(0, 1, 13)
    swing = _SWING_DEG * np.sin(2 * np.pi * times_s)
    none = np.zeros(13)
    turns = {"left_leg": swing, "right_leg": -swing, "left_arm": -swing, "right_arm": swing}
    # The body comes down as the legs spread, so that feet stay on the ground.
    return _Moves(times_s, {name: (turn, none) for name, turn in turns.items()}, 0.48 * (np.cos(np.radians(swing)) - 1))


def _wave() -> _Moves:
    times_s = np.linspace(0, 1.5, 19)
    none = np.zeros(19)
    raised = 150 * np.clip(np.minimum(times_s, 1.5 - times_s) / 0.4, 0, 1)
    return _Moves(times_s, {"left_arm": (none, raised + 18 * np.sin(8 * np.pi * times_s / 1.5) * raised / 150)}, none)


def _jump() -> _Moves:
    times_s = np.linspace(0, 0.8, 13)
    spread = 35 * np.sin(np.pi * times_s / 0.8)
    none = np.zeros(13)
    turns = {"left_arm": 2 * spread, "right_arm": -2 * spread, "left_leg": spread / 3, "right_leg": -spread / 3}
    up_m = 9.81 / 2 * times_s * (0.8 - times_s)
    return _Moves(times_s, {name: (none, turn) for name, turn in turns.items()}, up_m)


def _offset(bone: _Bone) -> list[float]:
    """Return where a joint is, from its parent."""
    parent = _BONES[bone.parent].joint_m if bone.parent is not None else (0.0, 0.0, 0.0)
    return [round(own - other, 6) for own, other in zip(bone.joint_m, parent, strict=True)]


def _boxes() -> dict[str, NDArray[np.generic]]:
    parts: dict[str, list[NDArray[np.generic]]] = {}
    for index, bone in enumerate(_BONES.values()):
        attributes: dict[str, NDArray[np.generic]] = dict(box(bone.low_m, bone.high_m))
        corners = len(attributes["POSITION"])
        attributes["TEXCOORD_0"] = np.tile(np.array([(bone.colour + 0.5) / 4, 0.5], np.float32), (corners, 1))
        attributes["JOINTS_0"] = np.tile(np.array([index, 0, 0, 0], np.uint8), (corners, 1))
        attributes["WEIGHTS_0"] = np.tile(np.array([1, 0, 0, 0], np.float32), (corners, 1))
        for name, values in attributes.items():
            parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def _animation(glb: Glb, name: str, moves: _Moves, nodes: dict[str, int]) -> None:
    written = pygltflib.Animation(name=name)
    times = glb.array(moves.times_s.astype(np.float32))

    def add(bone: str, path: str, values: NDArray[np.float32]) -> None:
        written.samplers.append(pygltflib.AnimationSampler(input=times, output=glb.array(values)))
        target = pygltflib.AnimationChannelTarget(node=nodes[bone], path=path)
        written.channels.append(pygltflib.AnimationChannel(sampler=len(written.samplers) - 1, target=target))

    for bone, (about_x_deg, about_z_deg) in moves.turns_deg.items():
        turns = Rotation.from_euler("xz", np.stack([about_x_deg, about_z_deg], axis=1), degrees=True)
        add(bone, "rotation", turns.as_quat().astype(np.float32))
    up_m = np.zeros((len(moves.up_m), 3))
    up_m[:, 1] = _BONES["body"].joint_m[1] + moves.up_m
    add("body", "translation", up_m.astype(np.float32))
    glb.gltf.animations.append(written)
