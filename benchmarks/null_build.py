"""What it costs to find that nothing is to be done: 100 scenes of one shot each, all fresh, against ``dvc status``.

Whole processes, in turn (ours, the peer, ours, ...), so that a machine whose speed drifts drifts for both; the median.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

SCENES, STAGES, ROUNDS = 100, 5, 5

SCENE = """\
version: 1
name: scene{number}
source: {{clip: clip.mkv, frame: 0}}
entities:
  box: {{select: {{polygon_px: [[30, 30], [60, 30], [60, 80], [30, 80]]}}}}
shots:
  orbit:
    frames: 1
    camera: [{{type: orbit, around: box, degrees: {number}}}]
output: {{width: 64, height: 64}}
"""
DVC_STAGE = """\
  scene{scene}_stage{stage}:
    cmd: cp {source} {target}
    deps: [{source}]
    outs: [{target}]
"""


def main() -> None:
    """Measure and print seconds and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        scenes = _make_scenes(root / "ours")
        ours = [sys.executable, "-m", "r2s2r"]
        subprocess.run([*ours, "run", *scenes], cwd=root / "ours", check=True, capture_output=True)
        commands = {f"r2s2r {verb}": ([*ours, verb, *scenes], root / "ours") for verb in ("plan", "run")}
        if shutil.which("dvc", path=_path()):
            _make_dvc(root / "dvc")
            commands["dvc status"] = (["dvc", "status", "-q"], root / "dvc")
        else:
            print("dvc is not installed (pip install -e '.[bench]'): no ratio")
        _report(_measure(commands))


def _make_scenes(root: Path) -> list[str]:
    from r2s2r.media.video import LosslessWriter

    root.mkdir()
    picture = np.full((96, 160, 3), 90, np.uint8)
    picture[30:80, 30:60] = (220, 60, 40)
    with LosslessWriter(root / "clip.mkv", height=96, width=160, fps=Fraction(25)) as writer:
        writer.write(picture)
    for number in range(SCENES):
        (root / f"scene{number}.yaml").write_text(SCENE.format(number=number))
    return [f"scene{number}.yaml" for number in range(SCENES)]


def _make_dvc(root: Path) -> None:
    root.mkdir()
    lines = ["stages:\n"]
    for scene in range(SCENES):
        (root / f"file{scene}_0").write_text(f"{scene}")
        for stage in range(STAGES):
            source, target = f"file{scene}_{stage}", f"file{scene}_{stage + 1}"
            lines.append(DVC_STAGE.format(scene=scene, stage=stage, source=source, target=target))
    (root / "dvc.yaml").write_text("".join(lines))
    for words in (["init", "--no-scm", "-q"], ["config", "core.analytics", "false"], ["repro", "-q"]):
        subprocess.run(["dvc", *words], cwd=root, check=True, capture_output=True, env=_environment())


def _measure(commands: dict[str, tuple[list[str], Path]]) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, (words, folder) in commands.items():
            started = time.perf_counter()
            subprocess.run(words, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=_environment())
            seconds[name].append(time.perf_counter() - started)
    return seconds


def _report(seconds: dict[str, list[float]]) -> None:
    peer = statistics.median(seconds["dvc status"]) if "dvc status" in seconds else None
    print(f"{SCENES} scenes, all fresh; whole process, median of {ROUNDS}")
    for name, times in seconds.items():
        ratio = f"  {statistics.median(times) / peer:.2f} of dvc status" if peer else ""
        print(f"  {name:12} {statistics.median(times):6.2f} s  ({min(times):.2f} to {max(times):.2f}){ratio}")


def _path() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": _path(), "DVC_NO_ANALYTICS": "1"}


if __name__ == "__main__":
    main()
