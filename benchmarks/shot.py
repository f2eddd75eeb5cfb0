"""One cold shot, all stages: seconds, and peak memory of all its processes together, for 77 and for 308 frames."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLIP = Path(__file__).resolve().parents[1] / "scenes" / "media" / "bigbuckbunny.mp4"
LENGTHS = (77, 308)

SCENE = """\
version: 1
name: bunny
source:
  clip: {clip}
  frame: 66
  camera: {{fov_deg: 45}}
  ground: {{camera_height_m: 1.2, pitch_deg: -4}}
entities:
  bunny: {{select: {{box_px: [160, 62, 618, 630]}}}}
shots:
  orbit:
    frames: {frames}
    camera: [{{type: orbit, around: bunny, degrees: 24}}]
"""


def main() -> None:
    """Measure and print."""
    if not CLIP.exists():
        print("the demo's clip is not here: `make demo` fetches it")
        return
    peaks = {}
    for frames in LENGTHS:
        seconds, peaks[frames] = _cold(frames)
        print(f"  {frames:4} frames 832x480: {seconds:6.1f} s, peak {peaks[frames] / 1e6:7.0f} MB")
    short, long = LENGTHS
    print(f"  memory of {long} frames / of {short} frames: {peaks[long] / peaks[short]:.2f}")


def _cold(frames: int) -> tuple[float, int]:
    """Return seconds and peak bytes of a run with an empty store."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / CLIP.name).symlink_to(CLIP)
        (Path(folder) / "r2s2r.yaml").write_text(f"version: 1\nmedia_roots: ['{CLIP.parent}']\n")
        (Path(folder) / "scene.yaml").write_text(SCENE.format(clip=CLIP.name, frames=frames))
        started = time.perf_counter()
        command = [sys.executable, "-m", "r2s2r", "run", "scene.yaml"]
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, _memory(process.pid))
            time.sleep(0.05)
        if process.returncode != 0:
            raise SystemExit(f"the run failed with {process.returncode}")
        return time.perf_counter() - started, peak


def _memory(session: int) -> int:
    """Return the proportional set size (shared pages counted once) of all processes of a session, in bytes."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(folder.name)) == session:
                lines = (folder / "smaps_rollup").read_text().splitlines()
                total += 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, ProcessLookupError):
            continue  # it has just ended
    return total


if __name__ == "__main__":
    main()
