"""A batch of shots, run by drivers that may be killed, and what became of it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import numpy as np
import yaml

from r2s2r.artifacts.manifest import read_manifest
from r2s2r.artifacts.store import Store
from r2s2r.media.video import LosslessWriter
from r2s2r.spec.farm import StageName

INJECTED = Path(__file__).parent / "injected"
_SCENE = """\
version: 1
name: batch
source: {clip: clip.mkv, frame: 0, ground: {camera_height_m: 1.2, pitch_deg: -4}}
entities: {box: {select: {polygon_px: [[30, 30], [60, 30], [60, 80], [30, 80]]}}}
output: {width: 64, height: 64}
shots:
"""
_SHOT = "  shot{number}: {{frames: 1, camera: [{{type: orbit, around: box, degrees: {number}}}]}}\n"
_BEGAN = re.compile(r" started on ")
# Not what failed because death came for a process of its own: ffmpeg.
_ENDED = re.compile(r" (done in |failed: (?!.* was ended by signal 9))")


@dataclass(frozen=True)
class Batch:
    """A project of one scene; the stage ``render`` is built by processes of the executor.

    Attributes:
        folder: Of the project.
        executor: ``local`` or ``slurm``.
        variables: Of the drivers' environment.
        farm: Settings of the project's farm.
        away: Stages that are no work for the driver's own machine; none: as its executor has it.
    """

    folder: Path
    executor: str = "local"
    variables: Mapping[str, str] = field(default_factory=dict)
    farm: Mapping[str, Any] = field(default_factory=dict)
    away: tuple[StageName, ...] = ()

    def write(self, shots: int) -> None:
        """Write the project."""
        self.folder.mkdir()
        picture = np.full((96, 160, 3), 90, np.uint8)
        picture[30:80, 30:60] = (220, 60, 40)
        with LosslessWriter(self.folder / "clip.mkv", height=96, width=160, fps=Fraction(25)) as writer:
            writer.write(picture)
        text = _SCENE + "".join(_SHOT.format(number=number) for number in range(1, shots + 1))
        (self.folder / "scene.yaml").write_text(text)
        farm = dict(self.farm)
        if self.away:
            farm["slurm"] = {
                **farm["slurm"],
                "here": [stage for stage in get_args(StageName) if stage not in self.away],
            }
        (self.folder / "r2s2r.yaml").write_text(yaml.safe_dump({"version": 1, "farm": farm}))

    def start(self, store: Path, said: Path, faults: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        """Start a driver with results in ``store`` and words in ``said``; ``faults`` are for all that it starts."""
        words = ["run", "scene.yaml", "--workers", "2", "--executor", self.executor]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "R2S2R_STORE": str(store), **self.variables, **faults}
        with said.open("ab") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "r2s2r", *words],
                cwd=self.folder,
                env=environment,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )


def results(store: Store) -> dict[str, str]:
    """Return the digest of each key's result, all of whose files are as they should be."""
    found = {}
    for path in (store.root / "actions").glob("*.json"):
        stored = json.loads(path.read_bytes())
        folder = store.object(stored["result"])
        damage = read_manifest(folder).damage(folder)
        assert not damage, f"{folder}: {damage}"
        found[stored["key"]] = stored["result"]
    return found


def wasted(store: Store) -> Iterator[str]:
    """Yield what was begun again although it had ended, or had failed, or was done by two at once, by key."""
    for path in (store.root / "logs").glob("*.log"):
        *earlier, last = _BEGAN.split(path.read_text())[1:] or [""]
        if any(_ENDED.search(text) for text in earlier) or len(_ENDED.findall(last)) > 1:
            yield path.stem


def tries(store: Store) -> dict[str, int]:
    """Return how often each key was begun."""
    return {path.stem: len(_BEGAN.findall(path.read_text())) for path in (store.root / "logs").glob("*.log")}
