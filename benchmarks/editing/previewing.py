"""A camera key changed: seconds until the author sees the shot again, and those of edit within them."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.rendering.asked import at_most

_ROOT = Path(__file__).resolve().parents[2]
SCENE = _ROOT / "scenes" / "bunny.yaml"
CLIP = _ROOT / "scenes" / "media" / "bigbuckbunny.mp4"
SHOT, WRITTEN, CHANGED = "hop", "distance_m: 0.4,", "distance_m: 0.{},"
ROUNDS = 3
"""What it must reach, for 77 frames at 832x480."""
MOST_S, MOST_EDIT_S = 12, 0.3


def preview() -> None:
    """Measure and print: the demo's shot is previewed once, then after each change of its camera; the median."""
    if not CLIP.exists():
        print("the demo's clip is not here: `make demo` fetches it")
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "media").mkdir()
        (root / "media" / CLIP.name).symlink_to(CLIP)
        (root / "r2s2r.yaml").write_text(f"version: 1\nmedia_roots: ['{CLIP.parent}']\n")
        cold_s = _seen_s(root, SCENE.read_text())
        taken_s = [_seen_s(root, _changed(number)) for number in range(5, 5 + ROUNDS)]
        stages_s = {stage: _stage_s(root, stage) for stage in ("edit", "render", "diffuse", "encode")}
    print(f"  {cold_s:.1f} s the first time, lift and all, on {os.cpu_count()} cores")
    at_most(MOST_S, statistics.median(taken_s), "s from a changed camera to its preview")
    at_most(MOST_EDIT_S, stages_s["edit"], "s of them edit")
    print("    " + ", ".join(f"{stage} {taken:.2f} s" for stage, taken in stages_s.items()))


def _changed(number: int) -> str:
    text = SCENE.read_text()
    assert WRITTEN in text, "the scene's camera is written in another way"
    return text.replace(WRITTEN, CHANGED.format(number))


def _seen_s(root: Path, scene: str) -> float:
    """Write the scene and preview its shot; return the seconds of the whole command."""
    (root / "scene.yaml").write_text(scene)
    started = time.perf_counter()
    command = [sys.executable, "-m", "r2s2r", "preview", "scene.yaml", "--shot", SHOT]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    return time.perf_counter() - started


def _stage_s(root: Path, stage: str) -> float:
    """Return the seconds that a stage took, the median of the last rounds."""
    actions = [json.loads(path.read_text()) for path in (root / ".r2s2r" / "actions").rglob("*.json")]
    ours = sorted((action["finished"], action["seconds"]) for action in actions if action["request"]["stage"] == stage)
    return float(statistics.median(seconds for _, seconds in ours[-ROUNDS:]))
