"""A project of many scenes in which all is fresh, made in seconds: no stage ran, but every file is what one would be.

One scene is made by its stages. For each node of the others, an action is written that follows from its inputs, and its
object is the made one's files with one more file that makes its digest its own.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from pipelines.node import Ledger, Node
from pipelines.shot import ShotNodes, shot_nodes
from r2s2r.artifacts.action import Action
from r2s2r.artifacts.fingerprint import canonical_json, digest_file
from r2s2r.artifacts.manifest import MANIFEST, Manifest, read_manifest
from r2s2r.artifacts.store import Store
from r2s2r.media.video import LosslessWriter
from r2s2r.spec.load import load_scene

SCENE = """\
version: 1
name: scene{number}
source: {{clip: media/clip.mkv, frame: 0}}
entities:
  box: {{select: {{polygon_px: [[30, 30], [60, 30], [60, 80], [30, {low}]]}}}}
output: {{width: 64, height: 64}}
shots:
  orbit:
    frames: 1
    camera: [{{type: orbit, around: box, degrees: {degrees}}}]
  push:
    frames: 1
    camera: [{{type: dolly, distance_m: {distance}, towards: box}}]
  still:
    frames: 1
    seed: {number}
    edits: {{box: [{{type: transform, keys: [{{at: 0s, move_m: [{degrees}, 0, 0]}}]}}]}}
"""


def forge(root: Path, scenes: int) -> list[str]:
    """Write a project of this many scenes of three shots, and a store in which all of them are made.

    Returns the names of the scene files.
    """
    names = written(root, scenes)
    command = [sys.executable, "-m", "r2s2r", "run", names[0]]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    store = Store(root / ".r2s2r")
    made = _made(store, _shots(root / names[0]))
    ledger = Ledger(store)
    for name in names[1:]:
        for shot in _shots(root / name):
            for node in shot.nodes:
                _forge(ledger, node, made[node.stage])
    return names


def written(root: Path, scenes: int) -> list[str]:
    """Write the project's files, without a store; return the names of the scene files."""
    (root / "media").mkdir(parents=True)
    (root / "r2s2r.yaml").write_text("version: 1\n")
    picture = np.full((96, 160, 3), 90, np.uint8)
    picture[30:80, 30:60] = (220, 60, 40)
    with LosslessWriter(root / "media" / "clip.mkv", height=96, width=160, fps=Fraction(25)) as writer:
        writer.write(picture)
    names = [f"scene{number}.yaml" for number in range(scenes)]
    for number, name in enumerate(names):
        share = number / scenes
        (root / name).write_text(
            SCENE.format(number=number, low=79 + share, degrees=round(share, 6), distance=round(share / 10, 6))
        )
    return names


def _shots(path: Path) -> Iterator[ShotNodes]:
    scene = load_scene(path)
    return (shot_nodes(scene, shot) for shot in scene.shots.values())


def _made(store: Store, shots: Iterator[ShotNodes]) -> dict[str, Action]:
    """Return one action of each stage."""
    ledger = Ledger(store)
    found = {node.stage: ledger.action(node) for shot in shots for node in shot.nodes}
    return {stage: action for stage, action in found.items() if action is not None}


def _forge(ledger: Ledger, node: Node, like: Action) -> None:
    if ledger.action(node) is not None:
        return
    request = ledger.request(node)
    assert request is not None, "the nodes before it are forged"
    digest = _twin(ledger.store, like.result, request.key)
    action = replace(like, key=request.key, request=request, result=digest)
    path = ledger.store.root / "actions" / f"{action.key}.json"
    path.write_bytes(canonical_json(action.as_json()))  # not flushed: that would be most of the time


def _twin(store: Store, digest: str, name: str) -> str:
    """Copy an object, with a file more; return its digest."""
    original = store.object(digest)
    manifest = read_manifest(original)
    folder = store.root / "tmp" / name
    shutil.copytree(original, folder, copy_function=os.link)
    (folder / MANIFEST).unlink()
    (folder / "twin").write_text(name)
    twin = Manifest({**manifest.files, "twin": (digest_file(folder / "twin"), len(name))})
    twin.write(folder)
    folder.rename(store.object(twin.digest))
    return twin.digest
